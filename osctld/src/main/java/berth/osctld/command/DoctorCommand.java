package berth.osctld.command;

import berth.engine.doctor.Doctor;
import berth.engine.doctor.Symptom;
import berth.engine.doctor.Symptom.State;
import berth.osctld.output.Colour;
import berth.osctld.output.Columns;
import berth.osctld.output.Format;
import berth.osctld.server.Exits;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "doctor",
        description = {
            "Say what this host lacks for so many containers",
            "Looks at the kernel, at programs and at the kernel's settings. --fix raises settings that are too low, now and in"
                    + " /etc/sysctl.d for every boot, and lowers none. Ends with status 1 if anything is too low or missing."
        },
        footer = {"osctl doctor", "osctl doctor --containers 500 --fix", "osctl doctor --everything"})
final class DoctorCommand extends OsctlCommand {
    /** What a host is examined for that has fewer. */
    private static final long USUAL = 100;

    private static final Map<Object, Colour> COLOURS =
            Map.of("ok", Colour.GREEN, "absent", Colour.YELLOW, "low", Colour.RED, "missing", Colour.RED);
    private static final Columns<Symptom> COLUMNS = Columns.<Symptom>builder()
            .usual("kind", Symptom::kind)
            .usual("name", Symptom::name)
            .coloured(
                    "state", s -> s.state().name().toLowerCase(Locale.ROOT), s -> COLOURS.getOrDefault(s, Colour.NONE))
            .usual("value", Symptom::value)
            .usual("wanted", Symptom::wanted)
            .usual("why", Symptom::why)
            .more("advice", Symptom::advice)
            .build();

    @Mixin
    ListOptions list = new ListOptions();

    @Option(
            names = "--containers",
            paramLabel = "N",
            description = "for so many; as many as there are, or 100, if left out")
    @Nullable
    Long containers;

    @Option(names = "--fix", description = "raise the settings that are too low")
    boolean fix;

    @Option(names = "--everything", description = "show what is as it should be, too")
    boolean everything;

    @Override
    void run(Call call) {
        Doctor doctor = call.services().doctor();
        long count = containers == null
                ? Math.max(
                        USUAL, call.services().containers().containers().all().size())
                : containers;
        if (fix) {
            Map<String, Long> raised = doctor.fix(count);
            raised.forEach((name, value) -> call.out().note("%s is %d now", name, value));
            if (!raised.isEmpty()) {
                call.out().note("the same is in %s", doctor.file());
            }
        }
        List<Symptom> all = doctor.examine(count);
        List<Symptom> shown =
                all.stream().filter(s -> everything || s.state() != State.OK).toList();
        if (shown.isEmpty() && call.out().style().format() == Format.HUMAN) {
            call.out().done("this host has all that %d containers need", count);
        } else {
            list.print(call, COLUMNS, shown);
        }
        if (all.stream().anyMatch(s -> s.state() == State.LOW || s.state() == State.MISSING)) {
            call.exit(Exits.of(1));
        }
    }
}

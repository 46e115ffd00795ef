package berth.engine.isolation;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.process.SystemCalls;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A system call filter in LXC's format, version 2. Source: lxc.container.conf(5), SECCOMP CONFIGURATION.
 *
 * <p>LXC passes over what it does not understand; here all of it must be right.
 *
 * @param name what its file was called
 * @param text the file
 */
public record SeccompProfile(String name, String text) {
    /** The longest text, in bytes. */
    public static final int LONGEST = 64 * 1024;

    private static final int LONGEST_NAME = 100;
    private static final int MOST_ERRNO = 4095;
    private static final String ACTIONS = "errno +\\d{1,4}|kill|trap|allow";
    private static final Pattern KIND =
            Pattern.compile("(allowlist|denylist|whitelist|blacklist)( +(%s))?".formatted(ACTIONS));
    private static final Pattern SECTION = Pattern.compile("\\[([a-z0-9_-]+)\\]");
    private static final Pattern RULE = Pattern.compile("([a-z0-9_]+)( +(%s))?(( +\\[[^\\]]*\\])*)".formatted(ACTIONS));
    /** The number of an argument, what it is compared with, how, and for one comparison with which bits. */
    private static final Pattern CONDITION = Pattern.compile(
            "\\[[0-5],(0x[0-9a-fA-F]{1,16}|\\d{1,20}),(SCMP_CMP_(NE|LT|LE|EQ|GE|GT|MASKED_EQ)|!=|<|<=|==|>=|>|&=)(,(0x[0-9a-fA-F]{1,16}|\\d{1,20}))?\\]");

    private static final Pattern ERRNO = Pattern.compile("errno +(\\d+)");
    private static final String FORCED_UNMOUNTS = "reject_force_umount";
    private static final Set<String> SECTIONS = Set.of(
            "all",
            "x86",
            "x86_64",
            "x32",
            "i386",
            "i686",
            "amd64",
            "arm",
            "armel",
            "armhf",
            "arm64",
            "aarch64",
            "ppc",
            "ppc64",
            "ppc64le",
            "powerpc",
            "s390x",
            "riscv64",
            "mips",
            "mips64",
            "mips64n32",
            "mipsel",
            "mipsel64",
            "mipsel64n32");

    public SeccompProfile {
        if (name.isEmpty() || name.length() > LONGEST_NAME || name.chars().anyMatch(Character::isISOControl)) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "a seccomp profile cannot be called '%s'".formatted(name),
                    "name its file with up to %d letters".formatted(LONGEST_NAME));
        }
        if (text.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "seccomp profile '%s' is larger than %d KiB".formatted(name, LONGEST >> 10),
                    "is it the right file?");
        }
        check(name, text.lines().toList());
    }

    /** What LXC reads: the file, and what it must not leave open. */
    public String enforced() {
        return SubvolumeRules.addedTo(text);
    }

    private static void check(String name, List<String> lines) {
        if (lines.isEmpty() || !lines.getFirst().strip().equals("2")) {
            throw wrong(name, 1, "a profile begins with the line '2', the version of its format");
        }
        if (lines.size() < 2 || !KIND.matcher(lines.get(1).strip()).matches()) {
            throw wrong(name, 2, "'allowlist' or 'denylist' belongs there, and what to do with the calls of no rule");
        }
        for (int i = 2; i < lines.size(); i++) {
            String line = lines.get(i).replaceFirst("(^| +)#.*", "").stripTrailing();
            if (!line.isEmpty() && !line.equals(FORCED_UNMOUNTS)) {
                checkRule(name, i + 1, line);
            }
        }
    }

    private static void checkRule(String name, int number, String line) {
        Matcher section = SECTION.matcher(line.toLowerCase(Locale.ROOT));
        if (section.matches()) {
            if (!SECTIONS.contains(section.group(1))) {
                throw wrong(name, number, "there is no architecture '%s'".formatted(section.group(1)));
            }
            return;
        }
        if (line.matches("\\S+\\s+notify\\b.*")) {
            throw wrong(name, number, "'notify' is not supported, as nobody would answer");
        }
        Matcher rule = RULE.matcher(line);
        if (!rule.matches()) {
            throw wrong(name, number, "'%s' is no rule like 'mknod errno 1'".formatted(line));
        }
        if (rule.group(2) == null && !rule.group(4).isEmpty()) {
            throw wrong(name, number, "a condition follows what to do, as in 'mkdir errno 1 [1,0x1ff,SCMP_CMP_EQ]'");
        }
        if (!SystemCalls.isKnown(rule.group(1))) {
            throw wrong(name, number, "there is no system call '%s'".formatted(rule.group(1)));
        }
        Matcher errno = ERRNO.matcher(line);
        if (errno.find() && Integer.parseInt(errno.group(1)) > MOST_ERRNO) {
            throw wrong(name, number, "there is no error %s".formatted(errno.group(1)));
        }
        for (String condition : rule.group(4).strip().split("(?<=\\])\\s*")) {
            if (!condition.isEmpty() && !CONDITION.matcher(condition).matches()) {
                throw wrong(name, number, "'%s' is no condition like '[0,1,SCMP_CMP_EQ]'".formatted(condition));
            }
        }
    }

    private static BerthException wrong(String name, int line, String what) {
        return new BerthException(
                ErrorCode.INVALID,
                "seccomp profile '%s', line %d: %s".formatted(name, line, what),
                "lxc.container.conf(5) describes the format");
    }
}

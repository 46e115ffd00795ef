package berth.engine.limit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What really holds where limits lie above each other: of each kind the strictest, and whose it is. Weights are no limits: they
 * share among neighbours.
 */
public final class EffectiveLimits {
    private final List<Layer> layers;

    /**
     * The limits of one node.
     *
     * @param owner for instance {@code group /web}
     */
    public record Layer(String owner, Limits limits) {}

    /** What holds, and who says so. */
    public record Bound<T>(T value, String owner) {}

    private EffectiveLimits(List<Layer> layers) {
        this.layers = layers;
    }

    /** Of {@code layers}, the outermost first. */
    public static EffectiveLimits of(List<Layer> layers) {
        return new EffectiveLimits(List.copyOf(layers));
    }

    /** Processor time. */
    public Optional<Bound<CpuTime>> cpu() {
        return least(Limits::cpu);
    }

    /** Memory. */
    public Optional<Bound<Size>> memory() {
        return least(Limits::memory);
    }

    /** What may be swapped out. */
    public Optional<Bound<Size>> swap() {
        return least(limits -> {
            OptionalLong bytes = limits.swapBytes();
            return bytes.isEmpty() ? null : new Size(bytes.getAsLong());
        });
    }

    /** Tasks. */
    public Optional<Bound<Long>> pids() {
        return least(Limits::pids);
    }

    /** Processors to run on: the common ones; where there are none, those of the outer group, as the kernel does it. */
    public Optional<Bound<Processors>> cpuset() {
        Optional<Bound<Processors>> result = Optional.empty();
        for (Layer layer : layers) {
            Processors own = layer.limits().cpuset();
            if (own == null) {
                continue;
            }
            Processors most = result.map(Bound::value).orElse(own);
            var common = own.list().and(most.list());
            if (result.isEmpty() || (!common.isEmpty() && !common.equals(most.list()))) {
                result = Optional.of(new Bound<>(new Processors(common), layer.owner()));
            }
        }
        return result;
    }

    /** Reads and writes on the disk that the innermost of these limits is about; whose it is if more than one hold together. */
    public Optional<Bound<IoLimit>> io() {
        List<Layer> limiting =
                layers.stream().filter(l -> l.limits().io() != null).toList();
        if (limiting.isEmpty()) {
            return Optional.empty();
        }
        IoLimit inner = Objects.requireNonNull(limiting.getLast().limits().io());
        IoLimit result = inner;
        List<String> owners = new ArrayList<>();
        for (Layer layer : limiting) {
            IoLimit own = Objects.requireNonNull(layer.limits().io());
            if (own.named().equals(inner.named())) {
                result = result.and(own);
                owners.add(layer.owner());
            }
        }
        return Optional.of(new Bound<>(result, String.join(" and ", owners)));
    }

    /** The owner of each limit that holds, by its word. */
    public Map<String, String> owners() {
        Map<String, String> owners = new LinkedHashMap<>();
        cpu().ifPresent(b -> owners.put(LimitKind.CPU_LIMIT.word(), b.owner()));
        memory().ifPresent(b -> owners.put(LimitKind.MEMORY_LIMIT.word(), b.owner()));
        swap().ifPresent(b -> owners.put(LimitKind.SWAP_LIMIT.word(), b.owner()));
        io().ifPresent(b -> owners.put(LimitKind.IO_LIMIT.word(), b.owner()));
        pids().ifPresent(b -> owners.put(LimitKind.PIDS_LIMIT.word(), b.owner()));
        cpuset().ifPresent(b -> owners.put(LimitKind.CPUSET.word(), b.owner()));
        return owners;
    }

    private <T extends Comparable<? super T>> Optional<Bound<T>> least(Function<Limits, @Nullable T> kind) {
        Optional<Bound<T>> result = Optional.empty();
        for (Layer layer : layers) {
            T own = kind.apply(layer.limits());
            if (own != null && result.filter(b -> b.value().compareTo(own) <= 0).isEmpty()) {
                result = Optional.of(new Bound<>(own, layer.owner()));
            }
        }
        return result;
    }
}

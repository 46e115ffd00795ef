package berth.engine.image;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The JSON documents of OCI images, as far as they are read. Source: OCI Image Format Specification 1.1. */
final class OciDocuments {
    private OciDocuments() {}

    /** Points to a blob. */
    record Descriptor(
            @JsonProperty("mediaType") Optional<String> mediaType,
            Optional<String> digest,
            long size,
            Optional<Platform> platform,
            Map<String, String> annotations) {
        boolean isIndex() {
            return mediaType.orElse("").matches(".*(image\\.index|manifest\\.list).*");
        }
    }

    /** What machine an image is for. */
    record Platform(Optional<String> architecture, Optional<String> os) {}

    /** {@code index.json}, or a blob of its kind. */
    record Index(List<Descriptor> manifests) {}

    /** One image. */
    record Manifest(Optional<Descriptor> config, List<Descriptor> layers) {}

    /** What an image is to run. */
    record Config(Optional<Run> config) {}

    /** The command of a {@link Config}. */
    record Run(
            @JsonProperty("Entrypoint") List<String> entrypoint,
            @JsonProperty("Cmd") List<String> cmd) {}

    /** One image in the {@code manifest.json} of {@code docker save}. */
    record Saved(
            @JsonProperty("Config") Optional<String> config,
            @JsonProperty("RepoTags") List<String> tags,
            @JsonProperty("Layers") List<String> layers) {}
}

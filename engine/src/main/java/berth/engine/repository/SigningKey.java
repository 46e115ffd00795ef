package berth.engine.repository;

import berth.engine.store.DurableFile;
import berth.engine.store.FileFailure;
import berth.engine.store.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/** The host's own Ed25519 key, which signs the repositories that are kept on it. */
final class SigningKey {
    private final Stored stored;

    /**
     * Its file.
     *
     * @param secret PKCS 8 in base64
     * @param open the public half
     */
    private record Stored(String secret, PublicKey open) {}

    private SigningKey(Stored stored) {
        this.stored = stored;
    }

    /** That of {@code file}, made with it if there is none. */
    static SigningKey of(Path file) {
        try {
            if (!Files.exists(file)) {
                Files.createDirectories(file.toAbsolutePath().getParent());
                DurableFile.write(file, Yaml.write(generate()), DurableFile.PRIVATE);
            }
            return new SigningKey(Yaml.read(file, Stored.class));
        } catch (IOException e) {
            throw FileFailure.of("use the signing key", file, e);
        }
    }

    PublicKey publicKey() {
        return stored.open();
    }

    byte[] sign(byte[] document) {
        try {
            Signature signer = Signature.getInstance(PublicKey.ALGORITHM);
            signer.initSign(KeyFactory.getInstance(PublicKey.ALGORITHM)
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(stored.secret()))));
            signer.update(document);
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the host's signing key is broken", e);
        }
    }

    private static Stored generate() {
        try {
            KeyPair pair = KeyPairGenerator.getInstance(PublicKey.ALGORITHM).generateKeyPair();
            Base64.Encoder base64 = Base64.getEncoder();
            return new Stored(
                    base64.encodeToString(pair.getPrivate().getEncoded()),
                    new PublicKey(base64.encodeToString(pair.getPublic().getEncoded())));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}

package berth.engine.repository;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/**
 * The public half of an Ed25519 key.
 *
 * @param text its X.509 encoding in base64, as people pass it on
 */
public record PublicKey(@JsonValue String text) {
    static final String ALGORITHM = "Ed25519";

    @JsonCreator
    public PublicKey {
        text = text.strip();
        try {
            decode(text);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "'%s' is no public key".formatted(Repository.printable(text)),
                    "'osctl repository init' prints it, and the repository has it in 'key.pub'",
                    e);
        }
    }

    /** Whether the key's owner signed {@code document}. */
    boolean signed(byte[] document, byte[] signature) {
        try {
            Signature verifier = Signature.getInstance(ALGORITHM);
            verifier.initVerify(decode(text));
            verifier.update(document);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static java.security.PublicKey decode(String text) throws GeneralSecurityException {
        return KeyFactory.getInstance(ALGORITHM)
                .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(text)));
    }
}

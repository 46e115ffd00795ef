package berth.engine.guest;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.EdECPrivateKey;
import java.util.Arrays;
import java.util.Base64;

/**
 * A host key of an ssh server, of type Ed25519.
 *
 * @param secretText the file of the key. Source: PROTOCOL.key of OpenSSH
 * @param publicText the file of its public half
 */
record SshHostKey(String secretText, String publicText) {
    private static final String TYPE = "ssh-ed25519";
    private static final int LENGTH = 32;
    private static final int BLOCK = 8;
    private static final int LINE = 70;

    static SshHostKey generate(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
            generator.initialize(255, random);
            KeyPair pair = generator.generateKeyPair();
            // The X.509 encoding ends in the bare key.
            byte[] encoded = pair.getPublic().getEncoded();
            byte[] open = Arrays.copyOfRange(encoded, encoded.length - LENGTH, encoded.length);
            byte[] seed = ((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow();
            return of(open, seed, random.nextInt());
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @param check any number; it stands twice, for whoever decrypts keys to see that it worked */
    private static SshHostKey of(byte[] open, byte[] seed, int check) throws IOException {
        byte[] type = TYPE.getBytes(StandardCharsets.US_ASCII);
        byte[] shared = strings(type, open);
        ByteArrayOutputStream secret = new ByteArrayOutputStream();
        DataOutputStream section = new DataOutputStream(secret);
        section.writeInt(check);
        section.writeInt(check);
        section.write(strings(type, open, concat(seed, open), new byte[0]));
        for (int pad = 1; secret.size() % BLOCK != 0; pad++) {
            section.writeByte(pad);
        }
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(file);
        out.write("openssh-key-v1\0".getBytes(StandardCharsets.US_ASCII));
        byte[] none = "none".getBytes(StandardCharsets.US_ASCII);
        out.write(strings(none, none, new byte[0]));
        out.writeInt(1);
        out.write(strings(shared, secret.toByteArray()));
        Base64.Encoder lines = Base64.getMimeEncoder(LINE, new byte[] {'\n'});
        return new SshHostKey(
                "-----BEGIN OPENSSH PRIVATE KEY-----\n%s\n-----END OPENSSH PRIVATE KEY-----\n"
                        .formatted(lines.encodeToString(file.toByteArray())),
                "%s %s\n".formatted(TYPE, Base64.getEncoder().encodeToString(shared)));
    }

    /** Each after its length. */
    private static byte[] strings(byte[]... values) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        for (byte[] value : values) {
            out.writeInt(value.length);
            out.write(value);
        }
        return bytes.toByteArray();
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}

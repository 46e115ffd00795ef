package berth.engine.guest;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

/**
 * What a guest is told apart by and must share with nobody: its machine id and the host keys of its ssh server. An image that
 * was made of a running system brings both; a container that still has those of its image is given its own.
 */
public final class GuestIdentity {
    private static final String MACHINE_ID = "etc/machine-id";
    private static final String DBUS_MACHINE_ID = "var/lib/dbus/machine-id";
    private static final String SSH = "etc/ssh/";
    private static final String HOST_KEY = "ssh_host_[a-z0-9]+_key";
    private static final int PUBLIC = 0644;
    private static final int READ_ONLY = 0444;
    private static final int SECRET = 0600;

    private final GuestTree guest;
    private final SecureRandom random;

    /** @param guest the root file system, before its init runs */
    public GuestIdentity(GuestTree guest, SecureRandom random) {
        this.guest = guest;
        this.random = random;
    }

    /** Replaces what the guest has in common with {@code image}, which it stands on. */
    public void distinguishFrom(GuestTree image) {
        if (isShared(MACHINE_ID, image)) {
            String id = machineId() + "\n";
            // systemd makes it read-only; nobody has asked to keep it.
            guest.replace(MACHINE_ID, id, READ_ONLY);
            if (isShared(DBUS_MACHINE_ID, image)) {
                guest.replace(DBUS_MACHINE_ID, id, PUBLIC);
            }
            guest.note("the machine id was not the container's alone; it has its own now");
        }
        List<String> keys = image.names(SSH).stream()
                .filter(name -> name.matches(HOST_KEY))
                .filter(name -> isShared(SSH + name, image))
                .toList();
        if (!keys.isEmpty()) {
            replace(keys);
        }
    }

    /** Replaces all of it: the guest's files are a copy of another's, which goes on using it. */
    public void renew() {
        distinguishFrom(guest);
    }

    /** One key of the kind that every ssh server of the last ten years knows stands for all. */
    private void replace(List<String> keys) {
        for (String key : keys) {
            guest.remove(SSH + key);
            guest.remove(SSH + key + ".pub");
        }
        SshHostKey own = SshHostKey.generate(random);
        guest.write(SSH + "ssh_host_ed25519_key", own.secretText(), SECRET);
        guest.write(SSH + "ssh_host_ed25519_key.pub", own.publicText(), PUBLIC);
        guest.note("the ssh host keys were not the container's alone; it has its own now");
    }

    /** Whether both have the file with the same content, and it says something. */
    private boolean isShared(String path, GuestTree image) {
        return image.read(path)
                .filter(text -> text.strip().length() > "uninitialized".length())
                .filter(text -> guest.read(path).filter(text::equals).isPresent())
                .isPresent();
    }

    /** A random UUID without its dashes. Source: machine-id(5). */
    private String machineId() {
        byte[] id = new byte[16];
        random.nextBytes(id);
        id[6] = (byte) ((id[6] & 0x0f) | 0x40);
        id[8] = (byte) ((id[8] & 0x3f) | 0x80);
        return HexFormat.of().formatHex(id);
    }
}

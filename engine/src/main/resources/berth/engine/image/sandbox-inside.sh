# Before each build's own script, which is appended. What it writes to descriptor 4 is the image as a tar archive.
set -eu
exec 4>&1 1>&2 </dev/null
mount -t proc proc /proc
resolver=$(cat /etc/resolv.conf) || resolver=
umask 022
cd /tmp
root=/tmp/root

# Gives programs in the new root what they expect of a system.
furnish() {
    mkdir -p "$root/dev" "$root/proc" "$root/run" "$root/tmp"
    mount -t tmpfs -o mode=755 tmpfs "$root/dev"
    for node in null zero full random urandom tty; do
        : >"$root/dev/$node"
        mount --bind "/dev/$node" "$root/dev/$node"
    done
    ln -s /proc/self/fd "$root/dev/fd"
    mkdir -m 1777 "$root/dev/shm"
    mount -t proc proc "$root/proc"
    mount -t tmpfs -o mode=755 tmpfs "$root/run"
    mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
}

# Ends what was left running in the new root, and writes it as the image.
pack() {
    kill -KILL -1 2>/dev/null || :
    for place in tmp run proc dev; do
        umount --recursive "$root/$place" || umount --lazy "$root/$place"
    done
    tar --create --numeric-owner --sort=name --xattrs --xattrs-include=security.capability --xattrs-include='user.*' \
        --directory "$root" . >&4
}

# Packages. In /tmp: base.tar, the tree that it begins with; files.tar, what is laid over it; script, run in it.
mkdir "$root"
tar --extract --file base.tar --numeric-owner --same-permissions --same-owner --xattrs --xattrs-include='*' --directory "$root"
rm base.tar
furnish
if [ -e "$root/etc/resolv.conf" ] || [ -L "$root/etc/resolv.conf" ]; then
    mv "$root/etc/resolv.conf" "$root/etc/.resolv.conf.build"
fi
mkdir -p "$root/etc"
printf '%s\n' "$resolver" >"$root/etc/resolv.conf"
export DEBIAN_FRONTEND=noninteractive PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TMPDIR=/tmp
if [ $# -gt 0 ]; then
    if [ -x "$root/usr/bin/apt-get" ]; then
        chroot "$root" apt-get update
        chroot "$root" apt-get install --yes --no-install-recommends "$@"
        chroot "$root" apt-get clean
    elif [ -x "$root/usr/bin/dnf" ]; then
        chroot "$root" dnf --assumeyes install "$@"
        chroot "$root" dnf clean all
    elif [ -x "$root/sbin/apk" ]; then
        chroot "$root" apk add --no-cache "$@"
    else
        echo "E: the base has none of apt-get, dnf and apk to install packages with" >&2
        exit 1
    fi
fi
tar --extract --file files.tar --numeric-owner --same-permissions --same-owner --keep-directory-symlink --directory "$root"
if [ -s script ]; then
    cp script "$root/tmp/script"
    chmod 755 "$root/tmp/script"
    chroot "$root" /bin/sh -c 'cd / && exec /tmp/script'
fi
rm "$root/etc/resolv.conf"
if [ -e "$root/etc/.resolv.conf.build" ] || [ -L "$root/etc/.resolv.conf.build" ]; then
    mv "$root/etc/.resolv.conf.build" "$root/etc/resolv.conf"
fi
pack

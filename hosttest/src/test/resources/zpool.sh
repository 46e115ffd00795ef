#!/bin/sh
# ZFS pools in files, for tests: by the kernel's ZFS where it has one; else, if BERTH_ZFS_FUSE is set, by a zfs-fuse that is
# started for the first pool and ended with the last, unless it ran before.
#   zpool.sh check                     says why there can be none, with status 75
#   zpool.sh make NAME FILE MIB DIR    a pool in FILE, mounted at DIR
#   zpool.sh clear DATASET             destroys a dataset and all beneath it, if there is one
#   zpool.sh export NAME DIR           takes it from the host
#   zpool.sh import NAME DIR           brings one back whose file is in DIR
#   zpool.sh destroy NAME              does nothing if there is none
set -u
export PATH="/usr/sbin:/sbin:$PATH" LC_ALL=C
ours=/run/berth-tests-zfs.pid
exec 9>/run/lock/berth-tests-zfs
flock 9

ready() {
    zpool list -H >/dev/null 2>&1
}

# until_true COMMAND…: waits for it, ten seconds at most.
until_true() {
    for _ in $(seq 100); do
        "$@" && return
        sleep 0.1
    done
    return 1
}

cannot() {
    echo "$1"
    exit 75
}

provide() {
    [ -e /sys/module/zfs ] || [ -n "${BERTH_ZFS_FUSE:-}" ] || modprobe -q zfs 2>/dev/null ||
        cannot "the kernel has no ZFS, as the machine of bin/vm has; BERTH_ZFS_FUSE=yes tries zfs-fuse"
    command -v zpool >/dev/null || cannot "the programs of ZFS are missing: apt install zfsutils-linux, or zfs-fuse"
    ready && return
    command -v zfs-fuse >/dev/null || cannot "the kernel has no ZFS, and zfs-fuse is not installed"
    [ -c /dev/fuse ] || cannot "the kernel has no ZFS, and there is no /dev/fuse for zfs-fuse"
    mkdir -p /run/zfs /var/lock/zfs
    setsid zfs-fuse --no-daemon --no-kstat-mount --enable-xattr </dev/null >/dev/null 2>&1 9>&- &
    echo $! >"$ours"
    until_true ready || cannot "zfs-fuse does not start"
}

ended() {
    ! kill -0 "$1" 2>/dev/null
}

release() {
    [ -e "$ours" ] && [ -z "$(zpool list -H -o name)" ] || return 0
    pid=$(cat "$ours")
    rm "$ours"
    kill "$pid" 2>/dev/null
    until_true ended "$pid" || kill -KILL "$pid"
}

gone() {
    zpool destroy -f "$1" 2>/dev/null || ! zpool list -H "$1" >/dev/null 2>&1
}

cleared() {
    zfs destroy -R "$1" 2>/dev/null || ! zfs list -H "$1" >/dev/null 2>&1
}

exported() {
    zpool export "$1" 2>/dev/null || ! zpool list -H "$1" >/dev/null 2>&1
}

case $1 in
    check)
        provide
        ;;
    make)
        provide
        truncate -s "$4M" "$3" && zpool create -o cachefile=none -m "$5" "$2" "$3" && chmod 0711 "$5"
        ;;
    clear)
        until_true cleared "$2"
        ;;
    export)
        until_true exported "$2"
        ;;
    import)
        zpool import -o cachefile=none -d "$3" "$2"
        ;;
    destroy)
        until_true gone "$2"
        status=$?
        release
        exit $status
        ;;
esac

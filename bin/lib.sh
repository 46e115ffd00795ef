# shellcheck shell=sh
# What the programs of bin/ and bench/ share; read by them, not run. They set root to the checkout.
: "${root:?}"

osctl_of() {
    instance=$1
    shift
    "$root/native/build/osctl" --instance "$instance" "$@"
}

# The pid of the daemon of instance $1; nothing if it does not run.
daemon_pid() {
    grep -lsxz berth.osctld.Main /proc/[0-9]*/cmdline | cut -d/ -f3 | while read -r pid; do
        words=$({ tr "\0" "\n" <"/proc/$pid/cmdline"; } 2>/dev/null | sed "1,/^berth.osctld.Main$/d" | head -n 2 | tr "\n" " ")
        if [ "$words" = "--instance $1 " ]; then
            echo "$pid"
            break
        fi
    done || true
}

# Ends the daemon of instance $1, if it runs, and waits for its end, by force after $2 seconds (10). Containers run on.
stop_daemon() {
    daemon=$(daemon_pid "$1")
    [ -n "$daemon" ] || return 0
    kill "$daemon" 2>/dev/null || return 0
    tries=0
    # A process that nobody has waited for yet has no words any more.
    while grep -qs . "/proc/$daemon/cmdline"; do
        tries=$((tries + 1))
        [ "$tries" -ne $((${2:-10} * 20)) ] || kill -9 "$daemon" 2>/dev/null || true
        sleep 0.05
    done
}

# Removes whatever instance $1 has on this host, whatever state it is in: processes, mounts, cgroups, networks, accounts, files.
remove_instance() {
    # Without a name, all that follows would be about the whole machine.
    gone=${1:?remove_instance needs the name of an instance}
    stop_daemon "$gone"
    for cgroup in "/sys/fs/cgroup/$gone" /sys/fs/cgroup/*/"$gone"; do
        [ -d "$cgroup" ] || continue
        tries=0
        while find "$cgroup" -name cgroup.procs -exec cat {} + 2>/dev/null | sort -u | grep -q . && [ "$tries" -lt 100 ]; do
            find "$cgroup" -name cgroup.procs -exec cat {} + 2>/dev/null | sort -u | xargs -r kill -9 2>/dev/null || true
            tries=$((tries + 1))
            sleep 0.05
        done
        find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null || true
    done
    grep -lsz -e "^--conf-file=/run/$gone/network/" /proc/[0-9]*/cmdline | cut -d/ -f3 | xargs -r kill 2>/dev/null || true
    grep -lsxz -e "/run/$gone/lxcfs" /proc/[0-9]*/cmdline | cut -d/ -f3 | xargs -r kill 2>/dev/null || true
    for alias in /sys/class/net/*/ifalias; do
        [ "$(cat "$alias" 2>/dev/null)" != "berth $gone" ] || ip link del "$(basename "$(dirname "$alias")")" 2>/dev/null || true
    done
    for family in bridge inet; do
        nft delete table "$family" "berth-$gone" 2>/dev/null || true
    done
    if [ -f "/run/$gone/host-settings" ]; then
        while read -r _ setting former changed; do
            [ "$(cat "/proc/sys/net/$setting" 2>/dev/null)" != "$changed" ] || echo "$former" >"/proc/sys/net/$setting"
        done <"/run/$gone/host-settings"
    fi
    for profile in default nesting default.read-only nesting.read-only; do
        { printf "lxc-berth.%s.%s" "$gone" "$profile" >/sys/kernel/security/apparmor/.remove; } 2>/dev/null || true
    done
    awk -v run="/run/$gone/" -v state="/var/lib/$gone/" 'index($5, run) == 1 || index($5, state) == 1 { print $5 }' \
        /proc/self/mountinfo | tac | while read -r mount; do
        umount -l "$mount" 2>/dev/null || true
    done
    for account in $(cut -d: -f1 /etc/passwd | grep "^$gone-" || true); do
        userdel "$account" 2>/dev/null || true
    done
    for account in $(cut -d: -f1 /etc/group | grep "^$gone-" || true); do
        groupdel "$account" 2>/dev/null || true
    done
    rm -rf --one-file-system "/run/$gone" "/var/lib/$gone" "/var/log/$gone.log"
}

is_installed() {
    dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed
}

# What Berth needs to be built and to run, and this machine lacks; docs/dependencies.md says what for. The JDK comes last.
missing_packages() {
    for package in lxc lxcfs uidmap apparmor nftables dnsmasq-base busybox-static btrfs-progs mmdebstrap debian-archive-keyring gpg gcc libc6-dev make ca-certificates; do
        is_installed "$package" || echo "$package"
    done
    # The Maven wrapper fetches Maven with either.
    command -v curl >/dev/null || command -v wget >/dev/null || echo curl
    "$root/bin/find-jdk" >/dev/null 2>&1 || echo openjdk-25-jdk-headless
}

# What the host tests look at networks with, ask for addresses, speak to other routers, and make the rules of others; and what
# packs the archives that tests import.
missing_test_packages() {
    for package in iproute2 isc-dhcp-client bird2 iptables cpio squashfs-tools bzip2 xz-utils zstd dnf rpm createrepo-c; do
        is_installed "$package" || echo "$package"
    done
}

# What bin/vm needs besides.
missing_vm_packages() {
    for package in qemu-system-x86 squashfs-tools mmdebstrap debian-archive-keyring e2fsprogs openssh-client; do
        is_installed "$package" || echo "$package"
    done
}

install_packages() {
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}

# Milliseconds since some point in the past.
now_ms() {
    date +%s%3N
}

# The time since $1, for people: 0.4 s, 12 s, 1 min 05 s.
time_since() {
    ms=$(($(now_ms) - $1))
    if [ "$ms" -lt 10000 ]; then
        printf '%d.%d s\n' "$((ms / 1000))" "$((ms % 1000 / 100))"
    elif [ "$ms" -lt 60000 ]; then
        printf '%d s\n' "$((ms / 1000))"
    else
        printf '%d min %02d s\n' "$((ms / 60000))" "$((ms % 60000 / 1000))"
    fi
}

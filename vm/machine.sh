# shellcheck shell=bash
# One machine under QEMU: its disks, its process, the ways into it. Everything of machine NAME is in its kind's machines/NAME.
# Read by bin/vm and vm/smoke, not run; they have read vm/image.sh.
: "${root:?}" "${built:?}" "${image:?}"
machines=$built/machines
key=$built/key

fail() {
    printf 'vm: %s\n' "$1" >&2
    [ $# -lt 2 ] || printf '  hint: %s\n' "$2" >&2
    exit 1
}

# The pid of QEMU of machine $1; nothing if it does not run. A pid file may be older than the host's last boot.
machine_pid() {
    local pid
    pid=$(cat "$machines/$1/pid" 2>/dev/null) || return 0
    if tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF -- "-name $1 "; then
        echo "$pid"
    fi
}

need_running() {
    [ -n "$(machine_pid "$1")" ] || fail "machine '$1' does not run" "bin/vm run $1"
}

# Whether the kernel comes to its end under KVM: without a root file system it panics, and QEMU ends. The device alone says
# little, as it may be there where the first instructions hang.
works_kvm() {
    [ -w /dev/kvm ] && timeout -s KILL 15 qemu-system-x86_64 -no-user-config -nodefaults -machine q35 -accel kvm -cpu host \
        -m 512 -display none -no-reboot -kernel "$image/kernel" -append panic=-1 >/dev/null 2>&1
}

# What runs the machine's instructions; tried once per boot of this host. An emulated processor is a plain one: for what it
# could do more, the guest would load modules. All its processors take turns in one thread: with a thread for each, one now
# and then meets code that the guest's kernel is changing on another, and panics.
accelerator() {
    local found=$built/accelerator boot
    boot=$(cat /proc/sys/kernel/random/boot_id)
    if ! grep -qs "^$boot" "$found"; then
        echo "$boot $(works_kvm && echo "-accel kvm -cpu host" || echo "-accel tcg,thread=single -cpu Nehalem")" >"$found"
    fi
    cut -d' ' -f2- "$found"
}

# Several machines may be the first.
ensure_key() {
    local lock
    exec {lock}>"$key.lock"
    flock "$lock"
    [ -f "$key" ] || ssh-keygen -q -t ed25519 -N '' -C berth-vm -f "$key"
    exec {lock}>&-
}

# ensure_disk FILE GIGABYTES
ensure_disk() {
    [ ! -f "$1" ] || return 0
    truncate -s "${2}G" "$1"
    mke2fs -q -t ext4 -E lazy_itable_init=1,lazy_journal_init=1 "$1"
}

# A port of localhost that nobody listens on.
free_port() {
    local port
    for port in $(shuf -i 22000-31999 -n 20); do
        if ! (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            echo "$port"
            return
        fi
    done
    fail "no free port of localhost was found"
}

# Its place in the private network, from its name: 2 to 251.
place_of() {
    echo $((0x$(printf '%s' "$1" | sha256sum | cut -c 1-6) % 250 + 2))
}

private_address() {
    echo "192.168.77.$(place_of "$1")"
}

# disk_options SERIAL FILE OPTION…
disk_options() {
    local serial=$1 file=$2
    shift 2
    printf '%s\n' -drive "if=none,id=$serial,format=raw,file=$file$*" -device "virtio-blk-pci,drive=$serial,serial=$serial"
}

# 'NAME FILE' of each read-only disk above the root's.
layers() {
    local layer
    for layer in "$berth_layer" "$tests_layer"; do
        [ ! -f "$layer/layer.squashfs" ] || echo "${layer##*/} $layer/layer.squashfs"
    done
    if is_current "$zfs_layer" "$(zfs_state)"; then
        echo "zfs $zfs_layer/layer.squashfs"
    fi
}

# The private network is a multicast group of this checkout: a frame that one machine sends goes to all others.
private_group() {
    local number=$((0x$(echo "$root" | sha256sum | cut -c 1-4)))
    echo "230.77.$((number / 256)).$((number % 256))"
}

# On the loopback interface only: without the route frames would go out to this host's neighbours.
lay_private_network() {
    ip route replace "$(private_group)/32" dev lo || fail "the private network needs root"
}

drop_private_network() {
    local at
    for at in "$machines"/*/; do
        [ -z "$(machine_pid "$(basename "$at")")" ] || return 0
    done
    ip route del "$(private_group)/32" dev lo 2>/dev/null || true
}

network_options() {
    local name=$1 port=$2 net=$3
    printf '%s\n' -netdev "user,id=outside,hostfwd=tcp:127.0.0.1:$port-:22" -device virtio-net-pci,netdev=outside
    [ -n "$net" ] || return 0
    printf '%s\n' -netdev "socket,id=inside,mcast=$(private_group):10077" \
        -device "virtio-net-pci,netdev=inside,mac=$(printf '52:54:00:77:00:%02x' "$(place_of "$name")")"
}

# Where the processor is emulated, QEMU translates code anew for each address it is run at and for each byte written next to it,
# and forgets its page tables with every switch of them. So: programs at the same addresses each time, one page table for the kernel
# and the program, and Java compiles only what is run very often. There is no speculation that mitigations would be needed for.
emulation_words() {
    [[ $(accelerator) == *kvm* ]] ||
        echo mitigations=off norandmaps systemd.setenv=OSCTLD_JAVA_OPTIONS=-XX:CompileThresholdScaling=20
}

# What the kernel and systemd are told. The key lets its owner in as root.
command_line() {
    local name=$1 net=$2
    echo "boot=machine panic=1 console=ttyS0 net.ifnames=0 loglevel=5 systemd.show_status=0 systemd.hostname=$name" \
        "$(emulation_words)" \
        "systemd.set_credential_binary=ssh.authorized_keys.root:$(base64 -w 0 <"$key.pub")" \
        ${net:+"systemd.set_credential_binary=network.network.30-inside:$(private_network_file "$name" | base64 -w 0)"}
}

# What systemd-networkd is told of the private network. Not by 'ip=': the initrd would wait for a network then.
private_network_file() {
    printf '%s\n' "[Match]" Name=eth1 "[Network]" "Address=$(private_address "$1")/24"
}

# start_machine NAME CPUS MEGABYTES GIGABYTES NET FOREGROUND: boots it; net and foreground are words or empty.
start_machine() {
    local name=$1 cpus=$2 memory=$3 disk=$4 net=$5 foreground=$6 at=$machines/$1 serial file port options=()
    mkdir -p "$at"
    ensure_key
    [ -z "$net" ] || lay_private_network
    ensure_disk "$at/data.ext4" "$disk"
    port=$(free_port)
    echo "$port" >"$at/port"
    rm -f "$at/ssh" "$at/console" "$at/monitor"
    mapfile -t -O "${#options[@]}" options < <(disk_options root "$image/root.squashfs" ,readonly=on)
    while read -r serial file; do
        mapfile -t -O "${#options[@]}" options < <(disk_options "layer-$serial" "$file" ,readonly=on)
    done < <(layers)
    mapfile -t -O "${#options[@]}" options < <(disk_options data "$at/data.ext4")
    mapfile -t -O "${#options[@]}" options < <(network_options "$name" "$port" "$net")
    if [ -n "$foreground" ]; then
        options+=(-serial mon:stdio)
    else
        options+=(-chardev "socket,id=console,path=$at/console,server=on,wait=off,logfile=$at/console.log,logappend=on"
            -serial chardev:console -monitor "unix:$at/monitor,server=on,wait=off" -daemonize)
    fi
    # shellcheck disable=SC2046  # words
    nice -n 10 qemu-system-x86_64 -name "$name" -no-user-config -nodefaults \
        -machine q35,sata=off,smbus=off,usb=off,i8042=off,hpet=off,vmport=off $(accelerator) \
        -smp "$cpus" -m "$memory" -display none -device virtio-rng-pci \
        -kernel "$image/kernel" -initrd "$image/initrd" -append "$(command_line "$name" "$net")" \
        -pidfile "$at/pid" "${options[@]}"
}

# The options of ssh and scp into machine $1. One connection, which the first opens, serves all: an emulated processor
# takes seconds to make one.
ssh_options() {
    printf '%s\n' -q -i "$key" -o "Port=$(cat "$machines/$1/port")" -o User=root -o BatchMode=yes -o ConnectTimeout=20 \
        -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR \
        -o ControlMaster=auto -o "ControlPath=$machines/$1/ssh" -o ControlPersist=yes \
        -o ServerAliveInterval=20 -o ServerAliveCountMax=6
}

# in_machine NAME WORD…: runs one command in it, each word as it is, with this process's input and output.
in_machine() {
    local name=$1 options
    shift
    mapfile -t options < <(ssh_options "$name")
    ssh "${options[@]}" 127.0.0.1 -- "$(printf '%q ' "$@")"
}

# Waits at most $2 seconds until machine $1 takes commands.
await_machine() {
    local end=$((SECONDS + $2))
    until in_machine "$1" true 2>/dev/null </dev/null; do
        [ -n "$(machine_pid "$1")" ] || fail "machine '$1' has ended by itself" "the end of its console: $machines/$1/console.log"
        [ "$SECONDS" -lt "$end" ] || fail "machine '$1' takes no commands after $2 s" "its console: $machines/$1/console.log"
        sleep 1
    done
}

# await_end PID SECONDS: whether the process has ended by then.
await_end() {
    timeout "$2" tail --pid="$1" -f /dev/null
}

# Ends machine $1 as its power button would, or after $2 seconds as a power cut does.
stop_machine() {
    local pid
    pid=$(machine_pid "$1")
    [ -n "$pid" ] || return 0
    timeout "$2" "$root/bin/vm" exec "$1" systemctl poweroff >/dev/null 2>&1 || true
    await_end "$pid" "$2" || cut_power "$1"
    close_machine "$1"
}

# What a power cut does: QEMU gets no moment to write anything more.
cut_power() {
    local pid
    pid=$(machine_pid "$1")
    [ -n "$pid" ] || return 0
    kill -9 "$pid" 2>/dev/null || true
    await_end "$pid" 10 || true
    close_machine "$1"
}

# Nothing that led into it stays.
close_machine() {
    ssh -q -o "ControlPath=$machines/$1/ssh" -O exit 127.0.0.1 2>/dev/null || true
    rm -f "$machines/$1/pid" "$machines/$1/port" "$machines/$1/console" "$machines/$1/monitor"
    drop_private_network
}

# shellcheck shell=bash
# What the programs of bench/ share; read by them, not run. They set root to the checkout. What they measure has an instance of
# its own, named bench; results are kept in $data, in microseconds, one in each line.
# shellcheck source=bin/lib.sh disable=SC2154
. "$root/bin/lib.sh"

export LC_ALL=C
export OSCTL_INSTANCE=bench
osctl=$root/native/build/osctl
data=/tmp/berth-bench.$$
load=$(cut -d' ' -f1-3 /proc/loadavg)

begin() {
    [ "$(id -u)" = 0 ] || { echo "$0: it starts containers, so it needs root" >&2; exit 1; }
    mkdir "$data"
}

say() {
    printf '%s\n' "$*" >&2
}

# timed KEY COMMAND…: adds how long it took to the results of KEY.
timed() {
    local key=$1 from
    shift
    from=${EPOCHREALTIME/./}
    if ! "$@" >"$data/output" 2>&1 </dev/null; then
        say "bench: '$*' failed: $(tail -n 3 "$data/output")"
        exit 1
    fi
    echo $((${EPOCHREALTIME/./} - from)) >>"$data/$key"
}

# Median and least of the results of KEY in milliseconds, as 'median (least)'; '–' if there are none.
result() {
    [ -s "$data/$1" ] || { echo "–"; return; }
    sort -n "$data/$1" | awk '{ v[NR] = $1 / 1000 } END {
        m = NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2
        printf (NR > 1 ? "%.1f (%.1f)\n" : "%.1f\n"), m, v[1] }'
}

start_berth() {
    "$root/bin/osctld" --instance bench --foreground >>"$data/log" 2>&1 </dev/null &
    until "$osctl" ping; do
        kill -0 $!
        sleep 0.005
    done
}

# From the start of the program to its first answer.
restart_berth() {
    stop_daemon bench
    timed "$1" start_berth
}

row() {
    local name=$1
    shift
    printf '| %s |' "$name"
    printf ' %s |' "$@"
    printf '\n'
}

# What was measured on, and how: $1.
machine() {
    cat <<HEAD
Machine: $(nproc) cores ($(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)), \
$(awk '/^MemTotal/ { printf "%d GiB", $2 / 1048576 + 0.5 }' /proc/meminfo), Linux $(uname -r), \
LXC $(lxc-start --version), $(sed -n 's/^IMPLEMENTOR="\(.*\)"/\1/p' "$(cat "$root/.build/java-home")/release") JDK \
$(sed -n 's/^JAVA_VERSION="\(.*\)"/\1/p' "$(cat "$root/.build/java-home")/release"). \
Load before: $load. $1

HEAD
}

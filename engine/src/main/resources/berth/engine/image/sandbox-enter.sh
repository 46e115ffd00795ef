# As the host's root, process 1 of namespaces that end with it: a build sees a directory of its own as /tmp, and in it what else it is
# to see, then becomes somebody who is nobody on the host. It has process ids of its own, so nothing in it reaches this shell.
# Arguments: the user namespace, the directory, cgroups…, --, what is to be seen…, --, the shell's arguments.
set -eu
exec 3<&0 </dev/null
userns=$1 scratch=$2
shift 2
while [ "$1" != -- ]; do
    echo 0 >"$1/cgroup.procs"
    shift
done
shift
# The daemon may be dear to the host; what it builds is not.
echo 0 2>/dev/null >/proc/self/oom_score_adj || :
cd "$scratch"
n=0
while [ "$1" != -- ]; do
    if [ -d "$1" ]; then mkdir "shown$n"; else : >"shown$n"; fi
    mount --bind -o ro "$1" "shown$n"
    n=$((n + 1))
    shift
done
shift
mount --rbind . /tmp
cd /
resolver=
[ ! -e /etc/resolv.conf ] || resolver=$(cat /etc/resolv.conf)
# Nothing that a build writes where anybody may stays there; it cannot undo what was mounted before it became nobody. A new /proc can
# only be mounted where the one that is there is writable.
findmnt --noheadings --list --output FSTYPE,TARGET | while read -r type place; do
    case $type:$place in
    proc:* | *:/tmp | *:/tmp/*) ;;
    *) mount -o remount,bind,ro "$place" 2>/dev/null || : ;;
    esac
done
for hidden in /run /var/tmp /dev/shm; do
    [ ! -d "$hidden" ] || mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$hidden"
done
if [ -n "$resolver" ] && [ ! -e /etc/resolv.conf ]; then
    target=$(readlink -m /etc/resolv.conf)
    mkdir -p "$(dirname "$target")"
    printf '%s\n' "$resolver" >"$target"
fi
trap 'exit 1' TERM
nsenter --user="$userns" --setuid 0 --setgid 0 -- \
    unshare --mount --pid --fork --kill-child=KILL --ipc --uts --propagation private -- /bin/sh -c "$@" 3<&- &
build=$!
# The other end of descriptor 3 closes when the daemon is done with the build, or dead.
(
    read -r _ <&3 || :
    kill -TERM 1
) >/dev/null 2>&1 &
exec 3<&-
wait "$build"

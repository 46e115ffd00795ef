# As the host's root, in a mount namespace of its own that goes with the last process in it: a build sees a directory of its own as
# /tmp, and in it what else it is to see, then becomes somebody who is nobody on the host.
# Arguments: the user namespace, the directory, what is to be seen…, --, the shell's arguments.
set -eu
userns=$1 scratch=$2
shift 2
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
exec nsenter --user="$userns" --setuid 0 --setgid 0 -- \
    unshare --mount --pid --fork --kill-child=KILL --ipc --uts --propagation private -- /bin/sh -c "$@"

# shellcheck shell=bash
# How the tests of a script beside this one are run: functions called test_…, in their order. Each has a log of its own in $logs.
# Read by vm/smoke, vm/pair and vm/inside, not run.
: "${logs:?}"
passed=0 failed=0 skipped=0

# Its words: equal WHAT IS SHALL
equal() {
    [ "$2" = "$3" ] || { echo "$1 is '$2', not '$3'"; return 1; }
}

skip() {
    echo "$1"
    return 77
}

# What apt says where no archive can be reached.
unreachable='Temporary failure resolving|Could not resolve|Could not connect|Unable to connect|Connection (failed|timed out|refused)|Network is unreachable'

# make_machine OPTION…: what bin/vm build makes with these, without which nothing is tried. That the packages for it cannot be had
# says nothing of Berth.
make_machine() {
    local lacking part
    lacking=$(missing_vm_packages | paste -sd' ')
    if [ -n "$lacking" ]; then
        lacking="this machine lacks $lacking; install that: apt-get install $lacking"
    elif "$root/bin/vm" build "$@"; then
        return
    else
        for part in "$image" "$zfs_layer"; do
            if [ "$part.log" -nt "$part/state" ]; then
                lacking=$(grep -m 1 -E "$unreachable" "$part.log")
                break
            fi
        done
    fi
    if [ -n "$lacking" ]; then
        echo "skipped: all of it: $lacking"
        echo "0 passed, 0 failed, 1 skipped"
        exit 0
    fi
    echo "0 passed, 1 failed, 0 skipped"
    exit 1
}

# run TEST
run() {
    local name=${1#test_} log=$logs/${1#test_}.log began status
    began=$(now_ms)
    (set -x; "$1") >"$log" 2>&1 </dev/null
    status=$?
    name=${name//_/ }
    case $status in
        0)
            passed=$((passed + 1))
            printf 'passed: %s (%s)\n' "$name" "$(time_since "$began")"
            ;;
        77)
            skipped=$((skipped + 1))
            printf 'skipped: %s: %s\n' "$name" "$(grep -v '^+' "$log" | tail -n 1)"
            ;;
        *)
            failed=$((failed + 1))
            printf 'FAILED: %s (%s): %s\n' "$name" "$(time_since "$began")" "$log"
            tail -n 12 "$log" | sed 's/^/    /'
            ;;
    esac
    return "$status"
}

# run_all TEST…: runs every test of the script, unless one of these fails, without which the others make no sense.
run_all() {
    local test tests
    mapfile -t tests < <(sed -n 's/^\(test_[a-z_0-9]*\)() {$/\1/p' "$0")
    for test in "${tests[@]}"; do
        run "$test" && continue
        if [[ " $* " == *" $test "* ]]; then
            echo "the rest makes no sense without it"
            break
        fi
    done
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" = 0 ]
}

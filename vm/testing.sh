# shellcheck shell=bash
# How the tests of a script beside this one are run: functions called test_…, in their order. Each has a log of its own in $logs.
# Read by vm/smoke and vm/pair, not run.
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

# shellcheck shell=bash
# What reports of tests say, of Maven and of JUnit; read by bin/test and vm/inside, not run.

# The classes of the reports of which a class, not a test, failed: surefire runs such a class again, too, but takes nothing back.
unprepared() {
    awk '
        /<testcase / { class = /<testcase name=""/ && match($0, / classname="[A-Za-z0-9_.]+/) ? substr($0, RSTART + 12, RLENGTH - 12) : "" }
        /<(failure|error)[ >]/ && class != "" { print class }
    ' "$@" | sort -u
}

# Passed, failed and skipped tests by the last line that Maven, whose log is standard input, has for each module.
count_results() {
    sed -nE 's/^\[(INFO|WARNING|ERROR)\] Tests run: ([0-9]+), Failures: ([0-9]+), Errors: ([0-9]+), Skipped: ([0-9]+)(, Flakes: [0-9]+)?$/\2 \3 \4 \5/p' |
        awk '{ tests += $1; failed += $2 + $3; skipped += $4 } END { print tests - failed - skipped, failed + 0, skipped + 0 }'
}

# Passed, failed and skipped tests of the reports on standard input, of the console's launcher.
count_reports() {
    grep -E '^<testsuite ' | awk '
        function of(name) { return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3) + 0 : 0 }
        { tests += of("tests"); failed += of("errors") + of("failures"); skipped += of("skipped") }
        END { print tests - failed - skipped, failed + 0, skipped + 0 }'
}

print_skips() {
    awk '
        function of(text, name) {
            return match(text, " " name "=\"[^\"]*\"") ? substr(text, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : ""
        }
        /<testcase / { test = of($0, "classname") "." of($0, "name") }
        /<skipped/ {
            why = of($0, "message")
            if (why == "" && split($0, parts, /<!\[CDATA\[|\]\]>/) > 1) why = parts[2]
            sub(/^Assumption failed: /, "", why)
            print "skipped: " test ": " why
        }
    ' "$@" | sed 's/&quot;/"/g; s/&apos;/'"'"'/g; s/&lt;/</g; s/&gt;/>/g; s/&#10;/ /g; s/&amp;/\&/g'
}

# What the failed tests of the surefire reports say, in their first lines; also those that passed when they were run again.
print_failures() {
    awk '
        function of(text, name) {
            return match(text, " " name "=\"[^\"]*\"") ? substr(text, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : ""
        }
        /<testcase / { test = of($0, "classname") "." of($0, "name") }
        /<(failure|error|flakyFailure|flakyError)[ >]/ {
            print (/<flaky/ ? "passed at the second try only: " : "failed: ") test
            left = 24
            sub(/.*<(failure|error|flakyFailure|flakyError)[^>]*>/, "")
        }
        /<\/(failure|error|flakyFailure|flakyError)>/ { left = 0 }
        left > 0 && !/^\tat |^$/ { print "    " substr($0, 1, 300); left-- }
    ' "$@" | sed 's/<!\[CDATA\[//; s/]]>//; s/&quot;/"/g; s/&apos;/'"'"'/g; s/&lt;/</g; s/&gt;/>/g; s/&#10;/ /g; s/&amp;/\&/g'
}

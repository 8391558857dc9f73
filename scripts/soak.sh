#!/usr/bin/env bash
# Paints for some minutes and tells whether memory, threads and file descriptors stay flat.
#   scripts/soak.sh MINUTES OUTPUT.csv [ARGUMENTS OF impasto run]
# Without arguments the built-in scene is painted without a window. IMPASTO names another binary than the release build.
set -euo pipefail
cd "$(dirname "$0")/.."
minutes=${1:?minutes} output=${2:?a .csv file}
shift 2
[ $# -gt 0 ] || set -- --source scene --headless
impasto=${IMPASTO:-${CARGO_TARGET_DIR:-target}/release/impasto}

"$impasto" run "$@" --duration $((minutes * 60)) &
pid=$!
trap 'kill $pid 2>/dev/null || true' EXIT
echo "seconds,resident_kib,threads,file_descriptors" >"$output"
start=$SECONDS
while sleep 5 && resident=$(awk '/^VmRSS/ { print $2 }' "/proc/$pid/status" 2>/dev/null) && [ -n "$resident" ]; do
    threads=$(awk '/^Threads/ { print $2 }' "/proc/$pid/status" 2>/dev/null) || break
    files=$(find "/proc/$pid/fd" -mindepth 1 2>/dev/null | wc -l)
    echo "$((SECONDS - start)),$resident,$threads,$files" >>"$output"
done
wait $pid
# The first minute warms up: the medians of the second and of the last minute are compared.
awk -F, -v last=$((minutes * 60 - 60)) '
    function median(values, count) { return values[int((count + 1) / 2)] }
    NR > 1 && $1 >= 60 && $1 < 120 { early[++e] = $2; threads = $3; files = $4 }
    NR > 1 && $1 >= last { late[++l] = $2; last_threads = $3; last_files = $4 }
    END {
        asort_by(early, e); asort_by(late, l)
        a = median(early, e); b = median(late, l)
        printf "resident memory %.1f MiB in the second minute, %.1f MiB in the last: %+.2f %%\n", a / 1024, b / 1024, (b - a) / a * 100
        printf "threads %d, then %d; file descriptors %d, then %d\n", threads, last_threads, files, last_files
    }
    function asort_by(values, count,   i, j, held) {
        for (i = 2; i <= count; i++) {
            held = values[i]
            for (j = i - 1; j > 0 && values[j] > held; j--) values[j + 1] = values[j]
            values[j + 1] = held
        }
    }' "$output"

#!/usr/bin/env bash
# Long runs of the fuzz harnesses: tools/fuzz.sh MINUTES [NAME ...] runs each of them, or those that are named, for so
# many minutes, one after another, on as many processes as there are processors. Prints how many inputs each ran and how
# many edges of the code they reach, and leaves the smallest set of inputs that reaches them in
# build/asan/fuzz/NAME/corpus. Ends with 1 where an input broke something; FUZZING.md says what to do with it.
set -euo pipefail
cd "$(dirname "$0")/.."

[ $# -ge 1 ] || { echo "tools/fuzz.sh MINUTES [NAME ...]" >&2; exit 2; }
minutes=$1
shift
fuzz=$PWD/build/asan/fuzz
programs=$PWD/build/asan/bin

cmake --preset asan >/dev/null
cmake --build --preset asan --target ganlet_fuzzers
"$programs/ganlet_fuzz_seeds" "$fuzz"
[ $# -gt 0 ] || set -- $(cd "$fuzz" && dirname -- */options)

# The last number behind a word of libFuzzer's log, such as `cov: 1234`.
last() { grep -o "$1 *[0-9]*" "$2" | tail -1 | grep -o '[0-9]*$' || echo 0; }

status=0
for name in "$@"; do
  program=$programs/ganlet_fuzz_$name
  folder=$fuzz/$name
  read -ra options <"$folder/options"
  logs=$(mktemp -d)
  run() { (cd "$logs" && "$program" "${options[@]}" "-artifact_prefix=$folder/" "$@"); }
  # A process that finds something stops, with the input in the folder; the others go on.
  run -jobs="$(nproc)" -workers="$(nproc)" -max_total_time="$(awk "BEGIN { print int($minutes * 60) }")" \
    "$folder/corpus" "$folder/kept" "$folder/seeds" >"$logs/all" 2>&1 || {
    status=1
    grep -hE 'ERROR|must hold|Test unit written' "$logs"/fuzz-*.log || tail "$logs/all"
  }

  mkdir -p "$logs/merged"
  run -merge=1 "$logs/merged" "$folder/corpus" "$folder/kept" "$folder/seeds" >"$logs/merge" 2>&1
  rm -rf "$folder/corpus"
  mv "$logs/merged" "$folder/corpus"
  executions=$(grep -ho 'number_of_executed_units: *[0-9]*' "$logs"/fuzz-*.log |
    awk '{ sum += $2 } END { print sum + 0 }')
  printf '%-12s %10d executions %7d edges %6d inputs kept\n' "$name" "$executions" "$(last cov: "$logs/merge")" \
    "$(find "$folder/corpus" -type f | wc -l)"
  rm -rf "$logs"
done
exit "$status"

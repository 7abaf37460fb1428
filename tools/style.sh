#!/usr/bin/env bash
# Checks the look of the whole tree: clang-format for C and C++, Biome for JavaScript, and no line of code over 120 bytes.
# With --fix it formats first.
set -euo pipefail
cd "$(dirname "$0")/.."

mapfile -t cpp < <(git ls-files '*.cpp' '*.h' '*.c')

if [ "${1-}" = --fix ]; then
  clang-format-19 -i "${cpp[@]}"
  npx biome check --write .
fi

status=0
printf '%s\n' "${cpp[@]}" | xargs -P "$(nproc)" -n 64 clang-format-19 --dry-run -Werror || status=1
npx biome check . || status=1
LC_ALL=C awk 'length($0) > 120 { printf "%s:%d: %d bytes, at most 120\n", FILENAME, FNR, length($0); found = 1 } END { exit found }' \
  "${cpp[@]}" || status=1
[ "$status" = 0 ] || printf '[style] tools/style.sh --fix formats what a tool can format\n'
exit "$status"

#!/usr/bin/env bash
# Checks the look of the whole tree: clang-format for C and C++, Biome for JavaScript, no line of code over 120 bytes,
# no function over 60 lines. --fix formats first. --tidy runs clang-tidy instead, over all but what needs libtorch's
# headers: that takes minutes and needs build/desktop configured; .clang-tidy says which checks, and why others are
# off.
set -euo pipefail
cd "$(dirname "$0")/.."

mapfile -t cpp < <(git ls-files '*.cpp' '*.h' '*.c')
# Documents, which are prose, have no limit.
mapfile -t others < <(git ls-files '*.js' '*.mjs' '*.ts' '*.css' '*.html' '*.sh' '*.py' '*.cmake' '*.cmake.in' \
  '*CMakeLists.txt' '*.vert' '*.frag' '*.comp' '*.yml' '*.jsonc' CMakePresets.json)

tidy() {
  mapfile -t sources < <(git ls-files 'src/*.cpp' 'tools/*.cpp' |
    grep -Ev '^(src/platform/web|tools/(train|evaluate)/)')
  printf '%s\n' "${sources[@]}" | xargs -P "$(nproc)" -n 4 clang-tidy-19 --quiet -p build/desktop 2>/dev/null
  clang-tidy-19 --quiet wasm/*.cpp -- -std=c++20 -Isrc -Iwasm 2>/dev/null # which that build doesn't compile
}

case "${1-}" in
  "") ;;
  --fix)
    clang-format-19 -i "${cpp[@]}"
    npx biome check --write .
    ;;
  --tidy)
    tidy
    exit
    ;;
  *)
    printf 'usage: %s [--fix|--tidy]\n' "$0" >&2
    exit 2
    ;;
esac

status=0
printf '%s\n' "${cpp[@]}" | xargs -P "$(nproc)" -n 64 clang-format-19 --dry-run -Werror || status=1
npx biome check . || status=1
LC_ALL=C awk 'length($0) > 120 { printf "%s:%d: %d bytes, at most 120\n", FILENAME, FNR, length($0); found = 1 }
  END { exit found }' "${cpp[@]}" "${others[@]}" || status=1

# As clang-format leaves them, a function outside of classes begins at a line's start and ends with a brace there. Biome
# counts those of JavaScript.
mapfile -t sources < <(git ls-files 'src/*.cpp' 'wasm/*.cpp' 'tools/*.cpp')
awk 'FNR == 1 { first = 0 }
  /^[A-Za-z].*\) (const |noexcept |-> [^{]*)?\{$/ || /^ .*\) (const |noexcept )?\{$/ && header { first = FNR }
  { header = /^[A-Za-z][^;{}]*[(,]/ && !/[;{]$/ || header && /^ / && !/[;{}]$/ }
  /^}/ && first {
    if (FNR - first + 1 > 60) {
      printf "%s:%d: a function of %d lines, at most 60\n", FILENAME, first, FNR - first + 1
      found = 1
    }
    first = 0
  }
  END { exit found }' "${sources[@]}" || status=1

[ "$status" = 0 ] || printf '[style] tools/style.sh --fix formats what a tool can format\n'
exit "$status"

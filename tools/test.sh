#!/usr/bin/env bash
# Sets up, builds and runs the tests: native, sanitized, fuzzed, Node and browsers. With --all also those with libc++
# hardened, under the thread sanitizer, with g++ and with the preset for any system. Safe to run again; ccache makes the
# next run quick.
set -euo pipefail
cd "$(dirname "$0")/.."

all=no
case "${1-}" in
  "") ;;
  --all) all=yes ;;
  *) printf 'usage: %s [--all]\n' "$0" >&2; exit 2 ;;
esac

step() { printf '\n[test] %d min %d s: %s\n' $((SECONDS / 60)) $((SECONDS % 60)) "$*"; }
jobs=$(nproc)

# What didn't pass, with its output but for the cases in it that did.
run_ctest() {
  ctest "$@" -j "$jobs" --output-on-failure | awk '
    /^ +Start +[0-9]+: / || /^ *[0-9]+\/[0-9]+ Test .* Passed / { next }
    /^\[ RUN / { begun = $0; next }
    /^\[ +OK \]/ || /^\[-+\]/ { begun = ""; next }
    { if (begun) print begun; begun = ""; print }'
}

build() {
  local log unity=ON # several files at a time, which takes less time from nothing
  log=$(mktemp)
  [ "$1" != web ] || unity=OFF # what ships is compiled as anybody compiles it
  cmake --preset "$1" -DGANLET_UNITY=$unity >"$log" 2>&1 || { cat "$log"; exit 1; }
  grep '^-- ganlet: ' "$log" || true
  rm -f "$log"
  cmake --build --preset "$1" -j "$jobs"
}

./tools/setup.sh

step "npm packages for the browser tests"
npm ci --no-audit --no-fund --silent

step "formatting and lint"
./tools/style.sh

step "native build"
build desktop

step "web build"
build web

step "build with sanitizers"
build asan

step "native tests"
run_ctest --preset desktop

step "native tests under sanitizers, and 60 seconds of fuzzing"
run_ctest --preset asan

step "Node and browser tests"
# Relaxed SIMD is an experiment in Node 20, whose baseline compiler gets the dot product wrong. Two files at a time, as
# browsers often wait; the longest first, so that both end together.
longest=tests/web/studio.browser.mjs
mapfile -t others < <(ls tests/web/*.test.mjs tests/web/*.browser.mjs | grep -vF "$longest")
node --experimental-wasm-relaxed-simd --no-liftoff --test --test-concurrency=2 "$longest" "${others[@]}"

if [ "$all" = yes ]; then
  step "clang-tidy"
  ./tools/style.sh --tidy
  for preset in hardened tsan gcc default; do
    step "build and native tests: $preset"
    # The preset for any system takes the compiler that it finds; Debian's is g++, which has a preset of its own.
    [ "$preset" != default ] || export CC=clang-19 CXX=clang++-19
    build "$preset"
    run_ctest --preset "$preset"
  done
fi

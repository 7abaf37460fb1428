#!/usr/bin/env bash
# Sets up, builds and runs every test: native, sanitized, fuzzed, Node and browsers. Safe to run again; ccache makes the next run quick.
set -euo pipefail
cd "$(dirname "$0")/.."

# What didn't pass, with its output.
run_ctest() { ctest "$@" -j "$jobs" --output-on-failure | grep -vE '^ +Start +[0-9]+: |^ *[0-9]+/[0-9]+ Test .* Passed '; }
step() { printf '\n[test] %s\n' "$*"; }
jobs=$(nproc)

./tools/setup.sh

step "npm packages for the browser tests"
npm ci --no-audit --no-fund --silent

step "formatting and lint"
./tools/style.sh

step "native build"
cmake --preset desktop >build-desktop.log 2>&1 || { cat build-desktop.log; exit 1; }
rm -f build-desktop.log
cmake --build --preset desktop -j "$jobs"

step "web build"
cmake --preset web
cmake --build --preset web -j "$jobs"

step "build with sanitizers"
cmake --preset asan
cmake --build --preset asan -j "$jobs"

step "native tests"
run_ctest --preset desktop

step "native tests under sanitizers, and 60 seconds of fuzzing"
run_ctest --preset asan

step "Node and browser tests"
# Relaxed SIMD is an experiment in Node 20, whose baseline compiler gets the dot product wrong.
node --experimental-wasm-relaxed-simd --no-liftoff --test --test-concurrency=1 tests/web/*.test.mjs tests/web/*.browser.mjs

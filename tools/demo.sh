#!/usr/bin/env bash
# From a fresh Debian to a page: installs what is missing, builds, writes 2026.png with the native program, builds the static site and
# serves it. --no-serve stops before serving. Safe to run again.
set -euo pipefail
cd "$(dirname "$0")/.."

serve=yes
case "${1-}" in
  "") ;;
  --no-serve) serve=no ;;
  *) printf 'usage: %s [--no-serve]\n' "$0" >&2; exit 2 ;;
esac

step() { printf '\n[demo] %s\n' "$*"; }
jobs=$(nproc)

./tools/setup.sh

step "building the native program"
cmake --preset desktop -DGANLET_BUILD_TESTS=OFF -DGANLET_BUILD_TRAINER=OFF -DGANLET_BUILD_BENCHMARKS=OFF >/dev/null
cmake --build --preset desktop -j "$jobs" --target ganlet-cli

step "drawing 2026.png"
build/desktop/bin/ganlet generate digits --text 2026 --seed 12 --scale 8 -o 2026.png
printf '[demo] wrote %s\n' "$PWD/2026.png"

step "building the static site (the first time, XNNPACK for wasm takes a few minutes)"
cmake --preset web >/dev/null
cmake --build --preset web -j "$jobs"
printf '[demo] the site is in build/web/site: any static host can serve it as it is\n'

if [ "$serve" = yes ]; then
  step "serving it (Ctrl-C ends)"
  exec node tools/serve.mjs build/web/site
fi

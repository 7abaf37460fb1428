#!/usr/bin/env bash
# From a fresh Debian to a page: installs what is missing, builds the native program and writes 2026.png with it, then
# builds the static site and serves it. --no-serve stops before serving. Safe to run again. It builds no more than that
# needs: no tests, no studio, no importers, and of the two engines the one that runs in every browser.
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

./tools/setup.sh demo

step "building the native program"
cmake --preset demo >/dev/null
cmake --build --preset demo -j "$jobs" --target ganlet-cli

step "drawing 2026.png"
build/demo/bin/ganlet generate digits --text 2026 --seed 12 --scale 8 -o 2026.png
printf '[demo] wrote %s\n' "$PWD/2026.png"

./tools/setup.sh site

step "building the static site (the first time, XNNPACK for wasm takes a few minutes)"
cmake --preset demo-web >/dev/null
cmake --build --preset demo-web -j "$jobs" --target ganlet_assets
printf '[demo] the site is in build/demo-web/site: any static host can serve it as it is\n'

if [ "$serve" = yes ]; then
  step "serving it (Ctrl-C ends)"
  exec node tools/serve.mjs build/demo-web/site
fi

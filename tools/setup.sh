#!/usr/bin/env bash
# setup.sh [demo|site|test]: installs on Debian 12 or newer what the native program needs (demo), what that and a site
# with the library need (site), or what building and testing all needs (test, the default). Safe to run again: it does
# nothing once all is there. On Debian 12, whose own packages are too old, Debian 13's stand beside them at low priority
# and are asked for by name.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '[setup] %s\n' "$*"; }

demo=(
  cmake ninja-build ccache git ca-certificates xz-utils clang-19
  libxnnpack-dev libpthreadpool-dev libcli11-dev libspng-dev libturbojpeg0-dev libgif-dev libwebp-dev zlib1g-dev
  nlohmann-json3-dev libexpected-dev libcpp-httplib-dev pkgconf
)
site=(emscripten nodejs)
all=(
  build-essential curl brotli clang-format-19 clang-tidy-19 lld-19 libclang-rt-19-dev
  libc++-19-dev libc++abi-19-dev
  libcpuinfo-dev parallel libimgui-dev libglfw3-dev fonts-roboto-unhinted fonttools
  libgtest-dev libonnxruntime-dev libonnx-testdata python3-h5py python3-numpy python3-torch glslang-tools
  libtorch-dev libopenblas0-serial libgloo-dev
  hugo jekyll
  chromium firefox-esr webkit2gtk-driver xvfb xauth x11-utils libgl1-mesa-dri libegl1
)
case "${1:-test}" in
  demo) packages=("${demo[@]}") ;;
  site) packages=("${demo[@]}" "${site[@]}") ;;
  test) packages=("${demo[@]}" "${site[@]}" "${all[@]}") ;;
  *) printf 'usage: %s [demo|site|test]\n' "$0" >&2; exit 2 ;;
esac

# A node that isn't Debian's serves as well.
missing() {
  for package in "${packages[@]}"; do
    [ "$package" = nodejs ] && command -v node >/dev/null && continue
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || printf '%s\n' "$package"
  done
}

system=$(. /etc/os-release 2>/dev/null && printf '%s' "${ID-}") || true
if [ "$system" != debian ] || ! command -v apt-get >/dev/null; then
  say "this is ${system:-a system without /etc/os-release}, and not Debian: install the equivalents of these yourself" \
    "(README, Building elsewhere): ${packages[*]}"
  exit 1
fi

sudo=()
[ "$(id -u)" = 0 ] || sudo=(sudo)
export DEBIAN_FRONTEND=noninteractive

# True where the machine's release is older than Debian 13.
needs_trixie() { [ "$(sed -n 's/^VERSION_ID="\{0,1\}\([0-9]*\).*/\1/p' /etc/os-release)" = 12 ]; }

# Adds Debian 13 with the URI and keyring that the machine already uses, so that no mirror is named here.
add_trixie() {
  local list=/etc/apt/sources.list.d/ganlet-trixie.sources
  [ -e "$list" ] && return
  local uri keyring
  uri=$(apt-get indextargets --format '$(CREATED_BY)|$(CODENAME)|$(REPO_URI)' |
    awk -F'|' '$1=="Packages" && $2=="bookworm" {print $3; exit}')
  keyring=$(grep -rhosE '/[^] ]*debian-archive-keyring[^] ]*' /etc/apt/sources.list /etc/apt/sources.list.d |
    head -n 1 || true)
  [ -n "$uri" ] || { say "no Debian 12 entry found in apt's sources"; exit 1; }
  say "adding Debian 13 beside Debian 12 at priority 100"
  printf 'Types: deb\nURIs: %s\nSuites: trixie\nComponents: main\n%s' "$uri" "${keyring:+Signed-By: $keyring
}" | "${sudo[@]}" tee "$list" >/dev/null
  printf 'Package: *\nPin: release n=trixie\nPin-Priority: 100\n' |
    "${sudo[@]}" tee /etc/apt/preferences.d/ganlet-trixie >/dev/null
}

mapfile -t wanted < <(missing)
if [ "${#wanted[@]}" -gt 0 ]; then
  say "installing ${#wanted[@]} packages: ${wanted[*]}"
  suite=()
  if needs_trixie; then
    add_trixie
    suite=(-t trixie)
  fi
  "${sudo[@]}" apt-get update -qq
  log=$(mktemp)
  "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${suite[@]}" "${wanted[@]}" >"$log" 2>&1 ||
    { tail -n 30 "$log"; exit 1; }
  rm -f "$log"
fi

# Debian's emcc looks for its JavaScript packages where Debian's own node does; a node from elsewhere needs to be shown
# the way.
emscripten=/usr/share/emscripten
if [ -d $emscripten ] && [ -d /usr/share/nodejs ] && ! [ -e $emscripten/node_modules ]; then
  say "linking emcc's JavaScript packages"
  "${sudo[@]}" ln -s /usr/share/nodejs $emscripten/node_modules
fi
say "ready"

#!/usr/bin/env bash
# fetch_sources.sh [FOLDER [NAME ...]]: puts the sources of libraries that ganlet compiles itself, all or those named,
# into FOLDER (build/sources). On Debian they come from the machine's own archive, elsewhere, or where that archive has
# other versions, from upstream: the same archive, or a commit of its git, whose name is its digest. Needs no root and
# changes nothing outside that folder. Safe to run again.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:-build/sources}
shift || true
wanted=" ${*:-} "
mkdir -p "$folder"
cd "$folder"

say() { printf '[sources] %s\n' "$*"; }

# Debian's name, the commit and the repository upstream, or the version and the archive's address, and SHA-256 of
# Debian's .orig archive, which upstream's archive is too; - where Debian has another commit
sources='
xnnpack     4ea82e595b36106653175dcb04b2aa532660d0d8 google/XNNPACK
  90bde2caef0f880f627bab0dc805a86c4b8070cd98e3243db3046ab3f3be1a99
pthreadpool 560c60d342a76076f0557a3946924c6478470044 Maratyszcza/pthreadpool
  4cc3cbd933b28131d2a34edc54f76af9fb41bc490af5eae1a5bd3cd07ea90708
cpuinfo     dff2616ddd49122b63abcf44d2c097483b77f861 pytorch/cpuinfo
  -
fp16        4dfe081cf6bcd15db339cf2680b9281b8451eeb3 Maratyszcza/FP16
  7d7782b37b74136e0e12593a2a93ccbe7db831f4374cc408e44623d9b708b54e
fxdiv       b408327ac2a15ec3e43352421954f5b1967701d1 Maratyszcza/FXdiv
  7953482badaf4cb34026c3487c257b8e4ab2df061c019bd6fabbbc12ad52c44b
imgui       d4ddc46e7773e9a9b68f965d007968f35ca4e09a ocornut/imgui
  ecce377df0f90b292f15dcbd83d438bddc162b2388c881132bde18c787572a1c
zlib        51b7f2abdade71cd9bb0e7a373ef2610ec6f9daf madler/zlib
  60dd315c07f616887caa029408308a018ace66e3d142726a97db164b3b8f69fb
giflib      5.2.2 https://downloads.sourceforge.net/project/giflib/giflib-5.2.2.tar.gz
  be7ffbd057cadebe2aa144542fd90c6838c6a083b5e8a9048b8ee3b66b29d5fb
'

# apt with Debian 13's source packages alone and its lists kept here; the URI is that of an entry that the machine
# already has.
apt_options=()
prepare_apt() {
  command -v apt-get >/dev/null && [ "$(. /etc/os-release && echo "${ID-}")" = debian ] || return 1
  [ "${#apt_options[@]}" = 0 ] || return 0
  local uri
  uri=$(apt-get indextargets --format '$(CREATED_BY)|$(CODENAME)|$(REPO_URI)' |
    awk -F'|' '$1 == "Packages" && ($2 == "trixie" || $2 == "bookworm") {print $3; exit}')
  [ -n "$uri" ] || return 1
  mkdir -p apt/lists/partial apt/archives
  printf 'Types: deb-src\nURIs: %s\nSuites: trixie\nComponents: main\nSigned-By: %s\n' \
    "$uri" /usr/share/keyrings/debian-archive-keyring.gpg >apt/trixie.sources
  apt_options=(-o "Dir::Etc::SourceList=$PWD/apt/trixie.sources" -o Dir::Etc::SourceParts=/dev/null
    -o "Dir::State::Lists=$PWD/apt/lists" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=)
  apt-get "${apt_options[@]}" update -qq
}

# NAME SHA256: the source's archive as apt/archives/NAME.
from_debian() {
  prepare_apt || return 1
  local uri
  uri=$(apt-get "${apt_options[@]}" source --print-uris "$1" 2>/dev/null |
    sed -n "s/^'\([^']*\.orig\.tar\.[gx]z\)' .*/\1/p")
  [ -n "$uri" ] || return 1
  /usr/lib/apt/apt-helper "${apt_options[@]}" download-file "$uri" "apt/archives/$1" "SHA256:$2" >/dev/null 2>apt/log ||
    { cat apt/log; return 1; }
  unpack "$1"
}

# NAME: apt/archives/NAME as NAME.new. Some of these archives have all in one folder, some don't.
unpack() {
  local strip=0
  [ "$(tar -tf "apt/archives/$1" | cut -d/ -f1 | sort -u | wc -l)" = 1 ] && strip=1
  mkdir -p "$1.new"
  tar -xf "apt/archives/$1" -C "$1.new" --strip-components=$strip
}

# NAME ADDRESS SHA256
from_archive() {
  mkdir -p apt/archives
  curl -fsSL "$2" -o "apt/archives/$1" || return 1
  printf '%s  %s\n' "$3" "apt/archives/$1" |
    { sha256sum -c --quiet - 2>/dev/null || shasum -a 256 -c --quiet -; } || return 1
  unpack "$1"
}

# NAME REPOSITORY COMMIT. A commit's name is its content's digest, so git checks what it fetches.
from_upstream() {
  command -v git >/dev/null || return 1
  git init -q "$1.new"
  git -C "$1.new" fetch -q --depth 1 "https://github.com/$2" "$3"
  git -C "$1.new" checkout -q FETCH_HEAD
}

while read -r name commit repository && read -r digest; do
  case $wanted in "  " | *" $name "*) ;; *) continue ;; esac
  [ "$(cat "$name.commit" 2>/dev/null)" = "$commit" ] && continue
  say "fetching $name"
  rm -rf "$name" "$name.new" "$name.commit"
  if [ "$digest" = - ] || ! from_debian "$name" "$digest"; then
    say "not in the machine's archive in this version: taking $repository at ${commit:0:7}"
    rm -rf "$name.new"
    case $repository in
      *://*) from_archive "$name" "$repository" "$digest" ;;
      *) from_upstream "$name" "$repository" "$commit" ;;
    esac || { say "can't fetch $name"; exit 1; }
  fi
  mv "$name.new" "$name"
  echo "$commit" >"$name.commit"
done <<<"${sources#$'\n'}"

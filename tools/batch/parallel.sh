#!/usr/bin/env bash
# Answers a file of JSON lines by many processes of `ganlet batch`, with GNU parallel: on this machine's cores, or with
# --sshloginfile on several machines. Answers come in the order of the lines.
#
#     tools/batch/parallel.sh MODEL [FLAGS OF ganlet batch] < requests.jsonl > answers.jsonl
#
# GANLET names the program, JOBS how many processes there are (default: one a core), BLOCK how many bytes of lines each
# gets at a time.
set -euo pipefail
[ $# -ge 1 ] || { printf 'usage: %s MODEL [FLAGS] < LINES > ANSWERS\n' "$0" >&2; exit 2; }
exec parallel --no-notice --pipe --keep-order --jobs "${JOBS:-100%}" --block "${BLOCK:-64k}" \
  "${GANLET:-ganlet}" batch "$@"

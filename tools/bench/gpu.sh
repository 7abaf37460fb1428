#!/usr/bin/env bash
# One short run on a machine with a GPU: builds, compares what the GPU computes with the reference, and prints a table
# of images/s by network and batch, beside PyTorch where Python has one with CUDA, and what each asks of the GPU.
#
#   tools/bench/gpu.sh [--seconds S] [--batches "1 16"] [--networks "digits dcgan"] [--device N]
#
# --device: the GPU, as `ganlet --device` counts them. TERAFLOPS and GIGABYTES in the environment are what it does at
# most in a second; an NVIDIA driver tells them by itself. PYTHON is the Python with PyTorch, python3 by default.
set -euo pipefail
cd "$(dirname "$0")/../.."

seconds=0.5
batches="1 16 64 256 1024"
networks="digits nouns dcgan stylegan2-64 stylegan2-128"
device=()
while [ $# -gt 0 ]; do
  case $1 in
    --seconds) seconds=$2 ;;
    --batches) batches=$2 ;;
    --networks) networks=$2 ;;
    --device) device=(--device "$2") ;;
    *) sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
  shift 2
done
python=${PYTHON:-python3}
torch() { "$python" tools/bench/gpu_networks.py "$@" 2>/dev/null; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

preset=${PRESET:-desktop}
programs=build/$preset/bin
cmake --preset "$preset" >/dev/null
cmake --build --preset "$preset" --target ganlet-cli ganlet-make-dcgan ganlet_gl_tests ganlet_ops_tests >"$work/log" ||
  { tail -30 "$work/log" >&2; exit 1; }

file_of() {
  case $1 in
    dcgan) echo "$work/generator-f32.onnx" ;;
    digits) echo models/digits/generator-f32.onnx ;;
    nouns) echo models/nouns/synthesis-f32.onnx ;;
    *) echo "$work/$1.onnx" ;;
  esac
}
"$programs/ganlet-make-dcgan" "$work"
case $networks in *stylegan2*) torch write "$work" || echo "without PyTorch there are no StyleGAN2 networks" ;; esac

bench() { "$programs/ganlet" bench "$@" --backend gl "${device[@]}"; }
echo "kernels: $("$programs/ganlet" info digits --backend gl | grep -c 'wrong on' || true) operations wrong on this GPU"
if "$programs/ganlet_gl_tests" --gtest_brief=1 >"$work/log" 2>&1 &&
  GANLET_TEST_BACKEND=gl "$programs/ganlet_ops_tests" --gtest_brief=1 >>"$work/log" 2>&1; then
  echo "exactness: $(grep -h 'PASSED' "$work/log" | tr '\n' ' ')"
else
  echo "exactness: FAILED" && grep -h 'FAILED\|Failure' "$work/log" | head -20
fi

peaks=()
read -r teraflops gigabytes <<<"$(torch peaks || echo "${TERAFLOPS:-} ${GIGABYTES:-}")"
[ -z "${teraflops:-}" ] || peaks=(--teraflops "$teraflops" --gigabytes "$gigabytes")
echo "peak: ${teraflops:-unknown} TFLOP/s of f32, ${gigabytes:-unknown} GB/s"

echo
printf '%-14s %6s %12s %14s %14s %14s\n' network batch images/s 'PyTorch f32' f16 'f32 graph'
for network in $networks; do
  file=$(file_of "$network")
  [ -f "$file" ] || continue
  for batch in $batches; do
    rate=$(bench "$file" --batch "$batch" --seconds "$seconds" 2>&1 |
      sed -n 's/.* ms an image, \([0-9]*\) images.*/\1/p')
    read -r eager half graph <<<"$(torch time "$network" "$batch" "$seconds" || true)"
    printf '%-14s %6s %12s %14s %14s %14s\n' "$network" "$batch" "${rate:-refused}" "${eager:--}" "${half:--}" \
      "${graph:--}"
  done
done

batch=$(tr ' ' '\n' <<<"$batches" | sort -n | awk '$1 <= 64' | tail -1)
for network in $networks; do
  file=$(file_of "$network")
  [ -f "$file" ] || continue
  printf '\n%s, batch %s\n' "$network" "${batch:-1}"
  bench "$file" --batch "${batch:-1}" --seconds "$seconds" --profile "${peaks[@]}" |
    awk '/^op .*dispatches/ { shows = 1 } shows'
done

#!/usr/bin/env bash
# Answers a file of JSON lines by an array of Slurm's jobs, each a share of the lines:
#
#     sbatch --array=0-15 tools/batch/slurm.sh digits requests.jsonl answers/
#
# Task I of N answers lines I, I + N, I + 2N, ... and writes answers/I.jsonl whole or not at all, so that a task that
# failed may be run again by itself. Keys tell which answer belongs to which line:
#
#     cat answers/*.jsonl > answers.jsonl
#SBATCH --job-name=ganlet
#SBATCH --cpus-per-task=1
#SBATCH --mem=1G
#SBATCH --time=01:00:00
set -euo pipefail
[ $# -eq 3 ] || { printf 'usage: sbatch --array=0-N %s MODEL LINES FOLDER\n' "$0" >&2; exit 2; }
model=$1 lines=$2 folder=$3
first=${SLURM_ARRAY_TASK_MIN:-0}
task=$((SLURM_ARRAY_TASK_ID - first))
mkdir -p "$folder"
awk -v task="$task" -v tasks="$SLURM_ARRAY_TASK_COUNT" '(NR - 1) % tasks == task' "$lines" |
  "${GANLET:-ganlet}" batch "$model" > "$folder/$SLURM_ARRAY_TASK_ID.part"
mv "$folder/$SLURM_ARRAY_TASK_ID.part" "$folder/$SLURM_ARRAY_TASK_ID.jsonl"

#!/bin/sh
#SBATCH --job-name=langfit-fleet
#SBATCH --array=1-16
#SBATCH --cpus-per-task=4
#SBATCH --mem=8G
#SBATCH --time=02:00:00
# FLEET is a folder that all nodes share; the cache of facts stays on the disk of the node.
set -eu
export LANGFIT_CACHE_DIR="${TMPDIR:-/tmp}/langfit-$SLURM_ARRAY_JOB_ID"
exec langfit fleet run "$FLEET/list.tsv" --out "$FLEET/out" --run "job-$SLURM_ARRAY_JOB_ID" \
  --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_MAX" --jobs "$SLURM_CPUS_PER_TASK"

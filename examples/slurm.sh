#!/bin/sh
# An overnight book on a Slurm cluster: sbatch --array=0-39 examples/slurm.sh, after
#   grecian plan book.csv --market market.json --shards 40 --out plan.json
# and, when all tasks are done,
#   grecian merge plan.json parts --out reports
#SBATCH --job-name=grecian
#SBATCH --cpus-per-task=1
set -e
mkdir -p parts
grecian run plan.json --out "parts/$SLURM_ARRAY_TASK_ID.json" --quiet

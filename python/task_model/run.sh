#!/bin/sh
# From data to a model that serves, in order; run in a virtual environment with requirements.txt installed.
#   sh python/task_model/run.sh
set -eu
cd "$(dirname "$0")"
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
python step1_prepare.py
python step2_tokenizer.py
python step3_linear.py
python step4_train.py
python step5_calibrate.py
python step6_export.py
python step7_evaluate.py
python check.py

#!/usr/bin/env bash
# Gradescope runs this once, when it builds the image: a Python that is new enough, what the engine imports, and torch
# (the build without CUDA, a tenth of the size) if the lab needs it and the image has none.
set -euo pipefail
root="${AUTOGRADER_ROOT:-/autograder}"
python=""
for candidate in python3.13 python3.12 python3.11 python3; do
    if command -v "$candidate" > /dev/null && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        python=$(command -v "$candidate")
        break
    fi
done
if [ -z "$python" ] || ! "$python" -m venv --system-site-packages "$root/venv"; then
    apt-get update
    apt-get install -y python3.11 python3.11-venv || apt-get install -y python3 python3-venv
    python=$(command -v python3.11 || command -v python3)
    "$python" -m venv --system-site-packages "$root/venv"
fi
python="$root/venv/bin/python"
if grep -qx torch "$root/source/imports.txt" && ! "$python" -c "import torch" 2> /dev/null; then
    "$python" -m pip install torch --index-url "${TORCH_INDEX_URL:-https://download.pytorch.org/whl/cpu}"
fi
"$python" -m pip install -r "$root/source/requirements.txt"
# Workers run in Python's isolated mode, which reads no PYTHONPATH.
echo "$root/source/engine" > "$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/autograder_engine.pth"

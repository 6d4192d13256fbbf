"""Classroom 50 runs this in a checkout of the student's repository; it writes result.json there.

What the engine imports is installed into an environment of its own first. Public tests alone are here: this folder can
be read by students.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

bundle = Path(__file__).resolve().parent
python = os.environ.get("AUTOGRADER_PYTHON")
if python is None:
    home = Path(os.environ.get("RUNNER_TEMP") or tempfile.mkdtemp()) / "autograder-venv"
    subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
    python = str(home / ("Scripts" if os.name == "nt" else "bin") / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", str(bundle / "requirements.txt")], check=True)
    place = [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    packages = subprocess.run(place, capture_output=True, text=True, check=True).stdout.strip()
    (Path(packages) / "autograder_engine.pth").write_text(f"{bundle / 'engine'}\n")
command = [python, "-P", "-m", "autograder.interop.checkout", str(bundle / "public_tests"), str(Path.cwd())]
sys.exit(subprocess.run(command, check=False).returncode)

"""A short run of `make load`: the grader is killed on the way, with hostile submissions in the class."""

import subprocess
import sys
from pathlib import Path

import pytest

from autograder.worker.isolation import isolation

LOAD = Path(__file__).parents[1] / "benchmarks" / "load.py"


@pytest.mark.slow
@pytest.mark.skipif(isolation().grade != "full", reason="the honest submissions write files")
def test_a_killed_grader_loses_nothing():
    """Honest grades are those of a quiet run, each submission is graded once, no process, mount or file is left."""
    command = [sys.executable, str(LOAD), "--count", "14", "--hostile", "4", "--kills", "1"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "14 submissions: 10 honest, 4 hostile" in run.stdout
    assert run.stdout.splitlines()[-1] == "grades 14, processes left 0, wrong 0"

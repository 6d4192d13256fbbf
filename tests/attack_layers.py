"""`python attack_layers.py ABI`: what the attacks that reach for the host say where Landlock has no more than this ABI.

A worker of the full grade each, straight from a warm parent whose kernel claims an older Landlock; prints JSON.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest import mock

from attack_suite import hand_in, probes
from attack_targets import Targets

from autograder.model import Limits
from autograder.remote import ProcessLink, Student, WorkerBroke
from autograder.worker.launch import WarmParent
from autograder.worker.messages import Grade

LIMITS = Limits(seconds=10, memory_bytes=512 << 20, file_bytes=1 << 20)
_OLDER = """
import runpy
from autograder.worker.layers import landlock
real = landlock.abi()
landlock.abi = lambda: min(real, {abi})
runpy.run_module("autograder.worker.parent", run_name="__main__")
"""


class OlderKernel(WarmParent):
    """A warm parent on a kernel whose Landlock is older than this host's."""

    def __init__(self, abi: int) -> None:
        super().__init__(["numpy"], Grade.FULL)
        self._code = _OLDER.format(abi=abi)

    def begin(self) -> None:
        """Start it."""
        original = subprocess.Popen

        def start(command: list[str], **options: object) -> object:
            return original([command[0], "-I", "-c", self._code, *command[4:]], **options)  # type: ignore[call-overload]

        with mock.patch.object(subprocess, "Popen", start):
            super().begin()


def said(parent: WarmParent, folder: Path) -> str:
    """What one attack says, or how its worker ended."""
    student = Student(ProcessLink(parent.start(folder, LIMITS), LIMITS), LIMITS)
    try:
        student.open(folder, "work.py")
        student.link.allow(LIMITS.seconds, "one attack")
        return str(student.attack())
    except WorkerBroke as problem:
        return (
            f"refused: {problem.message}"
            if "signal 31" in problem.message or "signal 4" in problem.message
            else problem.message
        )
    finally:
        student.link.close()


def main() -> None:
    """Run them all."""
    chosen = [
        probe
        for probe in probes()
        if probe.group in ("escape", "exfiltrate") and probe.question == "2" and probe.says.startswith("^refused")
    ]
    answers = {}
    parent = OlderKernel(int(sys.argv[1]))
    with tempfile.TemporaryDirectory(prefix="autograder-attacks-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with Targets(folder, ordinary_user=False) as targets:
            hand_in(folder, chosen, targets.intel())
            for probe in chosen:
                # As in a batch, a worker's folder lies apart: the folders above its own are there, with nothing else.
                source, workspace = folder / "inbox" / probe.student, folder / "work" / probe.student
                shutil.copytree(source, workspace, symlinks=True)
                answers[f"{probe.group}/{probe.name}"] = said(parent, workspace)
            answers.update({problem: problem for problem in targets.problems() if not problem.startswith("a process")})
            parent.close()  # it ends whatever is below this process, the targets too
    print(json.dumps(answers))


if __name__ == "__main__":
    main()

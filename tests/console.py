"""Runs the commands that stand in the documentation; `python tests/console.py` writes what they print into it.

A block is ```` ```console ````, then `$ command`, then its output. The blocks of a document run one after the other, in
the repository or in an empty folder that holds Lab 1 as students receive it; `cd` stays in force. What a
document does not show stands in a comment: `<!-- run: cp ... -->`. Files named build/... are written to a scratch
folder.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
IN_THE_REPOSITORY = ["README.md", "docs/instructors.md", "docs/commands.md", "docs/platforms.md"]
DOCUMENTS = [*IN_THE_REPOSITORY, "docs/students.md", "docs/authors.md"]
_BLOCK = re.compile(r"```console\n\$ (?P<command>.+?)\n(?P<output>.*?)```|<!-- run: (?P<hidden>.+?) -->", re.DOTALL)
_CHANGING = (  # what differs between machines and runs, and what stands for it
    (re.compile(r"runs as root"), "runs as your user"),
    (re.compile(r"-\d{8}-\d{6}\.py"), "-20260301-101500.py"),
)


class Session:
    """Commands in a shell of 80 columns, one after the other."""

    def __init__(self, name: str, scratch: Path) -> None:
        self.scratch = scratch
        self.folder = ROOT
        if name not in IN_THE_REPOSITORY:
            self.folder = scratch / "work"
            self.folder.mkdir()
            self.run(f"autograder release lab1 --course {ROOT} --to zip --out lab1_nn_basics.zip")

    def run(self, command: str) -> str:
        """Standard output and error.

        Raises:
            RuntimeError: it could not be run at all.
        """
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        environment = {**os.environ, "COLUMNS": "80", "PATH": path, "ROOT": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
        result = subprocess.run(
            ["/bin/bash", "-c", f"{self._local(command)}\ncode=$?; pwd > {self.scratch}/cwd; exit $code"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.folder,
            env=environment,
            check=False,
        )
        if result.returncode not in (0, 1, 2):
            raise RuntimeError(f"{command}\n{result.stdout}")
        self.folder = Path((self.scratch / "cwd").read_text().strip())
        shown = result.stdout.replace(str(self.scratch / "build"), "build")
        for pattern, stands_for in _CHANGING:
            shown = pattern.sub(stands_for, shown)
        return "".join(f"{line.rstrip()}\n" for line in shown.splitlines())

    def _local(self, command: str) -> str:
        return re.sub(r"\bbuild/", f"{self.scratch}/build/", command)


def run_document(name: str, scratch: Path) -> list[tuple[str, str, str]]:
    """Each command of a document with the output that stands there, and what it prints now."""
    session = Session(name, scratch)
    ran = []
    for block in _BLOCK.finditer((ROOT / name).read_text()):
        printed = session.run(block["command"] or block["hidden"])
        if block["command"]:
            ran.append((block["command"], block["output"], printed))
    return ran


def main() -> None:
    """Rewrite the documents named, or every document."""
    for name in sys.argv[1:] or DOCUMENTS:
        with tempfile.TemporaryDirectory() as scratch:
            outputs = iter(run_document(name, Path(scratch)))
        path = ROOT / name
        path.write_text(_BLOCK.sub(lambda block, ran=outputs: _filled(block, ran), path.read_text()))


def _filled(block, ran) -> str:
    if block["hidden"]:
        return block[0]
    command, _, printed = next(ran)
    return f"```console\n$ {command}\n{printed}```"


if __name__ == "__main__":
    main()

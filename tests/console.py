"""Runs the commands that stand in the documentation; `python tests/console.py` writes what they print into it.

A block is ```` ```console ````, then `$ command`, then its output. The blocks of a document run one after the other.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCUMENTS = ["README.md"]
_BLOCK = re.compile(r"```console\n\$ (?P<command>.+?)\n(?P<output>.*?)```", re.DOTALL)


def run_document(name: str, scratch: Path) -> list[tuple[str, str, str]]:
    """Each command of a document with the output that stands there, and what it prints now at 80 columns."""
    text = (ROOT / name).read_text()
    return [(block["command"], block["output"], run(block["command"], scratch)) for block in _BLOCK.finditer(text)]


def run(command: str, scratch: Path) -> str:
    """Standard output and error of one command; what it writes to build/ goes to `scratch`.

    Raises:
        RuntimeError: it failed.
    """
    environment = {**os.environ, "COLUMNS": "80", "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    result = subprocess.run(
        ["/bin/bash", "-c", re.sub(r"build/\w+", str(scratch), command)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
        env=environment,
        check=False,
    )
    if result.returncode not in (0, 1):
        raise RuntimeError(f"{command}\n{result.stdout}")
    shown = result.stdout.replace(str(scratch), "build/readme").replace("runs as root", "runs as your user")
    return "".join(f"{line.rstrip()}\n" for line in shown.splitlines())


def main() -> None:
    """Rewrite every document."""
    for name in DOCUMENTS:
        with tempfile.TemporaryDirectory() as scratch:
            outputs = iter(run_document(name, Path(scratch)))
        path = ROOT / name
        path.write_text(_BLOCK.sub(lambda block, ran=outputs: _filled(block, *next(ran)), path.read_text()))


def _filled(block: re.Match[str], command: str, _old: str, new: str) -> str:
    assert command == block["command"]
    return f"```console\n$ {command}\n{new}```"


if __name__ == "__main__":
    main()

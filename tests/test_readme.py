"""The README's commands are run, and print what it says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```console\n\$ (.+?)\n(.*?)```", README, re.DOTALL)


def run(command: str, out: Path) -> str:
    """The command's output, as a user other than root would see it at 80 columns."""
    command = re.sub(r"build/\w+", str(out), command)
    environment = {**os.environ, "COLUMNS": "80", "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    result = subprocess.run(
        ["/bin/bash", "-c", command], capture_output=True, text=True, cwd=ROOT, env=environment, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.replace(str(out), "build/readme")


def lines(text: str) -> list[str]:
    """Without what differs from machine to machine: the user, and how lines break around it."""
    text = re.sub(r"\s+", " ", re.sub(r"build/\w+", "OUT", text))
    return [text.replace("runs as root", "runs as your user").strip()]


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return tmp_path_factory.mktemp("readme")


@pytest.mark.parametrize(("command", "expected"), BLOCKS, ids=[command.split()[1] for command, _ in BLOCKS])
def test_a_command_of_the_readme_prints_what_it_says(command, expected, out):
    """In the README's order, since later ones read what earlier ones wrote."""
    assert lines(run(command, out)) == lines(expected)


def test_the_test_quoted_in_the_readme_is_in_the_suite():
    """As it stands there."""
    quoted = re.search(r"```python\n(.*?)```", README, re.DOTALL)[1]
    assert quoted in (ROOT / "assignments/lab1_nn_basics/tests/hidden/test_losses.py").read_text()


def test_the_readme_names_two_commands_first():
    """And both are in the Makefile."""
    makefile = (ROOT / "Makefile").read_text()
    assert re.findall(r"^make (\w+)", README, re.MULTILINE)[:2] == ["demo", "test"]
    assert "\ndemo:" in makefile
    assert "\ntest:" in makefile


def test_every_command_is_in_the_readme():
    """With what it is for."""
    from autograder.cli import main

    assert [name for name in main.commands if f"`autograder {name}" not in README] == []

"""The documentation's commands are run, and print what it says."""

import re

import console
import pytest

from autograder.worker.isolation import isolation

README = (console.ROOT / "README.md").read_text()


@pytest.mark.skipif(isolation().grade != "full", reason="what grading prints tells of the sandbox")
@pytest.mark.parametrize("name", console.DOCUMENTS)
def test_commands_print_what_stands_there(name, tmp_path):
    """Line breaks around what differs between machines are not compared; `python tests/console.py` renews them."""
    ran = console.run_document(name, tmp_path)
    assert len(ran) >= 2
    for command, expected, printed in ran:
        assert printed.split() == expected.split(), command


def test_the_test_quoted_in_the_readme_is_in_the_suite():
    """As it stands there."""
    quoted = re.search(r"```python\n(.*?)```", README, re.DOTALL)[1]
    assert quoted in (console.ROOT / "assignments/lab1_nn_basics/tests/hidden/test_losses.py").read_text()


def test_the_readme_names_two_commands_first():
    """And both are in the Makefile."""
    makefile = (console.ROOT / "Makefile").read_text()
    assert re.findall(r"^make (\w+)", README, re.MULTILINE)[:2] == ["demo", "test"]
    assert "\ndemo:" in makefile
    assert "\ntest:" in makefile


def test_every_command_is_in_the_readme():
    """With what it is for."""
    from autograder.cli import main

    assert [name for name in main.commands if f"`autograder {name}" not in README] == []
    reference = (console.ROOT / "docs/commands.md").read_text()
    assert [name for name in main.commands if f"$ autograder {name} --help" not in reference] == []

"""nbgrader's settings for a course of this engine's labs; its `nbgrader_config.py` calls `configure`."""

from __future__ import annotations

from typing import Any

from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import ClearSolutions

from autograder.release.stub import cell_blocks, render_cell

CELL_SECONDS = 120  # for a student's own cell
TEST_SECONDS = 1800  # for a test cell, where each test has a limit of its own


class Stubs(ClearSolutions):  # type: ignore[misc]
    """Clears solutions, and leaves the stubs that students get everywhere else."""

    def _replace_solution_region(self, cell: Any, language: str) -> bool:
        if cell.cell_type != "code" or not cell_blocks(cell.source):
            return bool(super()._replace_solution_region(cell, language))
        cell.source = render_cell(cell.source)
        return True


def configure(settings: Any) -> None:
    """Set what a course of these labs needs; `settings` is what nbgrader's `get_config()` gives."""
    usual = GenerateAssignment.preprocessors.default_args[0]
    settings.GenerateAssignment.preprocessors = [Stubs if step is ClearSolutions else step for step in usual]
    settings.Execute.timeout_func = seconds_allowed
    settings.Execute.interrupt_on_timeout = True


def seconds_allowed(cell: Any) -> int:
    """The time limit of a cell."""
    return TEST_SECONDS if cell.metadata.get("nbgrader", {}).get("grade") else CELL_SECONDS

"""What a running notebook has executed so far, as the cells that grading would read."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from autograder.errors import SubmissionError
from autograder.headings import questions_in
from autograder.model import Cell
from autograder.notebook.read import read_notebook


def executed_cells() -> list[tuple[int, str]] | None:
    """Number and text of each cell that this kernel has run, only the last of those for the same question.

    None outside of IPython.
    """
    try:
        shell = sys.modules["IPython"].get_ipython()
    except KeyError:
        return None
    if shell is None:
        return None
    latest: dict[object, tuple[int, str]] = {}
    for number, source in enumerate(shell.history_manager.input_hist_raw):
        if source.strip():
            key = tuple(questions_in(source)) or source
            latest.pop(key, None)  # to the end: what was run last counts
            latest[key] = (number, source)
    return list(latest.values())


def plain_cells(cells: Sequence[tuple[int, str]]) -> tuple[Cell, ...]:
    """The cells without what only a notebook's shell understands."""
    kept = []
    for number, source in cells:
        document = {"nbformat": 4, "cells": [{"cell_type": "code", "source": source}]}
        try:
            kept += [Cell(number, cell.source) for cell in read_notebook(json.dumps(document).encode()).cells]
        except SubmissionError:
            continue  # a cell that grading would refuse by itself, say one that writes a file with a strange name
    return tuple(kept)

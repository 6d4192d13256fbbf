"""A lab's workloads: `tests/public/speed.py`, and the oracles of `tests/hidden/speed.py`."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

import msgspec

from autograder.errors import CourseError
from autograder.model import Assignment
from autograder.workloads import Workload

FILE = "speed.py"


def workload_file(assignment: Assignment) -> Path:
    """Where the workloads stand."""
    return assignment.folder / "tests" / "public" / FILE


def load_workloads(assignment: Assignment, *, may_lack_oracles: bool = False) -> dict[str, Workload]:
    """The workload of each question that has a speed check, by its id; none where no question has one.

    Students have no oracles where these would give a solution away.

    Raises:
        CourseError: a file cannot be loaded, or a workload or oracle is missing or belongs to no question.
    """
    wanted = {question.id for question in assignment.questions if question.speed is not None}
    path = workload_file(assignment)
    if not wanted:
        return {}
    public, hidden = _load(path), _load(assignment.folder / "tests" / "hidden" / FILE)
    oracles = getattr(hidden, "ORACLES", {})
    found: dict[str, Workload] = {}
    for work in getattr(public, "WORKLOADS", ()):
        if not isinstance(work, Workload) or work.question in found:
            raise CourseError(f"{_place(path)}: WORKLOADS must hold one Workload for each question")
        found[work.question] = msgspec.structs.replace(work, oracle=oracles.get(work.question, work.oracle))
    _check(found.keys(), wanted, path)
    for name, work in found.items():
        if work.oracle is None and not may_lack_oracles:
            raise CourseError(f"{_place(path)}: question {name} has no oracle, neither here nor in tests/hidden/{FILE}")
    if set(oracles) - wanted:
        raise CourseError(f"{_place(path)}: ORACLES: {', '.join(sorted(set(oracles) - wanted))} has no speed check")
    return found


def _check(found: Any, wanted: set[str], path: Path) -> None:
    for name, where in (
        (wanted - set(found), "has a speed check in assignment.yaml, and no Workload here"),
        (set(found) - wanted, "has a Workload here, and no speed check in assignment.yaml"),
    ):
        if name:
            raise CourseError(f"{_place(path)}: question {sorted(name)[0]} {where}")


def _load(path: Path) -> Any:
    """A file as a module of its own; None if there is none. By bare name it imports probes.py and its folder's."""
    if not path.is_file():
        return None
    added = [str(path.parents[2]), str(path.parent)]
    sys.path[:0] = added
    others = {name: sys.modules.pop(name) for name in _names(added) if name in sys.modules}  # another lab's, perhaps
    name = f"speed_{path.parent.name}"
    try:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None  # noqa: S101 - a .py file always has one
        assert spec.loader is not None  # noqa: S101
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    except Exception as problem:
        raise CourseError(f"{_place(path)}: cannot be loaded: {type(problem).__name__}: {problem}") from None
    finally:
        for entry in added:
            sys.path.remove(entry)
        for known, loaded in list(sys.modules.items()):
            if str(getattr(loaded, "__file__", None) or "").startswith(f"{path.parents[2]}{os.sep}"):
                del sys.modules[known]
        sys.modules.update(others)
    return module


def _names(folders: list[str]) -> set[str]:
    """Of the modules in folders."""
    return {path.stem for folder in folders for path in Path(folder).glob("*.py")}


def _place(path: Path) -> str:
    return "/".join(path.parts[-4:])

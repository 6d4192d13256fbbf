"""Known wrong and right implementations of a question, kept beside its suite.

`equivalents/<question>/<name>.py` are whole files that must earn everything, however they are written.
`mutants/<question>.yaml` lists mistakes, each of which must lose points in the test that it names:

```yaml
- name: no_max
  misconception: the softmax is computed without subtracting the largest score of each row, so exp overflows
  hint: Subtract each row's largest score from the row before exp.
  caught_by: hidden/test_losses.py::test_rows_far_apart
  edits:
    - ['logits - logits.max(axis=1, keepdims=True)', logits]
```
Each edit replaces a text that stands exactly once in the question's file of the reference, or in the equivalent that
`base` names. Further lines of a text are written as if its first line were not indented. Where edits would read badly,
`source` holds the whole file instead. `misconception` completes the sentence "Your result is what one gets when ...".
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import yaml

from autograder.errors import CourseError
from autograder.model import Assignment


class Mutant(msgspec.Struct, frozen=True):
    """One mistake of a question."""

    question: str  # its id
    name: str
    misconception: str  # completes "Your result is what one gets when ..."; students may read it
    hint: str  # one thing to do next
    caught_by: str  # the case that must lose points, e.g. "hidden/test_losses.py::test_rows_far_apart"
    source: str  # the whole wrong file


class _Entry(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    misconception: str
    hint: str
    caught_by: str
    edits: list[tuple[str, str]] | None = None
    base: str | None = None
    source: str | None = None


def load_mutants(assignment: Assignment, question_id: str) -> tuple[Mutant, ...]:
    """The mistakes kept for a question, in the order of the file; none where there is no file.

    Raises:
        KeyError: the assignment has no such question.
        CourseError: one line on what is wrong, beginning with the file and the entry.
    """
    question = assignment.question(question_id)
    folder = assignment.folder / "mutants"
    _check_names(assignment, folder, ".yaml")
    path = folder / f"{question_id}.yaml"
    if not path.is_file():
        return ()
    where = f"{assignment.folder.parent.name}/{assignment.id}/mutants/{path.name}"
    mutants: dict[str, Mutant] = {}
    for index, raw in enumerate(_read(path, where)):
        name = raw.get("name") if isinstance(raw, dict) else None
        here = f"{where}: {name}" if isinstance(name, str) else f"{where}: [{index}]"
        entry = _entry(raw, here)
        if entry.name in mutants:
            raise CourseError(f"{here}: is there twice; give each mistake a name of its own")
        source = _source(assignment, question_id, entry, here)
        try:
            compile(source, question.file, "exec", dont_inherit=True)
        except SyntaxError as problem:
            raise CourseError(f"{here}: gives no Python: {problem.msg}, line {problem.lineno}") from None
        mutants[entry.name] = Mutant(question_id, entry.name, entry.misconception, entry.hint, entry.caught_by, source)
    return tuple(mutants.values())


def load_equivalents(assignment: Assignment, question_id: str) -> dict[str, str]:
    """The right files kept for a question beside the reference, by name; none where there is no folder.

    Raises:
        KeyError: the assignment has no such question.
        CourseError: a folder is named after no question.
    """
    assignment.question(question_id)
    folder = assignment.folder / "equivalents"
    _check_names(assignment, folder, "")
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted((folder / question_id).glob("*.py"))}


def _check_names(assignment: Assignment, folder: Path, suffix: str) -> None:
    """Whatever lies in `folder` must belong to a question: a misnamed file would be left out silently."""
    known = [f"{question.id}{suffix}" for question in assignment.questions]
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name not in known and not path.name.startswith((".", "__")):
            where = f"{assignment.folder.parent.name}/{assignment.id}/{folder.name}/{path.name}"
            raise CourseError(f"{where}: belongs to no question; expected {', '.join(known)}")


def _read(path: Path, where: str) -> list[Any]:
    try:
        content = yaml.safe_load(path.read_bytes())
    except yaml.MarkedYAMLError as problem:
        line = "" if problem.problem_mark is None else f"line {problem.problem_mark.line + 1}: "
        raise CourseError(f"{where}: {line}{problem.problem or 'not YAML'}") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise CourseError(f"{where}: is not a text file in UTF-8") from None
    if not isinstance(content, list):
        raise CourseError(f'{where}: must be a list; begin each mistake with "- name: ..."')
    return content


def _entry(raw: Any, here: str) -> _Entry:
    """One entry of the file, checked."""
    try:
        entry = msgspec.convert(raw, _Entry)
    except msgspec.ValidationError as problem:
        raise CourseError(f"{here}: {_explain(str(problem))}") from None
    for key in ("name", "misconception", "hint", "caught_by"):
        if not getattr(entry, key).strip():
            raise CourseError(f"{here}: {key}: is empty")
    if (entry.edits is None) == (entry.source is None):
        raise CourseError(f'{here}: needs either "edits" or "source"')
    if entry.base is not None and entry.edits is None:
        raise CourseError(f'{here}: base: goes with "edits" only, since "source" is the whole file')
    return entry


def _explain(problem: str) -> str:
    """A validation error of msgspec's as `key: what is wrong`."""
    problem, _, place = problem.partition(" - at `$")
    place = place.removeprefix(".").removesuffix("`")
    if match := re.fullmatch(r"Object contains unknown field `(.*)`", problem):
        close = difflib.get_close_matches(match[1], _Entry.__struct_fields__, 1, 0.5)
        return f"{match[1]}: unknown key." + (f' Did you mean "{close[0]}"?' if close else "")
    if match := re.fullmatch(r"Object missing required field `(.*)`", problem):
        return f"{match[1]}: is missing"
    if place.startswith("edits"):
        return f'{place}: must be text; an edit is a list of two texts in quotes, ["old", "new"]'
    return f"{place}: must be text; put it in quotes" if place else "must have keys and values"


def _source(assignment: Assignment, question_id: str, entry: _Entry, here: str) -> str:
    """The whole wrong file."""
    if entry.source is not None:
        return entry.source
    if entry.base is None:
        file = assignment.question(question_id).file
        source, base = (assignment.solutions / file).read_text(encoding="utf-8"), f"the reference's {file}"
    else:
        equivalents = load_equivalents(assignment, question_id)
        if entry.base not in equivalents:
            known = ", ".join(equivalents) or "none"
            raise CourseError(f'{here}: base: no equivalent is named "{entry.base}"; there are: {known}')
        source, base = equivalents[entry.base], f"equivalents/{question_id}/{entry.base}.py"
    return edited(source, entry.edits or (), base, here)


def edited(source: str, edits: Iterable[tuple[str, str]], base: str, here: str) -> str:
    """`source` with each first text of `edits` replaced by the second, one after the other.

    Args:
        source: a file.
        edits: pairs of texts; the first must stand in the file exactly once.
        base: how messages call the file.
        here: what their beginning is.

    Raises:
        CourseError: a text does not stand there, or more than once.
    """
    for old, new in edits:
        source = _replace(source, old.rstrip("\n"), new.rstrip("\n"), base, here)
    return source


def _replace(source: str, old: str, new: str, base: str, here: str) -> str:
    """`source` with `old`, which must stand in it exactly once, replaced; both take on the indentation found there."""
    found = []
    first = old.partition("\n")[0]
    start = source.find(first) if first else -1
    while start >= 0:
        line = source[source.rfind("\n", 0, start) + 1 :]
        indent = line[: len(line) - len(line.lstrip(" "))]
        if source.startswith(_indented(old, indent), start):
            found.append((start, indent))
        start = source.find(first, start + 1)
    if len(found) != 1:
        times = "not" if not found else f"{len(found)} times"
        raise CourseError(f"{here}: edits: this text stands {times} in {base}, and must stand there once: {old!r}")
    start, indent = found[0]
    return source[:start] + _indented(new, indent) + source[start + len(_indented(old, indent)) :]


def _indented(text: str, indent: str) -> str:
    """`text` with all lines but the first, and but empty ones, moved right."""
    return re.sub(r"\n(?!\n|$)", "\n" + indent, text)

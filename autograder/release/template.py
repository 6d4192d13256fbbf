"""The folder that students receive: made from its sources, written, and compared with them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import yaml

from autograder.course import ASSIGNMENT_FILE, ORIGINAL
from autograder.errors import ReleaseError
from autograder.model import Assignment
from autograder.release.leaks import check_hidden, check_solutions, solution_lines
from autograder.release.notebook import build_notebook
from autograder.release.stub import render_stub

_SECRET_KEYS = ("seed", "feedback")  # of assignment.yaml


def build_template(assignment: Assignment) -> dict[str, bytes]:
    """Every file that students receive, by its path below the template's folder.

    Raises:
        ReleaseError: a stub cannot be made, two sources have the same target, or a secret would get out.
    """
    files: dict[str, bytes] = {}
    stubs: set[str] = set()
    for path, target in _sources(assignment):
        content = path.read_bytes()
        if target in files:
            raise ReleaseError(f"{path}: {target} comes from another place, too; rename one")
        if path.is_relative_to(assignment.solutions) and path.suffix == ".py":
            source = _text(content, path)
            content = render_stub(source, assignment, target).encode()
            stubs.add(target)
        files[target] = content
    missing = [file for file in assignment.files if file not in files]
    if missing:
        raise ReleaseError(f"{assignment.solutions}: {', '.join(missing)} missing; stubs are made from the solutions")
    for name, content in _generated(assignment, files).items():
        if name in files:
            raise ReleaseError(f"{name}: comes from a source, and is generated, too; rename the source")
        files[name] = content
    hidden = assignment.folder / "tests" / "hidden"
    check_hidden(files, {name: (hidden / name).read_bytes() for name in sorted(_present(hidden))})
    check_solutions(files, stubs, *solution_lines(assignment))
    return files


def write_template(assignment: Assignment) -> None:
    """Make the template's folder exactly what `build_template` says; files that are no part of it are removed.

    Raises:
        ReleaseError: see `build_template`; or the folder is one of the course's own sources.
    """
    for source in (assignment.folder.resolve(), assignment.solutions.resolve()):
        target = assignment.template.resolve()
        if target == source or target in source.parents or source in target.parents:
            raise ReleaseError(f"{target}: the template would overwrite {source}; change `template` in course.yaml")
    files = build_template(assignment)
    for extra in _present(assignment.template) - files.keys():
        (assignment.template / extra).unlink()
    for name, content in files.items():
        path = assignment.template / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_bytes() != content:
            path.write_bytes(content)


def check_template(assignment: Assignment) -> list[str]:
    """One line for each file of the template that is not what `build_template` says; empty if there is none.

    Raises:
        ReleaseError: see `build_template`.
    """
    files = build_template(assignment)
    present = _present(assignment.template)
    drift = []
    for name in sorted(files.keys() | present):
        if name not in present:
            what = "is missing"
        elif name not in files:
            what = "is no part of the template"
        elif (assignment.template / name).read_bytes() != files[name]:
            what = "differs from its source"
        else:
            continue
        place = f"{assignment.template.parent.name}/{assignment.template.name}/{name}"
        drift.append(f"{place}: {what}; run `autograder release {assignment.id}`")
    return drift


def build_zip(assignment: Assignment) -> bytes:
    """What students receive as one file: the template in a folder of its own, with the originals for `reset`.

    The same sources give the same bytes.

    Raises:
        ReleaseError: see `build_template`.
    """
    template = build_template(assignment)
    files = {f"{assignment.id}/{name}": content for name, content in template.items()}
    files |= {
        f"{assignment.id}/{ORIGINAL}/{name}": content
        for name, content in template.items()
        if not name.startswith("data/")
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name)  # dated 1980
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, content)
    return packed.getvalue()


def _generated(assignment: Assignment, files: dict[str, bytes]) -> dict[str, bytes]:
    """What is made from the sources as a whole: the notebook, and the questions for `autograder check`."""
    stubs = {file: files[file].decode() for file in assignment.files}
    handout = files.get("README.md", f"# {assignment.title}\n".encode()).decode()
    return {
        ASSIGNMENT_FILE: _released_assignment(assignment),
        f"{assignment.id}.ipynb": build_notebook(assignment, handout, stubs),
    }


def _released_assignment(assignment: Assignment) -> bytes:
    """The assignment.yaml without what only the course needs to know."""
    content = yaml.safe_load((assignment.folder / ASSIGNMENT_FILE).read_text(encoding="utf-8"))
    kept = {key: value for key, value in content.items() if key not in _SECRET_KEYS}
    text = yaml.safe_dump({"id": assignment.id, **kept}, sort_keys=False, allow_unicode=True, width=110)
    return f"# Read by `autograder check`. What counts is the course's own copy.\n{text}".encode()


def _sources(assignment: Assignment) -> Iterator[tuple[Path, str]]:
    """Every source file with its path in the template."""
    for folder, prefix in (
        (assignment.solutions, ""),
        (assignment.folder / "tests" / "public", "tests/public/"),
        (assignment.folder / "data", "data/"),
    ):
        for name in sorted(_present(folder)):
            yield folder / name, prefix + name
    for name in ("probes.py", "README.md"):
        if (assignment.folder / name).is_file():
            yield assignment.folder / name, name


def _present(folder: Path) -> set[str]:
    """Relative paths of the files in a folder, without hidden ones and caches."""
    paths = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file() or path.is_symlink()]
    return {
        path.as_posix()
        for path in paths
        if not any(part.startswith(".") or part == "__pycache__" for part in path.parts)
    }


def _text(content: bytes, path: Path) -> str:
    try:
        return content.decode().replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise ReleaseError(f"{path}:1: is not text in UTF-8") from None

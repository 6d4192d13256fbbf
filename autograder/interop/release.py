"""One lab in the form of one platform, written to a file or a folder."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from autograder.errors import ReleaseError
from autograder.interop.hidden import FOLDER, PUBLIC_FOLDER
from autograder.model import Assignment
from autograder.release import build_template, build_zip

FORMS = ("zip", "notebook", "nbgrader", "otter", "gradescope", "classroom50")
DEFAULT_NAMES = {
    "zip": "{lab}.zip",
    "notebook": "{lab}.ipynb",
    "nbgrader": "{lab}_nbgrader",
    "otter": "{lab}_otter",
    "gradescope": "{lab}_gradescope.zip",
    "classroom50": "{lab}_classroom50",
}


def write_release(assignment: Assignment, form: str, out: Path | None, sandbox: str) -> str:
    """Write the lab in one of `FORMS`; what to do next, in a few lines.

    Args:
        assignment: which.
        form: the platform's.
        out: the file or folder; a name of the form's own in this folder if None.
        sandbox: for Gradescope, the least grade of isolation that is accepted there.

    Raises:
        ReleaseError: a secret would get out, the reference does not pass, or the place cannot be written.
        HostError: the platform's own tool is needed, and not installed.
    """
    target = out or Path(DEFAULT_NAMES[form].format(lab=assignment.id))
    try:
        return _WRITERS[form](assignment, target, sandbox)
    except OSError as problem:
        raise ReleaseError(f"{target}: cannot be written: {problem.strerror}") from None


def _zip(assignment: Assignment, target: Path, _: str) -> str:
    size = _write_file(target, build_zip(assignment))
    return f"{target}: {size}; students run `autograder start {target.name}`"


def _notebook(assignment: Assignment, target: Path, _: str) -> str:
    size = _write_file(target, build_template(assignment)[f"{assignment.id}.ipynb"])
    return f"{target}: {size}; students hand it in as it is, and `autograder grade {assignment.id}` takes it"


def _nbgrader(assignment: Assignment, target: Path, _: str) -> str:
    from autograder.interop.nbgrader import CONFIG, build_course

    files = build_course(assignment)
    if (target / CONFIG).is_file():
        del files[CONFIG]
    lab = assignment.id
    _write_folder(target, files, (f"{FOLDER}/{lab}", f"source/{lab}/{PUBLIC_FOLDER}"))
    return (
        f"{target}: source/{lab} for nbgrader, {FOLDER}/{lab} for grading, which students must not get\n"
        f"next: cd {target} && nbgrader generate_assignment {lab}"
    )


def _otter(assignment: Assignment, target: Path, _: str) -> str:
    from autograder.interop.otter import assign, build_sources

    _write_folder(target, build_sources(assignment), (FOLDER, PUBLIC_FOLDER))
    packed = assign(assignment, target)
    return (
        f"{target}: {assignment.id}.ipynb is the source; `otter assign` made dist/student, which students get, "
        f"and passed the reference\nnext: otter run -a {packed} NOTEBOOK"
    )


def _gradescope(assignment: Assignment, target: Path, sandbox: str) -> str:
    from autograder.interop.gradescope import build_gradescope

    size = _write_file(target, build_gradescope(assignment, sandbox))
    return f"{target}: {size}; holds hidden tests and the reference: for Gradescope, under Configure Autograder"


def _classroom50(assignment: Assignment, target: Path, _: str) -> str:
    from autograder.interop.classroom50 import build_bundle

    _write_folder(target, build_bundle(assignment), (PUBLIC_FOLDER, "engine"))
    return f"{target}: public tests alone; goes to CLASSROOM/autograders/ASSIGNMENT/ of your classroom50 repository"


_WRITERS = {
    "zip": _zip,
    "notebook": _notebook,
    "nbgrader": _nbgrader,
    "otter": _otter,
    "gradescope": _gradescope,
    "classroom50": _classroom50,
}


def _write_file(target: Path, content: bytes) -> str:
    """Write it; its size in words."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return f"{len(content) / 1024:.0f} KiB"


def _write_folder(target: Path, files: Mapping[str, bytes], whole: tuple[str, ...]) -> None:
    """Write files; the folders in `whole` hold nothing else afterwards."""
    for name in whole:
        shutil.rmtree(target / name, ignore_errors=True)
    for name, content in files.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

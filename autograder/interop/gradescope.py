"""The zip for Gradescope: this engine, one lab of the course, and the scripts that Gradescope calls."""

from __future__ import annotations

import io
import json
import zipfile
from importlib.resources import files as resources

from autograder.course import ASSIGNMENT_FILE, reference_files
from autograder.interop.engine import REQUIREMENTS, engine_files
from autograder.interop.hidden import read_folder
from autograder.interop.prove import prove
from autograder.model import Assignment
from autograder.release import build_template

SETTINGS = "autograder.json"


def build_gradescope(assignment: Assignment, sandbox: str) -> bytes:
    """The zip; the same bytes for the same sources. It holds the reference and hidden tests, so it is for staff alone.

    Args:
        assignment: whose.
        sandbox: the least grade of isolation that is accepted there: "full", "restricted" or "limits".

    Raises:
        ReleaseError: the reference does not pass a test.
    """
    prove(assignment)
    content = _course(assignment)
    content |= {f"engine/{name}": text for name, text in engine_files().items()}
    content |= {
        SETTINGS: json.dumps({"lab": assignment.id, "sandbox": sandbox}, indent=1).encode(),
        "requirements.txt": "\n".join([*REQUIREMENTS, ""]).encode(),
        "imports.txt": "\n".join([*assignment.preload, ""]).encode(),
    }
    scripts = {
        name: resources("autograder.interop").joinpath("scripts", name).read_bytes()
        for name in ("setup.sh", "run_autograder")
    }
    return packed(content, scripts)


def packed(content: dict[str, bytes], scripts: dict[str, bytes]) -> bytes:
    """A zip of files, and of scripts that can be run; the same bytes for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted((content | scripts).items()):
            entry = zipfile.ZipInfo(name)  # dated 1980
            mode = 0o755 if name in scripts else 0o644
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, (0o100000 | mode) << 16
            archive.writestr(entry, text)
    return buffer.getvalue()


def _course(assignment: Assignment) -> dict[str, bytes]:
    """A course of this one lab: tests, reference and stubs; no known mistakes, which nothing there reads."""
    lab = assignment.id
    content = {"course/assignments/course.yaml": f"title: {json.dumps(lab)}\nassignments: [{lab}]\n".encode()}
    for name, text in read_folder(assignment.folder).items():
        if name in (ASSIGNMENT_FILE, "probes.py") or name.startswith(("tests/", "data/")):
            content[f"course/assignments/{lab}/{name}"] = text
    content |= {f"course/solutions/{lab}/{name}": text for name, text in reference_files(assignment).items()}
    stubs = build_template(assignment)
    content |= {f"course/student_template/{lab}/{name}": stubs[name] for name in assignment.files}
    return content

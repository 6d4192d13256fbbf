"""The bundle for Classroom 50: `autograder.py` with the engine and the public tests.

Its runner downloads the bundle into a workflow of the student's own repository, so whatever is in it can be read by
students: neither hidden tests nor the reference go there.
"""

from __future__ import annotations

from importlib.resources import files as resources

from autograder.interop.engine import REQUIREMENTS, engine_files
from autograder.interop.hidden import PUBLIC_FOLDER
from autograder.interop.notebooks import beside_notebook
from autograder.interop.prove import prove
from autograder.model import Assignment
from autograder.release.leaks import check_secrets


def build_bundle(assignment: Assignment) -> dict[str, bytes]:
    """The files of CLASSROOM/autograders/ASSIGNMENT/, by their paths there.

    Raises:
        ReleaseError: the reference does not pass a test, or the bundle would hold what students must not have.
    """
    prove(assignment)
    tests = {
        name.removeprefix(f"{PUBLIC_FOLDER}/{assignment.id}/"): content
        for name, content in beside_notebook(assignment).items()
        if name.startswith(f"{PUBLIC_FOLDER}/")
    }
    check_secrets(assignment, tests)
    needed = [*REQUIREMENTS, *sorted(set(assignment.preload) - {"numpy"}), ""]
    return {
        "autograder.py": resources("autograder.interop").joinpath("scripts", "autograder.py").read_bytes(),
        "requirements.txt": "\n".join(needed).encode(),
        **{f"{PUBLIC_FOLDER}/{name}": content for name, content in tests.items()},
        **{f"engine/{name}": content for name, content in engine_files().items()},
    }

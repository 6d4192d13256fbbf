"""What several commands share: the course, the gradebook, a student's name."""

from __future__ import annotations

import contextlib
import difflib
import getpass
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from autograder.errors import AutograderError, HostError

if TYPE_CHECKING:
    from autograder.batch import SlotExecutor
    from autograder.course import Course
    from autograder.gradebook import Gradebook
    from autograder.worker.isolation import Isolation

course_option = click.option(
    "--course",
    "course_folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of the course (looked for upwards from here if not given).",
)
jobs_option = click.option(
    "--jobs", "-j", type=click.IntRange(1), help="Submissions at a time (default: one for each core)."
)
cluster_option = click.option(
    "--cluster",
    metavar="HOST:PORT",
    help="Grade on the machines of this Ray cluster; this one must be of it. See docs/cluster.md.",
)


def sandbox_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--sandbox` and `--unsafe-no-sandbox`; `chosen_sandbox` reads them."""
    wanted = click.option(
        "--sandbox",
        type=click.Choice(["full", "restricted", "bwrap"]),
        metavar="GRADE",
        help="The sandbox that must hold: full, restricted, or bwrap, which is full with bubblewrap's walls (default: "
        "the better one of the first two that this machine gives).",
    )
    unsafe = click.option(
        "--unsafe-no-sandbox",
        "unsafe",
        is_flag=True,
        help="Run student code without a sandbox: it can do what you can.",
    )
    return wanted(unsafe(command))


def chosen_sandbox(sandbox: str | None, *, unsafe: bool) -> Isolation:
    """How student code is to be walled in, by what was typed.

    Raises:
        HostError: this machine does not give that.
    """
    from autograder.worker.isolation import isolation, require_sandbox
    from autograder.worker.messages import Grade

    if unsafe and sandbox is not None:
        raise click.UsageError("--sandbox and --unsafe-no-sandbox exclude each other")
    if unsafe:
        return isolation(Grade.LIMITS)
    return require_sandbox(None if sandbox is None else Grade(sandbox))


@contextlib.contextmanager
def chosen_executor(cluster: str | None, jobs: int | None, on_note: Callable[[str], None]) -> Iterator[SlotExecutor]:
    """What runs suites, by what was typed: this machine, or a cluster that is left at the end.

    Raises:
        HostError: Ray is not here, or the cluster cannot be used.
    """
    from autograder.batch import LocalExecutor

    if cluster is None:
        yield LocalExecutor(jobs)
        return
    try:
        from autograder.cluster import RayExecutor
    except ModuleNotFoundError as problem:
        raise HostError(f"--cluster needs Ray: pip install 'autograder[ray]' ({problem})") from None
    with RayExecutor(cluster, jobs, on_note=on_note) as executor:
        yield executor


def gradebook_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--out` and `--gradebook`, as `grade` has them."""
    out = click.option(
        "--out",
        default=Path("grades"),
        show_default=True,
        type=click.Path(path_type=Path, file_okay=False),
        help="Folder of gradebook.db, and for report/.",
    )
    book = click.option(
        "--gradebook", type=click.Path(path_type=Path, dir_okay=False), help="The gradebook, if it lies elsewhere."
    )
    return out(book(command))


def load_course(folder: Path | None) -> Course:
    """The course in `folder`, or the nearest one."""
    from autograder.course import find_course
    from autograder.course import load_course as load

    return load(folder if folder is not None else find_course(Path.cwd()))


def existing(out: Path, gradebook: Path | None) -> Path:
    """The gradebook's path.

    Raises:
        AutograderError: there is none.
    """
    path = gradebook or out / "gradebook.db"
    if not path.is_file():
        raise AutograderError(f"{path}: no gradebook there; `autograder grade` makes one")
    return path


def find_student(book: Gradebook, typed: str) -> str:
    """The name in the roster that was typed, or the student whom a platform calls so.

    Raises:
        AutograderError: there is none.
    """
    names = book.students()
    if typed in names:
        return typed
    found = {name for (_, value), name in book.names_by_identity().items() if value == typed}
    found = found or {name for name in names if name.casefold() == typed.casefold()}
    if len(found) == 1:
        return found.pop()
    raise AutograderError(f"no student {typed!r} in the gradebook.{meant(typed, names)}")


def meant(typed: str, known: Iterable[str]) -> str:
    """The nearest of the known names, as a question; empty if none is near."""
    close = difflib.get_close_matches(typed, list(known), 1)
    return f" Did you mean {close[0]!r}?" if close else ""


def whoever() -> str:
    """Who types this, as far as the system knows."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user id without an entry
        return "unknown"

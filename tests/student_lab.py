"""A small lab as a student has it in a folder, and ways to type commands in it."""

import json
import os
import re
import select
import subprocess
import sys
import time
from pathlib import Path

from click.testing import CliRunner, Result

from autograder.cli import main
from autograder.course import load_assignment, load_course
from autograder.model import Assignment
from autograder.release import write_template
from autograder.release.template import build_zip

ASSIGNMENT = """title: Sums and means
seed: 5
preload: [numpy]
limits: {seconds: 1, import_seconds: 1.5, memory: 512 MiB}
questions:
  - {id: "1.1", title: Total, file: sums.py, points: 2, hints: [Begin at zero., Python has a function for it.]}
  - {id: "1.2", title: Row sums, file: sums.py, points: 2}
  - {id: "1.3", title: A stable mean, file: means.py, points: 4}
  - {id: "1.4", title: Scaling, file: scale.py, points: 1, bonus: true}
  - {id: "1.5", title: In place, file: speed.py, points: 2}
"""

PUBLIC = '''import numpy as np

from autograder.testing import assert_close, assert_shape, hint, question


@question("1.1")
def test_total(student):
    """The total of 1, 2 and 3 is 6."""
    assert_close(student.total([1.0, 2.0, 3.0]), 6.0, what="total")


@question("1.1")
def test_total_of_nothing(student):
    """The total of nothing is 0."""
    assert_close(student.total([]), 0.0, what="total")


@question("1.2")
@hint("Sum over the second axis.")
def test_row_sums(student):
    """Each row is summed."""
    assert_close(student.row_sums(np.arange(6.0).reshape(2, 3)), [3.0, 12.0], what="row sums")


@question("1.2")
def test_one_sum_for_each_row(student):
    """There is one sum for each row."""
    assert_shape(student.row_sums(np.ones((4, 3))), (4,), what="row sums")


@question("1.3")
def test_mean(student):
    """The mean of 1 and 3 is 2."""
    assert_close(student.mean(np.array([1.0, 3.0])), 2.0, what="mean")


@question("1.3")
def test_mean_of_random_numbers(student, rng):
    """The mean lies between the extremes."""
    x = rng.normal(size=50)
    assert x.min() < student.mean(x) < x.max()


@question("1.4")
def test_scale(student):
    """Twice 3 is 6."""
    assert_close(student.scale(3.0, 2.0), 6.0, what="scaled")


@question("1.4")
def test_scale_by_nothing(student):
    """Scaled by 0, nothing is left."""
    assert_close(student.scale(3.0, 0.0), 0.0, what="scaled")
'''

HIDDEN = '''import numpy as np

from autograder.testing import assert_close, question


@question("1.5")
def test_double(student):
    """The array itself is doubled."""
    x = np.ones(3)
    student.double(x)
    assert_close(x, [2.0, 2.0, 2.0])
'''

SOLUTIONS = {
    "sums.py": '''"""Sums."""

import numpy as np


# ---- Question 1.1: Total ----
def total(values):
    """The sum of all values."""
    # BEGIN SOLUTION
    return float(sum(values))
    # END SOLUTION


# ---- Question 1.2: Row sums ----
def row_sums(x):
    """The sum of each row."""
    # BEGIN SOLUTION
    return np.asarray(x).sum(axis=1)
    # END SOLUTION
''',
    "means.py": '''"""Means."""

import numpy as np


# ---- Question 1.3: A stable mean ----
def mean(x):
    """The mean of all values."""
    # BEGIN SOLUTION
    return float(np.mean(x))
    # END SOLUTION
''',
    "scale.py": '''# ---- Question 1.4: Scaling ----
def scale(x, factor):
    """x times factor."""
    # BEGIN SOLUTION
    return x * factor
    # END SOLUTION
''',
    "speed.py": '''# ---- Question 1.5: In place ----
def double(x):
    """Double x itself."""
    # BEGIN SOLUTION
    x *= 2
    # END SOLUTION
''',
}

# What a student could have written, without the marks of the reference.
RIGHT = {name: re.sub(r" *# (BEGIN|END) SOLUTION\n", "", source) for name, source in SOLUTIONS.items()}
README = "# Sums and means\n\nTake your time.\n\n## 1.3 A stable mean\n\nAdd pairs.\n\n## Appendix\n\nThat was it.\n"


def write_course(make_course, **files: str | None) -> Path:
    """The course of this lab; what is given replaces one of `make_course`'s files."""
    given = {"assignment": ASSIGNMENT, "public": PUBLIC, "hidden": HIDDEN, "solution": None, **files}
    folder = make_course(**given)
    for name, source in SOLUTIONS.items():
        target = folder.parent / "solutions" / "tiny" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(source)
    (folder / "tiny" / "README.md").write_text(README)
    (folder / "tiny" / "data").mkdir(exist_ok=True)
    (folder / "tiny" / "data" / "numbers.csv").write_text("1,2\n")
    write_template(load(folder))
    return folder


def load(course: Path) -> Assignment:
    """The assignment as the course has it."""
    return load_assignment(load_course(course), "tiny")


def build(course: Path) -> bytes:
    """The zip that students receive."""
    return build_zip(load(course))


class Lab:
    """A student's folder of the lab; commands are typed in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, **sources: str) -> None:
        """Save files, named without `.py`."""
        for name, source in sources.items():
            (self.folder / f"{name}.py").write_text(source)

    def solve(self, *files: str) -> None:
        """Write the right answers into these files; into all, if none are named."""
        for name in files or RIGHT:
            (self.folder / name).write_text(RIGHT[name])

    def run(self, *arguments: str, here: Path | None = None, code: str = "") -> subprocess.CompletedProcess[str]:
        """A command in a process of its own, as `check` needs it; `code` runs before it."""
        code += "\nfrom autograder.cli import main\nmain(prog_name='autograder')"
        return subprocess.run(
            [sys.executable, "-W", "error", "-c", code, *arguments],
            cwd=here or self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env={**os.environ, "COLUMNS": "100"},
        )

    def check(self, *arguments: str, code: str = "") -> dict[str, dict]:
        """What `check --json` says of each question."""
        result = self.run("check", "--json", *arguments, code=code)
        assert result.stderr == ""
        lines = [json.loads(line) for line in result.stdout.splitlines()]
        assert result.returncode == int(any(test["outcome"] != "passed" for line in lines for test in line["tests"]))
        return {line["question"]: line for line in lines}

    def call(self, *arguments: str, keys: str = "") -> Result:
        """A command that runs no student code, in this process; `keys` are typed. The current folder counts."""
        return CliRunner().invoke(main, list(arguments), input=keys)

    def notebook(self, name: str = "tiny.ipynb", **functions: str) -> None:
        """Write one code cell for each source into a notebook."""
        cells = [
            {"cell_type": "code", "id": name, "metadata": {}, "outputs": [], "execution_count": None, "source": source}
            for name, source in functions.items()
        ]
        document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        (self.folder / name).write_text(json.dumps(document))


class Terminal:
    """A command in a terminal of its own: what it prints can be waited for, and keys can be typed."""

    _CODE = (
        "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
        "from autograder.cli import main\nmain(prog_name='autograder')"
    )

    def __init__(self, *arguments: str, here: Path) -> None:
        self._ours, theirs = os.openpty()
        self._process = subprocess.Popen(
            [sys.executable, "-c", self._CODE, *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=here,
            start_new_session=True,
            env={**os.environ, "COLUMNS": "100", "TERM": "xterm", "NO_COLOR": "1", "PYTHON_COLORS": "0"},
        )
        os.close(theirs)
        self._unread = ""

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._ours)

    def until(self, text: str, timeout_s: float = 20.0) -> str:
        """What is printed up to `text`, without control sequences.

        Raises:
            TimeoutError: it was not printed.
        """
        deadline = time.monotonic() + timeout_s
        while text not in self._unread:
            if not self._read(deadline - time.monotonic()):
                raise TimeoutError(f"no {text!r} in {self._unread!r}")
        end = self._unread.index(text) + len(text)
        found, self._unread = self._unread[:end], self._unread[end:]
        return found

    def says_nothing(self, seconds: float) -> bool:
        """Whether nothing is printed for so long, but for the end of a line."""
        return not self._read(seconds) or not self._unread.strip()

    def type(self, keys: str) -> None:
        """Type; `\\x03` is Ctrl-C."""
        os.write(self._ours, keys.encode())

    def end(self, timeout_s: float = 20.0) -> tuple[int, str]:
        """Wait for the end: the exit code, and what was printed until then."""
        code = self._process.wait(timeout_s)
        while self._read(0.0):
            pass
        return code, self._unread

    def _read(self, timeout_s: float) -> bool:
        if not select.select([self._ours], [], [], max(0.0, timeout_s))[0]:
            return False
        try:
            chunk = os.read(self._ours, 1 << 16)
        except OSError:  # the other end is closed
            return False
        self._unread += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r", "", chunk.decode("utf-8", "replace"))
        return bool(chunk)

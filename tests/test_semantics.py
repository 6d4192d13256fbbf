"""The same suite over the wire, in process, and against a plain module: see `semantics.py`."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from autograder.errors import AutograderError
from autograder.model import Limits
from autograder.remote import InlineLink, ProcessLink, Student
from autograder.worker.launch import WarmParent


def _load(name):
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


semantics = _load("semantics")
ROWS = semantics.ROWS


class Plain:
    """The module itself, with the few things a student offers besides."""

    def __init__(self, module):
        self._module = module

    def __getitem__(self, name):
        return getattr(self._module, name)

    __getattr__ = __getitem__


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("student")
    (folder / "losses.py").write_text(Path(__file__).with_name("semantics_student.py").read_text())
    return folder


@pytest.fixture(scope="module")
def inline(folder):
    student = Student(InlineLink(), Limits())
    student.open(folder, "losses.py")
    yield student
    student.link.close()


@pytest.fixture(scope="module")
def remote(folder):
    parent = WarmParent(["numpy"])
    student = Student(ProcessLink(parent.start(folder, Limits()), Limits()), Limits())
    student.open(folder, "losses.py")
    student.link.allow(60, "these tests")
    yield student
    student.link.close()
    parent.close()


def outcome(row, student):
    try:
        return repr(row.do(student))
    except (Exception, AutograderError) as problem:
        return f"{type(problem).__name__}: {problem}"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_both_transports_agree(row, inline, remote):
    """In process and over the wire, a suite sees the same."""
    assert outcome(row, inline) == outcome(row, remote)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_difference_from_a_plain_call_is_a_known_one(row, remote):
    """What differs from a plain call is refused loudly, or stands in the table."""
    plain = outcome(row, Plain(_load("semantics_student")))
    wire = outcome(row, remote)
    if row.refused:
        assert row.refused in wire
        assert row.refused not in plain
    elif row.differs:
        assert wire != plain
    else:
        assert wire == plain


def test_the_table_in_the_docs_is_this_table():
    """docs/wire.md prints every row, and what differs; `python tests/semantics.py` prints it anew."""
    assert semantics.table() in (Path(__file__).parents[1] / "docs" / "wire.md").read_text()


def test_a_handle_in_an_array_function_is_read_by_value(inline):
    """np.asarray fetches it."""
    assert np.asarray(inline.real()).tolist() == 3.0

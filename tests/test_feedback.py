"""What students read: whose fault it is, in which words, and that no worker can put words of its own there."""

import pytest

from autograder.errors import GraderFault
from autograder.feedback import Ran, explain, honest_frames
from autograder.model import Cell, Feedback, Frame, Limits, Outcome, Question, Submission
from autograder.remote import WorkerBroke
from autograder.remote.faults import student_error
from autograder.testing import CheckFailed
from autograder.worker.messages import ErrorReport

SOURCE = b"""import numpy as np

def softmax(logits, labels):
    raise ValueError(logits)

def step():
    pass
"""
LIMITS = Limits(memory_bytes=1 << 30, file_bytes=16 << 20)
QUESTION = Question("1.6", "Softmax", 10, "losses.py", LIMITS)
RAN = Ran(Submission("ada", {"losses.py": SOURCE}), QUESTION, LIMITS)


def raised(kind="ValueError", message="", frames=(), stage="call", bases=None, asked=""):
    bases = [kind, "Exception", "BaseException", "object"] if bases is None else bases
    return student_error(ErrorReport(kind, bases, message, list(frames), stage), asked)


def told(problem, ran=RAN, proven=True) -> tuple[Outcome, Feedback]:
    return explain(problem, ran, proven=proven)


def test_a_failed_check_is_the_students():
    """Message and detail as the assertion made them."""
    outcome, feedback = told(CheckFailed("loss is wrong", "loss: expected 1, got 2"))
    assert outcome is Outcome.FAILED
    assert (feedback.message, feedback.detail) == ("loss is wrong", "loss: expected 1, got 2")


def test_a_plain_assert_shows_its_values_only_as_detail():
    """pytest's explanation holds the values."""
    outcome, feedback = told(AssertionError("assert 3 == 4"))
    assert (outcome, feedback.message, feedback.detail) == (
        Outcome.FAILED, "the check does not hold", "assert 3 == 4",
    )  # fmt: skip


def test_an_exception_in_the_suite_is_the_students_only_if_the_reference_passes():
    """None was returned where a pair was expected; without the reference's word it is the grader's fault."""
    problem = TypeError("cannot unpack non-iterable NoneType object")
    outcome, feedback = told(problem)
    assert outcome is Outcome.FAILED
    assert feedback.message == "the test could not use what your code gave (TypeError)"
    assert told(problem, proven=False)[0] is Outcome.GRADER_ERROR


def test_the_graders_own_fault_is_nobodys_zero():
    """Whatever the reference says."""
    assert told(GraderFault("no parent"))[0] is Outcome.GRADER_ERROR
    assert told(WorkerBroke(Outcome.GRADER_ERROR, "the grader could not run your code"))[0] is Outcome.GRADER_ERROR


def test_an_exception_of_the_students_names_type_and_line_and_keeps_its_text_apart():
    """The text may hold a hidden input."""
    frames = [("losses.py", 4, "softmax", "whatever the worker says")]
    outcome, feedback = told(raised(message="[[3.1 4.1]]", frames=frames))
    assert outcome is Outcome.ERROR
    assert feedback.message == "raised ValueError"
    assert feedback.error == "ValueError: [[3.1 4.1]]"
    assert feedback.frames == (Frame("losses.py", 4, "softmax", "raise ValueError(logits)"),)


def test_an_exception_class_of_the_students_is_named_by_its_built_in_base():
    """A class could be named after a hidden value."""
    problem = raised("x_3_1_4", bases=["ValueError", "Exception", "BaseException", "object"])
    assert told(problem)[1].message == "raised ValueError"


def test_frames_that_are_not_the_submissions_are_dropped():
    """A worker could send any file, line, function or text."""
    sent = [
        Frame("hidden.py", 1, "f", "secret"),
        Frame("losses.py", 99, "f", "secret"),
        Frame("losses.py", 6, "secret", "x"),
    ]
    assert honest_frames(sent, RAN.submission) == (Frame("losses.py", 6, "", "def step():"),)


def test_frames_of_notebook_cells_are_quoted_from_the_cell():
    """By the cell's number."""
    submission = Submission("ada", cells=(Cell(3, "x = 1\ny = f(x)"),))
    assert honest_frames([Frame("cell 3", 2, "<module>", "")], submission)[0].source == "y = f(x)"


@pytest.mark.parametrize(
    ("problem", "outcome", "message"),
    [
        (raised("NotImplementedError", "Question 1.6"), Outcome.NOT_IMPLEMENTED, "not implemented yet"),
        (raised("MemoryError"), Outcome.OUT_OF_MEMORY, "needed more than 1 GiB of memory, the limit for one test"),
        (
            raised("RuntimeError", "DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes."),
            Outcome.OUT_OF_MEMORY,
            "needed more than 1 GiB of memory, the limit for one test",
        ),
        (
            raised("OutOfMemoryError", "CUDA out of memory.", bases=["RuntimeError"]),
            Outcome.OUT_OF_MEMORY,
            "needed more of the GPU's memory than a worker may use",
        ),
        (raised("OSError", "[Errno 27] File too large"), Outcome.ERROR, "wrote a file larger than 16 MiB, the limit"),
        (raised("OSError", "[Errno 24] Too many open files: 'x'"), Outcome.ERROR, "opened more than 64 files, the limit"),
        (
            raised("TypeError", "softmax() takes 1 positional argument but 2 were given"),
            Outcome.ERROR,
            "softmax() takes 1 positional argument but 2 were given",
        ),
        (
            raised("TypeError", "softmax() missing 1 required positional argument: 'labels'"),
            Outcome.ERROR,
            "softmax() missing 1 required positional argument: 'labels'",
        ),
        (raised("TypeError", "softmax() missing 1 required positional argument: 'x31415'"), Outcome.ERROR, "raised TypeError"),
        (raised("TypeError", "x31415 is secret"), Outcome.ERROR, "raised TypeError"),
        (raised("SystemExit", "3", bases=["SystemExit"]), Outcome.ERROR, "raised SystemExit"),
        (WorkerBroke(Outcome.TIMEOUT, "took longer than 5 s"), Outcome.TIMEOUT, "your code took longer than 5 s"),
    ],
)  # fmt: skip
def test_common_faults_have_their_own_words(problem, outcome, message):
    """Limits are named, stubs are stubs, and Python's words on a wrong signature are shown if they are only that."""
    found, feedback = told(problem)
    assert (found, feedback.message) == (outcome, message)


def test_a_file_that_cannot_be_imported_says_where():
    """One line, since no test value has reached the student's code yet."""
    problem = raised("SyntaxError", "'(' was never closed", [("losses.py", 3, "", "")], "import")
    assert told(problem)[1].message == "losses.py line 3: SyntaxError: '(' was never closed"
    problem = raised("ModuleNotFoundError", "No module named 'scipy'", [("losses.py", 1, "<module>", "")], "import")
    assert told(problem)[1].message == (
        "losses.py line 1: ModuleNotFoundError: No module named 'scipy'. "
        "Only what the handout lists is installed where your work is graded"
    )


def missing(files, asked=("softmax", "step")):
    """What is said where losses.py is missing and these files are there."""
    ran = Ran(Submission("ada", files), QUESTION, LIMITS, asked=asked)
    return told(raised("MissingFile", "whatever the worker says", stage="import", bases=[]), ran)[1].message


def test_a_missing_file_is_told_with_what_is_there():
    """Read from the submission here; the lab's own files are nobody's work."""
    start = "losses.py is missing from the submission"
    own = {"probes.py": b"", "data/make.py": b"", "data/iris.npz": b""}
    assert missing({"network.py": b"", **own}) == f"{start} (found: network.py)"
    assert missing(own) == f"{start} (it holds no Python file of yours)"


@pytest.mark.parametrize(
    "name", ["Losses.py", "losses (1).py", "losses.py.txt", "losses Kopie.py", "los_ses.PY", "old/losses.py"]
)
def test_a_renamed_file_is_asked_for(name):
    """As browsers, file managers and versions of their own rename it."""
    assert missing({"network.py": b"", name: b""}) == (
        f"losses.py is missing from the submission. Is it `{name}`? Name the file losses.py, and hand in again"
    )


def test_functions_in_another_file_are_found():
    """Where most of what the question asks for stands, in a missing file's place or in that of a missing name."""
    files = {"all.py": b"def softmax(x):\n    pass\n\n\ndef step(x):\n    pass\n", "network.py": b"def step(): pass\n"}
    assert missing(files) == (
        "losses.py is missing from the submission. `softmax` is defined in all.py: move it, and hand in losses.py"
    )
    assert "(found: all.py, network.py)" in missing(files, asked=("relu", "softmax"))
    problem = raised("AttributeError", "module 'losses' has no attribute 'softmax'", stage="find", asked="softmax")
    ran = Ran(Submission("ada", {"losses.py": b"x = 1\n", **files}), QUESTION, LIMITS)
    assert told(problem, ran)[1].message == "losses.py does not define `softmax`: it is defined in all.py"


def test_a_file_that_is_no_text_is_named():
    """UTF-16 and other encodings, in which Python finds no file to name."""
    saved = {"losses.py": "import data\n".encode("utf-16"), "data.py": b"# L\xf6sung\n"}
    problem = raised("SyntaxError", "source code string cannot contain null bytes", stage="import")
    message = "{} is not saved as UTF-8 text. Save it again, with the encoding UTF-8"
    assert told(problem, Ran(Submission("ada", saved), QUESTION, LIMITS))[1].message == message.format("losses.py")
    saved["losses.py"] = b"import data\n"
    problem = raised(
        "SyntaxError", "(unicode error) 'utf-8' codec can't decode byte 0xf6 in position 3", stage="import"
    )
    assert told(problem, Ran(Submission("ada", saved), QUESTION, LIMITS))[1].message == message.format("data.py")
    saved["data.py"] = b""
    assert told(problem, Ran(Submission("ada", saved), QUESTION, LIMITS))[1].message.startswith("SyntaxError: (unicode")


def test_nobody_answers_input():
    """At import and later."""
    advice = "EOFError{}. Nobody can answer input() where your work is graded: take it out"
    problem = raised("EOFError", "EOF when reading a line", [("losses.py", 4, "<module>", "")], "import")
    assert told(problem)[1].message == "losses.py line 4: " + advice.format(": EOF when reading a line")
    assert told(raised("EOFError", "EOF when reading a line"))[1].message == "raised " + advice.format("")
    assert told(raised("EOFError", "Ran out of input"))[1].message == "raised EOFError"


@pytest.mark.parametrize(
    ("kind", "said", "message"),
    [
        (
            "ModuleNotFoundError",
            "No module named 'scipy.special'",
            "ModuleNotFoundError: No module named 'scipy.special'. "
            "Only what the handout lists is installed where your work is graded",
        ),
        (
            "ForbiddenImport",
            "this lab is done without `torch`; the import is not allowed",
            "ForbiddenImport: this lab is done without `torch`; the import is not allowed",
        ),
        (
            "ImportError",
            "cannot import name 'trapz' from 'numpy' (/usr/lib/numpy/__init__.py)",
            "ImportError: cannot import name 'trapz' from 'numpy'",
        ),
        ("ImportError", "cannot import name 'x31415' from 'numpy' (unknown location)", "ImportError"),
        ("ImportError", "31415", "ImportError"),
    ],
)
def test_an_import_inside_a_function_gets_the_words_of_one_at_the_top(kind, said, message):
    """If the submission imports what they name: a worker could put a hidden value there."""
    source = b"def f():\n    from scipy.special import expit\n    import torch\n    from numpy import trapz\n"
    bases = ["ModuleNotFoundError"] * (kind == "ModuleNotFoundError") + ["ImportError", "Exception", "BaseException"]
    ran = Ran(Submission("ada", {"losses.py": source}), QUESTION, LIMITS)
    assert told(raised(kind, said, bases=bases), ran)[1].message == f"raised {message}"


def test_a_missing_name_is_told_with_what_there_is():
    """Read from the submission here; a close name is offered."""
    problem = raised("AttributeError", "module 'losses' has no attribute 'softmx'", stage="find", asked="softmx")
    assert told(problem)[1].message == "losses.py does not define `softmx`. Is it `softmax`?"
    problem = raised("AttributeError", "module 'losses' has no attribute 'relu'", stage="find", asked="relu")
    assert told(problem)[1].message == "losses.py does not define `relu` (defined there: softmax, step)"


def test_a_missing_name_is_the_tests_own_word():
    """A worker could name anything, a hidden input included."""
    problem = raised("AttributeError", "module 'losses' has no attribute 'input_271'", stage="find", asked="relu")
    assert told(problem)[1].message == "losses.py does not define `relu` (defined there: softmax, step)"


def test_an_object_is_named_only_after_what_stands_in_the_submission():
    """A class made in the course of a test could be named after a hidden input."""
    for name, shown in {
        "softmax": "<the student's softmax object>",
        "Box.step": "<the student's Box.step object>",
        "<lambda>": "<the student's <lambda> object>",
        "Tensor": "<the student's Tensor object>",
        "input_271": "<an object of the student's>",
        "nameless": "<an object of the student's>",
    }.items():
        said = told(CheckFailed(f"loss is not numeric: <the student's {name} object>"))[1].message
        assert said == f"loss is not numeric: {shown}"


def test_a_notebook_names_the_cell_that_failed():
    """What it would have defined is missing."""
    ran = Ran(
        Submission("ada", cells=(Cell(2, "def f(): pass"),)), QUESTION, LIMITS, ("cell 1 failed with NameError: x",)
    )
    problem = raised("AttributeError", "module 'notebook' has no attribute 'relu'", stage="find", asked="relu")
    assert told(problem, ran)[1].message == (
        "the notebook does not define `relu` (defined there: f); cell 1 failed with NameError: x"
    )

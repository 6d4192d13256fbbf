"""What a student reads about a case that did not pass: an exception of a suite's run as an outcome and a `Feedback`.

What a worker says is the student's own text and may carry hidden inputs. `message` therefore holds only what this
side knows or has checked against the submission; the rest goes to `error` and `detail`, which hidden cases show as
the assignment allows.
"""

from __future__ import annotations

import builtins
import difflib
import fnmatch
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from autograder.errors import AutograderError
from autograder.model import Feedback, Frame, Limits, Outcome, Question, Submission
from autograder.remote import StudentError, WorkerBroke
from autograder.remote.endings import size_text
from autograder.testing import CheckFailed

_CELL = re.compile(r"cell (\d+)")
_SIGNATURE = re.compile(
    r"(?P<callee>[\w.<>]+)\(\) (?:takes (?:no arguments|from \d+ to \d+|\d+) ?[\w ]*"
    r"|missing \d+ required [\w -]*: [\w', ]+"
    r"|got an unexpected keyword argument '\w+'|got multiple values for argument '\w+')"
    r"(?: but \d+ (?:was|were) given| \(\d+ given\))?"
)


class Ran(NamedTuple):
    """What a case ran, and what it was allowed."""

    submission: Submission  # lines of its files are quoted from here
    question: Question
    limits: Limits
    load_notes: tuple[str, ...] = ()  # what failed while the question's file was imported
    asked: tuple[str, ...] = ()  # the functions and classes that the question asks for, as far as they are known


def explain(problem: BaseException, ran: Ran, *, proven: bool) -> tuple[Outcome, Feedback]:
    """The outcome of a case that ended with `problem`.

    Args:
        problem: what left the test, or its set-up.
        ran: what it ran.
        proven: whether the reference passes this case. An exception in the suite's own code is then the student's
            doing (say None was returned where a pair was expected), otherwise it is the grader's.
    """
    if isinstance(problem, WorkerBroke):
        return problem.outcome, Feedback(_sentence(problem.message), detail=problem.detail)
    if isinstance(problem, StudentError):
        return _student_error(problem, ran)
    if isinstance(problem, AutograderError):
        return Outcome.GRADER_ERROR, Feedback("the grader failed", detail=str(problem))
    if not proven:
        return Outcome.GRADER_ERROR, Feedback("the test itself failed", detail=_text(problem))
    if isinstance(problem, CheckFailed):
        return Outcome.FAILED, Feedback(_without_inventions(problem.message, ran), detail=problem.detail)
    if isinstance(problem, AssertionError):
        return Outcome.FAILED, Feedback("the check does not hold", detail=str(problem))
    if isinstance(problem, Exception):
        kind = type(problem).__name__
        return Outcome.FAILED, Feedback(f"the test could not use what your code gave ({kind})", detail=_text(problem))
    return Outcome.GRADER_ERROR, Feedback("the test was interrupted", detail=_text(problem))


def _student_error(problem: StudentError, ran: Ran) -> tuple[Outcome, Feedback]:
    frames = honest_frames(problem.frames, ran.submission)
    error = str(problem)
    if isinstance(problem, NotImplementedError):
        return Outcome.NOT_IMPLEMENTED, Feedback("not implemented yet", error=error, frames=frames)
    if problem.stage == "import":
        # No test value has reached the student's code yet, so its own words are safe to show.
        where = f"{frames[-1].file} line {frames[-1].line}: " if frames else ""
        if problem.type_name == "MissingFile":
            return Outcome.ERROR, Feedback(_missing_file(ran))
        text = _not_text(problem, ran) or f"{where}{_one_line(error)}{_advice(problem)}"
        return Outcome.ERROR, Feedback(text, frames=frames)
    if problem.stage == "find":
        return Outcome.ERROR, Feedback(_missing_name(problem, ran), error=error, frames=frames)
    if problem.type_name == "ForbiddenOperation":
        named = re.fullmatch(r"`(\w+)` is not allowed in this question", problem.message)
        what = f"`{named[1]}`" if named and _is_forbidden(named[1], ran.question) else "an operation of torch's"
        return Outcome.ERROR, Feedback(
            f"uses {what}, which this question is to be done without", error=error, frames=frames
        )
    if _ran_out_of_memory(problem):
        size = size_text(ran.limits.memory_bytes)
        message = f"needed more than {size} of memory, the limit for one test"
        if "CUDA out of memory" in problem.message:
            message = "needed more of the GPU's memory than a worker may use"
        return Outcome.OUT_OF_MEMORY, Feedback(message, error=error, frames=frames)
    message = (
        _limit(problem, ran.limits)
        or _signature(problem, ran.submission)
        or f"raised {_import_problem(problem, ran.submission) or _known_name(problem)}{_advice(problem)}"
    )
    return Outcome.ERROR, Feedback(message, error=error, frames=frames)


def _ran_out_of_memory(problem: StudentError) -> bool:
    """Whether memory was refused; torch says so with a RuntimeError of its allocator's words, or a type of its own."""
    if isinstance(problem, MemoryError) or problem.type_name == "OutOfMemoryError":
        return True
    return isinstance(problem, RuntimeError) and "you tried to allocate" in problem.message


def _is_forbidden(name: str, question: Question) -> bool:
    """Whether a name is one that the question rules out, and not the worker's invention."""
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in question.forbidden_operations)


def _missing_name(problem: StudentError, ran: Ran) -> str:
    """That the question's file lacks a name, with those that it has: read here, not told by the worker."""
    asked = problem.asked if problem.asked.isidentifier() else ""  # the test's word, not the worker's
    lines = _source(ran.question.file, ran.submission)
    where = ran.question.file if lines is not None else "the notebook"
    if lines is None:
        lines = [line for cell in ran.submission.cells for line in cell.source.splitlines()]
    defined = _defined(lines)
    missing = f"`{asked}`" if asked else "what the question asks for"
    close = difflib.get_close_matches(asked, defined, 1) if asked else []
    meant = f". Is it `{close[0]}`?" if close else f" (defined there: {', '.join(defined[:8])})" if defined else ""
    other = _defined_in((asked,), ran) if asked else ""
    if other:
        meant = f": it is defined in {other}"
    failed = f"; {_one_line(ran.load_notes[0])}" if ran.load_notes else ""
    return f"{where} does not define {missing}{meant}{failed}"


def _missing_file(ran: Ran) -> str:
    """That the question's file is not there, and what is there in its place: read here, not told by the worker."""
    file = ran.question.file
    missing = f"{file} is missing from the submission"
    others = [name for name in sorted(ran.submission.files) if not name.startswith("data/") and name != _LABS_OWN]
    wanted = _plain_name(file)
    alike = [name for name in others if re.search(r"\.(py|txt)\b", name.lower()) and wanted in _plain_name(name)]
    renamed = sorted(alike, key=lambda name: _plain_name(name) != wanted)
    if renamed:
        return f"{missing}. Is it `{_one_line(renamed[0])}`? Name the file {file}, and hand in again"
    where = _defined_in(ran.asked, ran)
    if where:
        return f"{missing}. `{_defined_names(where, ran)[0]}` is defined in {where}: move it, and hand in {file}"
    sources = [_one_line(name) for name in others if name.endswith(".py")]
    there = f"found: {', '.join(sources[:8])}" if sources else "it holds no Python file of yours"
    return f"{missing} ({there})"


_LABS_OWN = "probes.py"  # what students get and hand in unchanged


def _plain_name(file: str) -> str:
    """`losses` for Losses.py, losses (1).py, losses_2.py.txt."""
    stem = file.rpartition("/")[2].lower().partition(".")[0]
    return re.sub(r"[^a-z]", "", stem)


def _defined(lines: Sequence[str]) -> list[str]:
    """The functions and classes at the top level of a file."""
    return [found[1] for line in lines if (found := re.match(r"(?:async def|def|class) +(\w+)", line))]


def _defined_names(file: str, ran: Ran) -> list[str]:
    """The asked names that a file defines."""
    there = set(_defined(_source(file, ran.submission) or []))
    return [name for name in ran.asked if name in there]


def _defined_in(names: Sequence[str], ran: Ran) -> str:
    """Another Python file of the submission that defines most of `names`, if there is one."""
    for file in sorted(ran.submission.files):
        if file != ran.question.file and file.endswith(".py"):
            there = set(_defined(_source(file, ran.submission) or []))
            if names and 2 * sum(name in there for name in names) > len(names):
                return _one_line(file)
    return ""


def _not_text(problem: StudentError, ran: Ran) -> str:
    """Which file is no text in UTF-8, if that is what Python stumbled over."""
    if not re.search("null bytes|codec can't decode", problem.message):
        return ""
    for file in (ran.question.file, *sorted(ran.submission.files)):
        content = ran.submission.files.get(file, b"") if file.endswith(".py") else b""
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            text = "\0"
        if "\0" in text:
            return f"{_one_line(file)} is not saved as UTF-8 text. Save it again, with the encoding UTF-8"
    return ""


_IMPORT_PROBLEMS = (
    r"No module named '[\w.]+'",
    r"this lab is done without `\w+`; the import is not allowed",
    r"cannot import name '\w+' from '[\w.]+'",
)


def _import_problem(problem: StudentError, submission: Submission) -> str:
    """Python's own words for an import that fails inside a function, if the submission imports what they name."""
    if not isinstance(problem, ImportError):
        return ""
    said = next((found[0] for words in _IMPORT_PROBLEMS if (found := re.match(words, problem.message))), "")
    lines = [line for file in submission.files if file.endswith(".py") for line in _source(file, submission) or ()]
    lines += [line for cell in submission.cells for line in cell.source.splitlines()]
    imports = " ".join(line for line in lines if "import" in line)
    names = {name.partition(".")[0] for name in re.findall(r"['`]([\w.]+)['`]", said)}
    if not said or not all(re.search(rf"\b{name}\b", imports) for name in names):
        return ""
    kind = "ForbiddenImport" if problem.type_name == "ForbiddenImport" else _known_name(problem)
    return f"{kind}: {said}"


def honest_frames(frames: Sequence[Frame], submission: Submission) -> tuple[Frame, ...]:
    """The frames that name a line of the submission, with the text that stands there: a worker could send any."""
    kept = []
    for frame in frames:
        lines = _source(frame.file, submission)
        if lines is None or not 0 <= frame.line <= len(lines):
            continue
        text = lines[frame.line - 1].strip()[:200] if frame.line else ""
        known = frame.function == "<module>" or any(frame.function in line for line in lines)
        kept.append(Frame(frame.file, frame.line, frame.function if known else "", text))
    return tuple(kept)


def _source(file: str, submission: Submission) -> list[str] | None:
    cell = _CELL.fullmatch(file)
    if cell is not None:
        return next((c.source.splitlines() for c in submission.cells if c.number == int(cell[1])), None)
    content = submission.files.get(file)
    return None if content is None else content.decode("utf-8", "replace").splitlines()


def _known_name(problem: StudentError) -> str:
    """The name of the nearest built-in exception: a class of the student's could be named after a hidden value."""
    if isinstance(getattr(builtins, problem.type_name, None), type):
        return problem.type_name
    return next((base.__name__ for base in type(problem).__mro__ if base.__module__ == "builtins"), "an exception")


def _signature(problem: StudentError, submission: Submission) -> str:
    """Python's own words for a call that does not fit the function, if every name in them is the submission's."""
    if not isinstance(problem, TypeError) or problem.frames or not _SIGNATURE.fullmatch(problem.message):
        return ""
    text = " ".join(line for file in submission.files for line in _source(file, submission) or ())
    text += " ".join(cell.source for cell in submission.cells)
    names = re.findall(r"'(\w+)'", problem.message) if "unexpected" not in problem.message else []
    callee = problem.message.partition("(")[0].rpartition(".")[2]
    return problem.message if all(name in text for name in [*names, callee]) else ""


_LIMITS: tuple[tuple[str, Callable[[Limits], str]], ...] = (
    ("[Errno 27]", lambda limits: f"wrote a file larger than {size_text(limits.file_bytes)}, the limit"),
    ("[Errno 24]", lambda limits: f"opened more than {limits.open_files} files, the limit"),
    ("can't start new thread", lambda limits: f"started more than {limits.processes} processes and threads, the limit"),
)


def _limit(problem: StudentError, limits: Limits) -> str:
    """Which limit a system error stands for."""
    if not isinstance(problem, OSError | RuntimeError):
        return ""
    return next((say(limits) for sign, say in _LIMITS if problem.message.startswith(sign)), "")


def _advice(problem: StudentError) -> str:
    if problem.type_name == "ModuleNotFoundError":
        return ". Only what the handout lists is installed where your work is graded"
    if isinstance(problem, EOFError) and problem.message == "EOF when reading a line":
        return ". Nobody can answer input() where your work is graded: take it out"
    return ""


def _without_inventions(message: str, ran: Ran) -> str:
    """A message in which an object goes by the name of its class only if that stands in the submission.

    A class could be made in the course of a test, and be named after a hidden input.
    """
    return _OBJECT.sub(lambda found: found[0] if _stands_there(found[1], ran.submission) else _SOME_OBJECT, message)


_OBJECT = re.compile(r"<the student's ([\w.]*(?:<lambda>)?)(?: object)?>")
_SOME_OBJECT = "<an object of the student's>"


def _stands_there(name: str, submission: Submission) -> bool:
    last = name.rpartition(".")[2]
    if last in _WELL_KNOWN or hasattr(builtins, last):
        return True
    if not last.isidentifier():
        return False
    sources = [content for file, content in submission.files.items() if file.endswith(".py")]
    sources += [cell.source.encode("utf-8", "replace") for cell in submission.cells]
    return any(last.encode() in source for source in sources)


# What honest code returns that is neither built in nor its own.
_WELL_KNOWN = frozenset(
    re.findall(
        r"\S+",
        """
        <lambda> function method module generator coroutine NoneType dict_keys dict_values dict_items list_iterator
        defaultdict Counter OrderedDict deque partial ndarray matrix MaskedArray Generator RandomState Tensor Parameter
        Module Linear Sequential DataFrame Series
        """,
    )
)


def _sentence(text: str) -> str:
    return f"your code {text}" if not text.startswith(("the ", "your ")) else text


def _one_line(text: str) -> str:
    return " ".join(text.split())[:400]


def _text(problem: Any) -> str:
    try:
        return f"{type(problem).__name__}: {problem}"[:4000]
    except Exception:
        return type(problem).__name__

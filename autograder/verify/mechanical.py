"""How many mechanical changes to the reference a suite notices, and which it does not.

`assignments/<lab>/unnoticed.yaml` lists changes that no suite can notice or should not, by question (those that can be
made at two places of a line, twice):

```yaml
"1.6":
  - line: "shifted = logits - logits.max(axis=1, keepdims=True)"
    change: "logits.max(axis=1, keepdims=True) -> logits.min(axis=1, keepdims=True)"
    why: the same values
```
"""

from __future__ import annotations

import contextlib
import random
import warnings
from collections import Counter
from collections.abc import Callable, Sequence

import msgspec
import yaml

from autograder.course import reference_files
from autograder.errors import CourseError
from autograder.model import Assignment, Outcome, Question, Submission
from autograder.remote.workers import ProcessWorkers
from autograder.suite import Case, Suite, with_suite
from autograder.verify.operators import Change, changes

LIST = "unnoticed.yaml"
LEAST_S = 1.0  # a test's limit, if twenty times the reference's own time is less
SLOWER = 20


class Score(msgspec.Struct, frozen=True):
    """What became of the changes of one question."""

    question: Question
    possible: int  # changes that could be made
    tried: int
    killed: int
    excused: int  # that survive and are listed
    survivors: tuple[Change, ...]  # the others

    @property
    def rate(self) -> float:
        """The share killed of those that are not excused, 0 to 1; 1 where there are none."""
        judged = self.tried - self.excused
        return self.killed / judged if judged else 1.0

    def __str__(self) -> str:
        excused = f", {self.excused} excused" if self.excused else ""
        return f"{self.killed} of {self.tried - self.excused} killed ({100 * self.rate:.0f} %{excused})"


class _Excuse(msgspec.Struct, forbid_unknown_fields=True):
    line: str
    change: str
    why: str


def excuses(assignment: Assignment) -> dict[str, list[_Excuse]]:
    """The changes that are listed, by question.

    Raises:
        CourseError: the list cannot be read, or names a question or a change that is not there.
        ReleaseError: the reference's markers are wrong.
    """
    path = assignment.folder / LIST
    if not path.is_file():
        return {}
    where = f"{assignment.folder.parent.name}/{assignment.id}/{LIST}"
    try:
        listed = msgspec.convert(yaml.safe_load(path.read_bytes()) or {}, dict[str, list[_Excuse]])
    except (yaml.YAMLError, msgspec.ValidationError) as problem:
        raise CourseError(f"{where}: {' '.join(str(problem).split())}") from None
    for identifier in listed:
        if identifier not in [known.id for known in assignment.questions]:
            raise CourseError(f'{where}: "{identifier}": {assignment.id} has no such question')
    files = reference_files(assignment)
    for identifier, entries in listed.items():
        question = assignment.question(identifier)
        every = changes(files[question.file].decode("utf-8"), assignment, question)
        unknown = Counter(map(_key, entries)) - Counter((change.line, str(change)) for change in every)
        for line, change in unknown:
            raise CourseError(
                f'{where}: "{identifier}": the reference has no such change (any more): {change} in {line}'
            )
    return listed


def _key(excuse: _Excuse) -> tuple[str, str]:
    return excuse.line, excuse.change


def count_changes(assignment: Assignment, questions: Sequence[str], limit: int | None = None) -> int:
    """How many changes `score_changes` would try."""
    reference = Submission("reference", reference_files(assignment))
    chosen = (_choose(reference, assignment, assignment.question(identifier), limit)[1] for identifier in questions)
    return sum(map(len, chosen))


def score_changes(
    assignment: Assignment,
    questions: Sequence[str],
    *,
    limit: int | None = None,
    seed: int | None = None,
    sandbox: str = "limits",
    on_change: Callable[[str], None] = lambda _label: None,
) -> list[Score]:
    """Run the question's tests on each change until one fails; the scores in the order of the assignment.

    Args:
        assignment: the lab.
        questions: ids.
        limit: how many changes of a question are tried, drawn at random; all if None.
        seed: base of the hidden cases' random numbers; the assignment's own if None.
        sandbox: the grade of isolation.
        on_change: called with each question's id for each change that is done.

    Raises:
        CourseError: the suite cannot be collected, or `unnoticed.yaml` is wrong.
        ReleaseError: the reference's markers are wrong.
    """
    listed = excuses(assignment)
    reference = Submission("reference", reference_files(assignment))

    def body(suite: Suite) -> list[Score]:
        scores = []
        for identifier in questions:
            question = assignment.question(identifier)
            _prepare(suite, reference, question)
            every, chosen = _choose(reference, assignment, question, limit)
            killers = _Killers(suite, reference, question)
            survivors = []
            for change in chosen:
                if not killers.kill(change):
                    survivors.append(change)
                on_change(identifier)
            excused = _excused(survivors, listed.get(identifier, []))
            scores.append(
                Score(
                    question,
                    possible=len(every),
                    tried=len(chosen),
                    killed=len(chosen) - len(survivors),
                    excused=len(excused),
                    survivors=tuple(change for change in survivors if change not in excused),
                )
            )
        return scores

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # changed code divides by zero: nobody's business
        return with_suite(assignment, ProcessWorkers(assignment, sandbox), body, seed=seed)


def _choose(
    reference: Submission, assignment: Assignment, question: Question, limit: int | None
) -> tuple[list[Change], list[Change]]:
    every = changes(reference.files[question.file].decode("utf-8"), assignment, question)
    if limit is None or len(every) <= limit:
        return every, every
    chosen = random.Random(question.id).sample(every, limit)  # noqa: S311 - the same ones each time
    return every, sorted(chosen, key=lambda change: change.number)


def _excused(survivors: Sequence[Change], listed: Sequence[_Excuse]) -> list[Change]:
    """Those that are listed; one entry is good for one change."""
    left = Counter(map(_key, listed))
    found = []
    for change in survivors:
        if left[change.line, str(change)]:
            left[change.line, str(change)] -= 1
            found.append(change)
    return found


def _prepare(suite: Suite, reference: Submission, question: Question) -> None:
    """Run the reference: what it passes judges, and its times bound those of changed ones.

    Raises:
        CourseError: it does not pass a test.
    """
    suite.proven = frozenset(case.name for case in suite.cases)
    seconds = {}
    for result in suite.run(reference, questions=[question.id]):
        if result.outcome not in (Outcome.PASSED, Outcome.SKIPPED):
            raise CourseError(f"{question.id}: the reference does not pass {result.name}: {result.feedback.message}")
        seconds[result.name] = result.seconds
    suite.cases = tuple(_bounded(case, seconds[case.name]) if case.name in seconds else case for case in suite.cases)


def _bounded(case: Case, seconds: float) -> Case:
    """A case with a limit that ends an endless loop soon."""
    most = min(case.limits.seconds, max(LEAST_S, SLOWER * seconds))
    return msgspec.structs.replace(case, limits=msgspec.structs.replace(case.limits, seconds=most))


class _Killers:
    """A question's cases, those first that have killed most."""

    def __init__(self, suite: Suite, reference: Submission, question: Question) -> None:
        self._suite = suite
        self._reference = reference
        self._question = question
        self._kills = {case.name: 0 for case in suite.cases if case.question.id == question.id}

    def kill(self, change: Change) -> bool:
        """Whether some case notices the change."""
        files = {**self._reference.files, self._question.file: change.source.encode()}
        order = sorted(self._kills, key=lambda name: -self._kills[name])
        run = self._suite.run(Submission("changed", files), questions=[self._question.id], names=order)
        with contextlib.closing(run) as results:
            for result in results:
                if result.outcome not in (Outcome.PASSED, Outcome.SKIPPED, Outcome.GRADER_ERROR):
                    self._kills[result.name] += 1
                    return True
        return False

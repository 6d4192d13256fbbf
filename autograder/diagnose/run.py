"""A submission's cases with known mistakes named in their feedback, within a budget of time."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence

import msgspec

from autograder.diagnose.bank import Bank, OutOfTime
from autograder.diagnose.marks import Mark, mark_of
from autograder.diagnose.naming import named
from autograder.model import CaseResult, Outcome, Submission
from autograder.remote import StudentError, WorkerBroke
from autograder.suite import Suite


class Budget:
    """Time for running known mistakes: a grant, and a share of the time that grading takes.

    Args:
        grant_s: seconds from the start.
        share: of the time that submissions take.
        each_s: seconds for one submission at most.
    """

    def __init__(self, grant_s: float = 30.0, share: float = 0.25, each_s: float = 15.0) -> None:
        self._left_s = grant_s
        self._share = share
        self._each_s = each_s
        self._started = self._end = 0.0
        self.used_s = 0.0

    def graded(self, seconds: float) -> None:
        """A submission took so long; the clock of its diagnosis starts."""
        self._left_s += self._share * seconds
        self._started = time.monotonic()
        self._end = self._started + min(self._left_s, self._each_s)

    def has_time(self) -> bool:
        """Whether another run may start."""
        return time.monotonic() < self._end

    def done(self) -> None:
        """The diagnosis is over."""
        taken = time.monotonic() - self._started
        self._left_s -= taken
        self.used_s += taken


class Diagnosis:
    """Runs submissions like the suite, and names mistakes in what they failed.

    Args:
        suite: runs the cases.
        reference: the reference solution.
        budget: of time.
        bank: of the known mistakes; those of the suite's assignment if None.
    """

    def __init__(
        self, suite: Suite, reference: Submission, budget: Budget | None = None, bank: Bank | None = None
    ) -> None:
        self._suite = suite
        self._bank = bank or Bank(suite, suite.assignment, reference)
        self._budget = budget or Budget()

    def run(
        self,
        submission: Submission,
        questions: Collection[str] | None = None,
        names: Sequence[str] | None = None,
    ) -> list[CaseResult]:
        """The cases of a submission; outcomes are those of `Suite.run`, whatever becomes of the diagnosis."""
        started = time.monotonic()
        results = []
        ended: dict[str, tuple[BaseException, str]] = {}
        for result in self._suite.run(submission, questions=questions, names=names):
            results.append(result)
            problem = self._suite.problem
            if problem is not None and _shows(result, problem):
                ended[result.name] = (problem, self._suite.place(problem))
        self._budget.graded(time.monotonic() - started)
        try:
            return self._with_names(results, {name: mark_of(*how) for name, how in ended.items()})
        except Exception:  # a diagnosis that fails costs its names, never a point
            return results
        finally:
            self._budget.done()

    def _with_names(self, results: Sequence[CaseResult], marks: dict[str, Mark]) -> list[CaseResult]:
        explained: dict[str, str] = {}
        for question in {result.question: None for result in results}:
            mine = [result for result in results if result.question == question]
            theirs = {result.name: marks[result.name] for result in mine if result.name in marks}
            if theirs:
                explained |= self._explain(question, mine, theirs)
        return [self._named(result, explained.get(result.name, "")) for result in results]

    def _explain(self, question: str, results: Sequence[CaseResult], theirs: dict[str, Mark]) -> dict[str, str]:
        """The known mistake for each case of a question where there is one; none where time runs out."""
        showing = [result.name for result in results if result.outcome is Outcome.PASSED or result.name in theirs]
        try:
            candidates = self._bank.candidates(question, theirs, showing, self._budget.has_time)
        except OutOfTime:
            return {}
        mutants = self._bank.mutants(question)
        open_cases = [result.name for result in results if result.name not in showing]
        return named(theirs, candidates, open_cases, lambda name: mutants[name].misconception)

    def _named(self, result: CaseResult, name: str) -> CaseResult:
        if not name:
            return result
        mutant = self._bank.mutants(result.question)[name]
        feedback = msgspec.structs.replace(result.feedback, misconception=mutant.misconception, hint=mutant.hint)
        return msgspec.structs.replace(result, feedback=feedback)


def _shows(result: CaseResult, problem: BaseException) -> bool:
    """Whether a case that did not pass tells of a mistake.

    Not one that is not done, not imported or stopped, and not a forbidden operation, which the message names.
    """
    if isinstance(problem, StudentError) and (problem.stage != "call" or problem.type_name == "ForbiddenOperation"):
        return False
    return result.outcome in (Outcome.FAILED, Outcome.ERROR) and not isinstance(problem, WorkerBroke)

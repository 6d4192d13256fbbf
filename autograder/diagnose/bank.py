"""The marks of the known mistakes, found when they are first needed and kept: inputs depend on the seed alone."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence

from autograder.diagnose.marks import Mark, mark_of
from autograder.diagnose.naming import Marks, excluded
from autograder.model import Assignment, Submission
from autograder.suite import Suite
from autograder.variants import Mutant, load_mutants


class OutOfTime(Exception):
    """The budget is used up; what is known by then is kept."""


class Bank:
    """Runs known mistakes as submissions to the suite, walled in like any other.

    Args:
        suite: whose cases.
        assignment: whose mistakes.
        reference: holds the files beside the one that has the mistake.
    """

    def __init__(self, suite: Suite, assignment: Assignment, reference: Submission) -> None:
        self._suite = suite
        self._assignment = assignment
        self._reference = reference
        self._mutants: dict[str, dict[str, Mutant]] = {}
        self._marks: dict[tuple[str, str], dict[str, Mark | None]] = {}
        self.runs = 0  # of mistakes, each with some cases

    def mutants(self, question_id: str) -> dict[str, Mutant]:
        """The known mistakes of a question by name."""
        if question_id not in self._mutants:
            loaded = load_mutants(self._assignment, question_id)
            self._mutants[question_id] = {mutant.name: mutant for mutant in loaded}
        return self._mutants[question_id]

    def candidates(
        self, question_id: str, theirs: Marks, cases: Sequence[str], has_time: Callable[[], bool]
    ) -> dict[str, Marks]:
        """The marks of every mistake of a question that no case rules out, by its name.

        Args:
            question_id: the question.
            theirs: the marks of a submission in it.
            cases: the names of those cases in which the submission showed something.
            has_time: asked before each run of a mistake.

        Raises:
            OutOfTime: `has_time` said no.
        """
        found: dict[str, Marks] = {}
        for mutant in self.mutants(question_id).values():
            if mutant.caught_by in cases and mutant.caught_by not in theirs:
                continue  # it must fail there
            order = sorted(cases, key=lambda case: (case != mutant.caught_by, case not in theirs))
            known = self._marks.setdefault((question_id, mutant.name), {})
            if any(excluded(theirs.get(case), known[case]) for case in order if case in known):
                continue
            missing = [case for case in order if case not in known]
            if missing and not has_time():
                raise OutOfTime
            if not missing or self._learn(mutant, known, theirs, missing):
                found[mutant.name] = {case: mark for case in order if (mark := known[case]) is not None}
        return found

    def _learn(self, mutant: Mutant, known: dict[str, Mark | None], theirs: Marks, missing: Sequence[str]) -> bool:
        """Run cases until one rules the mistake out; whether none did."""
        self.runs += 1
        file = self._assignment.question(mutant.question).file
        submission = Submission(mutant.name, {**self._reference.files, file: mutant.source.encode()})
        with contextlib.closing(self._suite.run(submission, questions=[mutant.question], names=missing)) as results:
            for result in results:
                problem = self._suite.problem
                mark = None if problem is None else mark_of(problem, self._suite.place(problem))
                known[result.name] = mark
                if excluded(theirs.get(result.name), mark):
                    return False
        return True

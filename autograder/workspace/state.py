"""Where a question stands, as its public tests say."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from autograder.model import CaseResult, Outcome, Question

_IMPORTING = "importing your file"  # what `remote.student` calls the time limit of an import
UNRUN = "its cell has not been run"  # what is said of a question of a notebook


class State(StrEnum):
    """Where a question stands."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_STARTED = "not started"  # every test met a stub
    BLOCKED = "blocked"  # one thing keeps every test from running, say a syntax error
    UNTESTED = "untested"  # it has no public tests; grading has hidden ones


class Checked(msgspec.Struct, frozen=True):
    """What the public tests said of one question."""

    question: Question
    cases: tuple[CaseResult, ...]
    pictures: tuple[str, ...] = ()  # that its tests have saved, as paths below the workspace
    not_run: int = 0  # tests that were not run, because those before them took too long

    @property
    def passed(self) -> int:
        """How many tests passed."""
        return sum(case.outcome in (Outcome.PASSED, Outcome.SKIPPED) for case in self.cases)

    @property
    def failed(self) -> list[CaseResult]:
        """The tests that did not pass."""
        return [case for case in self.cases if case.outcome not in (Outcome.PASSED, Outcome.SKIPPED)]

    @property
    def state(self) -> State:
        """All of it in a word."""
        if not self.cases:
            return State.UNTESTED
        if not self.failed:
            return State.PASSED
        if all(case.outcome is Outcome.NOT_IMPLEMENTED for case in self.cases):
            return State.NOT_STARTED
        return State.BLOCKED if self.blocked_by else State.FAILED

    @property
    def blocked_by(self) -> CaseResult | None:
        """Any of the cases, where all of them ended alike before anything was tested."""
        if not self.cases:
            return None
        first = self.cases[0]
        alike = all(
            case.outcome is first.outcome
            and case.feedback.message == first.feedback.message
            and case.feedback.frames == first.feedback.frames
            for case in self.cases
        )
        importing = first.outcome is Outcome.ERROR and not first.feedback.error
        hanging = first.outcome is Outcome.TIMEOUT and _IMPORTING in first.feedback.message
        return first if alike and (importing or hanging) else None

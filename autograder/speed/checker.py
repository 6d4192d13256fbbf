"""One submission's speed checks, and what they come to as cases."""

from __future__ import annotations

import secrets
import time

import msgspec
import numpy as np

from autograder.errors import AutograderError, CourseError, GraderFault
from autograder.feedback import Ran, explain
from autograder.model import Assignment, Feedback, Outcome, Question, Submission
from autograder.remote import StudentError, WorkerBroke
from autograder.speed.freezing import idlest_core
from autograder.speed.memory import Shared
from autograder.speed.policy import Policy, State, result
from autograder.speed.preflight import Preflight, preflight
from autograder.speed.race import Course, Times, WrongResult, expected_results, race
from autograder.speed.racer import Racer, Racers, RanWhileStopped
from autograder.speed.verdict import Verdict
from autograder.speed_rules import SpeedCheck
from autograder.workloads import Workload

PREFLIGHTS = 3  # tries of a machine that is too noisy, before its checks wait for another run
AGAIN_S = 300.0  # after which a machine that was too noisy is asked again


class Checker:
    """Checks submissions of one assignment, one after the other.

    Args:
        assignment: whose.
        workloads: by question.
        sandbox: the grade of isolation.
        reference: the reference solution.
        policy: how much is measured.
        device: what tensors live on: "cpu" or "cuda".
        yardstick: whether the reference is a yardstick, whose own function is called: a student's own check.
    """

    def __init__(
        self,
        assignment: Assignment,
        workloads: dict[str, Workload],
        sandbox: str,
        reference: Submission,
        policy: Policy | None = None,
        device: str = "cpu",
        *,
        yardstick: bool = False,
    ) -> None:
        self._assignment = assignment
        self._workloads = workloads
        self._reference = reference
        self._policy = policy or Policy()
        self._device = device
        self._yardstick = yardstick
        self._sides = [Racers(assignment, sandbox) for _ in range(2)]
        self._flights: dict[str, tuple[Preflight, float, int]] = {}  # with when, and how many tries
        self._rng = np.random.default_rng(secrets.randbits(256))

    def close(self) -> None:
        """End all workers."""
        for side in self._sides:
            side.close()

    def check(self, submission: Submission, question_id: str, *, final: bool = False) -> Verdict:
        """One speed check; whatever goes wrong is somebody's fault, and said so.

        Args:
            submission: whose.
            question_id: the question.
            final: whether times that scatter are judged by their mean now, instead of being measured once more.
        """
        question = self._assignment.question(question_id)
        check = question.speed
        if check is None or question_id not in self._workloads:
            raise CourseError(f"{self._assignment.id}: question {question_id} has no speed check")
        if check.device == "cuda" and self._device != "cuda":
            return Verdict(question_id, Outcome.PENDING, Feedback("needs a GPU, and this machine has none"))
        try:
            flight = self._ready(question, check)
            if flight.problem:
                message = "machine too noisy for a speed check"
                return Verdict(question_id, Outcome.PENDING, Feedback(message, detail=flight.problem))
            return self._measured(submission, question, check, final=final)
        except AutograderError as problem:
            return Verdict(question_id, Outcome.GRADER_ERROR, Feedback(str(problem)))

    def preflight(self, question_id: str) -> Preflight:
        """Race the reference against itself, and against itself twice."""
        question = self._assignment.question(question_id)
        assert question.speed is not None  # noqa: S101 - the caller has picked a question with one
        course = self._course(question, question.speed)
        with _Sides(self, question, self._reference, self._reference) as (one, other):
            try:
                return preflight(course, one, other)
            except (WrongResult, StudentError, WorkerBroke, RanWhileStopped) as problem:
                raise GraderFault(f"speed check of {question_id}: the reference: {problem}") from None

    def times(self, submission: Submission, question_id: str, call: str = "") -> Times:
        """Race a submission against the reference; `call` is a function of its file to time instead.

        Raises:
            StudentError, WorkerBroke, WrongResult, RanWhileStopped: the submission's fault.
            GraderFault: the grader's.
        """
        question = self._assignment.question(question_id)
        assert question.speed is not None  # noqa: S101
        with _Sides(self, question, submission, self._reference, call) as (student, reference):
            course = self._course(question, question.speed)
            return race(course._replace(judged=(False, True), guarded=0) if call else course, student, reference)

    def empty_s(self, question_id: str) -> tuple[float, float]:
        """Seconds of an empty call to a worker, and of the reference's call: medians."""
        question = self._assignment.question(question_id)
        assert question.speed is not None  # noqa: S101
        course = self._course(question, question.speed)
        with _Sides(self, question, self._reference, self._reference) as (one, _):
            inputs = course.workload.inputs(self._rng, **question.speed.sizes)
            empty = [one.empty_s() for _ in range(25)]
            calls = [one.window(inputs).seconds for _ in range(7)]
        return float(np.median(empty)), float(np.median(calls))

    def _ready(self, question: Question, check: SpeedCheck) -> Preflight:
        """The question's preflight: remembered if it was quiet, tried again now and then if not."""
        del check
        found, when, tries = self._flights.get(question.id, (None, 0.0, 0))
        if found is not None and time.monotonic() - when > AGAIN_S:
            tries = 0
        while found is None or (found.problem and tries < PREFLIGHTS):
            found, tries = self.preflight(question.id), tries + 1
            self._flights[question.id] = (found, time.monotonic(), tries)
        return found

    def _measured(self, submission: Submission, question: Question, check: SpeedCheck, *, final: bool) -> Verdict:
        try:
            with _Sides(self, question, submission, self._reference) as (student, reference):
                times = race(self._course(question, check), student, reference)
        except WrongResult as problem:
            return _failed(question, f"at the size of the speed check, {problem}")
        except RanWhileStopped:
            return _failed(question, "your code ran on in the background after its call had returned")
        except (StudentError, WorkerBroke) as problem:
            ran = Ran(submission, question, question.limits, (), ())
            outcome, feedback = explain(problem, ran, proven=True)
            return Verdict(question.id, outcome, feedback)
        if times.state is State.NOISY:
            return Verdict(question.id, Outcome.PENDING, Feedback("machine too noisy for a speed check"))
        by_mean = times.state is State.UNSTEADY
        if by_mean and not final:
            message = "the times of your code vary too much to tell; they are measured once more"
            return Verdict(question.id, Outcome.AMBIGUOUS, Feedback(message))
        speed = result(
            check, times.students, times.references, device=self._device, by_mean=by_mean, took_s=times.took_s
        )
        if speed.earned >= 1:
            return Verdict(question.id, Outcome.PASSED, speed=speed)
        message = f"takes {speed.ratio:.3g} times as long as the reference"
        return Verdict(question.id, Outcome.FAILED, Feedback(message), speed)

    def _course(self, question: Question, check: SpeedCheck) -> Course:
        guarded = 2 if question.forbidden_operations else 0
        judged = (True, not self._yardstick)
        return Course(self._workloads[question.id], check, self._policy, self._rng, guarded, judged=judged)


class _Sides:
    """Two prepared racers, on one core; ended again."""

    def __init__(
        self, checker: Checker, question: Question, student: Submission, reference: Submission, call: str = ""
    ) -> None:
        self._checker = checker
        self._question = question
        self._submissions = (student, reference)
        own = checker._workloads[question.id].yardstick if checker._yardstick else None
        self._calls = (call, own.__name__ if own is not None else "")
        self._shared: list[Shared] = []

    def __enter__(self) -> tuple[Racer, Racer]:
        checker, question = self._checker, self._question
        assert question.speed is not None  # noqa: S101
        work, sizes = checker._workloads[question.id], question.speed.sizes
        core = idlest_core()
        try:
            inputs = work.inputs(checker._rng, **sizes)
            expected = expected_results(work, inputs)
            racers = {}
            for number in (1, 0):
                side = checker._sides[number]
                side.use_core(core)
                self._shared.append(Shared(inputs, expected))
                own = question
                if self._calls[number]:  # a yardstick may do what the question does without
                    own = msgspec.structs.replace(question, forbidden_operations=())
                try:
                    racer = side.racer(self._submissions[number], own, work, self._shared[-1])
                    racer.prepare(
                        inputs, sizes, question.limits.seconds, device=checker._device, call=self._calls[number]
                    )
                except (StudentError, WorkerBroke) as problem:
                    if number == 0:
                        raise
                    raise GraderFault(f"speed check of {question.id}: the reference: {problem}") from None
                racers[number] = racer
        except BaseException:
            self.__exit__()
            raise
        return racers[0], racers[1]

    def __exit__(self, *_: object) -> None:
        for side in self._checker._sides:
            side.end_racer()
        for shared in self._shared:
            shared.close()


def _failed(question: Question, message: str) -> Verdict:
    return Verdict(question.id, Outcome.FAILED, Feedback(message))

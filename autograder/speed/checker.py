"""One submission's speed checks, and what they come to as cases."""

from __future__ import annotations

import os
import secrets
import sys
import time
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from autograder.errors import AutograderError, CourseError
from autograder.feedback import Ran, explain
from autograder.model import Assignment, Feedback, Outcome, Question, Submission
from autograder.remote import StudentError, WorkerBroke
from autograder.speed.cases import NO_GPU
from autograder.speed.freezing import idlest_core, off_core
from autograder.speed.memory import Layout, Memory, Shared
from autograder.speed.policy import Policy, State, result
from autograder.speed.preflight import Preflight, preflight
from autograder.speed.race import Course, DeviceLost, Times, WrongResult, draw, race, references_fault
from autograder.speed.racer import Around, NotSettled, Racer, Racers, RanWhileStopped
from autograder.speed.verdict import Verdict
from autograder.speed_rules import SpeedCheck
from autograder.worker import gpus
from autograder.worker.layers.gpu import choose
from autograder.worker.messages import Gpu
from autograder.workloads import Workload

PREFLIGHTS = 3  # tries of a machine that is too noisy, before its checks wait for another run
NOISY = "machine too noisy for a speed check"
UNSETTLED = "the GPU did not come to rest between two calls"
SETTING_UP_S = 60.0  # more than on the CPU: CUDA's libraries load when they are first needed
AGAIN_S = 300.0  # after which a machine that was too noisy is asked again


class Checker:
    """Checks submissions of one assignment, one after the other.

    Args:
        assignment: whose.
        workloads: by question.
        sandbox: the grade of isolation.
        reference: the reference solution.
        policy: how much is measured.
        gpu: for the checks that need one; they are pending if None.
        yardstick: whether the reference is a yardstick, whose own function is called: a student's own check.
    """

    def __init__(
        self,
        assignment: Assignment,
        workloads: dict[str, Workload],
        sandbox: str,
        reference: Submission,
        policy: Policy | None = None,
        gpu: Gpu | None = None,
        *,
        yardstick: bool = False,
    ) -> None:
        self._assignment = assignment
        self._workloads = workloads
        self._reference = reference
        self._policy = policy or Policy()
        self._sandbox = sandbox
        self._gpu = gpu
        if gpu is not None and gpu.number is not None:  # oracles compute there, too
            choose(gpu.number, alone=False, known_as=gpu.known_as)
        self._yardstick = yardstick
        if "torch" in sys.modules:  # a second thread of the oracles' would share a core with the worker
            sys.modules["torch"].set_num_threads(1)
        self._racers: dict[bool, list[Racers]] = {}  # by whether they use the GPU
        self._flights: dict[str, tuple[Preflight, float, int]] = {}  # with when, and how many tries
        self._rng = np.random.default_rng(secrets.randbits(256))
        self.cores = frozenset(os.sched_getaffinity(0))

    def close(self) -> None:
        """End all workers."""
        for sides in self._racers.values():
            for side in sides:
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
        if check.needs_gpu and self._gpu is None:
            return Verdict(question_id, Outcome.PENDING, Feedback(NO_GPU))
        try:
            problem = self._in_use(check) or self._ready(question).problem
            if problem:
                return Verdict(question_id, Outcome.PENDING, Feedback(NOISY, detail=problem))
            try:
                return self._measured(submission, question, check, final=final)
            except DeviceLost:  # once more, in workers with contexts of their own
                return self._measured(submission, question, check, final=final)
        except AutograderError as fault:
            return Verdict(question_id, Outcome.GRADER_ERROR, Feedback(str(fault)))

    def preflight(self, question_id: str) -> Preflight:
        """Race the reference against itself, and against itself twice."""
        question = self._assignment.question(question_id)
        assert question.speed is not None  # noqa: S101 - the caller has picked a question with one
        course = self._course(question, question.speed)
        with _Sides(self, question, self._reference, self._reference) as (one, other):
            try:
                return preflight(course, one, other)
            except NotSettled:
                return Preflight(0.0, 0.0, 0.0, said=UNSETTLED)
            except (WrongResult, StudentError, WorkerBroke, RanWhileStopped) as problem:
                raise references_fault(question_id, problem) from None

    def times(self, submission: Submission, question_id: str, call: str = "") -> Times:
        """Race a submission against the reference; `call` is a function of its file to time instead.

        Raises:
            StudentError, WorkerBroke, WrongResult, RanWhileStopped: the submission's fault.
            NotSettled: nobody knows whose.
            GraderFault: the grader's.
        """
        question = self._assignment.question(question_id)
        assert question.speed is not None  # noqa: S101
        with _Sides(self, question, submission, self._reference, call) as (student, reference):
            course = self._course(question, question.speed)
            return race(course._replace(judged=(False, True), guarded=0) if call else course, student, reference)

    def empty_s(self, question_id: str) -> tuple[float, float]:
        """Seconds of an empty call to a worker, which are left out, and of the reference's call without: medians."""
        question = self._assignment.question(question_id)
        assert question.speed is not None  # noqa: S101
        course = self._course(question, question.speed)
        with _Sides(self, question, self._reference, self._reference) as (one, _):
            inputs = course.workload.inputs(self._rng, **course.check.sizes)
            empty_s = one.measure_around().seconds
            calls = [one.window(inputs).seconds for _ in range(7)]
        return empty_s, float(np.median(calls))

    def _in_use(self, check: SpeedCheck) -> str:
        """Who else uses the GPU; empty where nobody does, or none is needed."""
        return gpus.busy(self._gpu) if check.needs_gpu and self._gpu is not None else ""

    def _ready(self, question: Question) -> Preflight:
        """The question's preflight: remembered if it was quiet, tried again now and then if not."""
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
        except NotSettled:
            return Verdict(question.id, Outcome.PENDING, Feedback(NOISY, detail=UNSETTLED))
        except RanWhileStopped:
            return _failed(question, "your code ran on in the background after its call had returned")
        except (StudentError, WorkerBroke) as problem:
            ran = Ran(submission, question, question.limits, (), ())
            outcome, feedback = explain(problem, ran, proven=True)
            if outcome is Outcome.TIMEOUT and not final:
                outcome, feedback = Outcome.AMBIGUOUS, Feedback(f"{feedback.message}; it is measured once more")
            return Verdict(question.id, outcome, feedback)
        if times.state is State.NOISY:
            return Verdict(question.id, Outcome.PENDING, Feedback(NOISY))
        slower = self._flights[question.id][0].slower(times.references)
        if slower:
            del self._flights[question.id]  # perhaps this is what the machine is like now
            return Verdict(question.id, Outcome.PENDING, Feedback(NOISY, detail=slower))
        by_mean = times.state is State.UNSTEADY
        if by_mean and not final:
            message = "the times of your code vary too much to tell; they are measured once more"
            return Verdict(question.id, Outcome.AMBIGUOUS, Feedback(message))
        there = self._gpu if check.needs_gpu else None
        device = "cpu" if there is None else gpus.described(there)
        speed = result(check, times.students, times.references, device=device, by_mean=by_mean, took_s=times.took_s)
        note = "" if there is None else there.note
        if speed.earned >= 1:
            return Verdict(question.id, Outcome.PASSED, Feedback(detail=note), speed=speed)
        message = f"takes {speed.ratio:.3g} times as long as the reference"
        return Verdict(question.id, Outcome.FAILED, Feedback(message, detail=note), speed)

    def _course(self, question: Question, check: SpeedCheck) -> Course:
        guarded = 2 if question.forbidden_operations else 0
        judged = (True, not self._yardstick)
        here = msgspec.structs.replace(check, sizes=check.sizes_here)
        device = self._gpu.device if check.needs_gpu and self._gpu is not None else "cpu"
        work = self._workloads[question.id]
        return Course(work, here, self._policy, self._rng, guarded, judged=judged, device=device)

    def _sides(self, check: SpeedCheck) -> list[Racers]:
        """Where workers for a check come from: the student's, and the reference's."""
        if check.needs_gpu not in self._racers:
            gpu = self._gpu if check.needs_gpu else None
            sides = [Racers(self._assignment, self._sandbox, gpu) for _ in range(2)]
            self._racers[check.needs_gpu] = sides
            if gpu is not None:  # while their warm parents import
                from autograder.speed.gpu import at_rest

                wait = at_rest(gpu.device)
                for side in sides:
                    side.wait_for_rest = wait
        return self._racers[check.needs_gpu]


class _Sides:
    """Two prepared racers, on one core, and this process on others; ended again."""

    def __init__(
        self, checker: Checker, question: Question, student: Submission, reference: Submission, call: str = ""
    ) -> None:
        self._question = question
        self._submissions = (student, reference)
        own = checker._workloads[question.id].yardstick if checker._yardstick else None
        self._calls = (call, own.__name__ if own is not None else "")
        assert question.speed is not None  # noqa: S101
        self._course = checker._course(question, question.speed)
        self._racers = checker._sides(question.speed)
        self._shared: list[Memory] = []
        self._cores = checker.cores

    def __enter__(self) -> tuple[Racer, Racer]:
        question, work, sizes = self._question, self._course.workload, self._course.check.sizes
        on_gpu = self._course.device != "cpu"
        core = idlest_core(self._cores)
        others = off_core(core, self._cores)
        os.sched_setaffinity(0, others)
        try:
            inputs, expected = draw(self._course)
            racers, around = {}, Around()
            for number in (1, 0):
                side = self._racers[number]
                self._shared.append(self._memory(inputs, expected))
                own = question
                if self._calls[number]:  # a yardstick may do what the question does without
                    own = msgspec.structs.replace(question, forbidden_operations=())
                try:
                    racer = side.racer(self._submissions[number], own, work, self._shared[-1], core, others)
                    limit_s = question.limits.seconds + on_gpu * SETTING_UP_S
                    racer.prepare(inputs, sizes, limit_s, call=self._calls[number])
                    if number == 1:
                        around = racer.measure_around()
                    racer.leave_out(around)
                except (StudentError, WorkerBroke) as problem:
                    if number == 0:
                        raise
                    raise references_fault(question.id, problem) from None
                racers[number] = racer
        except BaseException:
            self.__exit__()
            raise
        return racers[0], racers[1]

    def _memory(self, inputs: Sequence[Any], expected: Any) -> Memory:
        layout = Layout(inputs, expected)
        if self._course.device == "cpu":
            return Shared(layout)
        from autograder.speed.gpu import share

        return share(layout, inputs, self._course.device)

    def __exit__(self, *_: object) -> None:
        for side in self._racers:
            side.end_racer()
        for shared in self._shared:
            shared.close()
        os.sched_setaffinity(0, self._cores)


def _failed(question: Question, message: str) -> Verdict:
    return Verdict(question.id, Outcome.FAILED, Feedback(message))

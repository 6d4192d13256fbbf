"""Reference, stubs, known mistakes and right variants of a lab, graded as submissions are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from enum import StrEnum

import msgspec

from autograder.batch import Executor, Graded
from autograder.course import Course
from autograder.errors import CourseError
from autograder.grading import make_plan, reference_submission, to_grade
from autograder.model import Assignment, Outcome, QuestionGrade, Submission
from autograder.release import render_stub
from autograder.variants import load_equivalents, load_mutants
from autograder.worker.messages import Grade as Sandbox


class Kind(StrEnum):
    """What a variant is."""

    REFERENCE = "reference"
    STUB = "stub"
    MUTANT = "mutant"
    EQUIVALENT = "equivalent"


class Variant(msgspec.Struct, frozen=True):
    """One file in the place of a question's in the reference."""

    kind: Kind
    question: str  # its id
    name: str
    source: str
    caught_by: str = ""  # of a mutant: the case that must lose points

    @property
    def label(self) -> str:
        """The name that no other variant has, e.g. "mutant 1.6 no_max"."""
        return f"{self.kind} {self.question} {self.name}".strip()


class Trial(msgspec.Struct, frozen=True):
    """One variant under one seed."""

    variant: Variant
    seed: int
    outcomes: dict[str, Outcome]  # of its question's cases by name, or of some of them
    seconds: dict[str, float]  # wall clock of each case
    said: dict[str, str]  # the message of each case that did not pass
    share: float = 0.0  # of the question's points that were earned
    held_back: bool = False  # some points are open: the grader failed
    not_imported: bool = False  # the file itself raised
    fault: str = ""  # why there are no cases at all
    named_alone: bool = False  # only the case that is named for the mutant was run


def variants_of(assignment: Assignment, questions: Collection[str] | None = None) -> list[Variant]:
    """All variants of some questions, or of all: the reference and the stub of each, its mutants, its equivalents.

    Raises:
        CourseError: a file of mutants is wrong, or a question's reference is missing.
        ReleaseError: the reference has no stub.
    """
    reference = reference_submission(assignment).files
    found = []
    for question in assignment.questions:
        if questions is not None and question.id not in questions:
            continue
        source = reference[question.file].decode("utf-8")
        found.append(Variant(Kind.REFERENCE, question.id, "", source))
        found.append(Variant(Kind.STUB, question.id, "", render_stub(source, assignment, question.file)))
        found += [
            Variant(Kind.MUTANT, question.id, mutant.name, mutant.source, mutant.caught_by)
            for mutant in load_mutants(assignment, question.id)
        ]
        found += [
            Variant(Kind.EQUIVALENT, question.id, name, text)
            for name, text in load_equivalents(assignment, question.id).items()
        ]
    return found


def run_trials(
    course: Course,
    assignment: Assignment,
    variants: Sequence[Variant],
    seeds: Sequence[int],
    executor: Executor,
    *,
    sandbox: str = Sandbox.LIMITS,
    on_trial: Callable[[Trial], None] = lambda _trial: None,
) -> Iterator[Trial]:
    """Grade every variant in its own question, once for each seed.

    All cases of the question run, except on a mutant under seeds after the first: there only the one that is named for
    it does.

    Args:
        course: the course's files.
        assignment: one of its labs.
        variants: what to grade.
        seeds: bases of the hidden cases' random numbers.
        executor: runs the suites.
        sandbox: the grade of isolation.
        on_trial: called with each trial as it is done.

    Raises:
        CourseError: the suite cannot be collected.
    """
    reference = reference_submission(assignment)
    by_label = {variant.label: variant for variant in variants}
    if len(by_label) < len(variants):
        raise CourseError(f"{assignment.id}: two variants of a question have the same name")
    only = {label: (variant.question,) for label, variant in by_label.items()}
    submissions = [_submission(assignment, reference, variant) for variant in variants]
    named = {label: (variant.caught_by,) for label, variant in by_label.items() if variant.kind is Kind.MUTANT}
    for number, seed in enumerate(seeds):
        plan = make_plan(course, assignment, seed, sandbox)
        plan = msgspec.structs.replace(plan, only=only, only_cases=named if number else {})
        for graded in executor.run(plan, iter(submissions)):
            variant = by_label[graded.submission.student]
            trial = _trial(assignment, variant, seed, graded, named_alone=variant.label in plan.only_cases)
            on_trial(trial)
            yield trial


def _submission(assignment: Assignment, reference: Submission, variant: Variant) -> Submission:
    file = assignment.question(variant.question).file
    return Submission(variant.label, {**reference.files, file: variant.source.encode()})


def _trial(assignment: Assignment, variant: Variant, seed: int, graded: Graded, *, named_alone: bool) -> Trial:
    if graded.fault:
        return Trial(variant, seed, {}, {}, {}, held_back=True, fault=graded.fault, named_alone=named_alone)
    grade = to_grade(assignment, graded)
    (entry,) = (entry for entry in grade.questions if entry.question.id == variant.question)
    cases = entry.cases
    return Trial(
        variant,
        seed,
        outcomes={case.name: case.outcome for case in cases},
        seconds={case.name: case.seconds for case in cases},
        said={
            case.name: f"{case.feedback.message} {case.feedback.detail}".strip()
            for case in cases
            if case.outcome is not Outcome.PASSED
        },
        share=entry.points / entry.question.points if entry.question.points else float(_all_passed(entry)),
        held_back=entry.open_points > 0,
        named_alone=named_alone,
        not_imported=any(frame.function == "<module>" for case in cases for frame in case.feedback.frames),
    )


def _all_passed(entry: QuestionGrade) -> bool:
    return all(case.outcome is Outcome.PASSED for case in entry.cases)

"""What is wrong with a suite, from the trials of its variants; pure functions."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from autograder.model import Assignment, Outcome, Question
from autograder.verify.trials import Kind, Trial

CAUGHT = (Outcome.FAILED, Outcome.ERROR, Outcome.TIMEOUT, Outcome.OUT_OF_MEMORY, Outcome.CRASHED)
SEEDS_NAMED = 5


class Finding(msgspec.Struct, frozen=True):
    """One thing that is wrong."""

    question: str  # its id
    about: str  # e.g. "mutant no_max", "hidden/test_losses.py::test_loss"
    what: str  # one clause, e.g. "survives: it earns all points"

    def __str__(self) -> str:
        return f"{self.question} {self.about}: {self.what}"


class Worth(msgspec.Struct, frozen=True):
    """How much one test does; the parameters of a test are taken together."""

    name: str
    catches: int  # mutants that it fails under some seed
    alone: int  # of these, mutants that no other test fails
    seconds: float  # median over the reference's runs, all parameters together
    longest: float  # of any variant


class QuestionReport(msgspec.Struct, frozen=True):
    """What the trials of one question came to."""

    question: Question
    seeds: int
    mutants: int
    killed: int  # under every seed, by the test that is named for it
    equivalents: int
    right: int  # that earn everything under every seed
    tests: tuple[Worth, ...]
    findings: tuple[Finding, ...]


def judge(assignment: Assignment, trials: Iterable[Trial]) -> list[QuestionReport]:
    """A report for each question that has trials, in the order of the assignment."""
    by_question: dict[str, dict[str, list[Trial]]] = defaultdict(lambda: defaultdict(list))
    for trial in trials:
        by_question[trial.variant.question][trial.variant.label].append(trial)
    return [
        _report(question, list(by_question[question.id].values()))
        for question in assignment.questions
        if question.id in by_question
    ]


def _report(question: Question, variants: Sequence[list[Trial]]) -> QuestionReport:
    findings: list[Finding] = []
    wrong: dict[Kind, int] = defaultdict(int)
    count: dict[Kind, int] = defaultdict(int)
    for trials in variants:
        kind = trials[0].variant.kind
        found = list(_findings(trials))
        findings += found
        count[kind] += 1
        wrong[kind] += bool(found)
    tests = _tests(variants)
    if count[Kind.MUTANT]:
        findings += [
            Finding(question.id, test.name, "fails no mutant: it proves nothing, or a mutant is missing")
            for test in tests
            if not test.catches
        ]
    for kind in (Kind.MUTANT, Kind.EQUIVALENT):
        if not count[kind]:
            findings.append(Finding(question.id, f"{kind}s", f"there are none; write some in {kind}s/"))
    return QuestionReport(
        question=question,
        seeds=max(len(trials) for trials in variants),
        mutants=count[Kind.MUTANT],
        killed=count[Kind.MUTANT] - wrong[Kind.MUTANT],
        equivalents=count[Kind.EQUIVALENT],
        right=count[Kind.EQUIVALENT] - wrong[Kind.EQUIVALENT],
        tests=tests,
        findings=tuple(findings),
    )


# ---- one variant, under all seeds


def _findings(trials: Sequence[Trial]) -> Iterator[Finding]:
    variant = trials[0].variant
    about = f"{variant.kind} {variant.name}".strip()
    whole = [trial for trial in trials if not trial.named_alone]
    for some, of in ((whole, len(whole)), (trials, len(trials))):
        said: dict[str, list[int]] = defaultdict(list)
        for trial in some:
            for what in _wrong(trial):
                said[what].append(trial.seed)
        for what, seeds in said.items():
            yield Finding(variant.question, about, f"{what}{_under(seeds, of)}")
        if said or of == len(trials):  # where the whole question has told, the test that is named has no more to say
            return


def _under(seeds: Sequence[int], of: int) -> str:
    """Which seeds, unless it is all of them: then it is flaky."""
    if len(seeds) == of:
        return ""
    named = ", ".join(map(str, seeds[:SEEDS_NAMED])) + (", ..." if len(seeds) > SEEDS_NAMED else "")
    return f" (flaky: under {len(seeds)} of {of} seeds: {named})"


def _wrong(trial: Trial) -> Iterator[str]:
    """What one trial should not have come to."""
    if trial.fault or trial.held_back:
        faults = [f"{name}: {said}" for name, said in trial.said.items() if not trial.outcomes[name].known]
        yield f"the grader failed: {trial.fault or '; '.join(faults[:2]) or 'points are held back'}"
        return
    if trial.variant.kind is Kind.MUTANT:
        yield from _wrong_mutant(trial)
    elif trial.variant.kind is Kind.STUB:
        for name in _named(trial, Outcome.PASSED):
            yield f"passes {name}, so who has done nothing earns points"
    else:
        for name, outcome in trial.outcomes.items():
            if outcome not in (Outcome.PASSED, Outcome.SKIPPED):
                yield f"does not pass {name}: {outcome}: {trial.said[name]}"


def _wrong_mutant(trial: Trial) -> Iterator[str]:
    caught_by = trial.variant.caught_by
    catching = [name for name, outcome in trial.outcomes.items() if outcome in CAUGHT]
    if trial.named_alone and trial.outcomes and not catching:
        yield f"is not caught by {caught_by}"
    elif not trial.named_alone and (not catching or trial.share >= 1):
        yield "survives: it loses no points"
    elif caught_by not in trial.outcomes:
        yield f"caught_by names no test of the question: {caught_by}"
    elif caught_by not in catching:
        yield f"is not caught by {caught_by}, but by {catching[0]}"
    if trial.not_imported:
        yield "cannot be imported, which fails every test, whatever the mistake"
    odd = sorted({outcome for outcome in trial.outcomes.values() if outcome not in (*CAUGHT, Outcome.PASSED)})
    if odd:
        yield f"ends as {', '.join(odd)} in {_named(trial, odd[0])[0]}"


def _named(trial: Trial, wanted: Outcome) -> list[str]:
    return [name for name, outcome in trial.outcomes.items() if outcome is wanted]


# ---- tests


def _tests(variants: Sequence[list[Trial]]) -> tuple[Worth, ...]:
    """Every test of the question, in the order of the suite."""
    catches: dict[str, int] = defaultdict(int)
    alone: dict[str, int] = defaultdict(int)
    seconds: dict[str, list[float]] = {}
    longest: dict[str, float] = defaultdict(float)
    for trials in variants:
        for trial in trials:
            taken: dict[str, float] = defaultdict(float)
            for case, duration in trial.seconds.items():
                taken[_test(case)] += duration
            for test, duration in taken.items():
                longest[test] = max(longest[test], duration)
                durations = seconds.setdefault(test, [])
                if trial.variant.kind is Kind.REFERENCE:
                    durations.append(duration)
        if trials[0].variant.kind is Kind.MUTANT:
            caught = {_test(case) for trial in trials for case, outcome in trial.outcomes.items() if outcome in CAUGHT}
            for test in caught:
                catches[test] += 1
                alone[test] += len(caught) == 1
    return tuple(
        Worth(test, catches[test], alone[test], statistics.median(durations or [0.0]), longest[test])
        for test, durations in seconds.items()
    )


def _test(case: str) -> str:
    """The test that a case belongs to, without its parameters."""
    return case.partition("[")[0]

"""How often a diagnosis is right: known mistakes written a second time, on top of another right answer.

`second_writings/<lab>.yaml` holds them by question: the mistake's name, the equivalent that it is written into, and edits
as in the files of mutants. Some get no name, since the other way of writing behaves differently under the same mistake.
`make diagnosis` prints the table.
"""

import functools
import sys
from collections import Counter
from pathlib import Path

import msgspec
import pytest
import yaml

from autograder.batch import LocalExecutor
from autograder.course import load_assignment, load_course
from autograder.grading import make_plan, reference_submission
from autograder.model import Submission
from autograder.variants import edited, load_equivalents, load_mutants

HERE = Path(__file__).parent
COURSE = load_course(HERE.parent / "assignments")
LABS = list(COURSE.assignments)
PATIENCE_S = 3600.0  # the budget of a diagnosis is not what is tested here


class Writing(msgspec.Struct, forbid_unknown_fields=True):
    """One mistake, written a second time."""

    mistake: str
    base: str
    edits: list[tuple[str, str]]


@functools.cache
def writings(lab):
    """By "1.6 no_max"."""
    read = yaml.safe_load((HERE / "second_writings" / f"{lab}.yaml").read_text())
    listed = msgspec.convert(read, dict[str, list[Writing]])
    return {
        f"{question} {entry.mistake}": (question, entry) for question, entries in listed.items() for entry in entries
    }


@functools.cache
def verdicts(lab):
    """right, none or wrong, by writing; every submission holds one of them."""
    assignment = load_assignment(COURSE, lab)
    reference = reference_submission(assignment)
    submissions, only, said = [], {}, {}
    for label, (question, entry) in writings(lab).items():
        base = load_equivalents(assignment, question)[entry.base]
        source = edited(base, entry.edits, entry.base, label)
        files = {**reference.files, assignment.question(question).file: source.encode()}
        submissions.append(Submission(label, files))
        only[label] = (question,)
        mutants = {mutant.name: mutant.misconception for mutant in load_mutants(assignment, question)}
        said[label] = mutants[entry.mistake]
    plan = make_plan(COURSE, assignment, assignment.seed, diagnose=True)
    setup = msgspec.structs.replace(plan.setup, diagnosis_s=PATIENCE_S)
    plan = msgspec.structs.replace(plan, only=only, setup=setup, seconds_allowed=PATIENCE_S)
    found = {}
    for graded in LocalExecutor(2).run(plan, submissions):
        assert graded.fault == ""
        label = graded.submission.student
        named = {case.feedback.misconception for case in graded.cases} - {""}
        found[label] = "none" if not named else "right" if named == {said[label]} else "wrong"
    return {label: found[label] for label in writings(lab)}


def test_every_question_has_second_writings():
    """And there are enough of them."""
    for lab in LABS:
        questions = {question for question, _ in writings(lab).values()}
        assert questions == {question.id for question in load_assignment(COURSE, lab).questions}
    assert sum(len(writings(lab)) for lab in LABS) >= 100


@pytest.mark.proof
@pytest.mark.parametrize("lab", LABS)
def test_a_second_writing_gets_the_right_name_or_none(lab):
    """Never a wrong one."""
    found = verdicts(lab)
    assert [label for label, verdict in found.items() if verdict == "wrong"] == []
    assert "right" in found.values()


def main():
    """Print the table of the labs that are named, or of all."""
    total = Counter()
    print(f"{'':24}{'right':>8}{'none':>8}{'wrong':>8}")
    for lab in sys.argv[1:] or LABS:
        counted = Counter(verdicts(lab).values())
        total += counted
        print(f"{lab:24}" + "".join(f"{counted[name]:8}" for name in ("right", "none", "wrong")), flush=True)
    share = {name: 100 * total[name] / total.total() for name in ("right", "none", "wrong")}
    print(f"{'all':24}" + "".join(f"{share[name]:6.1f} %" for name in ("right", "none", "wrong")))


if __name__ == "__main__":
    main()

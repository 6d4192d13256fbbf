"""How often a diagnosis is right: known mistakes written a second time, on top of another right answer.

`second_writings/<lab>.yaml` holds them by question: the mistake's name, the equivalent that it is written into, and edits
as in the files of mutants. Where the other way of writing behaves otherwise under the same mistake, so that it cannot be
told by its behaviour, `differs` says how. `leave_one_out.py` asks the opposite: a mistake that is on no list gets no name.
`make diagnosis` prints both tables.
"""

import functools
import json
import subprocess
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
    differs: str = ""  # how it behaves otherwise than the mistake in the bank; then no name is as good as the right one


@functools.cache
def writings(lab):
    """By "1.6 no_max, loops"."""
    read = yaml.safe_load((HERE / "second_writings" / f"{lab}.yaml").read_text())
    listed = msgspec.convert(read, dict[str, list[Writing]])
    return {
        f"{question} {entry.mistake}, {entry.base}": (question, entry)
        for question, entries in listed.items()
        for entry in entries
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


def counted(lab):
    """How many are right, have no name, have none because they differ, and are wrong."""
    found = Counter()
    for label, verdict in verdicts(lab).items():
        found["differs" if verdict == "none" and writings(lab)[label][1].differs else verdict] += 1
    return found


def left_out(lab, *questions):
    """What `leave_one_out.py` found."""
    command = [sys.executable, str(HERE / "leave_one_out.py"), lab, *questions]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.splitlines()[-1])


def test_every_question_has_second_writings():
    """And there are enough of them."""
    for lab in LABS:
        questions = {question for question, _ in writings(lab).values()}
        assert questions == {question.id for question in load_assignment(COURSE, lab).questions}
        assert len(writings(lab)) >= 60


@pytest.mark.proof
@pytest.mark.parametrize("lab", LABS)
def test_a_second_writing_gets_the_right_name_or_none(lab):
    """Never a wrong one; and where it behaves as its mistake does, nearly always the right one."""
    assert [label for label, verdict in verdicts(lab).items() if verdict == "wrong"] == []
    found = counted(lab)
    assert found["right"] >= 0.94 * (found["right"] + found["none"])


@pytest.mark.slow
@pytest.mark.parametrize(("lab", "question"), [("lab1", "1.5"), ("lab2", "2.2"), ("lab3", "3.13")])
def test_a_mistake_that_is_on_no_list_gets_no_name(lab, question):
    """Each of a question's, with its own entry taken out."""
    found = left_out(lab, question)
    assert found["named"] == []
    assert found["shown"] >= 20


@pytest.mark.proof
@pytest.mark.parametrize("lab", LABS)
def test_hardly_a_mistake_that_is_on_no_list_gets_a_name(lab):
    """Those that do behave in all tests as another one does."""
    found = left_out(lab)
    assert len(found["named"]) <= 0.01 * found["shown"], found["named"]


def main():
    """Print the tables of the labs that are named, or of all, and what is not right in them."""
    labs = [load_assignment(COURSE, name).id for name in sys.argv[1:]] or LABS
    columns = ("right", "none", "differs", "wrong")
    print(f"{'written a second time':24}" + "".join(f"{name:>10}" for name in columns))
    for lab in labs:
        print(f"{lab:24}" + "".join(f"{counted(lab)[name]:10}" for name in columns), flush=True)
    for lab in labs:
        for label, verdict in verdicts(lab).items():
            reason = writings(lab)[label][1].differs
            if verdict == "wrong" or (verdict == "none" and not reason) or (verdict == "right" and reason):
                print(f"  {verdict}: {label}")
    print(f"\n{'left out of the bank':24}{'no name':>10}{'same':>10}{'other':>10}")
    for lab in labs:
        found = left_out(lab)
        same = found["shown"] - len(found["named"]) - found["none"]
        print(f"{lab:24}{found['none']:10}{same:10}{len(found['named']):10}", flush=True)
        for question, name, *said in found["named"]:
            print(f"  {question} {name}: {'; '.join(said)}")


if __name__ == "__main__":
    main()

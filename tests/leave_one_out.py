"""Hands in each known mistake with its own entry taken out of the bank: `leave_one_out.py LAB [QUESTION...]`.

Then it must get no name, or one that says the same of itself. Prints one line of JSON: how many showed anything, how many
got no name, and the others as question, mistake and what it was called.
"""

import json
import sys
from pathlib import Path

from autograder.course import load_assignment, load_course
from autograder.diagnose import Bank, Budget, Diagnosis
from autograder.grading import reference_submission
from autograder.model import Outcome, Submission
from autograder.remote.workers import ProcessWorkers
from autograder.suite import with_suite
from autograder.variants import load_mutants

COURSE = Path(__file__).parents[1] / "assignments"


class Without(Bank):
    """A bank that does without one mistake at a time."""

    left_out = ""

    def mutants(self, question_id):
        return {name: mutant for name, mutant in super().mutants(question_id).items() if name != self.left_out}


def main() -> None:
    lab, *questions = sys.argv[1:]
    assignment = load_assignment(load_course(COURSE), lab)
    reference = reference_submission(assignment)

    def body(suite):
        suite.prove(reference)
        bank = Without(suite, assignment, reference)
        diagnosis = Diagnosis(suite, reference, Budget(1e6, each_s=1e6), bank)
        found = {"shown": 0, "none": 0, "named": []}
        for question in assignment.questions:
            if questions and question.id not in questions:
                continue
            for mutant in load_mutants(assignment, question.id):
                bank.left_out = mutant.name
                files = {**reference.files, question.file: mutant.source.encode()}
                cases = diagnosis.run(Submission(mutant.name, files), [question.id])
                said = {case.feedback.misconception for case in cases} - {""}
                shown = any(case.outcome in (Outcome.FAILED, Outcome.ERROR) for case in cases)
                found["shown"] += shown
                found["none"] += shown and not said
                if said - {mutant.misconception}:
                    found["named"].append([question.id, mutant.name, *sorted(said)])
        print(json.dumps(found), flush=True)

    with_suite(assignment, ProcessWorkers(assignment), body, seed=assignment.seed)


if __name__ == "__main__":
    main()

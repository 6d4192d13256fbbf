"""Runs submissions of a lab on a cluster: one JSON line for each, and one for each note.

    cd COURSE; python run_cluster.py ADDRESS LAB SUBMISSIONS SANDBOX [SECONDS_ALLOWED]

The course's folder is named in a way that no other process understands, so its files have to be carried.
"""

import json
import sys
from pathlib import Path

import msgspec

from autograder.archive import find_submissions, read_submission
from autograder.cluster import RayExecutor
from autograder.course import load_assignment, load_course
from autograder.grading import make_plan

HERE = "/proc/self/cwd/assignments"


def say(**line):
    print(json.dumps(line), flush=True)


def main(address, lab, folder, sandbox, seconds_allowed=None):
    course = load_course(Path(HERE))
    assignment = load_assignment(course, lab)
    plan = make_plan(course, assignment, assignment.seed, sandbox)
    plan = msgspec.structs.replace(plan, setup=msgspec.structs.replace(plan.setup, course=HERE))
    if seconds_allowed is not None:
        plan = msgspec.structs.replace(plan, seconds_allowed=float(seconds_allowed))
    submissions = (read_submission(entry, assignment) for entry in find_submissions([Path(folder)], assignment))
    with RayExecutor(address, on_note=lambda line: say(note=line)) as executor:
        for graded in executor.run(plan, submissions):
            cases = [msgspec.to_builtins(case) for case in graded.cases]
            say(student=graded.submission.student, fault=graded.fault, cases=cases, slots=dict(executor.slots()))
        say(broken=executor.broken)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Runs a lab's suite for one folder, in this process's own pytest session: `run_suite.py COURSE LAB FOLDER TRANSPORT SEED...`

Prints one line of JSON for each seed: the outcome of every case, and whether torch was imported on this side.
"""

import json
import sys
from pathlib import Path

from autograder.course import load_assignment, load_course
from autograder.grading import reference_submission
from autograder.model import Submission
from autograder.remote.workers import InlineWorkers, PlainWorkers, ProcessWorkers
from autograder.suite import with_suite


def main() -> None:
    course, lab, folder, transport, *seeds = sys.argv[1:]
    assignment = load_assignment(load_course(Path(course)), lab)
    workers = {"inline": InlineWorkers, "plain": PlainWorkers, "process": ProcessWorkers}[transport](assignment)
    files = {path.name: path.read_bytes() for path in Path(folder).glob("*.py")}

    def body(suite):
        suite.prove(reference_submission(assignment))
        for seed in map(int, seeds):
            results = {
                case.name: f"{case.outcome}: {case.feedback.message}"
                for case in suite.run(Submission("x", files), seed)
            }
            print(json.dumps({"results": results, "torch": "torch" in sys.modules}), flush=True)

    with_suite(assignment, workers, body)


if __name__ == "__main__":
    main()

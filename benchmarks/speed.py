"""Whether speed checks can be trusted on this machine: `make bench-speed` prints the tables.

A/A: the reference against itself; then a copy that does 1.1, 1.5 and 2 times the work. Each check is the real one, with
workers, fresh inputs and oracles. The work is a chain of matrix products, whose length sets the ratio; a copy may also
be ten times slow on six calls in ten.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from autograder.course import load_assignment, load_course, reference_files
from autograder.model import Outcome, Submission
from autograder.speed.checker import Checker
from autograder.speed.freezing import go_first
from autograder.speed.load import load_workloads
from autograder.speed.preflight import Preflight
from autograder.worker.interpreter import STEADY
from autograder.worker.isolation import isolation
from autograder.worker.layers.watchdog import die_with_parent

ASSIGNMENT = """title: Products
preload: [numpy]
limits: {seconds: 10}
questions:
  - {id: "1", title: Products, file: work.py, points: 10, speed: {full: 1.2, zero: 4, sizes: {size: 160}}}
"""
SPEED = """
from autograder.workloads import Workload


def inputs(rng, size):
    return [rng.standard_normal((size, size)) / size**0.5]


def chain(x):
    y = x
    for _ in range(20):
        y = y @ x
    return y


WORKLOADS = [Workload("1", "twenty products", inputs, "chain", oracle=chain, yardstick=chain)]
"""
SLOW = "(180 if lot.random() < 0.6 else 0)"
SOURCE = """import random
lot = random.Random(7)


def chain(x):
    y = x
    for _ in range(20):
        y = y @ x
    for _ in range({extra}):
        x @ x
    return y
"""
COPIES = {
    "the same": "0",
    "1.1 times the work": "2",
    "1.5 times the work": "10",
    "2 times the work": "20",
    "10 times, on 6 calls in 10": SLOW,
}


def course(folder: Path) -> Path:
    """A course of one question, written for this."""
    lab = folder / "assignments" / "products"
    (lab / "tests" / "public").mkdir(parents=True)
    (folder / "solutions" / "products").mkdir(parents=True)
    (folder / "assignments" / "course.yaml").write_text("title: Speed\nassignments: [products]\n")
    (lab / "assignment.yaml").write_text(ASSIGNMENT)
    (lab / "tests" / "public" / "speed.py").write_text(SPEED)
    (folder / "solutions" / "products" / "work.py").write_text(SOURCE.format(extra="0"))
    return folder / "assignments"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checks", type=int, default=1000, help="checks of the reference against itself")
    parser.add_argument("--others", type=int, default=100, help="checks of each other copy")
    parser.add_argument("--without-preflight", action="store_true", help="check even where this machine is too noisy")
    parser.add_argument("--busy", type=int, default=0, metavar="N", help="programs that compute beside it all the time")
    counts = parser.parse_args()
    if STEADY.items() - os.environ.items():  # as the process that times is started when grades are made
        os.execvpe("setsid", ["setsid", "--wait", sys.executable, *sys.argv], {**os.environ, **STEADY})
    die_with_parent()
    with busy(counts.busy), tempfile.TemporaryDirectory() as folder:
        assignment = load_assignment(load_course(course(Path(folder))), "products")
        reference = Submission("reference", reference_files(assignment))
        go_first()
        checker = Checker(assignment, load_workloads(assignment), isolation().grade, reference)
        try:
            empty, call = checker.empty_s("1")
            print(f"an empty call takes {empty * 1e6:.0f} µs, the reference {call / empty:.0f} times as long")
            found = checker.preflight("1")
            print(f"preflight: {found.low:.3f} to {found.high:.3f}, twice {found.twice:.2f} {found.problem}")
            if counts.without_preflight:
                checker.preflight = lambda _question: Preflight(1.0, 1.0, 2.0)  # type: ignore[method-assign]
            print(f"\n{'copy':28s} checks  all points  told apart  pending  median ratio  s each", flush=True)
            for name, extra in COPIES.items():
                if count := counts.checks if extra == "0" else counts.others:
                    table_row(checker, name, extra, count)
        finally:
            checker.close()


@contextlib.contextmanager
def busy(count: int) -> Iterator[None]:
    """So many programs that compute all the time."""
    command = [sys.executable, "-c", "while True: pass"]
    programs = [subprocess.Popen(command, preexec_fn=die_with_parent, start_new_session=True) for _ in range(count)]
    try:
        yield
    finally:
        for program in programs:
            program.kill()
            program.wait()


def table_row(checker: Checker, name: str, extra: str, count: int) -> None:
    """Check one copy again and again."""
    outcomes: Counter[str] = Counter()
    ratios = []
    started = time.monotonic()
    for _ in range(count):
        submission = Submission("copy", {"work.py": SOURCE.format(extra=extra).encode()})
        verdict = checker.check(submission, "1")
        if verdict.outcome is Outcome.AMBIGUOUS:
            verdict = checker.check(submission, "1", final=True)
        if verdict.speed is None:
            said = f"{verdict.outcome}: {verdict.feedback.message} {verdict.feedback.detail}"
            outcomes["pending" if verdict.outcome is Outcome.PENDING else said] += 1
            continue
        ratios.append(verdict.speed.ratio)
        outcomes["all" if verdict.speed.earned >= 1 else "less"] += 1
    each = (time.monotonic() - started) / count
    middle = f"{sorted(ratios)[len(ratios) // 2]:.3f}" if ratios else ""
    counted = f"{outcomes['all']:10d}  {outcomes['less']:10d}  {outcomes['pending']:7d}"
    print(f"{name:28s} {count:6d}  {counted}  {middle:>12s}  {each:6.2f}", flush=True)
    odd = set(outcomes) - {"all", "less", "pending"}
    if odd:
        sys.exit(f"unexpected outcomes: {', '.join(odd)}")


if __name__ == "__main__":
    main()

"""`make bench-scale`: what a class of thousands costs: time and memory per submission, queries, pages, killed graders.

A class of many small submissions in front of a small suite, then one of real ones in front of Lab 1. The grader is
killed with SIGKILL at random points on the way and started again; at the end each submission must be graded once, and
each as others of its kind. The first tenth of the grades is compared with the last.

    python benchmarks/scale.py [--small 10000] [--lab1 1000] [--kills 3]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import load

from autograder.course import load_assignment, load_course
from autograder.gradebook import Gradebook
from autograder.worker.layers import watchdog

ROOT = Path(__file__).parents[1]
KNOWN = ROOT / "tests" / "submissions" / "lab1_nn_basics"
TENTHS = 10


class Moment(NamedTuple):
    """The state of things when a grade was written."""

    number: int  # grades so far, over all runs
    at_s: float  # since its run began grading
    driver_bytes: int
    all_bytes: int  # with suite processes and warm parents; shared pages count each time


class Class(NamedTuple):
    """What is graded."""

    lab: str
    course: Path
    folder: Path
    kinds: dict[str, str]  # by student


def small_class(folder: Path, count: int) -> Class:
    """Honest submissions of a few lines, right and wrong ones, mixed."""
    return Class("load", load.COURSE, folder, load.write_class(folder, count, 0))


def lab1_class(folder: Path, count: int) -> Class:
    """The known submissions of Lab 1, again and again, each with a comment of its own."""
    known = sorted(path for path in KNOWN.iterdir() if path.is_dir())
    kinds = {}
    for number in range(count):
        kind = known[number % len(known)]
        place = folder / f"s{number:05}"
        shutil.copytree(kind, place)
        first = next(iter(sorted(place.rglob("*.py"))), None)
        if first is not None:
            first.write_bytes(first.read_bytes() + f"\n# {number}\n".encode())
        kinds[place.name] = kind.name
    return Class("lab1_nn_basics", ROOT / "assignments", folder, kinds)


def grade(given: Class, out: Path, done: int, stop_at: int | None) -> list[Moment]:
    """Run `autograder grade`, and kill it after so many grades; what was seen on the way."""
    command = [
        sys.executable, "-m", "autograder", "grade", given.lab, str(given.folder), "--course", str(given.course),
        "--out", str(out), "--json",
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    moments: list[Moment] = []
    began = 0.0
    for line in process.stdout:
        event = json.loads(line)["event"]
        if event != "grade":
            continue
        now = time.monotonic()
        began = began or now
        number = done + len(moments) + 1
        moments.append(Moment(number, now - began, *(memory(process.pid) if number % 20 == 0 else (0, 0))))
        if stop_at is not None and number >= stop_at:
            process.send_signal(signal.SIGKILL)
            break
    process.stdout.close()
    status = process.wait()
    if stop_at is None and status not in (0, 1):
        sys.exit(f"the grader ended with {status}")
    return moments


def memory(pid: int) -> tuple[int, int]:
    """Bytes of the driver, and of everything that is its."""
    own = watchdog._resident(pid)
    return own, own + sum(map(watchdog._resident, watchdog.descendants(pid=pid)[0]))


def measure(given: Class, out: Path, kills: int) -> None:
    """Grade the class, print what it cost, and check the grades."""
    count = len(given.kinds)
    lot = random.Random(count)
    points = sorted(lot.sample(range(count // 20, count - count // 20), kills))
    moments: list[Moment] = []
    started = time.monotonic()
    for stop_at in [*points, None]:
        seen = grade(given, out, len(moments), stop_at)
        moments += seen
        left = load.settled()
        if left:
            sys.exit(f"{left} processes outlived a kill")
    taken = time.monotonic() - started
    print(f"{given.lab}: {count} submissions, killed after {', '.join(map(str, points)) or 'none'}")
    print(f"  {count / taken * 60:.0f} a minute, kills, restarts and pages included ({taken / 60:.1f} min)")
    first, last = tenth(moments, 0), tenth(moments, TENTHS - 1)
    for what, unit, read in READ.values():
        print(f"  {what:44s} {read(first):8.3g} in the first tenth, {read(last):8.3g} in the last {unit}")
    queries(given, out)
    check(given, out)


def tenth(moments: list[Moment], number: int) -> list[Moment]:
    """One tenth of them, in the order in which they were graded."""
    size = len(moments) // TENTHS
    return moments[number * size : (number + 1) * size]


def each_s(moments: list[Moment]) -> float:
    """Median over spans of up to twenty grades of one run: seconds a submission."""
    long = max(1, min(20, len(moments) // 2))
    spans = [(b.at_s - a.at_s) / long for a, b in zip(moments, moments[long:], strict=False) if b.at_s > a.at_s]
    return statistics.median(spans) if spans else float("nan")


def middle(moments: list[Moment], read: Callable[[Moment], int]) -> float:
    """Median in MiB, of the moments at which it was looked at."""
    values = [read(moment) for moment in moments if read(moment)]
    return statistics.median(values) / (1 << 20) if values else float("nan")


READ: dict[str, tuple[str, str, Callable[[list[Moment]], float]]] = {
    "time": ("seconds a submission", "s", each_s),
    "driver": ("memory of the grader", "MiB", lambda moments: middle(moments, lambda moment: moment.driver_bytes)),
    "all": ("with its suite processes", "MiB", lambda moments: middle(moments, lambda moment: moment.all_bytes)),
}


def queries(given: Class, out: Path) -> None:
    """How long the gradebook and its pages take with all of that in them."""
    assignment = load_assignment(load_course(given.course), given.lab)
    with Gradebook.open(out / "gradebook.db") as book:
        for what, ask in (
            ("everybody's current grade", lambda: book.current(assignment)),
            ("who is graded already", lambda: book.hand_ins(assignment.id)),
        ):
            started = time.perf_counter()
            ask()
            print(f"  gradebook: {what:33s} {time.perf_counter() - started:8.3g} s")
    command = [sys.executable, "-m", "autograder", "status", given.lab, "--course", str(given.course)]
    started = time.perf_counter()
    subprocess.run([*command, "--out", str(out)], stdout=subprocess.DEVNULL, check=False)
    print(f"  `autograder status`                          {time.perf_counter() - started:8.3g} s")
    sizes = {path.name: path.stat().st_size for path in (out / "gradebook.db", *out.glob("report/*/index.html"))}
    print("  " + ", ".join(f"{name} {size / 1e6:.1f} MB" for name, size in sizes.items()))


def check(given: Class, out: Path) -> None:
    """Each submission was graded once, and as the others of its kind."""
    assignment = load_assignment(load_course(given.course), given.lab)
    found: dict[str, set[float]] = defaultdict(set)
    names = set()
    with Gradebook.open(out / "gradebook.db") as book:
        for record in book.current(assignment):
            if record.ordinal != 1:
                sys.exit(f"{record.grade.student} was graded {record.ordinal} times")
            if record.grade.open_points:
                sys.exit(f"{record.grade.student}: the grader failed: {record.grade.notes}")
            names.add(record.grade.student)
            found[given.kinds[record.grade.student]].add(record.grade.points)
    if missing := given.kinds.keys() - names:
        sys.exit(f"not graded: {', '.join(sorted(missing)[:5])}")
    if differing := [kind for kind, points in found.items() if len(points) > 1]:
        sys.exit(f"kinds with different points: {', '.join(differing)}")
    print(f"  graded once each: {len(names)}; the same points within each of {len(found)} kinds")


def main() -> None:
    """Parse, run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", type=int, default=10_000, help="submissions in front of a small suite")
    parser.add_argument("--lab1", type=int, default=1_000, help="submissions of Lab 1")
    parser.add_argument("--kills", type=int, default=3, help="times that the grader is killed in each class")
    chosen = parser.parse_args()
    watchdog.adopt_orphans()
    print(f"{platform.machine()}, {len(os.sched_getaffinity(0))} cores, Linux {platform.release()}")
    for name, make, count in (("small", small_class, chosen.small), ("lab1", lab1_class, chosen.lab1)):
        if count:
            with tempfile.TemporaryDirectory(prefix="scale-") as folder:
                measure(make(Path(folder) / name, count), Path(folder) / "out", chosen.kills)


if __name__ == "__main__":
    main()

"""`make load`: a class with hostile submissions in it, graded while the grader is killed again and again.

Honest submissions are graded on their own first. Then all are graded by `autograder grade`, which is killed with
SIGKILL several times on the way and started again. At the end every honest grade must be what it was, every submission
graded once and none by a fault of the grader's; no process, mount or temporary file may be left.

    python benchmarks/load.py [--count 500] [--hostile 50] [--kills 3] [--jobs N]
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from autograder.course import load_assignment, load_course
from autograder.gradebook import Gradebook
from autograder.worker.layers import watchdog

COURSE = Path(__file__).parent / "load" / "assignments"
REFERENCE = Path(__file__).parent / "load" / "solutions" / "load" / "work.py"
SETTLE_S = 20.0  # in which the processes of a killed grader must be gone
ROUND_S = 3600.0

KINDS = Path(__file__).parent / "load"


def read_kinds(folder: str) -> dict[str, str]:
    """Code that takes the place of the reference's answer to question 1; the other two questions stay right."""
    return {path.stem: path.read_text() for path in sorted((KINDS / folder).glob("*.py"))}


HONEST, HOSTILE = read_kinds("honest"), read_kinds("hostile")


def write_class(folder: Path, count: int, hostile_count: int) -> dict[str, str]:
    """Submissions, some of them hostile, mixed; the kind of each by the student's name."""
    hostile = list(itertools.islice(itertools.cycle(HOSTILE), hostile_count))
    honest = list(itertools.islice(itertools.cycle(HONEST), count - len(hostile)))
    kinds = hostile + honest
    random.Random(1).shuffle(kinds)
    reference = REFERENCE.read_text()
    named = {}
    for number, kind in enumerate(kinds):
        code = {**HONEST, **HOSTILE}[kind]
        place = folder / f"s{number:04}"
        place.mkdir(parents=True)
        (place / "work.py").write_text(f"{reference}\n\n# {number}\n{code}")
        named[place.name] = kind
    return named


def expected(kind: str) -> set[str]:
    """How the cases of question 1 may end for a hostile submission, as its first line says."""
    listed = HOSTILE[kind].splitlines()[0].partition(": ")[2].rstrip('."')
    return set(listed.split(", "))


def command(paths: list[Path], out: Path, jobs: int | None) -> list[str]:
    """`autograder grade`, as it is typed."""
    chosen = [] if jobs is None else ["--jobs", str(jobs)]
    return [
        sys.executable, "-m", "autograder", "grade", "load", *map(str, paths), "--course", str(COURSE),
        "--out", str(out), "--json", "--no-diagnosis", *chosen,
    ]  # fmt: skip


def start(paths: list[Path], out: Path, scratch: Path, jobs: int | None) -> subprocess.Popen[bytes]:
    """The grader, with a temporary folder that is nobody else's."""
    env = {**os.environ, "TMPDIR": str(scratch)}
    return subprocess.Popen(command(paths, out, jobs), stdout=subprocess.DEVNULL, env=env)


def wait(process: subprocess.Popen[bytes]) -> None:
    """Until it is done; 0 and 1 are both an end as it should be."""
    status = process.wait(ROUND_S)
    if status not in (0, 1):
        sys.exit(f"the grader ended with {status}")


def graded(out: Path) -> int:
    """How many grades are written."""
    path = out / "gradebook.db"
    if not path.is_file():
        return 0
    with Gradebook.open(path) as book:
        return len(book.hand_ins("load"))


def grades(out: Path) -> dict[str, list[Any]]:
    """Each student's questions and cases, as far as they depend on the submission alone."""
    assignment = load_assignment(load_course(COURSE), "load")
    found: dict[str, list[Any]] = {}
    with Gradebook.open(out / "gradebook.db") as book:
        if book.check().problems:
            sys.exit("the gradebook's chain is broken")
        for record in book.current(assignment):
            if record.ordinal != 1:
                sys.exit(f"{record.grade.student} was graded {record.ordinal} times")
            found[record.grade.student] = [
                (question.question.id, question.points, [(case.name, str(case.outcome)) for case in question.cases])
                for question in record.grade.questions
            ]
    return found


def kill(process: subprocess.Popen[bytes], out: Path, at: int) -> int:
    """Kill the grader once that many grades are written; how many processes are left some time after."""
    while graded(out) < at and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    return settled()


def settled() -> int:
    """How many processes are left, once those that are ending have had the time for it; orphans come to this one."""
    deadline = time.monotonic() + SETTLE_S
    while True:
        watchdog.reap()
        left, _threads = watchdog.descendants()
        if not left or time.monotonic() > deadline:
            return len(left)
        time.sleep(0.1)


def verdict(named: dict[str, str], quiet: dict[str, list[Any]], loaded: dict[str, list[Any]]) -> list[str]:
    """What is not as it should be, a line each."""
    wrong = [f"{name}: not graded" for name in named if name not in loaded]
    for name, kind in named.items():
        if kind in HONEST and loaded.get(name) != quiet.get(name):
            wrong.append(f"{name} ({kind}): {quiet.get(name)} when quiet, {loaded.get(name)} under load")
        if kind in HOSTILE and name in loaded:
            first, *others = loaded[name]
            outcomes = {outcome for _, outcome in first[2]}
            if not outcomes <= expected(kind):
                wrong.append(f"{name} ({kind}): {outcomes}")
            if any(outcome != "passed" for _, _, cases in others for _, outcome in cases):
                wrong.append(f"{name} ({kind}): other questions suffered: {others}")
    return wrong


def run(count: int, hostile: int, kills: int, jobs: int | None) -> list[str]:
    """Everything; prints figures, and returns what is not as it should be."""
    watchdog.adopt_orphans()
    mounts = Path("/proc/self/mounts").read_text()
    with tempfile.TemporaryDirectory(prefix="load-") as name:
        base = Path(name)
        base.chmod(0o711)
        scratch = base / "tmp"
        scratch.mkdir()
        scratch.chmod(0o711)
        named = write_class(base / "class", count, hostile)
        honest = [base / "class" / student for student, kind in named.items() if kind in HONEST]
        kinds = Counter("hostile" if kind in HOSTILE else "honest" for kind in named.values())
        print(f"{count} submissions: {kinds['honest']} honest, {kinds['hostile']} hostile of {len(HOSTILE)} kinds")
        started = time.monotonic()
        wait(start(honest, base / "quiet", scratch, jobs))
        taken = time.monotonic() - started
        print(f"the honest on their own: {len(honest) / taken * 60:.0f} a minute", flush=True)
        wrong = []
        started, out = time.monotonic(), base / "loaded"
        for number in range(1, kills + 1):
            process = start([base / "class"], out, scratch, jobs)
            left = kill(process, out, number * count // (kills + 1))
            folders = len(list(scratch.iterdir()))
            print(
                f"killed at {graded(out)} grades: {left} processes left, {folders} temporary folders to clean up",
                flush=True,
            )
            wrong += [f"{left} processes outlived kill {number}"] if left else []
        wait(start([base / "class"], out, scratch, jobs))
        taken = time.monotonic() - started
        print(f"all of them, with {kills} kills: {count / taken * 60:.0f} a minute")
        hand_ins = graded(out)
        if hand_ins != count:
            wrong.append(f"{hand_ins} grades of {count} submissions")
        wrong += verdict(named, grades(base / "quiet"), grades(out))
        wrong += [f"left in the temporary folder: {path.name}" for path in scratch.iterdir()]
        left = settled()
        wrong += [f"{left} processes left"] if left else []
        wrong += ["a mount is left"] if Path("/proc/self/mounts").read_text() != mounts else []
    print(f"grades {hand_ins}, processes left {left}, wrong {len(wrong)}")
    return wrong


def main() -> None:
    """Parse, run, say what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--hostile", type=int, help="how many of them are hostile (default: a tenth)")
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--jobs", type=int)
    chosen = parser.parse_args()
    hostile = chosen.count // 10 if chosen.hostile is None else chosen.hostile
    wrong = run(chosen.count, hostile, chosen.kills, chosen.jobs)
    for line in wrong:
        print(line)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()

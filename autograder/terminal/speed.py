"""What the command line shows of speed checks."""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from collections.abc import Iterable
from types import TracebackType
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from autograder.report.figures import WORDS
from autograder.report.safe import name, safe
from autograder.speed.bench import Benched
from autograder.speed.table import YARDSTICK, Row
from autograder.speed.verdict import Verdict
from autograder.terminal.signs import duration
from autograder.timing import Timed


class SpeedDisplay:
    """A progress bar for people, and a few lines."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)
        self._counted: Counter[str] = Counter()
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[last]}", markup=False),
            console=Console(stderr=True),
            disable=not sys.stderr.isatty(),
            transient=True,
        )
        self._task = self._progress.add_task("speed", total=None, last="")

    def __enter__(self) -> SpeedDisplay:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def wait(self) -> None:
        """Another program checks speed."""
        self._console.print("waiting: another program checks speed on this machine", markup=False)

    def start(self, checks: int, seconds: float) -> None:
        """Say how many there are, and how long they take."""
        counted = "1 speed check" if checks == 1 else f"{checks} speed checks"
        self._console.print(f"{counted}, about {duration(seconds)}", markup=False)
        self._progress.update(self._task, total=checks)

    def check(self, student: str, verdict: Verdict) -> None:
        """Advance the bar."""
        self._counted[WORDS[verdict.outcome].word] += 1
        self._progress.update(self._task, advance=1, last=f"{safe(student)[:30]} {verdict.question}")

    def finish(self, timed: Timed, *, alone: bool) -> None:
        """What they came to, and what a person should know."""
        if self._counted:
            counted = ", ".join(f"{many} {word}" for word, many in self._counted.items())
            self._console.print(f"speed      {counted}", markup=False)
        elif alone:
            self._console.print("no speed check waits", markup=False)
        for students, what in (
            (timed.lost, "what they handed in was not kept; name it again"),
            (timed.stale, "the tests have changed since; grade again"),
        ):
            if students:
                names = ", ".join(name(student, 30) for student in students[:8])
                more = f" and {len(students) - 8} more" if len(students) > 8 else ""
                self._console.print(f"not checked: {names}{more}: {what}", markup=False)


class JsonSpeed:
    """One JSON line for each check."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __enter__(self) -> JsonSpeed:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def wait(self) -> None:
        """Nothing: the lines come later."""

    def start(self, checks: int, seconds: float) -> None:
        """Say how many there are, and how long they take."""
        self._write({"event": "speed", "checks": checks, "seconds": round(seconds, 1)})

    def check(self, student: str, verdict: Verdict) -> None:
        """One check."""
        speed = verdict.speed
        self._write(
            {
                "event": "checked",
                "student": student,
                "question": verdict.question,
                "outcome": verdict.outcome.value,
                "message": verdict.feedback.message,
                "ratio": None if speed is None else speed.ratio,
                "low": None if speed is None else speed.low,
                "high": None if speed is None else speed.high,
                "pairs": None if speed is None else speed.pairs,
                "earned": None if speed is None else speed.earned,
            }
        )

    def finish(self, timed: Timed, *, alone: bool) -> None:
        """What was not checked."""
        del alone
        if timed.lost or timed.stale:
            self._write({"event": "not_checked", "lost": timed.lost, "stale": timed.stale})

    def _write(self, line: dict[str, object]) -> None:
        self._stream.write(json.dumps(line, ensure_ascii=True) + "\n")
        self._stream.flush()


def print_rows(found: Iterable[Row]) -> None:
    """An author's table, row by row as it is measured."""
    console = Console(highlight=False, soft_wrap=True)
    heading = f"{'':6s}{'against the reference':28s} {'ratio':>7s}  {'99 % interval':15s} pairs  earns"
    console.print(Text(heading, "bold"))
    for row in found:
        label = f"{row.question:6s}{safe(row.name)[:28]:28s}"
        if row.problem:
            console.print(f"{label} {safe(row.problem)}", markup=False)
            continue
        interval = f"{row.low:.2f} to {row.high:.2f}" if math.isfinite(row.low) else ""
        earned = "" if row.earned is None or row.name == YARDSTICK else f"{row.earned:.0%}"
        took = f"  ({row.reference_s * 1e3:.1f} ms, {row.empties:.0f} empty calls)" if row.name == "reference" else ""
        console.print(f"{label} {row.ratio:7.2f}  {interval:15s} {row.pairs:5d}  {earned:>5s}{took}", markup=False)


_WIDTH = 49  # of the plot, in columns
_ENDS = (0.25, 16.0)  # ratios at its ends; logarithmic
_TICKS = (0.25, 0.5, 1, 2, 4, 8, 16)


def print_bench(question: str, benched: Benched) -> None:
    """What a student's own speed check came to, with a picture of the ratio and its interval."""
    console = Console(highlight=False, soft_wrap=True)
    work, found = benched.workload, benched.result
    console.print(Text.assemble((f"{question}  ", "bold"), safe(work.title)))
    if found is None:
        console.print(f"  no measurement: {safe(benched.problem)}", markup=False)
        return
    console.print(f"  your code  {_time(found.student_s)}    {work.yardstick_title}  {_time(found.reference_s)}")
    interval = f"99 % interval {found.low:.2f} to {found.high:.2f}, {found.pairs} pairs"
    console.print(f"  {found.ratio:.2f} times its time ({interval})", markup=False)
    for line in plot(found.ratio, found.low, found.high, work.good):
        console.print(f"  {line}", markup=False)
    if work.good is not None:
        enough = f"up to about {work.good * found.full:.2g} should earn all points for speed"
        console.print(f"  a good solution reaches about {work.good:.2g} (marked ^); {enough}", markup=False)
    if benched.is_noisy:
        console.print("  this machine is busy: close other programs for a narrower interval", style="yellow")


def plot(ratio: float, low: float, high: float, good: float | None) -> list[str]:
    """A line with the interval and the ratio in it, and one with the scale below."""
    line, scale = ["-"] * _WIDTH, [" "] * (_WIDTH + 4)
    for column in range(_column(low), _column(high) + 1):
        line[column] = "="
    line[_column(ratio)] = "o"
    for tick in _TICKS:
        for place, letter in enumerate(f"{tick:g}"):
            scale[_column(tick) + place] = letter
    lines = ["".join(line), "".join(scale).rstrip()]
    if good is not None:
        lines.insert(1, " " * _column(good) + "^")
    return lines


def _column(ratio: float) -> int:
    """Where a ratio stands; those beyond the ends at the ends."""
    low, high = map(math.log, _ENDS)
    share = (math.log(max(ratio, 1e-9)) - low) / (high - low)
    return round(min(1.0, max(0.0, share)) * (_WIDTH - 1))


def _time(seconds: float) -> str:
    return f"{seconds * 1e3:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"

"""How far a batch is: counted once, for the bar of a terminal and for JSON alike."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from autograder.batch import Graded
from autograder.model import Grade, Outcome

Slots = Callable[[], Mapping[str, int]]  # suite processes by machine; "" is this one


class Tally:
    """Counts grades. `slots` says how many suite processes run on which machine, when it is asked."""

    def __init__(self) -> None:
        self.slots: Slots = dict
        self._began = time.monotonic()
        self.total = self.done = self.graded = 0
        self.faults = 0  # of the grader's: submissions with points held back for them
        self._by_node: Counter[str] = Counter()

    def start(self, total: int) -> None:
        """There are so many submissions; the clock runs from here."""
        self.total = total
        self._began = time.monotonic()

    def grade(self, grade: Grade, graded: Graded) -> None:
        """One more was graded."""
        self.done += 1
        self.graded += 1
        cases = (case for entry in grade.questions for case in entry.cases)
        self.faults += bool(graded.fault) or any(case.outcome is Outcome.GRADER_ERROR for case in cases)
        if graded.node is not None:
            self._by_node[graded.node.name] += 1

    def skip(self) -> None:
        """One more was graded before."""
        self.done += 1

    @property
    def per_minute(self) -> float:
        """Submissions graded a minute, on average since the start."""
        return 60.0 * self.graded / max(time.monotonic() - self._began, 1e-3)

    @property
    def remaining_s(self) -> float | None:
        """How long the rest takes at this rate; None before the first grade."""
        return 60.0 * (self.total - self.done) / self.per_minute if self.graded else None

    @property
    def nodes(self) -> dict[str, dict[str, int]]:
        """Submissions done and suite processes now, by machine; empty where there is but this one."""
        slots = {name: count for name, count in self.slots().items() if name}
        return {
            name: {"done": self._by_node[name], "slots": slots.get(name, 0)}
            for name in sorted({*slots, *self._by_node})
        }

    def line(self) -> str:
        """Rate, faults and machines, for the end of a bar."""
        parts = [f"{self.per_minute:.0f}/min"] if self.graded else []
        if self.faults:
            parts.append(f"{self.faults} grader fault{'s' if self.faults > 1 else ''}")
        parts += [f"{name} {load['done']} on {load['slots']}" for name, load in self.nodes.items()]
        return "  ".join(parts)

    def event(self) -> dict[str, Any]:
        """The same as JSON."""
        left = self.remaining_s
        return {
            "event": "progress",
            "done": self.done,
            "total": self.total,
            "faults": self.faults,
            "per_minute": round(self.per_minute, 1),
            "remaining_s": None if left is None else round(left, 1),
            "nodes": self.nodes,
        }

"""What a course and its staff lay down about grades: late policy, which attempt counts, marks; frozen values."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

DAY_S = 86_400.0


class AttemptPolicy(StrEnum):
    """Which of several hand-ins counts, where staff have not chosen one."""

    LATEST = "latest"
    BEST = "best"
    FIRST = "first"


class LateBase(StrEnum):
    """What a late penalty is a share of."""

    EARNED = "earned"
    MAXIMUM = "maximum"


class LatePolicy(msgspec.Struct, frozen=True):
    """What handing in late costs. Lateness counts from the due time, once it is beyond the grace.

    A penalty is either `take` for each begun `per_s`, or read from `curve`. A share is 0 to 1.
    """

    grace_s: float = 0.0
    take: float = 0.0
    per_s: float = DAY_S
    curve: tuple[tuple[float, float], ...] = ()  # (seconds late, share taken), both rising
    smooth: bool = False  # straight lines between the curve's points, from (0, 0); steps otherwise
    of: LateBase = LateBase.EARNED
    at_most: float = 1.0  # share
    closes_s: float | None = None  # later than this, everything is taken
    slip_days: int = 0  # how many of the course's slip days this assignment may use


class MarkKind(StrEnum):
    """What staff can decide about one student's grade."""

    POINTS = "points"  # of a question or of the whole
    DUE = "due"  # a due time of the student's own
    SUBMITTED = "submitted"  # when it really was handed in
    CHOICE = "choice"  # which submission counts
    EXCUSED = "excused"


class Mark(msgspec.Struct, frozen=True, omit_defaults=True):
    """One decision of staff's; a later mark of the same kind and question replaces it.

    Of `points`, `moment`, `submission` and `excused`, the one that the kind needs is set; without it, the mark takes an
    earlier one back.
    """

    kind: MarkKind
    who: str
    why: str  # for staff
    question: str = ""  # empty: the whole assignment
    points: float | None = None
    comment: str = ""  # for the student
    moment: datetime | None = None
    submission: str | None = None  # a submission's digest
    excused: bool = False
    made_at: datetime | None = None  # UTC; the gradebook sets it

"""Times, spans, shares and the late policy as they stand in course files."""

from __future__ import annotations

import itertools
import math
import re
import zoneinfo
from datetime import datetime

import msgspec

from autograder.errors import CourseError
from autograder.rules import LateBase, LatePolicy

_SPAN = re.compile(r"(\d+(?:\.\d+)?) ?(days?|d|hours?|h|minutes?|min|m|seconds?|s)")
_UNITS = {"d": 86_400.0, "h": 3_600.0, "m": 60.0, "s": 1.0}
_TIME_ADVICE = "write it like 2026-10-01T23:59:00+02:00 or 2026-10-01 23:59 Europe/Berlin"


class CurveFile(msgspec.Struct, forbid_unknown_fields=True):
    """One point of a penalty curve."""

    after: str
    take: str


class LateFile(msgspec.Struct, forbid_unknown_fields=True):
    """The late policy in assignment.yaml."""

    grace: str = "0 minutes"
    take: str | None = None
    per: str = "1 day"
    curve: list[CurveFile] | None = None
    smooth: bool = False
    of: LateBase = LateBase.EARNED
    at_most: str = "100%"
    closes: str | None = None
    slip_days: int = 0


def late_policy(raw: LateFile, where: str) -> LatePolicy:
    """What the file says, checked.

    Raises:
        CourseError: one line on what is wrong.
    """
    if raw.take is not None and raw.curve is not None:
        raise CourseError(f"{where}: has both take and curve; keep one")
    if raw.take is None and raw.curve is None and raw.closes is None:
        raise CourseError(f"{where}: says nothing of what lateness costs; give take, curve or closes")
    if raw.smooth and not raw.curve:
        raise CourseError(f"{where}.smooth: needs a curve")
    if raw.slip_days < 0:
        raise CourseError(f"{where}.slip_days: {raw.slip_days} is below 0")
    curve = tuple(
        (span_s(entry.after, f"{where}.curve[{index}].after"), share(entry.take, f"{where}.curve[{index}].take"))
        for index, entry in enumerate(raw.curve or ())
    )
    for (before_s, before), (after_s, after) in itertools.pairwise(curve):
        if after_s <= before_s or after < before:
            raise CourseError(f"{where}.curve: times must rise, and what is taken must not fall")
    per_s = span_s(raw.per, f"{where}.per")
    if per_s <= 0:
        raise CourseError(f'{where}.per: "{raw.per}" is no time at all')
    return LatePolicy(
        grace_s=span_s(raw.grace, f"{where}.grace"),
        take=0.0 if raw.take is None else share(raw.take, f"{where}.take"),
        per_s=per_s,
        curve=curve,
        smooth=raw.smooth,
        of=raw.of,
        at_most=share(raw.at_most, f"{where}.at_most"),
        closes_s=None if raw.closes is None else span_s(raw.closes, f"{where}.closes"),
        slip_days=raw.slip_days,
    )


def moment(text: str, where: str) -> datetime:
    """A time with its zone: ISO 8601 with an offset, or a time followed by the zone's name.

    Raises:
        CourseError: it is no time, or has no zone.
    """
    time, _, zone = text.strip().rpartition(" ")
    named: zoneinfo.ZoneInfo | None = None
    if time and re.fullmatch(r"[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*", zone):
        try:
            named = zoneinfo.ZoneInfo(zone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            raise CourseError(f'{where}: no time zone is called "{zone}"; write it like Europe/Berlin') from None
    else:
        time = text.strip()
    try:
        found = datetime.fromisoformat(time)
    except ValueError:
        raise CourseError(f'{where}: "{text}" is not a time; {_TIME_ADVICE}') from None
    if found.tzinfo is None and named is None:
        raise CourseError(f'{where}: "{text}" has no time zone; {_TIME_ADVICE}')
    if found.tzinfo is not None and named is not None:
        raise CourseError(f'{where}: "{text}" has two time zones; keep one')
    return found if named is None else found.replace(tzinfo=named)


def span_s(text: str, where: str) -> float:
    """A span in seconds: "15 minutes", "2 days 12 hours", "day".

    Raises:
        CourseError: it is none.
    """
    problem = f'{where}: "{text}" is not a span of time; write it like "15 minutes" or "2 days 12 hours"'
    rest = text.strip()
    rest = f"1 {rest}" if rest in ("day", "hour", "minute") else rest
    seconds = 0.0
    while rest:
        match = _SPAN.match(rest)
        if match is None or (match.end() < len(rest) and rest[match.end()] not in " ,"):
            raise CourseError(problem)
        seconds += float(match[1]) * _UNITS[match[2][0]]
        rest = rest[match.end() :].lstrip(" ,")
    if not text.strip():
        raise CourseError(problem)
    return seconds


def share(text: str, where: str) -> float:
    """A share of 0 to 1, written in per cent.

    Raises:
        CourseError: it is none.
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?) ?%", text.strip())
    if match is None or not math.isfinite(float(match[1])) or float(match[1]) > 100:
        raise CourseError(f'{where}: "{text}" is not a share; write it like 10%, up to 100%')
    return float(match[1]) / 100

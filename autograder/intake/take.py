"""All paths as entries with students' names: downloads taken apart, identities looked up, attempts sorted."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path

import msgspec

from autograder.archive import Entry, Person, find_submissions
from autograder.archive.names import lab_name
from autograder.intake.bulk import bulk_entries
from autograder.intake.platforms import without_prefix
from autograder.intake.roster import Listed, Roster
from autograder.model import Assignment
from autograder.rules import AttemptPolicy

OWN_TIME = "file"  # instead of a time: when each file was last changed


class Intake(msgspec.Struct):
    """What was found, and what a person should know of it."""

    entries: list[Entry]  # to be graded, by student and attempt
    sources: dict[str, int] = {}  # hand-ins by platform
    unmatched: list[str] = []  # hand-ins that mean nobody in the roster; graded under the platform's name
    ambiguous: list[str] = []  # hand-ins that mean several
    left_out: list[str] = []  # students with earlier attempts, which the policy leaves out; once for each
    unordered: list[str] = []  # students with several hand-ins of which none is known to be the later one
    absent: list[str] = []  # in the roster, but nothing was handed in
    listed: list[Listed] = []  # the roster


def take_in(
    paths: Sequence[Path],
    assignment: Assignment,
    *,
    roster: Roster | None = None,
    known: Mapping[tuple[str, str], str] | None = None,
    submitted_at: datetime | str | None = None,
) -> Intake:
    """Find every hand-in in `paths`, whose it is and when it was handed in; none is dropped without being listed.

    Args:
        paths: platforms' downloads, class folders, submissions.
        assignment: what they are for.
        roster: who is who.
        known: students' names by what platforms call them, from the gradebook.
        submitted_at: when all was handed in that tells no time of its own; or `OWN_TIME`.

    Raises:
        SubmissionError: a path is nothing of the kind, or two folders are one student's.
    """
    zone = assignment.due.tzinfo if assignment.due is not None else None
    found: list[Entry] = []
    plain_paths = []
    for path in paths:
        entries = bulk_entries(path, assignment, zone, alone=len(paths) == 1) if path.exists() else None
        if entries is None:
            plain_paths.append(path)
        else:
            found += entries
    if plain_paths:
        found += _repositories(find_submissions(plain_paths, assignment), assignment)
    intake = Intake([])
    for entry in found:
        source = entry.source or "files"
        intake.sources[source] = intake.sources.get(source, 0) + 1
    named = [_named(entry, roster, known or {}, intake) for entry in _distinct(found)]
    timed = [_timed(entry, submitted_at, zone) for entry in named]
    intake.entries = _by_attempt(timed, assignment.attempts, intake)
    if roster is not None:
        intake.listed = roster.listed
        handed_in = {person for entry in found_people(intake.entries) for person in entry}
        intake.absent = [entry.student for entry in roster.listed if entry.student not in handed_in]
    return intake


def found_people(entries: Sequence[Entry]) -> list[list[str]]:
    """The students of each entry: one, or a group."""
    return [[entry.student, *(person.student for person in entry.group)] for entry in entries]


def _repositories(entries: list[Entry], assignment: Assignment) -> list[Entry]:
    """Folders that all begin with the lab's name, or are clones that share a beginning, under what comes after it."""
    folders = [entry for entry in entries if entry.in_class and entry.path.is_dir()]
    if len(folders) != len(entries) or len({entry.path.parent for entry in entries}) != 1:
        return entries
    slugs = (assignment.id, lab_name(assignment), assignment.id.replace("_", "-"))
    clones = all((entry.path / ".git").exists() for entry in entries)
    bare = without_prefix([entry.student for entry in entries], slugs=slugs, is_repository=clones)
    return [
        msgspec.structs.replace(
            entry, student=bare[entry.student], source="github", identities=(("github", bare[entry.student]),)
        )
        if entry.student in bare
        else entry
        for entry in entries
    ]


def _distinct(entries: Sequence[Entry]) -> list[Entry]:
    """Two students of one name are two: the platform's number tells them apart."""
    ids: dict[str, set[tuple[tuple[str, str], ...]]] = {}
    for entry in entries:
        ids.setdefault(entry.student, set()).add(entry.identities)
    return [
        msgspec.structs.replace(entry, student=f"{entry.student} ({entry.identities[0][1]})")
        if len(ids[entry.student]) > 1 and entry.identities
        else entry
        for entry in entries
    ]


def _named(entry: Entry, roster: Roster | None, known: Mapping[tuple[str, str], str], intake: Intake) -> Entry:
    """The entry under its student's name in the roster, or in the gradebook."""
    members = roster.group(entry.student) if roster is not None else []
    if members:
        people = [Person(member.student, member.identities) for member in members]
        return msgspec.structs.replace(
            entry,
            student=people[0].student,
            identities=people[0].identities,
            group=tuple(people[1:]),
            submitted_at=entry.submitted_at or members[0].submitted_at,
        )
    me, listed = _person(Person(entry.student, entry.identities), roster, known, intake)
    group = tuple(_person(person, roster, known, intake)[0] for person in entry.group)
    submitted_at = entry.submitted_at or (listed.submitted_at if listed is not None else None)
    return msgspec.structs.replace(
        entry, student=me.student, identities=me.identities, group=group, submitted_at=submitted_at
    )


def _person(
    person: Person, roster: Roster | None, known: Mapping[tuple[str, str], str], intake: Intake
) -> tuple[Person, Listed | None]:
    if roster is not None:
        found = roster.find(person.student, person.identities)
        if len(found) == 1:
            identities = dict.fromkeys((*person.identities, *found[0].identities))
            return Person(found[0].student, tuple(identities)), found[0]
        (intake.ambiguous if found else intake.unmatched).append(person.student)
    for identity in person.identities:
        if identity in known:
            return Person(known[identity], person.identities), None
    taken = {name: scheme for (scheme, _), name in known.items()}
    if person.identities and taken.get(person.student) == person.identities[0][0]:  # somebody else of this name
        return Person(f"{person.student} ({person.identities[0][1]})", person.identities), None
    return person, None


def _timed(entry: Entry, submitted_at: datetime | str | None, zone: tzinfo | None) -> Entry:
    if entry.submitted_at is not None or submitted_at is None:
        return entry
    if isinstance(submitted_at, datetime):
        return msgspec.structs.replace(entry, submitted_at=submitted_at)
    return msgspec.structs.replace(entry, submitted_at=_changed(entry, zone))


def _changed(entry: Entry, zone: tzinfo | None) -> datetime | None:
    """When the last of an entry's files was changed, as the file system or the download has it."""
    if entry.parts and entry.path.is_file():
        return _changed_in_zip(entry, zone)
    if entry.parts:
        files = [entry.path / member for member, _ in entry.parts]
    elif entry.loose or entry.path.is_file():
        files = [*(entry.loose or [entry.path])]
    else:
        files = [file for file in entry.path.rglob("*") if file.is_file() and ".git" not in file.parts]
    times = [file.stat().st_mtime for file in files if file.is_file()]
    return datetime.fromtimestamp(max(times), UTC) if times else None


def _changed_in_zip(entry: Entry, zone: tzinfo | None) -> datetime | None:
    with zipfile.ZipFile(entry.path) as archive:
        times = [archive.getinfo(member).date_time for member, _ in entry.parts]
    try:
        return max(datetime(*time, tzinfo=zone) for time in times) if zone is not None else None
    except ValueError:
        return None


def _by_attempt(entries: Sequence[Entry], policy: AttemptPolicy, intake: Intake) -> list[Entry]:
    """Students' hand-ins, oldest first, less those that the policy leaves out."""
    by_student: dict[str, list[Entry]] = {}
    for entry in entries:
        by_student.setdefault(entry.student, []).append(entry)
    kept = []
    for student, hand_ins in sorted(by_student.items()):
        hand_ins.sort(key=_order)
        orders = [_order(entry)[:2] for entry in hand_ins]
        if len(set(orders)) < len(orders):
            intake.unordered.append(student)
        elif policy is AttemptPolicy.LATEST:
            intake.left_out += [student] * (len(hand_ins) - 1)
            hand_ins = hand_ins[-1:]
        elif policy is AttemptPolicy.FIRST:
            intake.left_out += [student] * (len(hand_ins) - 1)
            hand_ins = hand_ins[:1]
        kept += hand_ins
    return kept


def _order(entry: Entry) -> tuple[float, str, str]:
    return (entry.submitted_at.timestamp() if entry.submitted_at is not None else 0.0, entry.attempt, str(entry.path))

"""Fingerprints of Python sources by winnowing, and who shares how many of them."""

from __future__ import annotations

import io
import keyword
import tokenize
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

import msgspec

GRAM = 14  # tokens: a shared run of fewer is chance
WINDOW = 8  # grams: a shared run of GRAM + WINDOW - 1 tokens is always found
COMMON = 0.2  # share of the class: what more of them have is the task, not a copy ...
COMMON_FEWEST = 10  # ... in a class of this many or more
ALIKE = 0.35  # share of the smaller one's own fingerprints from which two are told of
FEWEST = 12  # shared fingerprints: short work is alike by chance

_SKIPPED = frozenset(
    {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENCODING,
        tokenize.ENDMARKER,
    }
)


class Source(msgspec.Struct, frozen=True):
    """One student's code as fingerprints: for each, where it begins and ends (file, first line, last line)."""

    student: str
    marks: dict[int, tuple[str, int, int]]
    files: dict[str, str]  # texts, for showing


class Match(msgspec.Struct, frozen=True):
    """Two students, and what they share."""

    first: Source
    second: Source
    shared: frozenset[int]
    share: float  # of the smaller one's own fingerprints, 0 to 1


class Group(msgspec.Struct, frozen=True):
    """Students who are linked by matches, the strongest first."""

    students: tuple[str, ...]
    matches: tuple[Match, ...]

    @property
    def share(self) -> float:
        """Of the strongest match."""
        return self.matches[0].share


def read_source(student: str, files: Mapping[str, str]) -> Source:
    """Fingerprints of a student's files; what does not tokenize counts as far as it does.

    Args:
        student: the name.
        files: texts by path.
    """
    marks: dict[int, tuple[str, int, int]] = {}
    for name, text in sorted(files.items()):
        for mark, first, last in fingerprints(text):
            marks.setdefault(mark, (name, first, last))
    return Source(student, marks, dict(files))


def fingerprints(text: str) -> list[tuple[int, int, int]]:
    """The winnowed hashes of a text, with the first and last line of what each covers."""
    found = _tokens(text)
    if len(found) < GRAM:
        return []
    kinds = [kind for kind, _ in found]
    hashes = [_hash(kinds[start : start + GRAM]) for start in range(len(kinds) - GRAM + 1)]
    chosen: dict[int, int] = {}
    last = -1
    for end in range(min(WINDOW, len(hashes)), len(hashes) + 1):
        start = max(0, end - WINDOW)
        best = min(range(start, end), key=lambda index: (hashes[index], -index))  # the rightmost of the smallest
        if best != last:
            chosen[best] = hashes[best]
            last = best
    return [(mark, found[start][1], found[start + GRAM - 1][1]) for start, mark in chosen.items()]


def compare(sources: Sequence[Source], starter: Iterable[int] = ()) -> list[Group]:
    """Groups of students who share more than the task explains, the strongest first.

    Args:
        sources: one for each student.
        starter: fingerprints of what all were given.
    """
    given = set(starter)
    counted = Counter(mark for source in sources for mark in source.marks)
    bound = max(2, COMMON * len(sources)) if len(sources) >= COMMON_FEWEST else len(sources)
    own = [
        frozenset(mark for mark in source.marks if mark not in given and counted[mark] <= bound) for source in sources
    ]
    holders: dict[int, list[int]] = {}
    for index, marks in enumerate(own):
        for mark in marks:
            holders.setdefault(mark, []).append(index)
    pairs = Counter(pair for who in holders.values() if len(who) > 1 for pair in combinations(who, 2))
    matches = []
    for (one, other), many in pairs.items():
        share = many / min(len(own[one]), len(own[other]))
        if many >= FEWEST and share >= ALIKE:
            matches.append(Match(sources[one], sources[other], own[one] & own[other], share))
    return _groups(matches)


def _groups(matches: Sequence[Match]) -> list[Group]:
    """Connected students, by union and find."""
    parent: dict[str, str] = {}

    def root(student: str) -> str:
        while parent.setdefault(student, student) != student:
            student = parent[student]
        return student

    for match in matches:
        parent[root(match.first.student)] = root(match.second.student)
    grouped: dict[str, list[Match]] = {}
    for match in sorted(matches, key=lambda entry: (-entry.share, entry.first.student, entry.second.student)):
        grouped.setdefault(root(match.first.student), []).append(match)
    groups = [
        Group(tuple(sorted({s.student for match in found for s in (match.first, match.second)})), tuple(found))
        for found in grouped.values()
    ]
    return sorted(groups, key=lambda group: (-group.share, group.students))


def _tokens(text: str) -> list[tuple[str, int]]:
    """Kinds of tokens with their lines: keywords and operators as they are, everything else as what it is."""
    found = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type in _SKIPPED:
                continue
            if token.type == tokenize.OP or (token.type == tokenize.NAME and keyword.iskeyword(token.string)):
                kind = token.string
            else:
                kind = tokenize.tok_name[token.type]
            found.append((kind, token.start[0]))
    except (tokenize.TokenError, SyntaxError, ValueError):
        pass  # what came before counts
    return found


def _hash(kinds: Sequence[str]) -> int:
    """64 bits of a run of tokens, the same in every process."""
    value = 0xCBF29CE484222325  # FNV-1a
    for kind in kinds:
        for byte in kind.encode() + b"\0":
            value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return value

"""Which known mistakes explain what a submission failed; pure functions of marks.

A mistake explains cases *by values* if it fails nothing that the submission passes, and if wherever it fails, the
submission fails at the same line of the suite with the same values, among them some that hardly come about by chance.
Where values say nothing (an exception, zeros, a condition on random draws), a mistake explains cases *by signs* if it
fails just what the submission fails in the whole question, at the same lines with the same words.

Names are given only where everything that the submission fails in a question is explained: a mistake that explains a
part of it is more often a relative of the real one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from autograder.diagnose.marks import LOOSE, TIGHT, Mark, same, same_ratios

DRAWN = 0.1  # of numbers in words that follow from random draws, relative to the largest
MANY = 3  # different signs that are enough where even these numbers differ

Marks = Mapping[str, Mark]  # by the name of a case; those that passed are not in it


def excluded(theirs: Mark | None, mistake: Mark | None) -> bool:
    """Whether one case alone rules a mistake out: it fails where the submission passes, or in another way."""
    if mistake is None:
        return False
    return theirs is None or (theirs.kind, theirs.place) != (mistake.kind, mistake.place)


def named(
    theirs: Marks,
    mistakes: Mapping[str, Marks],
    open_cases: Collection[str] = (),
    says: Callable[[str], str] = lambda name: name,
) -> dict[str, str]:
    """The mistake that explains each case, if exactly one does for every case; by the name of the case.

    Args:
        theirs: the submission's marks in one question.
        mistakes: those of the known mistakes of this question, by what they are called.
        open_cases: in which the submission showed nothing: not done yet, or stopped by a limit.
        says: what a mistake says of itself; two that say the same are one.
    """
    ways: tuple[Callable[[Marks, Marks], bool], ...] = (
        lambda mine, known: _by_values(mine, known, TIGHT),
        lambda mine, known: _by_values(mine, known, LOOSE),
        lambda mine, known: not open_cases and _by_signs(mine, known, LOOSE),
        lambda mine, known: not open_cases and _by_signs(mine, known, DRAWN, same_ratios) and _many_signs(known),
    )
    closed = {
        name: {case: mark for case, mark in marks.items() if case not in open_cases} for name, marks in mistakes.items()
    }
    explained: dict[str, str] = {}
    several: set[str] = set()
    for explains in ways:
        fitting = {name: marks for name, marks in closed.items() if marks and explains(theirs, marks)}
        for case in theirs.keys() - explained.keys() - several:
            names = [name for name, marks in fitting.items() if case in marks]
            if len({says(name) for name in names}) == 1:
                explained[case] = names[0]
            elif names:
                several.add(case)
    return explained if theirs.keys() == explained.keys() else {}


def _by_values(theirs: Marks, mistake: Marks, tolerance: float) -> bool:
    return (
        mistake.keys() <= theirs.keys()
        and sum(mark.telling for mark in mistake.values()) > 0
        and all(same(theirs[case], mark, tolerance) for case, mark in mistake.items())
    )


def _by_signs(
    theirs: Marks,
    mistake: Marks,
    tolerance: float,
    alike: Callable[[Mark, Mark], bool] = lambda _one, _other: False,
) -> bool:
    """The same words everywhere, with numbers in them up to `tolerance`; what assertions were shown is the same.

    Or it is `alike`.
    """
    return theirs.keys() == mistake.keys() and all(
        theirs[case].sign == mark.sign
        and (same(theirs[case], mark, LOOSE if mark.shown else tolerance) or alike(theirs[case], mark))
        for case, mark in mistake.items()
    )


def _many_signs(mistake: Marks) -> bool:
    return len({mark.sign for mark in mistake.values()}) >= MANY

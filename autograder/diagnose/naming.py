"""Which known mistakes explain what a submission failed; pure functions of marks.

Three ways lead to a name, the surest first:

*By values*: the mistake fails just what the submission fails in the whole question, at the same lines of the suite with
the same values, among them some that hardly come about by chance.

*By pattern*: the mistake fails just what the submission fails, at the same lines with the same words. Nothing else can
agree where values say nothing (an exception, zeros). Where they differ, since a mistake draws other random numbers in
another style, the numbers in the words must be near, nearer by far than those of any other mistake.

*In parts*: several mistakes together explain everything, each by values in all that it fails.

Names are given only where everything that the submission fails in a question is explained: a mistake that explains a
part of it is more often a relative of the real one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from autograder.diagnose.marks import LOOSE, TIGHT, Mark, distance, same

NEAR = 0.1  # of numbers in words, relative to the largest
FAR = 1 / 8  # the cases that may be farther away, for each one that is near
NEARER = 2.0  # times as far is the next mistake
MARGIN = 0.02  # and a little more
SIGNS = 2  # different ones that are enough where numbers differ

Marks = Mapping[str, Mark]  # by the name of a case; those that passed are not in it
Says = Callable[[str], str]


def excluded(theirs: Mark | None, mistake: Mark | None) -> bool:
    """Whether one case alone rules a mistake out: it fails where the submission passes, or in another way."""
    if mistake is None:
        return False
    return theirs is None or theirs.event != mistake.event


def named(
    theirs: Marks,
    mistakes: Mapping[str, Marks],
    open_cases: Collection[str] = (),
    says: Says = lambda name: name,
) -> dict[str, str]:
    """The mistake that explains each case, if exactly one does for every case; by the name of the case.

    Args:
        theirs: the submission's marks in one question.
        mistakes: those of the known mistakes of this question, by what they are called.
        open_cases: in which the submission showed nothing: not done yet, or stopped by a limit.
        says: what a mistake says of itself; two that say the same are one.
    """
    closed = {
        name: {case: mark for case, mark in marks.items() if case not in open_cases} for name, marks in mistakes.items()
    }
    closed = {name: marks for name, marks in closed.items() if marks}
    for tolerance in (TIGHT, LOOSE):
        whole = [name for name, marks in closed.items() if marks.keys() == theirs.keys()]
        fitting = [name for name in whole if _by_values(theirs, closed[name], tolerance)]
        if fitting:
            return dict.fromkeys(theirs, fitting[0]) if _one(fitting, says) else {}
    if not open_cases:
        nearest = _by_pattern(theirs, closed, says)
        if nearest:
            return dict.fromkeys(theirs, nearest)
    return _in_parts(theirs, closed, says)


def _by_values(theirs: Marks, mistake: Marks, tolerance: float) -> bool:
    return (
        mistake.keys() <= theirs.keys()
        and sum(mark.telling for mark in mistake.values()) > 0
        and all(same(theirs[case], mark, tolerance) for case, mark in mistake.items())
    )


def _by_pattern(theirs: Marks, mistakes: Mapping[str, Marks], says: Says) -> str:
    """The mistake with the same signs everywhere and the nearest numbers; empty if there is none, or no clear one."""
    apart: dict[str, list[float]] = {}
    for name, marks in mistakes.items():
        if marks.keys() == theirs.keys() and _alike(theirs, marks):
            known = [far for case, mark in marks.items() if (far := distance(theirs[case], mark)) is not None]
            apart[name] = known if len(known) * 2 > len(theirs) else [1.0]
    if not apart:
        return ""
    mean = {name: sum(known) / len(known) for name, known in apart.items()}
    best = min(mean, key=mean.__getitem__)
    rival = min((mean[name] for name in mean if says(name) != says(best)), default=1.0)
    if mean[best] == 0 and len(apart[best]) == len(theirs):
        return best if rival > 0 else ""
    near = sum(far <= NEAR for far in apart[best])
    if len(apart[best]) - near > FAR * near or rival < NEARER * mean[best] + MARGIN:
        return ""
    return best if _many_signs(theirs, mistakes[best]) else ""


def _alike(theirs: Marks, mistake: Marks) -> bool:
    """Whether all signs are the same; an exception's words are its library's, and need not be if others agree."""
    others = [case for case, mark in mistake.items() if theirs[case].sign != mark.sign]
    return not others or (
        any(mark.kind == "failed" for mark in mistake.values())
        and all(mistake[case].kind != "failed" and theirs[case].event == mistake[case].event for case in others)
    )


def _many_signs(theirs: Marks, mistake: Marks) -> bool:
    signs = {mark.sign for case, mark in mistake.items() if distance(theirs[case], mark) is not None}
    return len(signs) >= SIGNS


def _in_parts(theirs: Marks, mistakes: Mapping[str, Marks], says: Says) -> dict[str, str]:
    """The mistake of each case; where one explains all that another does and more, the other counts for nothing."""
    explained: dict[str, str] = {}
    for tolerance in (TIGHT, LOOSE):
        fitting = {name: marks for name, marks in mistakes.items() if _by_values(theirs, marks, tolerance)}
        fitting = {
            name: marks
            for name, marks in fitting.items()
            if not any(marks.keys() < other.keys() for other in fitting.values())
        }
        for case in theirs.keys() - explained.keys():
            names = [name for name, marks in fitting.items() if case in marks]
            if names and not _one(names, says):
                return {}
            if names:
                explained[case] = names[0]
    return explained if theirs.keys() == explained.keys() else {}


def _one(names: Collection[str], says: Says) -> bool:
    return len({says(name) for name in names}) == 1

"""What a case's feedback says, as plain text: control characters made visible, long texts cut."""

from __future__ import annotations

from autograder.model import CaseResult, Grade, Outcome
from autograder.report import figures
from autograder.report.safe import excerpt, number, safe, safe_block


def case_title(case: CaseResult) -> str:
    """What the case checks, on one line."""
    return safe(case.title or case.name)


def case_text(case: CaseResult) -> str:
    """Why a case did not pass, several lines; empty for one that passed. Show only what `scoring.visible` left."""
    if case.outcome is Outcome.PASSED:
        return ""
    said = case.feedback
    lines = [excerpt(text) for text in (said.message, said.detail, figures.raised(case)) if text]
    for frame in said.frames[-8:]:
        place = f"{frame.file}:{frame.line}" if frame.line else frame.file
        lines.append(f"{safe(place)}  {safe(frame.source)}".rstrip())
    if said.test and case.outcome is not Outcome.NOT_IMPLEMENTED:
        lines.append(f"{safe(said.test)}  the test")
    if said.hint:
        lines.append(f"hint: {said.hint}")
    if said.output:
        lines.append(f"printed: {excerpt(said.output, lines=10, characters=2000)}")
    return safe_block("\n".join(lines)) or figures.WORDS[case.outcome].word


def grade_text(grade: Grade) -> str:
    """What stands above the tests: the total, what is held back, notes on the submission."""
    lines = [f"{number(grade.points)} of {number(grade.max_points)} points"]
    if grade.open_points:
        held = figures.holders(grade) or "a missing result"
        lines.append(f"Up to {number(grade.open_points)} more are held back by {held}; they are not lost.")
    if grade.excused:
        lines = ["Excused: this assignment does not count."]
    if grade.mark is not None:
        lines.append(figures.set_by_staff(grade.mark))
    lines += [f"−{number(taken.points)}: {taken.reason}" for taken in grade.deductions]
    lines += [excerpt(note, lines=5, characters=1000) for note in grade.notes]
    return safe_block("\n".join(lines))

"""Reports for the terminal, as rich renderables; student-made text goes in as plain, safe text, never as markup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from autograder.model import Assignment, CaseResult, FeedbackLevel, Grade, Outcome, QuestionGrade
from autograder.report import figures
from autograder.report.safe import excerpt, name, number, safe, safe_block, short

__all__ = ["render_student", "render_summary", "safe"]

_STYLES = {"nobody": "dim", "student": "red", "staff": "bold yellow", "rerun": "yellow"}
_NAME_WIDTH = 24
_OUTCOME_WIDTH = 17  # two spaces, a symbol, the longest word
_REMARKS_WIDTH = 24  # where there is less room for remarks, questions get no columns of their own


def render_student(assignment: Assignment, grade: Grade, level: FeedbackLevel) -> RenderableType:
    """One student's grade: the total, each question with its cases, and what to do next."""
    shown = figures.visible_grade(grade, level)
    parts: list[RenderableType] = [
        Text.assemble((safe(assignment.title), "bold"), "  ", name(grade.student)),
        _total(shown),
        *(Text(f"note: {safe_block(excerpt(note, lines=5, characters=1000))}") for note in grade.notes),
    ]
    parts += [Text(f"−{number(taken.points)}: {safe_block(taken.reason)}", "yellow") for taken in grade.deductions]
    for entry in shown.questions:
        parts += ["", _heading(entry), *_by_hand(entry), *(part for case in entry.cases for part in _case(case))]
    following = figures.next_case(shown)
    if following is not None:
        parts += ["", Text.assemble(("next: ", "bold"), f"{safe(following.question)} {_title(following)}")]
        if following.feedback.misconception:
            parts.append(Text(safe_block(figures.diagnosis(following)), "italic"))
        if following.feedback.hint:
            parts.append(Text(f"hint: {safe_block(following.feedback.hint)}", "italic"))
    return Group(*parts)


def render_summary(grades: Sequence[Grade]) -> RenderableType:
    """A table of students with points and remarks, and the points of each question where there is room."""
    return _Summary(sorted(grades, key=lambda grade: (grade.student.casefold(), grade.student)))


class _Summary:
    """Fits the width of the console it is printed on."""

    def __init__(self, grades: Sequence[Grade]) -> None:
        self._grades = grades

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        wide = self._table(with_questions=True)
        needed = console.measure(wide, options=options.update(max_width=10_000)).minimum
        yield wide if needed <= options.max_width else self._table(with_questions=False)

    def _table(self, *, with_questions: bool) -> Table:
        names = [name(grade.student, _NAME_WIDTH) for grade in self._grades]
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        table.add_column("student", no_wrap=True)
        table.add_column("points", justify="right", no_wrap=True)
        questions = [entry.question.id for entry in self._grades[0].questions] if self._grades else []
        for question in questions if with_questions else ():
            table.add_column(safe(question), justify="right", no_wrap=True)
        table.add_column("remarks", min_width=_REMARKS_WIDTH)
        for shown, grade in zip(names, self._grades, strict=True):
            entries = {entry.question.id: entry for entry in grade.questions}
            cells = [_cell(entries.get(question)) for question in questions] if with_questions else []
            remarks = _remarks(grade, with_questions=with_questions)
            table.add_row(Text(shown), f"{number(grade.points)}/{number(grade.max_points)}", *cells, remarks)
        return table


def _cell(entry: QuestionGrade | None) -> Text:
    if entry is None:
        return Text("–", "dim")
    if entry.open_points:
        return Text(f"{number(entry.points)}+?", "yellow")
    return Text(number(entry.points), "" if entry.points else "dim")


def _remarks(grade: Grade, *, with_questions: bool) -> Text:
    """What stands out; with the questions that lost points, if these have no columns."""
    said = [safe(excerpt(remark, characters=200)) for remark in figures.remarks(grade)]
    if not with_questions and grade.points:
        lost = figures.lost_questions(grade)
        below = (
            f"{safe(entry.question.id)} {number(entry.points)}/{number(entry.question.points)}"
            for entry in grade.questions
            if entry.points + entry.open_points < entry.question.points
            and not entry.question.bonus
            and entry.question.id not in lost
        )
        said.append(", ".join(below))
    return Text("; ".join(filter(None, said)), "yellow" if grade.open_points or not grade.settled else "")


def _total(grade: Grade) -> Text:
    total = Text(f"{number(grade.points)} of {number(grade.max_points)} points")
    if grade.excused:
        return Text("excused: this assignment does not count")
    if grade.mark is not None:
        total.append(f"; {safe_block(figures.set_by_staff(grade.mark))}")
    holders = figures.holders(grade)
    if grade.open_points or holders:
        total.append(
            f"; up to {number(grade.open_points)} more are held back by {holders or 'a missing result'}", "yellow"
        )
    return total


def _heading(entry: QuestionGrade) -> Text:
    question = f"{safe(entry.question.id)} {safe(entry.question.title)}{' (bonus)' if entry.question.bonus else ''}"
    held = f" ({number(entry.open_points)} held back)" if entry.open_points else ""
    return Text.assemble((question, "bold"), f"  {number(entry.points)}/{number(entry.question.points)}{held}")


def _by_hand(entry: QuestionGrade) -> Iterator[Text]:
    """What a person said, where a person's word counts."""
    if said := figures.by_hand(entry):
        yield Text(f"  {safe_block(said)}", "italic")


def _case(case: CaseResult) -> Iterator[RenderableType]:
    word = figures.WORDS[case.outcome]
    is_passed = case.outcome is Outcome.PASSED
    style = "green" if is_passed else _STYLES[case.outcome.acts]
    row = Table.grid(padding=(0, 1, 0, 0))
    row.add_column(no_wrap=True, width=_OUTCOME_WIDTH)
    row.add_column()
    row.add_row(Text(f"  {word.symbol} {word.word}", style), Text(_title(case)))
    yield row
    lines = [] if is_passed else list(_feedback(case))
    if case.speed is not None:
        lines.insert(0, Text(safe(figures.measured(case))))
    if lines:
        yield Padding(Group(*lines), (0, 0, 0, _OUTCOME_WIDTH + 1), expand=False)


def _feedback(case: CaseResult) -> Iterator[Text]:
    said = case.feedback
    if said.message:
        yield Text(safe_block(excerpt(said.message, lines=10, characters=2000)), "bold")
    for text in (said.detail, figures.raised(case)):
        if text:
            yield Text(safe_block(excerpt(text)))
    for frame in said.frames[-8:]:
        place = f"{frame.file}:{frame.line}" if frame.line else frame.file
        yield Text(f"{safe(place)}  {safe(short(frame.source, 200))}", "dim")
    if said.test and case.outcome is not Outcome.NOT_IMPLEMENTED:
        yield Text(f"{safe(said.test)}  the test", "dim")
    if said.misconception:
        yield Text(safe_block(figures.diagnosis(case)), "italic")
    if said.hint:
        yield Text(f"hint: {safe_block(said.hint)}", "italic")
    if said.output:
        yield Text(f"printed: {safe_block(excerpt(said.output, lines=10, characters=2000))}", "dim")


def _title(case: CaseResult) -> str:
    return safe(case.title or case.name)

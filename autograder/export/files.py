"""Grades as CSV for spreadsheets, as JSON, and as JUnit XML for continuous integration."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC
from typing import Any
from xml.etree import ElementTree

from autograder.export.wording import case_text
from autograder.model import Assignment, FeedbackLevel, Outcome
from autograder.report.figures import WORDS, holders, visible_grade
from autograder.report.safe import number, safe
from autograder.scoring import case_points
from autograder.sheet import inert
from autograder.standing import Standing


def as_csv(assignment: Assignment, found: Sequence[Standing]) -> bytes:
    """One row for each student: the total, what is open, what was taken off, each question."""
    ids = [question.id for question in assignment.questions]
    header = ["student", "points", "max_points", "open_points", "deducted", "excused", "submitted_at", *ids, "remarks"]
    rows = [header]
    for entry in found:
        grade = entry.grade
        points = {one.question.id: one for one in grade.questions}
        cells = [
            safe(grade.student),
            number(grade.points),
            number(grade.max_points),
            number(grade.open_points),
            number(sum(taken.points for taken in grade.deductions)),
            "yes" if grade.excused else "",
            entry.submitted_at.astimezone(UTC).isoformat(timespec="seconds") if entry.submitted_at else "",
            *(number(points[name].points) if name in points and not points[name].open_points else "" for name in ids),
            "; ".join([*(taken.reason for taken in grade.deductions), holders(grade)]).strip("; "),
        ]
        rows.append([inert(cell) for cell in cells])
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8-sig")  # with the mark, Excel reads it as UTF-8


def as_json(assignment: Assignment, found: Sequence[Standing]) -> bytes:
    """Everything but the feedback: for programs of one's own. Names are as they are, escaped to ASCII."""
    content = {
        "assignment": assignment.id,
        "title": assignment.title,
        "max_points": assignment.max_points,
        "grades": [_grade(entry) for entry in found],
    }
    return (json.dumps(content, indent=1, allow_nan=False) + "\n").encode()


def _grade(entry: Standing) -> dict[str, Any]:
    grade = entry.grade
    return {
        "student": grade.student,
        "points": grade.points,
        "open_points": grade.open_points,
        "max_points": grade.max_points,
        "excused": grade.excused,
        "submitted_at": entry.submitted_at.isoformat() if entry.submitted_at else None,
        "submission": entry.recorded.submission_digest if entry.recorded else None,
        "suite": entry.recorded.suite_digest if entry.recorded else None,
        "deductions": [{"points": taken.points, "reason": taken.reason} for taken in grade.deductions],
        "questions": [
            {
                "id": one.question.id,
                "points": one.points,
                "open_points": one.open_points,
                "max_points": one.question.points,
                "by_hand": one.by_hand,
                "cases": [
                    {"name": case.name, "outcome": case.outcome.value, "points": points, "max_points": most}
                    for case, points, most in case_points(one)
                ],
            }
            for one in grade.questions
        ],
    }


def as_junit(assignment: Assignment, found: Sequence[Standing], level: FeedbackLevel) -> bytes:
    """A suite for each student, a case for each test; the points are properties.

    What the student must mend is a `failure`, what the grader must is an `error`, what waits or was skipped `skipped`.
    """
    root = ElementTree.Element("testsuites", name=safe(assignment.title))
    for entry in found:
        grade = visible_grade(entry.grade, level)
        cases = [case for one in grade.questions for case in one.cases]
        suite = ElementTree.SubElement(root, "testsuite", name=_xml(grade.student), tests=str(len(cases)))
        properties = ElementTree.SubElement(suite, "properties")
        for name, value in (("points", grade.points), ("max_points", grade.max_points), ("open", grade.open_points)):
            ElementTree.SubElement(properties, "property", name=name, value=number(value))
        counted = {"failure": 0, "error": 0, "skipped": 0}
        for case in cases:
            node = ElementTree.SubElement(
                suite,
                "testcase",
                classname=_xml(f"{assignment.id}.{case.question}"),
                name=_xml(case.name),
                time=f"{case.seconds:.3f}",
            )
            kind = _kind(case.outcome)
            if kind:
                counted[kind] += 1
                message = _xml(case.feedback.message or WORDS[case.outcome].word)
                ElementTree.SubElement(node, kind, message=message).text = _xml(case_text(case))
        for kind, many in counted.items():
            suite.set({"failure": "failures", "error": "errors", "skipped": "skipped"}[kind], str(many))
    ElementTree.indent(root)
    content: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


def _kind(outcome: Outcome) -> str:
    if outcome is Outcome.PASSED:
        return ""
    if outcome is Outcome.SKIPPED or outcome.acts == "rerun":
        return "skipped"
    return "error" if outcome is Outcome.GRADER_ERROR else "failure"


def _xml(text: str) -> str:
    """Without the characters that XML 1.0 forbids; the safe texts hold no others."""
    shown = "\n".join(safe(line) for line in text.split("\n"))
    return "".join(c if c in "\n\t" or 0x20 <= ord(c) < 0xFFFE or ord(c) > 0xFFFF else "?" for c in shown)

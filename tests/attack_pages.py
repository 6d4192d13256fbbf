"""Whether the pages and the terminal's text of hostile submissions are inert."""

from __future__ import annotations

import io
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path

from rich.console import Console

from autograder import report
from autograder.model import Assignment, FeedbackLevel, Grade
from autograder.report.html import script_hash
from autograder.report.text import render_student

_LIVE = frozenset(
    ["script", "img", "iframe", "object", "embed", "form", "input", "button", "base", "video", "audio", "link"]
)
_ALLOWED = frozenset(["\n"])
_OWN_SCRIPT = script_hash((Path(report.__file__).parent / "templates" / "class.js").read_text())


class _Live(HTMLParser):
    """Looks for whatever a browser would run, fetch or follow."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.text_seen = 0
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag
        if (tag == "script" and not attrs) or (
            tag == "input" and attrs == [("type", "search")]
        ):  # a script is judged by its text
            return
        if tag in _LIVE or "injected" in tag:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith("on") or (name in ("href", "src", "action") and ":" in (value or "")):
                self.found.append(f"{name}={value!r}")
            if "onerror" in (value or "") or "alert(" in (value or ""):
                self.found.append(f"{name}={value!r}")

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        self.text_seen += data.count("INJECTED")
        if self._inside == "script" and script_hash(data) != _OWN_SCRIPT:
            self.found.append("<script>")
        if self._inside == "style" and "INJECTED" in data:
            self.found.append("text in a style sheet")


def page_problems(folder: Path) -> list[str]:
    """What is live in the pages below a folder; also if no page shows that there was something to make inert."""
    found, seen = [], 0
    for page in folder.rglob("*.html"):
        parser = _Live()
        content = page.read_bytes()
        parser.feed(content.decode("utf-8"))  # it must be UTF-8
        parser.close()
        found += [f"{page.name}: {what}" for what in parser.found]
        seen += parser.text_seen
        if any(byte < 32 and byte not in b"\n\t" for byte in content):
            found.append(f"{page.name}: control characters")
    return found


def terminal_problems(printed: str, assignment: Assignment, grades: Sequence[Grade]) -> list[str]:
    """Control characters in what was printed, or in the reports as they are printed for staff."""
    found = ["control characters were printed"] if not _inert(printed) else []
    for grade in grades:
        stream = io.StringIO()
        Console(file=stream, width=100, highlight=False).print(render_student(assignment, grade, FeedbackLevel.FULL))
        if not _inert(stream.getvalue()):
            found.append(f"{grade.student}: control characters in the report")
    return found


def _inert(text: str) -> bool:
    return all(letter.isprintable() or letter in _ALLOWED or ord(letter) in (0x200C, 0x200D) for letter in text)

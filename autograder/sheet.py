"""CSV files as platforms write and read them: their encoding, separator and line ends are kept."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import msgspec

from autograder.errors import AutograderError

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # the wide ones count in Excel, too


class Sheet(msgspec.Struct):
    """A table and how it was written."""

    rows: list[list[str]]  # the header first
    encoding: str = "utf-8"
    bom: bool = False
    delimiter: str = ","
    newline: str = "\r\n"

    @property
    def columns(self) -> list[str]:
        """The header's names, folded for comparing."""
        return [name.strip().casefold() for name in self.rows[0]]

    def dump(self, rows: Sequence[Sequence[str]]) -> bytes:
        """Other rows, written as this sheet is."""
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=self.delimiter, lineterminator=self.newline).writerows(rows)
        if self.encoding == "utf-16":
            return text.getvalue().encode("utf-16")  # writes its own mark
        return (b"\xef\xbb\xbf" if self.bom else b"") + text.getvalue().encode(self.encoding)


def read_sheet(path: Path) -> Sheet:
    """A CSV file that a platform exported; rows without any text are left out.

    Raises:
        AutograderError: it cannot be read.
    """
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise AutograderError(f"{path}: cannot be read: {problem.strerror}") from None
    is_wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        text = content.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError:
        raise AutograderError(f"{path}: is not a text file in UTF-8 or UTF-16; export it as CSV") from None
    first = text.partition("\n")[0]
    delimiter = max((",", ";", "\t"), key=first.count)
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if any(row)]
    except csv.Error as problem:
        raise AutograderError(f"{path}: is not a CSV file: {problem}") from None
    return Sheet(
        rows,
        encoding="utf-16" if is_wide else "utf-8",
        bom=content.startswith(b"\xef\xbb\xbf"),
        delimiter=delimiter,
        newline="\r\n" if "\r\n" in text else "\n",
    )


def inert(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: one that begins like it gets an apostrophe in front."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) or text.startswith(_FORMULA) else text

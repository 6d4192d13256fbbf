"""Text of students' making, made fit to be shown: nothing in it moves the cursor, reorders a line or breaks an encoder.

HTML is not the concern of this module: templates escape everything they print.
"""

from __future__ import annotations

import unicodedata

LINE_LENGTH = 300  # characters of a title, a file name and the like that are shown
MAX_LINES = 200  # of any text, wherever it is shown; most places cut earlier
MAX_CHARACTERS = 10_000
NAME_LENGTH = 48  # characters of a name that are shown
MAX_MARKS = 4  # accents on one letter; more of them would climb over the lines above

_JOINERS = {0x200C, 0x200D}  # needed to write Persian, Hindi and emoji; they move nothing


class _Visible(dict[int, str]):
    """A table for `str.translate`, filled as characters are met."""

    def __missing__(self, code: int) -> str:
        self[code] = shown = _visible(code)
        return shown


def _visible(code: int) -> str:
    if code < 0x20:
        return chr(0x2400 + code)  # the control pictures: NUL is shown as its three letters
    if code == 0x7F:
        return "\u2421"
    category = unicodedata.category(chr(code))
    if category in ("Cc", "Cf", "Cs", "Zl", "Zp") and code not in _JOINERS:
        return f"\\u{code:04x}"  # bidi overrides, zero width, halves of surrogate pairs, odd line ends
    return chr(code)


_BLOCK = _Visible({ord("\n"): "\n", ord("\t"): "    "})
_LINE = _Visible({ord("\n"): "\u240a", ord("\t"): " "})


def safe(text: str) -> str:
    """One line of at most `LINE_LENGTH` characters, with every control character visible."""
    return _without_towers(short(text, LINE_LENGTH).translate(_LINE))


def safe_block(text: str) -> str:
    """Several lines, ended by line feeds alone, with every other control character visible; long texts are cut."""
    cut = excerpt(text.replace("\r\n", "\n"), lines=MAX_LINES, characters=MAX_CHARACTERS)
    return _without_towers(cut.translate(_BLOCK))


def short(text: str, length: int = NAME_LENGTH) -> str:
    """The beginning of a text that is longer than `length` characters."""
    return text if len(text) <= length else text[: length - 1] + "…"


def name(student: str, length: int = NAME_LENGTH) -> str:
    """A student's name on one line, short enough for a table; never empty."""
    return short(safe(student[: 2 * length]).strip(), length) or "(no name)"


def excerpt(text: str, *, lines: int = 40, characters: int = 4000) -> str:
    """The beginning and the end of a long text, and how much lies between."""
    if len(text) > characters:
        half = characters // 2
        text = f"{text[:half]}\n[{len(text) - 2 * half:,} characters left out]\n{text[-half:]}"
    rows = text.split("\n")
    if len(rows) > lines:
        half = lines // 2
        rows = [*rows[:half], f"[{len(rows) - 2 * half:,} lines left out]", *rows[-half:]]
    return "\n".join(rows)


def number(value: float) -> str:
    """With up to two decimals and no trailing zeros: 7.5, 10, 3.33."""
    shown = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if shown == "-0" else shown


def _without_towers(text: str) -> str:
    """At most `MAX_MARKS` combining marks on a letter."""
    if text.isascii():
        return text
    kept, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= MAX_MARKS:
            kept.append(character)
    return "".join(kept)

"""How much one submission may hold; what breaks a limit is a SubmissionError of one line for the student."""

from __future__ import annotations

from autograder.errors import SubmissionError
from autograder.notebook import plain_text

MAX_ENTRIES = 2_000
MAX_DEPTH = 32  # folders within folders; hundreds make whoever copies them run out of stack
MAX_LEFT_OUT = 50_000  # entries that are left out anyway, as those of a .git folder
MAX_TOTAL_BYTES = 64 << 20
MAX_FILE_BYTES = 16 << 20
MAX_RATIO = 200  # bytes read for each byte of the archive ...
RATIO_FREE_BYTES = 1 << 20  # ... beyond the first mebibyte, which is no bomb whatever its ratio
MAX_CENTRAL_BYTES = 4 << 20  # of a zip's table of contents, which `zipfile` reads at once


def check_entries(kept: int, left_out: int) -> None:
    """Refuse too many entries; `left_out` are those that do not count as the student's."""
    if kept > MAX_ENTRIES or left_out > MAX_LEFT_OUT:
        raise _too_many()


def check_depth(path: str) -> None:
    """Refuse folders within folders without end."""
    if path.count("/") > MAX_DEPTH:
        raise SubmissionError(f"it holds folders that lie more than {MAX_DEPTH} deep; hand in your own files only")


def check_table(size_bytes: int) -> None:
    """Refuse a zip whose table of contents is huge."""
    if size_bytes > MAX_CENTRAL_BYTES:
        raise _too_many()


def check_file(path: str, size_bytes: int) -> None:
    """Refuse one large file."""
    if size_bytes > MAX_FILE_BYTES:
        raise SubmissionError(f"{plain_text(path)} is larger than {MAX_FILE_BYTES >> 20} MiB; leave it out")


def check_total(size_bytes: int) -> None:
    """Refuse a large submission."""
    if size_bytes > MAX_TOTAL_BYTES:
        raise SubmissionError(f"it holds more than {MAX_TOTAL_BYTES >> 20} MiB; hand in your own files only")


def check_ratio(unpacked_bytes: int, archive_bytes: int) -> None:
    """Refuse a bomb."""
    if unpacked_bytes > RATIO_FREE_BYTES and unpacked_bytes > MAX_RATIO * archive_bytes:
        raise SubmissionError(f"the archive unpacks to more than {MAX_RATIO} times its size; make an ordinary .zip")


def _too_many() -> SubmissionError:
    return SubmissionError(f"it holds more than {MAX_ENTRIES:,} files; hand in your own files only")

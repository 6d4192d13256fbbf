"""Signs before questions and tests, and text that hangs behind them."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from autograder.workspace.state import State

SIGNS = {
    State.PASSED: ("✓", "green"),
    State.FAILED: ("✗", "red"),
    State.NOT_STARTED: ("○", "dim"),
    State.BLOCKED: ("✗", "red"),
    State.UNTESTED: ("–", "dim"),
}


def marked(sign: str, text: Text, style: str) -> Table:
    """Text that hangs behind a sign."""
    row = Table.grid(padding=(0, 1, 0, 0))
    row.add_column(no_wrap=True)
    row.add_column()
    row.add_row(Text(sign, style), text)
    return row


def duration(seconds: float) -> str:
    """Seconds as a person says it."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"

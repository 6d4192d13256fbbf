"""The layers of isolation, one module each. Each promises one thing and knows nothing of the others.

What is missing is said by every grading run and recorded with every grade: until then, grade only code that you
would run on this machine yourself.
"""

from __future__ import annotations

import os

import msgspec

LAYERS = {
    "split": "student code shares no process with a suite, a reference or a clock",
    "rlimits": "one process stays within its memory, open files and file size",
    "watchdog": "all its processes together stay within memory and number; none is left behind",
    "user id": "student code is neither root nor the grader's user",
    "namespaces": "student code sees no other process, no network and no shared memory",
    "file system": "a fresh read-only root with only the listed paths, and sized temporary folders",
    "Landlock": "no file outside the listed paths, whatever the root shows",
    "seccomp": "no system call outside the list",
}
HELD = ("split", "rlimits", "watchdog")
MISSING = tuple(layer for layer in LAYERS if layer not in HELD)


class Isolation(msgspec.Struct, frozen=True):
    """How the worker was walled in; recorded with every grade."""

    grade: str  # "limits": separate processes and limits, no sandbox
    held: tuple[str, ...]
    missing: tuple[str, ...]
    as_root: bool = False

    @property
    def warning(self) -> str:
        """One line for whoever starts a grading run; empty when nothing is missing."""
        if not self.missing:
            return ""
        who = "as root" if self.as_root else "as your user"
        return (
            f"student code runs {who}, in processes of its own with limits, but without a sandbox "
            f"(missing: {', '.join(self.missing)}); grade only code that you would run yourself"
        )


def isolation() -> Isolation:
    """What this host and this version give."""
    return Isolation("limits", HELD, MISSING, as_root=os.geteuid() == 0)

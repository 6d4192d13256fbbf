"""The layers of isolation, one module each. Each promises one thing and knows nothing of the others.

| layer | promise | |
|---|---|---|
| split | student code shares no process with a suite, a reference or a clock | `worker`, `remote` |
| rlimits | one process cannot take more memory, open files or file size than its limits | `rlimits` |
| watchdog | all its processes together stay within memory and number, none outlives it | `watchdog` |
| user id | the worker is not root and not the grader's user | missing |
| namespaces | the worker sees no other process, no network, no host name, no System V memory | missing |
| file system | a fresh read-only root with only the listed paths, sized temporary folders | missing |
| Landlock | no file outside the listed paths, whatever the root shows | missing |
| seccomp | no system call outside the list | missing |

What is missing is said by every grading run and recorded with every grade: until then, grade only code that you
would run on this machine yourself.
"""

from __future__ import annotations

import os

import msgspec

HELD = ("split", "rlimits", "watchdog")
MISSING = ("user id", "namespaces", "file system", "Landlock", "seccomp")


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
            f"student code runs {who}, in processes of its own with limits ({', '.join(self.held)}), "
            f"but without a sandbox: {', '.join(self.missing)} are not built yet"
        )


def isolation() -> Isolation:
    """What this host and this version give."""
    return Isolation("limits", HELD, MISSING, as_root=os.geteuid() == 0)

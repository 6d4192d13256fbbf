"""Grades deep-learning labs: the suite on one side of a wire, the student's code on the other.

Start reading at `autograder/grading.py`; the modules and their layers are listed in CONTRIBUTING.md. In a notebook,
`autograder.check("1.6")` runs a question's public tests on the cells as they were run.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograder.live import LiveCheck

__version__ = "0.1.0"


def check(*questions: str) -> LiveCheck | None:
    """Run the public tests of some questions, all if none are named; see `autograder.live.check`.

    Where student code is graded or checked this does nothing: a notebook's own calls are not run again there.
    """
    if "autograder.worker.session" in sys.modules:
        return None
    from autograder.live import check as check_live

    return check_live(*questions)

"""Verbs that agree with what a test names, so that messages are sentences."""

from __future__ import annotations

import re

_AFTER_NOUN = re.compile(
    r",| (?:after|afterwards|at|before|beside|by|for|from|in|made|of|on|that|twice|under|when|where|with|without)\b"
)


def is_or_are(what: str) -> str:
    """The verb for what is said to be something."""
    return "are" if _are_many(what) else "is"


def has_or_have(what: str) -> str:
    """The verb for what is said to have something."""
    return "have" if _are_many(what) else "has"


def _are_many(what: str) -> bool:
    """Whether a description in words is plural, as "the pictures after a call"; a variable's name is not."""
    words = _AFTER_NOUN.split(what, maxsplit=1)[0].split()
    return len(words) > 1 and words[-1].endswith("s") and not words[-1].endswith(("ss", "us", "is"))

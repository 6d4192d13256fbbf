"""Torch operations that a question does without: each call to one by the student's code raises.

Looked for where torch sends every operation, not under the names that lead there: at the dispatcher (`convolution`,
whether by `F.conv2d`, `nn.Conv2d` or `torch.ops.aten`), and at the level of torch's functions, since some of those are
only taken apart before the dispatcher sees them (`lstm`). Imported only where torch is in use.
"""

from __future__ import annotations

import contextlib
import fnmatch
import functools
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

AUTOGRAD = "autograd"  # stands for every way to let torch find derivatives
_DERIVATIVES = frozenset(["backward", "grad", "make_dual"])


class ForbiddenOperation(RuntimeError):
    """The question is to be done without this operation."""


@contextlib.contextmanager
def without(patterns: Sequence[str], is_student: Callable[[str], bool | None]) -> Iterator[None]:
    """Refuse operations while the block runs.

    Args:
        patterns: of names as `fnmatch` has them, e.g. "*conv*"; the word `autograd`.
        is_student: whether a file is the student's (True), the lab's probes (False) or neither (None). Of the frames
            that are one of the two, the innermost is whose operation it is: what probes do is allowed.

    Raises:
        ForbiddenOperation: in the student's code.
    """

    @functools.cache
    def forbidden(name: str) -> bool:
        plain = name.lstrip("_")
        return any(fnmatch.fnmatchcase(plain, pattern) for pattern in patterns) or (
            AUTOGRAD in patterns and plain in _DERIVATIVES
        )

    def look(name: str) -> None:
        if forbidden(name) and _caller(is_student):
            shown = AUTOGRAD if AUTOGRAD in patterns and name.lstrip("_") in _DERIVATIVES else name.lstrip("_")
            raise ForbiddenOperation(f"`{shown}` is not allowed in this question")

    with _Dispatched(look), _Called(look):
        yield


def _caller(is_student: Callable[[str], bool | None]) -> bool:
    """Whether the innermost frame that is the student's or the probes' is the student's."""
    frame = sys._getframe(1)
    while frame is not None:
        answer = is_student(frame.f_code.co_filename)
        if answer is not None:
            return answer
        frame = frame.f_back  # type: ignore[assignment]
    return False


class _Dispatched(TorchDispatchMode):  # type: ignore[misc]
    """Sees every operation, as the dispatcher calls it."""

    def __init__(self, look: Callable[[str], None]) -> None:
        super().__init__()
        self._look = look

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        del types
        self._look(func._schema.name.partition("::")[2])
        return func(*args, **(kwargs or {}))


class _Called(TorchFunctionMode):  # type: ignore[misc]
    """Sees every function of torch's, as Python calls it."""

    def __init__(self, look: Callable[[str], None]) -> None:
        super().__init__()
        self._look = look

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        del types
        self._look(str(getattr(func, "__name__", "")))
        return func(*args, **(kwargs or {}))

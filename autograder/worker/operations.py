"""Torch operations that a question does without: each call to one by the student's code raises.

Looked for where torch sends every operation, not under the names that lead there: at the dispatcher (`convolution`,
whether by `F.conv2d`, `nn.Conv2d` or `torch.ops.aten`), and at the level of torch's functions, since some of those are
only taken apart before the dispatcher sees them (`lstm`). Imported only where torch is in use.
"""

from __future__ import annotations

import _thread
import contextlib
import fnmatch
import functools
import sys
import threading
import types
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from unittest.mock import patch

import torch
from torch.autograd import Variable
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

AUTOGRAD = "autograd"  # stands for every way to let torch find derivatives
_DERIVATIVES = frozenset(["backward", "grad", "make_dual"])
_THREAD_STARTERS = (
    (_thread, "start_new_thread"),
    (_thread, "start_joinable_thread"),  # since Python 3.13
    (threading, "_start_new_thread"),
    (threading, "_start_joinable_thread"),
)


class ForbiddenOperation(RuntimeError):
    """The question is to be done without this operation."""


class Rules:
    """What one question does without.

    Args:
        patterns: of names as `fnmatch` has them, e.g. "*conv*"; the word `autograd`.
        is_student: whether code is the student's (True), the lab's probes' (False) or neither (None). Of the frames
            that are one of the two, the innermost is whose operation it is: what probes do is allowed. Where there is
            none, a name of the student's is one of torch's functions itself (`conv2d = torch.conv2d`).
    """

    def __init__(self, patterns: Sequence[str], is_student: Callable[[types.CodeType], bool | None]) -> None:
        self._patterns = patterns
        self._is_student = is_student
        self._forbidden = functools.cache(self._is_forbidden)
        self._importing = False
        self._held = 0
        self._thread = threading.get_ident()  # where tests call; in process, the suite itself uses autograd there too

    @contextlib.contextmanager
    def hold(self) -> Iterator[None]:
        """Refuse operations in this thread while the block runs.

        Raises:
            ForbiddenOperation: in the student's code.
        """
        self._held += 1
        try:
            with _Dispatched(self._look), _Called(self._look):
                yield
        finally:
            self._held -= 1

    @contextlib.contextmanager
    def importing(self) -> Iterator[None]:
        """The student's code is imported while the block runs: what it does in this thread answers no test."""
        self._importing = True
        try:
            yield
        finally:
            self._importing = False

    @contextlib.contextmanager
    def around(self) -> Iterator[None]:
        """Close the ways around `hold` while the block runs: other threads, TorchScript, autograd's engine.

        `hold` is for what a test calls; this is for the time from before the student's code is imported.
        """
        with contextlib.ExitStack() as stack:
            for module, name in _THREAD_STARTERS:
                if hasattr(module, name):
                    stack.enter_context(patch.object(module, name, self._starter(getattr(module, name))))
            for name, depth in (("script", {"_frames_up": 1}), ("CompilationUnit", {"_frames_up": 1}), ("trace", {})):
                stack.enter_context(patch.object(torch.jit, name, self._compiler(getattr(torch.jit, name), depth)))
            if AUTOGRAD in self._patterns:
                engine = _Engine(Variable._execution_engine, self._look_at_engine)
                stack.enter_context(patch.object(Variable, "_execution_engine", engine))
            yield

    def _is_forbidden(self, name: str) -> bool:
        plain = name.lstrip("_")
        return any(fnmatch.fnmatchcase(plain, pattern) for pattern in self._patterns) or (
            AUTOGRAD in self._patterns and plain in _DERIVATIVES
        )

    def _look(self, name: str, otherwise: bool = True) -> None:
        if self._forbidden(name) and self._caller(otherwise):
            plain = name.lstrip("_").partition(".")[0]
            shown = AUTOGRAD if AUTOGRAD in self._patterns and plain in _DERIVATIVES else plain
            raise ForbiddenOperation(f"`{shown}` is not allowed in this question")

    def _look_at_engine(self) -> None:
        if not self._importing:
            self._look("backward", otherwise=self._held > 0 or threading.get_ident() != self._thread)

    def _caller(self, otherwise: bool) -> bool:
        """Whether the innermost frame that is the student's or the probes' is the student's."""
        frame: types.FrameType | None = sys._getframe(1)
        while frame is not None:
            answer = self._is_student(frame.f_code)
            if answer is not None:
                return answer
            frame = frame.f_back
        return otherwise

    def _starter(self, start: Callable[..., Any]) -> Callable[..., Any]:
        """`start`, of a thread in which the same is refused; it belongs to whoever starts it."""

        def start_with_rules(function: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
            look = functools.partial(self._look, otherwise=self._caller(otherwise=False))

            def run(*arguments: Any, **keywords: Any) -> Any:
                with _Dispatched(look), _Called(look):
                    return function(*arguments, **keywords)

            return start(run, *arguments, **keywords)

        return start_with_rules

    def _compiler(self, compiler: Callable[..., Any], depth: dict[str, int]) -> Callable[..., Any]:
        """`compiler`, for torch's own use; what students give it stays plain, so that its every operation is seen.

        `depth` tells it that there is a frame more between it and whoever called it, where it looks names up.
        """

        def seen_through(what: Any, *arguments: Any, **keywords: Any) -> Any:
            if not self._is_student(sys._getframe(1).f_code):
                return compiler(what, *arguments, **depth, **keywords)
            if callable(what):
                return what
            raise ForbiddenOperation(f"`{compiler.__name__}` is not allowed in this question")

        return seen_through


class _Engine:
    """Autograd's engine, which Python code asks for backward passes, whatever it is called through."""

    def __init__(self, engine: Any, look: Callable[[], None]) -> None:
        self._engine = engine
        self._look = look

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def run_backward(self, *arguments: Any, **keywords: Any) -> Any:
        """A backward pass."""
        self._look()
        return self._engine.run_backward(*arguments, **keywords)


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

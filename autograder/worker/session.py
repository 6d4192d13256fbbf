"""The untrusted end of the wire: a table of the student's objects, and the operations on them.

The same code serves a worker process and a self-check in process, so that what a suite sees does not depend on
which of the two it is.
"""

from __future__ import annotations

import builtins
import contextlib
import copy
import functools
import operator
import random
import sys
import types
import warnings
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import numpy as np

from autograder.model import Cell
from autograder.wire import Message, Packer, ProtocolError, Regions, Unpacker
from autograder.worker import values
from autograder.worker.loader import Loader
from autograder.worker.probes import load_probes
from autograder.worker.report import describe_error
from autograder.worker.timed import TimedCalls

MAX_CALLBACK_DEPTH = 50
MAX_WARNINGS = 100

_CHANGING = frozenset(["call", "operate", "builtin"])  # operations that may change their arguments


class CallbackFailed(Exception):
    """A function of the suite's raised; the suite gets its own exception back."""

    token = -1


class Session(TimedCalls):
    """One worker's objects.

    Args:
        call_back: sends a callback message to the suite and returns its answer.
        shared: the descriptor of memory that the trusted side can read and write, if there is any.
        device: where tensors among the arguments of calls are put; nowhere else if empty.
    """

    def __init__(self, call_back: Callable[[Message], Message], shared: int | None = None, device: str = "") -> None:
        self._call_back = call_back
        self._device = device
        super().__init__(shared)
        self._objects: dict[int, Any] = {}
        self._idents: dict[int, int] = {}
        self._next = 1
        self._callback_depth = 0
        self._loader: Loader | None = None
        self._file = ""
        self._module: types.ModuleType | BaseException | None = None
        self._probes: types.ModuleType | None = None
        self._warnings: list[list[str]] = []
        self._without: list[str] = []  # torch operations that the question does without
        self._refused: Any = None  # operations.Rules, once torch is there
        self._closing = contextlib.ExitStack()
        self._probes_code: dict[int, types.CodeType] = {}  # by id, since code of the same text compares equal
        self.stage = "call"

    def handle(self, message: Message) -> Message:
        """The answer to one request: what it returned and changed, or the error it raised."""
        self.stage = "call"
        try:
            payload, descriptions, sizes = message.body
            unpacker = Unpacker((descriptions, sizes, message.buffers), self._resolve, device=self._device)
            arguments = unpacker.unpack(payload)
            before = [values.snapshot(value) for value in unpacker.containers] if message.kind in _CHANGING else []
            self._warnings.clear()
            with self._rules(message.kind):
                value = getattr(self, f"do_{message.kind}")(*arguments)
            self.stage = "answer"
            return self._answer(message.ident, value, unpacker, before)
        except BaseException as problem:  # SystemExit and KeyboardInterrupt too: they are the student's
            folder = self._loader.folder if self._loader is not None else None
            token = problem.token if issubclass(type(problem), CallbackFailed) else -1  # type: ignore[attr-defined]
            return Message(message.ident, "error", describe_error(sys.exc_info(), folder, self.stage, token))

    def record_warnings(self) -> None:
        """From now on warnings go to the suite, with the answer, instead of to standard error."""
        warnings.simplefilter("always")
        warnings.showwarning = self._record_warning  # type: ignore[assignment]

    def _record_warning(self, message: Warning | str, category: type[Warning], *_: object) -> None:
        if len(self._warnings) < MAX_WARNINGS:
            self._warnings.append([_builtin_name(category), str(message)[:2000]])

    def close(self, modules: Collection[str]) -> None:
        """Undo what loading changed in this process, in which `modules` were imported before."""
        self._closing.close()
        if self._loader is not None:
            self._loader.close(modules)

    # ---- operations: each takes the parts of its request

    def _rules(self, kind: str) -> contextlib.AbstractContextManager[None]:
        """What holds while the student's code runs; what it does while it is imported answers no test."""
        if not self._without or "torch" not in sys.modules or kind in ("open", "prepare", "go"):
            return contextlib.nullcontext()
        if self._refused is None:
            from autograder.worker.operations import Rules

            self._refused = Rules(self._without, self._is_student)
            self._closing.enter_context(self._refused.around())
        if kind == "load":
            return self._refused.importing()  # type: ignore[no-any-return]
        return contextlib.nullcontext() if self._callback_depth else self._refused.hold()

    def _is_student(self, code: types.CodeType) -> bool | None:
        """Whether code is the student's; None if it is neither that nor the probes'."""
        if id(code) in self._probes_code:
            return False
        folder = f"{self._loader.folder}/" if self._loader is not None else "<"
        return True if code.co_filename.startswith((folder, "<cell ")) else None

    def do_open(
        self,
        folder: str,
        file: str,
        cells: list[tuple[int, str]],
        forbidden: list[str],
        without: list[str],
        probes: str,
        seed: int,
    ) -> None:
        """Say where the submission lies and which file the question asks for; runs the lab's probes, nothing else.

        `forbidden` are modules that may not be imported, `without` torch operations that may not be called.
        """
        self._without = without
        random.seed(seed)
        np.random.seed(seed)  # students may use the global state, and runs must not differ
        if torch := sys.modules.get("torch"):  # its own `manual_seed` formats stacks for devices that may yet come
            (torch.manual_seed if self._device else torch.default_generator.manual_seed)(seed)
        if probes:
            self.stage = "probes"
            self._probes, self._probes_code = load_probes(probes)
            self.stage = "call"
        self._loader = Loader(Path(folder), [Cell(*cell) for cell in cells], forbidden)
        self._file = file

    def do_load(self) -> list[str]:
        """Import the question's file; a failure is remembered, and raised again by every later use.

        Returns: what failed on the way without stopping it: one line for each notebook cell that raised.
        """
        assert self._loader is not None  # noqa: S101 - `open` comes first
        self.stage = "import"
        if self._module is None:
            try:
                self._module = self._loader.load(self._file)
            except BaseException as problem:
                self._module = problem
        if isinstance(self._module, BaseException):
            raise self._module
        return self._loader.cell_errors

    def do_find(self, name: str) -> Any:
        """A name that the question's file defines."""
        if not isinstance(self._module, types.ModuleType):
            self.do_load()
        self.stage = "find"
        return getattr(self._module, name)

    def do_get(self, target: Any, name: str) -> Any:
        """An attribute."""
        return getattr(target, name)

    def do_set(self, target: Any, name: str, value: Any) -> None:
        """Assign an attribute."""
        setattr(target, name, value)

    def do_delete(self, target: Any, name: str) -> None:
        """Delete an attribute."""
        delattr(target, name)

    def do_call(self, function: Any, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """Call."""
        return function(*arguments, **keywords)

    def do_follow(self, function: Any, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> list[str]:
        """Whether a function follows its arguments' device, see `devices.follows`."""
        from autograder.worker import devices

        return list(devices.follows(function, arguments, keywords))

    def do_operate(self, name: str, operands: tuple[Any, ...]) -> Any:
        """An operator, by its name in the module `operator`."""
        return getattr(operator, name)(*operands)

    def do_builtin(self, name: str, operands: tuple[Any, ...]) -> Any:
        """A built-in function: len, iter, next, bool, isinstance and the like."""
        return getattr(builtins, name)(*operands)

    def do_copy(self, target: Any, deep: bool) -> Any:
        """A copy of an object, kept here."""
        return Kept(copy.deepcopy(target) if deep else copy.copy(target))

    def do_put(self, value: Any) -> Any:
        """Keep a value here, so that it has an identity."""
        return Kept(value)

    def do_rng(self, kind: str, seed: int) -> Any:
        """A random generator that lives here: NumPy's or torch's."""
        if kind != "numpy":
            import torch

            device = self._device if kind == "device" else ""
            return Kept(torch.Generator(device or "cpu").manual_seed(seed))
        return Kept(np.random.default_rng(seed))

    def do_fetch(self, target: Any) -> Any:
        """The plain value behind an object: a tensor without its history, an array, the number behind a subclass."""
        return values.plain(target)

    def do_free(self, idents: list[int]) -> None:
        """Forget objects that the suite no longer holds."""
        for ident in idents:
            self._idents.pop(id(self._objects.pop(ident, None)), None)

    # ---- values

    def _answer(self, ident: int, value: Any, unpacker: Unpacker, before: list[Any]) -> Message:
        regions = Regions(unpacker.arrays) if unpacker.arrays else None
        packer = Packer(self._handle, unpacker.containers, regions)
        node = self._handle(value.value) if type(value) is Kept else packer.pack(value)
        changed = [
            [index, packer.contents(after)]
            for index, (after, old) in enumerate(zip(unpacker.containers, before, strict=bool(before)))
            if values.changed(after, old)
        ]
        descriptions, sizes, buffers = packer.finish()
        return Message(ident, "ok", [node, changed, list(self._warnings), descriptions, sizes], buffers)

    def _handle(self, value: Any) -> list[Any]:
        ident = self._idents.get(id(value))
        if ident is None:
            if self._device:
                value = _moved(value, self._device)
            ident = self._idents[id(value)] = self._next
            self._objects[ident] = value  # holding it keeps its id from being used again
            self._next += 1
        is_named = isinstance(value, type | types.FunctionType | types.MethodType)
        name = value.__qualname__ if is_named else type(value).__qualname__
        return ["handle", ident, str(name)[:80], "named" if is_named else "object"]

    def _resolve(self, node: list[Any]) -> Any:
        match node:
            case ["handle", ident]:
                return self._objects[ident]
            case ["probe", name]:
                return functools.reduce(getattr, name.split("."), self._probes)
            case ["callback", token, name]:
                return self._callback(token, name)
        raise ProtocolError(f"unknown node {str(node)[:80]}")

    def _callback(self, token: int, name: str) -> Callable[..., Any]:
        def function(*arguments: Any, **keywords: Any) -> Any:
            if self._callback_depth >= MAX_CALLBACK_DEPTH:
                raise RecursionError("functions of the tests call each other too deeply")
            packer = Packer(self._handle)
            node = packer.pack((arguments, keywords))
            descriptions, sizes, buffers = packer.finish()
            self._callback_depth += 1
            try:
                answer = self._call_back(Message(token, "callback", [node, descriptions, sizes], buffers))
            finally:
                self._callback_depth -= 1
            if answer.kind == "raised":
                problem = _callback_error(answer.body)
                problem.token = token
                raise problem
            node, descriptions, sizes = answer.body
            return Unpacker((descriptions, sizes, answer.buffers), self._resolve, device=self._device).unpack(node)

        function.__name__ = function.__qualname__ = name
        return function


def _moved(value: Any, device: str) -> Any:
    """A network of the student's with its parameters where the arguments of calls are; anything else as it is."""
    import torch

    return value.to(device) if isinstance(value, torch.nn.Module) else value


class Kept:
    """Wraps a value that must come back as a handle."""

    def __init__(self, value: Any) -> None:
        self.value = value


@functools.cache
def _callback_class(bases: tuple[str, ...]) -> type[CallbackFailed]:
    for name in bases:
        kind = getattr(builtins, name, None)
        if isinstance(kind, type) and issubclass(kind, Exception) and kind is not Exception:
            return type(name, (CallbackFailed, kind), {})
    return CallbackFailed


def _callback_error(bases: list[str]) -> CallbackFailed:
    return _callback_class(tuple(bases))("a function of the tests raised an exception")


def _builtin_name(kind: type) -> str:
    return next((base.__name__ for base in kind.__mro__ if base.__module__ == "builtins"), "UserWarning")

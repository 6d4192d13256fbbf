"""Values out and in: requests are packed, answers unpacked, changed arguments written back, callbacks served."""

from __future__ import annotations

import builtins
import sys
import types
import warnings
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from autograder.errors import GraderFault, ProtocolFault
from autograder.remote.endings import no_valid_answer
from autograder.remote.faults import student_error
from autograder.remote.link import Link
from autograder.wire import Message, Packer, ProtocolError, Regions, Unpacker
from autograder.worker.messages import ErrorReport, error_report

if TYPE_CHECKING:
    from autograder.remote.handle import Handle

PROBES_MODULE = "probes"
MAX_WARNINGS = 100  # along with one answer; an honest worker sends no more
MAX_CALLBACK_DEPTH = 50
_FREE_BATCH = 200
# What decoding an answer can raise when its parts do not fit together; anything else is our own mistake.
_MALFORMED = (
    ProtocolError,
    msgspec.MsgspecError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    RecursionError,
    MemoryError,
)


class Client:
    """The trusted end of one link.

    Args:
        link: the way to the worker.
        make_handle: makes a handle for an object of the student's: client, number, name, whether it is named.
    """

    def __init__(self, link: Link, make_handle: Callable[[Client, int, str, bool], Handle]) -> None:
        self.link = link
        self._make_handle = make_handle
        self._ident = 0
        self._handles: weakref.WeakValueDictionary[int, Handle] = weakref.WeakValueDictionary()
        self._unused: set[int] = set()
        self._callbacks: list[Callable[..., Any]] = []
        self._callback_ids: dict[int, int] = {}
        self._callback_errors: dict[int, Exception] = {}
        self._callback_depth = 0
        self._import_failed: ErrorReport | None = None
        self._changed: dict[int, tuple[Any, Any]] = {}  # containers that calls have changed, and what they held

    def ask(self, kind: str, *arguments: Any, frozen: bool = False) -> Any:
        """Let the worker do one operation; its result.

        Args:
            kind: the operation, see `worker.session`.
            arguments: its parts.
            frozen: whether the result is a copy that refuses changes, since they would be lost.

        Raises:
            StudentError: the student's code raised.
            WorkerBroke: there is no valid answer.
            ProtocolFault: an argument cannot be sent.
        """
        if len(self._unused) >= _FREE_BATCH:
            idents, self._unused = sorted(self._unused), set()
            self.ask("free", idents)
        packer = Packer(self._other)
        try:
            node = packer.pack(arguments)
            descriptions, sizes, buffers = packer.finish()
        except ProtocolError as problem:
            raise ProtocolFault(f"the test sends what cannot be sent: {problem}") from None
        self._ident += 1
        answer = self.link.request(Message(self._ident, kind, [node, descriptions, sizes], buffers), self._call_back)
        if answer.kind == "error":
            self._raise(answer.body, kind, arguments)
        try:
            return self._accept(answer, packer, frozen)
        except _MALFORMED as problem:
            self.link.close()
            raise no_valid_answer(f"{type(problem).__name__}: {problem}") from None

    def release(self, ident: int) -> None:
        """A handle is gone: the worker may forget its object."""
        self._unused.add(ident)

    def take_back_changes(self) -> None:
        """Give every container that a call has changed since the last time the contents that it had before.

        A suite's constants are arguments of one submission after another: what one changes, the next must not see.
        """
        for target, before in reversed(self._changed.values()):
            if isinstance(target, list):
                target[:] = before
            elif isinstance(target, dict):
                target.clear()
                target.update(before)
            else:
                np.copyto(_memory(target), before)
        self._changed.clear()

    # ---- answers

    def _accept(self, answer: Message, packer: Packer, frozen: bool) -> Any:
        node, changed, notes, descriptions, sizes = answer.body
        given = packer.containers
        if len(changed) > len(given) or len(notes) > MAX_WARNINGS:
            raise ProtocolError("more changes than arguments, or warnings without end")
        regions = Regions([_memory(value) for value in given if not isinstance(value, list | dict)]) if given else None
        arrays = (descriptions, sizes, answer.buffers)
        unpacker = Unpacker(arrays, self._handle_of, frozen=frozen, given=given, regions=regions)
        value = unpacker.unpack(node)
        unpacker.thaw()
        for index, contents in changed:
            target = given[index]
            if id(target) not in self._changed:
                before = target.copy() if isinstance(target, list | dict) else _memory(target).copy()
                self._changed[id(target)] = (target, before)  # holding it keeps its id from being used again
            _write_back(target, contents, unpacker)
        for category, text in notes:
            warnings.warn(str(text), _warning_category(category), stacklevel=4)
        return value

    def _handle_of(self, node: list[Any]) -> Any:
        tag, ident, name, style = node
        if tag != "handle" or type(ident) is not int or not isinstance(name, str):
            raise ProtocolError("a bad node")
        handle = self._handles.get(ident)
        if handle is None:
            self._unused.discard(ident)  # the same object again, after its last handle was dropped
            handle = self._handles[ident] = self._make_handle(self, ident, _plain_name(name), style == "named")
        return handle

    def _raise(self, body: Any, kind: str, arguments: tuple[Any, ...]) -> None:
        """Raise what a worker reports to have happened in the operation `kind`.

        The stage decides whose fault it is and which of its words are shown, so what could not be is not believed:
        probes load before any of the student's code, and what an import says is fixed by its first failure.
        """
        try:
            report = error_report(body)
        except msgspec.ValidationError as problem:
            self.link.close()
            raise no_valid_answer(str(problem)) from None
        if report.callback in self._callback_errors:
            raise self._callback_errors.pop(report.callback)
        if kind == "open" and report.stage == "probes":
            raise GraderFault(f"probes.py cannot be loaded: {report.type}: {report.message}")
        if report.stage == "answer":
            raise no_valid_answer(report.message)
        if kind == "load" and report.stage == "import":
            self._import_failed = report
        elif report.stage == "import" and self._import_failed is not None:
            report = self._import_failed
        elif report.stage != "find" or kind != "find":
            report = msgspec.structs.replace(report, stage="call")
        raise student_error(report, asked=str(arguments[0]) if kind == "find" else "")

    # ---- arguments

    def _other(self, value: Any) -> Any:
        """The node for an argument that is not plain data."""
        from autograder.remote.handle import Handle, raw

        if isinstance(value, Handle):
            client, ident = raw(value)
            if client is not self:
                raise ProtocolFault("an object of another worker cannot be an argument; each question has its own")
            return ["handle", ident]
        if getattr(value, "__module__", None) == PROBES_MODULE and isinstance(value, type | types.FunctionType):
            return ["probe", value.__qualname__]
        if isinstance(value, type):
            raise ProtocolFault(f"the class {value.__name__} cannot be sent to the student: define it in probes.py")
        torch = sys.modules.get("torch")
        if torch is not None and isinstance(value, torch.Tensor):
            from autograder.wire import tensors

            tensors.refuse_grad(value)
        if isinstance(value, np.random.Generator | np.random.RandomState | np.random.BitGenerator):
            raise ProtocolFault("a live generator tells its later draws, and is not sent: use student.rng(seed)")
        if callable(value):
            # Not its own name: "without_the_factor_2" would tell the student's code what it is asked to find out.
            return ["callback", self._callback(value), "function"]
        raise ProtocolFault(f"a {type(value).__name__} cannot be sent to the student: send plain data, or use a probe")

    def _callback(self, function: Callable[..., Any]) -> int:
        token = self._callback_ids.get(id(function))
        if token is None:
            token = self._callback_ids[id(function)] = len(self._callbacks)
            self._callbacks.append(function)  # holding it keeps its id from being used again
        return token

    def _call_back(self, message: Message) -> Message:
        """The answer to a worker that calls a function of the suite's."""
        try:
            function = self._callbacks[message.ident]
            node, descriptions, sizes = message.body
            unpacker = Unpacker((descriptions, sizes, message.buffers), self._handle_of, frozen=True)
            arguments, keywords = unpacker.unpack(node)
            if self._callback_depth >= MAX_CALLBACK_DEPTH or message.ident < 0:
                raise ProtocolError("callbacks nested too deeply")
            arguments, keywords = tuple(arguments), {str(key): value for key, value in keywords.items()}
        except _MALFORMED as problem:
            raise ProtocolError(f"a bad callback: {problem}") from None
        self._callback_depth += 1
        try:
            result = function(*arguments, **keywords)
        except Exception as problem:  # it passes through the student's code, as from a plain call
            self._callback_errors[message.ident] = problem
            bases = [base.__name__ for base in type(problem).__mro__ if base.__module__ == "builtins"]
            return Message(0, "raised", bases)
        finally:
            self._callback_depth -= 1
        packer = Packer(self._other)
        node = packer.pack(result)
        descriptions, sizes, buffers = packer.finish()
        return Message(0, "returned", [node, descriptions, sizes], buffers)


def _plain_name(name: str) -> str:
    """A qualified name as it is shown: `Box.area`; nothing but identifiers, whatever the worker calls it."""
    parts = [part for part in name[:200].split(".") if part != "<locals>"]
    shown = ".".join(parts)[:50]
    return shown if all(part.isidentifier() or part == "<lambda>" for part in shown.split(".")) else "nameless"


def _memory(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value
    from autograder.wire import tensors

    return tensors.as_array(value)


def _write_back(target: Any, contents: Any, unpacker: Unpacker) -> None:
    """Change the caller's container as the call would have."""
    if isinstance(target, list | dict):
        given = unpacker.unpack_contents(contents)
        if type(given) is not type(target):
            raise ProtocolError("a changed argument of another type")
        if isinstance(target, list):
            target[:] = given
        else:
            target.clear()
            target.update(given)
        return
    new = unpacker.array(contents)
    old = _memory(target)
    if new.shape != old.shape or new.dtype != old.dtype or not old.flags.writeable:
        raise ProtocolError("a changed argument of another shape or dtype")
    np.copyto(old, new)


def _warning_category(name: Any) -> type[Warning]:
    category = getattr(builtins, str(name), UserWarning)
    return category if isinstance(category, type) and issubclass(category, Warning) else UserWarning

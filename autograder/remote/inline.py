"""A link to a session in this process: no limits and no isolation, but breakpoints work."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable

from autograder.wire import Message, ProtocolError, carried
from autograder.worker.session import Session

CallBack = Callable[[Message], Message]


class InlineLink:
    """Hands each message to a session here, encoded as for a worker, so that a suite sees the same."""

    def __init__(self) -> None:
        self.broken = False
        self._call_back: CallBack | None = None
        self._modules = frozenset(sys.modules)
        self._session = Session(self._answer_callback)

    def request(self, message: Message, call_back: CallBack) -> Message:
        """Let the session handle it."""
        previous, self._call_back = self._call_back, call_back
        try:
            with warnings.catch_warnings():
                self._session.record_warnings()
                return carried(self._session.handle(carried(message)))
        finally:
            self._call_back = previous

    def allow(self, seconds: float, what: str) -> None:
        """Nothing to do: there is no clock in process, a breakpoint may take all day."""

    def take_output(self) -> str:
        """Nothing: what is printed goes to the terminal."""
        return ""

    def close(self) -> None:
        """Forget the student's modules."""
        if not self.broken:
            self.broken = True
            self._session.close(self._modules)

    def _answer_callback(self, message: Message) -> Message:
        if self._call_back is None:
            raise ProtocolError("a callback outside a call")
        return carried(self._call_back(carried(message)))

"""Frames: how messages travel over a stream socket.

```
frame   = u32 little-endian length of the header, header, buffers one after the other
header  = msgpack [ident, kind, body, [length of each buffer]]
```
The reader states what it accepts; anything else is a `ProtocolError` before memory is spent on it.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np

MAX_HEADER_BYTES = 8 << 20
MAX_CONTAINERS = 1_000_000  # of a header, at about 80 bytes each once they are decoded; honest ones hold fewer values
MAX_BUFFERS = 4096
MAX_BODY_BYTES = 256 << 20

Buffer = bytes | bytearray | memoryview

_LENGTH = struct.Struct("<I")
_READ_AHEAD = 1 << 16
_IOV_MAX = 512  # buffers a sendmsg call; Linux allows 1024

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(tuple[int, str, Any, list[int]])


class ProtocolError(Exception):
    """The other side sent something that no honest peer sends, or a value that cannot be sent."""


class Message(NamedTuple):
    """One frame. `body` is a tree of plain data, `buffers` hold the bytes of its arrays."""

    ident: int
    kind: str
    body: Any
    buffers: Sequence[Buffer] = ()


def carried(message: Message) -> Message:
    """The message as the other side would receive it, in memory of its own."""
    header = _encoder.encode((message.ident, message.kind, message.body, []))
    ident, kind, body, _ = _decoder.decode(header)
    return Message(ident, kind, body, [memoryview(bytearray(buffer)) for buffer in message.buffers])


def _containers(header: memoryview) -> int:
    """At most so many lists and maps begin in a header: bytes that may begin one, wherever they stand."""
    kinds = np.bincount(np.frombuffer(header, np.uint8), minlength=256)
    return int(kinds[0x80:0xA0].sum() + kinds[0xDC:0xE0].sum())


class Connection:
    """Sends and receives messages over a connected stream socket.

    Without waiters the socket blocks. With them it does not: `wait_readable` and `wait_writable` are called whenever
    the socket has nothing to read or no room, and return when it is worth another try, or raise.
    """

    def __init__(
        self,
        sock: socket.socket,
        *,
        max_bytes: int = MAX_BODY_BYTES,
        wait_readable: Callable[[], None] | None = None,
        wait_writable: Callable[[], None] | None = None,
    ) -> None:
        self._socket = sock
        self._max_bytes = max_bytes
        self._wait_readable = wait_readable
        self._wait_writable = wait_writable
        self._ahead = bytearray()  # read, but not yet asked for
        sock.setblocking(wait_readable is None)

    def send(self, message: Message) -> None:
        """Send one message.

        Raises:
            ProtocolError: its header is too large, or holds what msgpack cannot encode.
            OSError: the other side is gone.
        """
        sizes = [len(buffer) for buffer in message.buffers]
        try:
            header = _encoder.encode((message.ident, message.kind, message.body, sizes))
        except (TypeError, ValueError, OverflowError, RecursionError) as problem:
            raise ProtocolError(f"cannot be encoded: {problem}") from None
        if len(header) > MAX_HEADER_BYTES or len(sizes) > MAX_BUFFERS or sum(sizes) > self._max_bytes:
            raise ProtocolError(f"too large to send ({len(header) + sum(sizes):,} bytes)")
        parts = [memoryview(_LENGTH.pack(len(header)) + header)]
        parts += [memoryview(buffer).cast("B") for buffer in message.buffers if len(buffer)]
        while parts:
            try:
                sent = self._send_some(parts)
            except BlockingIOError:
                assert self._wait_writable is not None  # noqa: S101 - a blocking socket does not raise this
                self._wait_writable()
                continue
            while parts and sent >= len(parts[0]):
                sent -= len(parts.pop(0))
            if sent:
                parts[0] = parts[0][sent:]

    def receive(self) -> Message:
        """The next message.

        Raises:
            ProtocolError: it is malformed or too large.
            EOFError: the other side closed the connection.
        """
        (length,) = _LENGTH.unpack(self._read(_LENGTH.size))
        if length > MAX_HEADER_BYTES:
            raise ProtocolError(f"header of {length:,} bytes")
        header = self._read(length)
        if length > MAX_CONTAINERS and _containers(header) > MAX_CONTAINERS:
            raise ProtocolError("a header that unfolds to very many lists")
        try:
            ident, kind, body, sizes = _decoder.decode(header)
        except (msgspec.DecodeError, ValueError, TypeError, RecursionError) as problem:
            raise ProtocolError(f"bad header: {problem}") from None
        if len(sizes) > MAX_BUFFERS or any(size < 0 for size in sizes) or sum(sizes) > self._max_bytes:
            raise ProtocolError(f"buffers of {sum(sizes):,} bytes, at most {self._max_bytes:,} are accepted")
        return Message(ident, kind, body, [self._read(size) for size in sizes])

    def close(self) -> None:
        """Close the socket; may be called again."""
        self._socket.close()

    def _send_some(self, parts: list[memoryview]) -> int:
        """How many bytes of the parts the socket took."""
        if hasattr(self._socket, "sendmsg"):
            return self._socket.sendmsg(parts[:_IOV_MAX])
        return self._socket.send(parts[0])  # Windows

    def _read(self, size: int) -> memoryview:
        """Exactly `size` bytes, in fresh writable memory."""
        target = np.empty(size, np.uint8).data if size > _READ_AHEAD else memoryview(bytearray(size))
        filled = min(size, len(self._ahead))
        target[:filled] = self._ahead[:filled]
        del self._ahead[:filled]
        while filled < size:
            missing = size - filled
            try:
                if missing >= _READ_AHEAD:
                    count = self._socket.recv_into(target[filled:])
                    filled += count
                else:
                    chunk = self._socket.recv(_READ_AHEAD)
                    count = len(chunk)
                    target[filled : filled + min(count, missing)] = chunk[:missing]
                    self._ahead += chunk[missing:]
                    filled += min(count, missing)
            except BlockingIOError:
                assert self._wait_readable is not None  # noqa: S101 - a blocking socket does not raise this
                self._wait_readable()
                continue
            if not count:
                raise EOFError
        return target

"""What was handed in, kept so that it can be graded again without the platform's download."""

from __future__ import annotations

import zlib

import msgspec

from autograder.model import Submission

MAX_KEPT_BYTES = 4 << 20  # compressed; what is larger is graded, but must be named again to be graded again

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Submission).decode


def pack(submission: Submission) -> bytes | None:
    """As compressed bytes without the student's name; None if that is too much, or cannot be encoded."""
    try:
        content = _encode(msgspec.structs.replace(submission, student=""))
    except UnicodeEncodeError:  # halves of surrogate pairs in a cell: rare, and not worth another format
        return None
    packed = zlib.compress(content, 6)
    return packed if len(packed) <= MAX_KEPT_BYTES else None


def unpack(content: bytes, student: str) -> Submission:
    """The submission, for `student`."""
    return msgspec.structs.replace(_decode(zlib.decompress(content)), student=student)

"""A machine that grades: what runs there, and how it walls student code in."""

from __future__ import annotations

import contextlib
import functools
import os
import platform
import socket
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec

import autograder
from autograder.digests import files_digest
from autograder.worker.isolation import Isolation, isolation
from autograder.worker.messages import Grade


class Node(msgspec.Struct, frozen=True):
    """One machine."""

    name: str
    versions: dict[str, str]
    engine: str  # the digest of the engine's own files: copies of one version may differ
    isolation: Isolation
    cores: int  # processors that it may use


decode_node = msgspec.msgpack.Decoder(Node).decode


def this_node(sandbox: str) -> Node:
    """This machine, for grading in this grade of isolation; the probe for that runs once a process."""
    held = isolation(Grade(sandbox))
    return Node(socket.gethostname(), versions(), engine_digest(), held, len(os.sched_getaffinity(0)))


def versions() -> dict[str, str]:
    """What runs here."""
    installed = {name: version(name) for name in ("numpy", "pytest")}
    with contextlib.suppress(PackageNotFoundError):
        installed["torch"] = version("torch")  # which names its CUDA, too
    return {
        "engine": autograder.__version__,
        "python": platform.python_version(),
        **installed,
        "platform": platform.platform(),
    }


@functools.cache
def engine_digest() -> str:
    """SHA-256, in hexadecimal, over the engine's source files."""
    root = Path(autograder.__file__).parent
    return files_digest({path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*.py")})

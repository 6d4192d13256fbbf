"""What fuzzing feeds with bytes: a worker's answers, submissions, course files. Each target returns, or has found a bug.

A target lets no exception of the grader's own kind out; whatever it raises is a finding. `mutated` makes new inputs of
old ones as someone would who knows the formats; `tests/fuzz.py` runs the targets by the hundred thousand.
"""

import functools
import io
import json
import os
import random
import shutil
import struct
import tarfile
import tempfile
import types
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from autograder.archive import read_submission
from autograder.archive.find import Entry
from autograder.archive.limits import MAX_TOTAL_BYTES
from autograder.course import load_assignment, load_course
from autograder.errors import CourseError
from autograder.model import Limits, Outcome
from autograder.remote.client import Client
from autograder.remote.faults import StudentError, WorkerBroke
from autograder.remote.handle import Handle
from autograder.remote.link import SocketLink
from autograder.wire import Packer

SEEDS = Path(__file__).parent / "fuzz_seeds"
LIMITS = Limits(answer_bytes=4 << 20)
MAX_LENGTH = 1 << 16  # of an input

# ---- a worker's answers


class _Bytes:
    """The worker's end of the connection: says these bytes, and then is gone."""

    def __init__(self, content: bytes) -> None:
        self._content = io.BytesIO(content)

    def setblocking(self, _blocking: bool) -> None: ...
    def close(self) -> None: ...

    def recv(self, size: int) -> bytes:
        return self._content.read(size)

    def recv_into(self, target: memoryview) -> int:
        return self._content.readinto(target)

    def sendmsg(self, parts: list[memoryview]) -> int:
        return sum(map(len, parts))


class _Link(SocketLink):
    """The real link, over bytes instead of a process."""

    def __init__(self, content: bytes) -> None:
        super().__init__(types.SimpleNamespace(calls=_Bytes(content), end=lambda: None), LIMITS)

    def _drain(self) -> None: ...
    def _explain_ending(self) -> WorkerBroke:
        return WorkerBroke(Outcome.CRASHED, "it has ended")


class _OwnError(Exception):
    """What a function of the suite's raises."""


def _double(*values: Any, **_named: Any) -> Any:
    if len(values) > 3:
        raise _OwnError
    return values[0] * 2 if values and isinstance(values[0], int | float) else 1.0


def wire(content: bytes) -> None:
    """A test calls a function with one argument of each kind, and this is what comes back."""
    client = Client(_Link(content), Handle)
    given = ([1.0, [2, 3]], {"a": 1}, np.arange(12.0).reshape(3, 4), np.zeros((2, 2), np.float32).T, _double)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            value = client.ask("call", "f", given, {})
        except (StudentError, _OwnError):
            return
        except WorkerBroke as broke:
            assert broke.outcome is not Outcome.GRADER_ERROR, "the grader is blamed"  # noqa: PT017
            return
    _check_plain(value)
    assert type(given[0]) is list
    assert type(given[1]) is dict
    assert given[2].shape == (3, 4)
    client.take_back_changes()
    assert given[:2] == ([1.0, [2, 3]], {"a": 1})


_PLAIN = (
    bool,
    int,
    float,
    complex,
    str,
    bytes,
    bytearray,
    type(None),
    type(...),
    slice,
    range,
    np.generic,
    np.dtype,
    type,
)


def _check_plain(value: Any, depth: int = 0) -> None:
    """Nothing but plain data and handles, whatever the worker says."""
    kind = type(value)
    assert depth < 50, "nested without end"
    if isinstance(value, Handle) or kind is np.ndarray or isinstance(value, _PLAIN):
        return
    assert kind.__name__ in ("list", "FrozenList", "dict", "FrozenDict", "tuple", "set", "frozenset"), kind
    for item in value.items() if isinstance(value, dict) else value:
        if item is not value:
            _check_plain(item, depth + 1)


def frame(ident: int, kind: str, body: Any, buffers: tuple[bytes, ...] = ()) -> bytes:
    """A message as it travels."""
    header = msgspec.msgpack.encode((ident, kind, body, [len(buffer) for buffer in buffers]))
    return struct.pack("<I", len(header)) + header + b"".join(buffers)


def _answer(value: Any, changed: tuple[Any, ...] = ()) -> bytes:
    packer = Packer(lambda _value: ["handle", 3, "Box", "object"])
    node = packer.pack(value)
    changes = [[index, packer.contents(what)] for index, what in changed]
    descriptions, sizes, buffers = packer.finish()
    return frame(
        1, "ok", [node, changes, [["UserWarning", "careful"]], descriptions, sizes], tuple(map(bytes, buffers))
    )


def _wire_seeds() -> list[bytes]:
    array = np.arange(24, dtype=np.int32).reshape(2, 3, 4)
    values = [
        1.5, 1 << 80, "text", b"\0", (), {"a": {"b": [1]}}, {1, 2}, slice(1, None), 1j, array, array[:, ::2], array.T,
        [array, array[0]], np.float32(1), np.dtype("<f4"), int, object(), np.array(["a", "bc"]), bytearray(b"x"),
    ]  # fmt: skip
    found = [_answer(value) for value in values]
    found.append(_answer(None, ((0, [1, 2]), (1, {"a": 2}), (2, np.ones((3, 4))))))
    error = {
        "type": "Oops", "bases": ["ValueError"], "message": "no", "frames": [["work.py", 1, "f", "x"]],
        "stage": "call", "callback": -1,
    }  # fmt: skip
    found.append(frame(1, "error", error))
    call = frame(0, "callback", [["tuple", ["tuple", 1.0], ["dict"]], [], []])
    found.append(call + _answer(2))
    found.append(call * 3 + frame(1, "error", {**error, "callback": 0}))
    found.append(frame(1, "ok", [["view", "<f8", [2], [8], 0, 8, True], [], [], [], []]))
    found.append(frame(1, "ok", [["given", 0], [], [], [], []]))
    return found


# ---- submissions


@functools.cache
def _course() -> Any:
    return load_course(_written_course())


@functools.cache
def _folder() -> Path:
    base = None if "TMPDIR" in os.environ else in_memory()
    return Path(tempfile.mkdtemp(prefix="autograder-fuzz-", dir=base))


def in_memory() -> str | None:
    """A folder in memory, where there is such a place."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


@functools.cache
def _written_course() -> Path:
    folder = _folder() / "assignments"
    (folder / "tiny").mkdir(parents=True)
    (folder / "course.yaml").write_text("title: Tiny\nassignments: [tiny]\n")
    (folder / "tiny" / "assignment.yaml").write_text(ASSIGNMENT)
    return folder


ASSIGNMENT = """title: &title Ones and twos
due: 2026-09-01T23:59:00+02:00
late: {take: 10%, grace: 15 minutes, closes: 3 days}
limits: {seconds: 2, import_seconds: 5, memory: 512 MiB}
feedback: {before_due: hint, after_due: full}
questions:
  - {id: "1", title: One, file: work.py, points: 2}
  - id: "2"
    title: *title
    file: work.py
    points: 4
    bonus: true
    limits: {processes: 2}
    hints: [first, second]
"""


def submission(content: bytes) -> None:
    """A file that a student hands in, as an archive or, where it begins like one, a notebook."""
    path = _folder() / ("ann.ipynb" if content[:1] == b"{" else "ann.zip")
    path.write_bytes(content)
    found = read_submission(Entry("ann", path), _fresh_assignment())
    assert found.problem or found.files or found.cells, "it is neither refused nor read"
    assert sum(map(len, found.files.values())) <= MAX_TOTAL_BYTES
    for name in found.files:
        parts = name.split("/")
        assert not {"", ".", ".."} & set(parts), name
        assert "\\" not in name
        assert "\0" not in name
    assert "\n" not in found.problem


@functools.cache
def _fresh_assignment() -> Any:
    return load_assignment(_course(), "tiny")


def _submission_seeds() -> list[bytes]:
    def zipped(method: int, **names: bytes) -> bytes:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", method) as archive:
            for name, content in names.items():
                archive.writestr(name, content)
        return stream.getvalue()

    def tarred(mode: str, form: int, name: str) -> bytes:
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode=mode, format=form) as archive:
            info = tarfile.TarInfo(name)
            info.size = 5
            archive.addfile(info, io.BytesIO(b"x = 1"))
            archive.addfile(tarfile.TarInfo("lab/work.py"))
        return stream.getvalue()

    work = {"work.py": b"x = 1\n", "lab/data.txt": b"a" * 100}
    inner = zipped(zipfile.ZIP_DEFLATED, **work)
    notebook = {
        "cells": [
            {"cell_type": "code", "source": ["%%writefile work.py\n", "x = 1\n"], "metadata": {}, "outputs": []},
            {"cell_type": "code", "source": "!pip install x\n# ---- Question 1: One ----\ny = 2", "metadata": {}},
            {"cell_type": "markdown", "source": "# text"},
        ],
        "metadata": {"language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return [
        inner, zipped(zipfile.ZIP_STORED, **work), zipped(zipfile.ZIP_STORED, **{"a/inner.zip": inner}),
        tarred("w", tarfile.GNU_FORMAT, "x" * 150 + "/y.py"), tarred("w", tarfile.PAX_FORMAT, "é" * 90 + ".py"),
        tarred("w:gz", tarfile.USTAR_FORMAT, "work.py"), json.dumps(notebook).encode(),
    ]  # fmt: skip


# ---- course files


def yaml(content: bytes) -> None:
    """An assignment.yaml: it is read, or one line says what is wrong with it."""
    course = _course()
    (_written_course() / "tiny" / "assignment.yaml").write_bytes(content)
    try:
        load_assignment(course, "tiny")
    except CourseError as problem:
        assert "\n" not in str(problem)  # noqa: PT017
        assert len(str(problem)) < 2000  # noqa: PT017


def _yaml_seeds() -> list[bytes]:
    return [ASSIGNMENT.encode(), b"title: x\nquestions: []\n", b"\xef\xbb\xbf" + ASSIGNMENT.encode(), b"&a [*a]", b"{"]


TARGETS: dict[str, tuple[Callable[[bytes], None], Callable[[], list[bytes]]]] = {
    "wire": (wire, _wire_seeds),
    "submission": (submission, _submission_seeds),
    "yaml": (yaml, _yaml_seeds),
}


def found_before(target: str) -> list[Path]:
    """Inputs that once found something, kept so that it stays mended."""
    return sorted(path for path in (SEEDS / target).glob("*") if path.is_file())


# ---- mutation


_ODD: list[Any] = [
    None, True, -1, 0, 1, 2**31, 2**63, -(2**63), 2**64 - 1, 1e308, float("nan"), "", "x" * 300, "<f8", "|S0", "<U99999999",
    "list", "tuple", "handle", "again", "given", "view", "array", "tensor", "type", "integer", "scalar", "\ud800"[:0],
    b"", b"\xff" * 9, [], {}, ["again", 0], ["given", 1], ["list"], ["array", 0], ["handle", 1, "x", "object"],
]  # fmt: skip


def _mutated_tree(value: Any, rng: random.Random) -> Any:
    """The same tree with something changed somewhere."""
    if isinstance(value, list) and value and rng.random() < 0.8:
        index = rng.randrange(len(value))
        match rng.randrange(6):
            case 0:
                return value[:index] + value[index + 1 :]
            case 1:
                return [*value[:index], value[index], *value[index:]]
            case 2:
                return [*value[:index], rng.choice(_ODD), *value[index:]]
            case _:
                return [*value[:index], _mutated_tree(value[index], rng), *value[index + 1 :]]
    if isinstance(value, dict) and value and rng.random() < 0.8:
        key = rng.choice(list(value))
        return {**value, key: _mutated_tree(value[key], rng)}
    if isinstance(value, int) and not isinstance(value, bool) and rng.random() < 0.6:
        return value + rng.choice([-2, -1, 1, 2, 7, -value, value])
    return rng.choice(_ODD)


def _mutated_frames(content: bytes, rng: random.Random) -> bytes:
    frames, place = [], 0
    while place + 4 <= len(content):
        (length,) = struct.unpack_from("<I", content, place)
        header = msgspec.msgpack.decode(content[place + 4 : place + 4 + length])
        end = place + 4 + length + sum(header[3])
        frames.append((header, content[place + 4 + length : end]))
        place = end
    index = rng.randrange(len(frames))
    header, buffers = frames[index]
    for _ in range(rng.choice([1, 1, 2, 4])):
        header = _mutated_tree(header, rng)
    if rng.random() < 0.2:
        buffers = _mutated_bytes(buffers, rng)
    frames[index] = (header, buffers)
    if rng.random() < 0.1:
        frames.insert(index, frames[index])
    packed = [msgspec.msgpack.encode(header) for header, _ in frames]
    return b"".join(struct.pack("<I", len(head)) + head + tail for head, (_, tail) in zip(packed, frames, strict=True))


def _mutated_bytes(content: bytes, rng: random.Random) -> bytes:
    made = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 4, 16])):
        place = rng.randrange(len(made) + 1)
        match rng.randrange(5):
            case 0:
                made[place : place + 1] = rng.randbytes(1)
            case 1:
                del made[place : place + rng.randrange(1, 9)]
            case 2:
                made[place:place] = made[place : place + rng.randrange(1, 40)]
            case 3:
                made[place : place + 4] = rng.choice(
                    [b"\0\0\0\0", b"\xff\xff\xff\xff", b"\0\0\0\x80", b"PK\1\2", b": *a"]
                )
            case 4:
                made[place : place + 1] = bytes([1 << rng.randrange(8)])
    return bytes(made[:MAX_LENGTH])


def mutated(target: str, content: bytes, rng: random.Random) -> bytes:
    """A new input near this one."""
    if target == "wire" and rng.random() < 0.8:
        try:
            return _mutated_frames(content, rng)[:MAX_LENGTH]
        except (msgspec.MsgspecError, ValueError, TypeError, LookupError, OverflowError, RecursionError, struct.error):
            pass  # it no longer is a row of frames
    return _mutated_bytes(content, rng)


def seeds(target: str) -> list[bytes]:
    """Where mutation starts: what honest peers send, and what found something before."""
    return TARGETS[target][1]() + [path.read_bytes() for path in found_before(target)]


def found_by_mutation(target: str, runs: int, seed: int) -> bytes | None:
    """Mutate the seeds, and what mutation made of them; the first input that finds something, or nothing."""
    rng = random.Random(seed)
    run, pool = TARGETS[target][0], seeds(target)
    kept = len(pool)
    for _ in range(runs):
        content = mutated(target, rng.choice(pool[:kept] if rng.random() < 0.7 else pool), rng)
        try:
            run(content)
        except BaseException:
            return content
        if len(pool) < kept + 200:
            pool.append(content)
        else:
            pool[kept + rng.randrange(200)] = content
    return None


def clean_up() -> None:
    """Remove what the targets wrote."""
    shutil.rmtree(_folder(), ignore_errors=True)
    for made in (_folder, _written_course, _course, _fresh_assignment):
        made.cache_clear()

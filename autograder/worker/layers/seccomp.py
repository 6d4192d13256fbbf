"""Promise: no system call outside the list, and of some only the harmless arguments. x86-64.

A list of what is allowed, gathered by running NumPy and torch under strace and rounded up to whole families. Whatever
is not on it fails with "operation not permitted", so that a library can fall back; another machine's system calls
(32 bit) end the process.
"""

from __future__ import annotations

import errno
import functools
import os
import platform
import struct
from collections.abc import Sequence

from autograder.worker.layers import kernel


def _table(text: str) -> dict[str, int]:
    return {name: int(number) for name, number in (entry.split("=") for entry in text.split())}


# Numbers from asm/unistd_64.h.
_ALLOWED = _table("""
    read=0 write=1 close=3 fstat=5 lseek=8 mprotect=10 munmap=11 brk=12 rt_sigaction=13 rt_sigprocmask=14
    rt_sigreturn=15 pread64=17 pwrite64=18 readv=19 writev=20 preadv=295 pwritev=296 preadv2=327 pwritev2=328
    access=21 pipe=22 pipe2=293 select=23 pselect6=270 poll=7 ppoll=271 sched_yield=24 mremap=25 msync=26
    mincore=27 madvise=28 dup=32 dup2=33 dup3=292 pause=34 nanosleep=35 clock_nanosleep=230 getitimer=36
    setitimer=38 alarm=37 timer_create=222 timer_settime=223 timer_gettime=224 timer_getoverrun=225
    timer_delete=226 getpid=39 getppid=110 gettid=186 getuid=102 geteuid=107 getgid=104 getegid=108
    getresuid=118 getresgid=120 getgroups=115 getpgrp=111 getpgid=121 getsid=124 setsid=112 setpgid=109
    sendto=44 recvfrom=45 sendmsg=46 recvmsg=47 sendmmsg=307 recvmmsg=299 shutdown=48 getsockname=51
    getpeername=52 getsockopt=55 setsockopt=54 fork=57 vfork=58 exit=60 exit_group=231 wait4=61 waitid=247
    uname=63 fsync=74 fdatasync=75 ftruncate=77 getdents=78 getdents64=217 getcwd=79 chdir=80 fchdir=81
    rename=82 renameat=264 renameat2=316 mkdir=83 mkdirat=258 rmdir=84 creat=85 link=86 linkat=265 unlink=87
    unlinkat=263 symlink=88 symlinkat=266 readlink=89 readlinkat=267 umask=95 gettimeofday=96 getrlimit=97
    setrlimit=160 getrusage=98 sysinfo=99 times=100 sigaltstack=131 statfs=137 fstatfs=138 arch_prctl=158
    prctl=157 futex=202 futex_waitv=449 set_tid_address=218 set_robust_list=273 get_robust_list=274 rseq=334
    sched_getaffinity=204 sched_getparam=143 sched_getscheduler=145
    sched_get_priority_max=146 sched_get_priority_min=147 getpriority=140 epoll_create=213 epoll_create1=291
    epoll_wait=232 epoll_pwait=281 epoll_pwait2=441 epoll_ctl=233 eventfd=284 eventfd2=290 signalfd=282
    signalfd4=289 timerfd_create=283 timerfd_settime=286 timerfd_gettime=287 time=201 clock_gettime=228
    clock_getres=229 openat=257 open=2 openat2=437 stat=4 lstat=6 newfstatat=262 statx=332 faccessat=269
    faccessat2=439 getrandom=318 fadvise64=221 fallocate=285 copy_file_range=326 sendfile=40 rt_sigpending=127
    rt_sigtimedwait=128 rt_sigsuspend=130 getcpu=309 membarrier=324
    close_range=436 restart_syscall=219 get_mempolicy=239 set_mempolicy=238 mbind=237 pkey_alloc=330
    pkey_free=331 pkey_mprotect=329 mlock=149 munlock=150
""")
_METADATA = _table("""
    chmod=90 fchmod=91 fchmodat=268 utime=132 utimes=235 utimensat=280 futimesat=261 truncate=76
""")  # not mediated by Landlock: only where a fresh root leaves nothing else to change
_SPECIAL = _table("""
    clone=56 clone3=435 memfd_create=319 socket=41 socketpair=53 connect=42 bind=49 listen=50 accept=43
    accept4=288 flock=73 fcntl=72 ioctl=16 mmap=9 prlimit64=302 kill=62 tkill=200 tgkill=234 execve=59
    execveat=322 sched_setaffinity=203
""")

_LOAD, _EQUAL, _AT_LEAST, _ABOVE, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x25, 0x45, 0x54, 0x06
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_X86_64 = 0xC000003E
_X32 = 0x40000000  # this bit marks the system calls of the x32 ABI
_NUMBER, _MACHINE = 0, 4  # offsets in struct seccomp_data

_NEW_NAMESPACES = (
    kernel.NEW_MOUNTS | kernel.NEW_CGROUPS | kernel.NEW_HOST_NAMES | kernel.NEW_IPC | kernel.NEW_USERS
    | kernel.NEW_PIDS | kernel.NEW_NETWORK
)  # fmt: skip
_HARMLESS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
# TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX: what isatty and sockets ask. Others fake a terminal's input,
# name the process that a descriptor signals, list the host's network, or change attributes of files opened for reading.
_UNIX = 1  # AF_UNIX
_DATAGRAM = 2  # a pair of these could be redirected to a socket in the file system
_HARMFUL = (0x5412, 0x541C, 0x8901, 0x8902)  # TIOCSTI, TIOCLINUX, FIOSETOWN, SIOCSPGRP
# F_SETLK and the like: locks on shared files are seen by other workers. F_SETOWN, F_SETSIG, F_SETOWN_EX: a descriptor
# that becomes readable signals its owner, which may be any process of the same user.
_COMMANDS = (6, 7, 37, 38, 1024, 1026, 8, 10, 15)
_SHARED, _ANONYMOUS, _HUGE = 0x01, 0x20, 0x40000  # MAP_SHARED, MAP_ANONYMOUS, MAP_HUGETLB


class _Filter:
    """Instructions of classic BPF, with jumps by hand."""

    def __init__(self) -> None:
        self.instructions: list[tuple[int, int, int, int]] = []

    def add(self, code: int, value: int, if_true: int = 0, if_false: int = 0) -> None:
        self.instructions.append((code, if_true, if_false, value & 0xFFFFFFFF))

    def when(self, name: str, body: Sequence[tuple[int, int, int, int]]) -> None:
        """Instructions for one system call; they must end in returns."""
        self.add(_EQUAL, _SPECIAL[name], 0, len(body))
        self.instructions += body

    def refuse(self, name: str, number: int) -> None:
        self.when(name, [(_RETURN, 0, 0, _ERROR | number)])


def _argument(index: int) -> tuple[int, int, int, int]:
    return (_LOAD, 0, 0, 16 + 8 * index)


def _one_of(values: Sequence[int]) -> list[tuple[int, int, int, int]]:
    """Two instructions follow: the second is taken for these values, the first for all others."""
    return [(_EQUAL, len(values) - index, 0, value) for index, value in enumerate(values)]


_YES = (_RETURN, 0, 0, _ALLOW)


def _no(number: int = errno.EPERM) -> tuple[int, int, int, int]:
    return (_RETURN, 0, 0, _ERROR | number)


@functools.cache
def program(*, fresh_root: bool, own_pid: int = 0, with_gpu: bool = False, pinned: bool = False) -> tuple[bytes, int]:
    """The filter and its number of instructions.

    Args:
        fresh_root: whether the worker has namespaces and a root of its own. Otherwise it can neither use sockets,
            signal or move another process, nor change a file's mode and times.
        own_pid: the only process that it may signal then, say by abort().
        with_gpu: whether CUDA must work, which makes and maps shared memory of its own.
        pinned: whether it must stay on the cores that it was given.
    """
    made = _Filter()
    made.add(_LOAD, _MACHINE)
    made.add(_EQUAL, _X86_64, 1, 0)
    made.add(_RETURN, _KILL)
    made.add(_LOAD, _NUMBER)
    made.add(_AT_LEAST, _X32, 0, 1)
    made.add(_RETURN, _KILL)
    made.when("clone", [_argument(0), (_ANY_BIT, 0, 1, _NEW_NAMESPACES), _no(), _YES])
    if with_gpu:
        made.when("memfd_create", [_YES])
    for name in ("clone3", "memfd_create", "flock"):  # libraries fall back to what can be judged by its arguments
        made.refuse(name, errno.ENOSYS)
    for name in ("execve", "execveat"):
        made.refuse(name, errno.EPERM)
    if fresh_root:
        made.when("socket", [_argument(0), (_EQUAL, 0, 1, _UNIX), _YES, _no(errno.EAFNOSUPPORT)])
        for name in ("connect", "bind", "listen", "accept", "accept4"):
            made.when(name, [_YES])
        for name in ("kill", "tkill", "tgkill"):
            made.when(name, [_YES])
    else:
        for name in ("socket", "connect", "bind", "listen", "accept", "accept4", "kill", "tkill"):
            made.refuse(name, errno.EPERM)
        made.when("tgkill", [_argument(0), (_EQUAL, 0, 1, own_pid), _YES, _no()])
    made.when("socketpair", [_argument(1), (_AND, 0, 0, 0xF), (_EQUAL, 0, 1, _DATAGRAM), _no(errno.EACCES), _YES])
    made.when("fcntl", [_argument(1), *_one_of(_COMMANDS), _YES, _no()])
    if with_gpu:  # the driver has ioctls of its own, of any number
        made.when("ioctl", [_argument(1), *_one_of(_HARMFUL), _YES, _no()])
        made.when("mmap", [_YES])
    made.when("ioctl", [_argument(1), *_one_of(_HARMLESS), _no(), _YES])
    own = [(_EQUAL, 1, 0, 0), (_EQUAL, 0, 1, own_pid), _YES, _no()]
    may_move = [_YES] if fresh_root else [_argument(0), *own]
    made.when("sched_setaffinity", [_no()] if pinned else may_move)
    # Shared anonymous memory is not counted by the limit on a process's data, huge pages by no account of a process.
    memory = [(_ANY_BIT, 3, 0, _HUGE), (_ANY_BIT, 0, 1, _ANONYMOUS), (_ANY_BIT, 1, 0, _SHARED)]
    made.when("mmap", [_argument(3), *memory, _YES, _no(errno.ENOMEM)])
    made.when("prlimit64", [_argument(0), (_EQUAL, 0, 1, 0), _YES, _no()])  # its own limits alone
    allowed = sorted({**_ALLOWED, **(_METADATA if fresh_root else {})}.values())
    for first, last in _ranges(allowed):
        made.add(_AT_LEAST, first, 0, 2)
        made.add(_ABOVE, last, 1, 0)
        made.add(_RETURN, _ALLOW)
    made.add(_RETURN, _ERROR | errno.EPERM)
    code = b"".join(struct.pack("HBBI", *instruction) for instruction in made.instructions)
    return code, len(made.instructions)


def _ranges(numbers: Sequence[int]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def restrict(*, fresh_root: bool, with_gpu: bool = False, pinned: bool = False) -> None:
    """Hold this process to the list.

    Raises:
        OSError: the kernel has no seccomp, or this is another machine.
    """
    if platform.machine() != "x86_64":
        raise OSError(f"seccomp: the list of system calls is for x86_64, and this machine is {platform.machine()}")
    kernel.prctl(kernel.NO_NEW_PRIVILEGES, 1)
    own_pid = 0 if fresh_root else os.getpid()
    kernel.seccomp_filter(*program(fresh_root=fresh_root, own_pid=own_pid, with_gpu=with_gpu, pinned=pinned))

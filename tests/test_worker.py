"""Workers: whatever student code does, one request fails with a message that names the limit, and nothing is left."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograder.model import Limits, Outcome
from autograder.remote import ProcessLink, Student, StudentError, WorkerBroke
from autograder.worker.isolation import isolation
from autograder.worker.launch import WarmParent
from autograder.worker.report import describe_error

LIMITS = Limits(
    seconds=1.0,
    import_seconds=5.0,
    memory_bytes=256 << 20,
    processes=16,
    file_bytes=1 << 20,
    open_files=64,
    output_bytes=1 << 20,
    answer_bytes=32 << 20,
)

SUBMISSION = """
import ctypes, mmap, os, signal, subprocess, sys, threading, time
import numpy as np

def fine(): return 1
def leave(): os._exit(0)
def exit_politely(): sys.exit(0)
def segfault(): ctypes.string_at(0)
def loop():
    while True: pass
def sleep_through_signals():
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP): signal.signal(number, signal.SIG_IGN)
    while True: time.sleep(1)
def stop_itself(): os.kill(os.getpid(), signal.SIGSTOP)
def endless():
    while True: yield 1
def recurse(n=0): return recurse(n + 1)
def recurse_in_c():
    sys.setrecursionlimit(10**9)
    x = []
    for _ in range(10**6): x = [x]
    return repr(x)
def private_memory(): return np.ones(2 << 30, np.uint8).sum()
def many_small():
    keep = []
    while len(keep) < 4096: keep.append(bytearray(os.urandom(1 << 19)))
def shared_memory():
    m = mmap.mmap(-1, 2 << 30)
    for i in range(0, 2 << 30, 4096): m[i] = 1
def memory_in_children():
    for _ in range(6):
        if os.fork() == 0:
            x = np.ones(100 << 20, np.uint8); time.sleep(5); os._exit(0)
    time.sleep(5)
def fork_bomb():
    for _ in range(8): os.fork()
    time.sleep(5)
def threads():
    threading.stack_size(1 << 16)
    for _ in range(40): threading.Thread(target=time.sleep, args=(5,), daemon=True).start()
    time.sleep(5)
def shout():
    for _ in range(100): print("x" * (1 << 20))
def shout_quietly(): os.write(1, b"y" * 60000)
def daemon():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(300)
        os._exit(0)
    return 1
def big_file():
    with open("big", "wb") as f: f.write(b"x" * (4 << 20))
def descriptors(): return [open(os.devnull) for _ in range(500)]
class Rude(Exception):
    def __str__(self): raise ValueError
def rude(): raise Rude
class RudeHash(Exception):
    def __getattribute__(self, name): raise SystemExit(1)
def very_rude(): raise RudeHash
def forge():
    import socket
    for fd in range(3, 64):
        try: os.write(fd, b"\\xff" * 64)
        except OSError: pass
def lie():
    import gc
    from autograder.wire import Connection, Message
    for c in gc.get_objects():
        if type(c) is Connection: c.send(Message(99, "ok", [1, [], [], [], []]))
def close_everything(): os.closerange(3, 64)
def too_much(): return list(range(10**6))
def huge_answer(): return np.ones(1 << 26, np.uint8)
def kill_supervisor(): os.kill(os.getppid(), signal.SIGKILL); time.sleep(5)  # inside: 0, which means itself
def fork_and_return(): return os.fork() * 0
SHARED = [object() for _ in range(3)]
def shared(n): return SHARED[n % 3]
def same(thing, n): return thing is SHARED[n % 3]
def environment(): return dict(os.environ)
def look_for_suites(): return sorted(m for m in sys.modules if m.partition(".")[0] in ("pytest", "_pytest") or m in ("autograder.suite", "autograder.testing"))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("student")
    (folder / "work.py").write_text(SUBMISSION)
    return folder


@pytest.fixture(scope="module", params=["limits", "full"])
def warm(request):
    parent = WarmParent(["numpy"], request.param)
    yield parent
    parent.close()


@pytest.fixture
def student(warm, folder):
    student = Student(ProcessLink(warm.start(folder, LIMITS), LIMITS), LIMITS)
    student.open(folder, "work.py")
    student.link.allow(LIMITS.seconds, "one test")
    yield student
    student.link.close()


def processes_below(pid: int) -> set[int]:
    """Process ids below `pid`, zombies left out."""
    listed = subprocess.run(["ps", "-e", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True).stdout
    parents = {int(p): int(pp) for p, pp, stat in (line.split() for line in listed.splitlines()) if stat[0] != "Z"}
    found, waiting = set(), {pid}
    while waiting:
        waiting = {p for p, parent in parents.items() if parent in waiting} - found
        found |= waiting
    return found


def session(pid: int) -> int:
    """0 if it has ended."""
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return 0


def wait_until_none_below(pid: int) -> set[int]:
    """What is left of workers: whatever has left the warm parent's own session, in which the builder of walls stays."""
    deadline = time.monotonic() + 5
    while (left := {p for p in processes_below(pid) if session(p) != session(pid)}) and time.monotonic() < deadline:
        time.sleep(0.02)
    return left


BROKEN = [
    ("leave", Outcome.CRASHED, "ended the process with exit status 0"),
    ("segfault", Outcome.CRASHED, "segmentation fault"),
    ("loop", Outcome.TIMEOUT, "took longer than 1 s, the limit for one test"),
    ("sleep_through_signals", Outcome.TIMEOUT, "took longer than 1 s"),
    ("stop_itself", Outcome.TIMEOUT, "took longer than 1 s"),
    ("recurse_in_c", Outcome.CRASHED, "segmentation fault"),
    ("shared_memory", Outcome.OUT_OF_MEMORY, "used more than 256 MiB of memory"),
    ("memory_in_children", Outcome.OUT_OF_MEMORY, "used more than 256 MiB of memory"),
    ("fork_bomb", Outcome.CRASHED, "started more than 16 processes and threads"),
    ("threads", Outcome.CRASHED, "started more than 16 processes and threads"),
    ("shout", Outcome.CRASHED, "printed more than 1 MiB, the limit for one test"),
    ("forge", Outcome.ERROR, "gave no valid answer"),
    ("lie", Outcome.ERROR, "gave no valid answer"),
    ("close_everything", Outcome.CRASHED, "ended the process"),
    ("huge_answer", Outcome.ERROR, "gave no valid answer"),
    ("kill_supervisor", Outcome.CRASHED, "ended the process"),
]


@pytest.mark.parametrize(("name", "outcome", "message"), BROKEN, ids=[row[0] for row in BROKEN])
def test_what_breaks_a_worker_breaks_one_request(student, warm, folder, name, outcome, message, request):
    """The limit is named, no process is left, and the next worker answers."""
    if name in REFUSED and "full" in request.node.callspec.id:
        with pytest.raises(StudentError) as refused:
            getattr(student, name)()
        assert isinstance(refused.value, REFUSED[name])
        return
    if outcome is not Outcome.TIMEOUT:
        student.link.allow(30, "one test")  # a busy machine must not time out first
    with pytest.raises(WorkerBroke) as caught:
        getattr(student, name)()
    assert caught.value.outcome is outcome
    assert message in caught.value.message
    assert student.broken
    student.link.close()
    assert wait_until_none_below(warm.pid) == set()
    again = Student(ProcessLink(warm.start(folder, LIMITS), LIMITS), LIMITS)
    again.open(folder, "work.py")
    assert again.fine() == 1
    again.link.close()


REFUSED = {"shared_memory": OSError}  # by the sandbox, before a limit is met
RAISED = [
    ("exit_politely", "SystemExit"),
    ("recurse", "RecursionError"),
    ("private_memory", "MemoryError"),
    ("big_file", "OSError"),
    ("descriptors", "OSError"),
    ("rude", "Rude"),
    ("very_rude", "RudeHash"),
]


@pytest.mark.parametrize(("name", "kind"), RAISED, ids=[row[0] for row in RAISED])
def test_what_raises_leaves_the_worker_alive(student, name, kind):
    """The exception arrives with its type and the student's line, and the same worker answers on."""
    with pytest.raises(StudentError) as caught:
        getattr(student, name)()
    assert caught.value.type_name == kind
    assert caught.value.frames[-1].file == "work.py"
    assert student.fine() == 1


def test_many_small_allocations_meet_the_memory_limit(student):
    """The kernel's limit for one process or the watchdog's for all of them, whichever is first."""
    student.link.allow(30, "one test")
    with pytest.raises((StudentError, WorkerBroke)) as caught:
        student.many_small()
    assert isinstance(caught.value, MemoryError) or caught.value.outcome is Outcome.OUT_OF_MEMORY


def test_a_fork_that_returns_does_not_answer_twice(student):
    """The copy ends where the original answers."""
    for _ in range(3):
        assert student.fork_and_return() == 0
        assert student.fine() == 1


def test_an_object_that_comes_back_after_its_handle_was_dropped(student):
    """The worker forgets an object only while no handle names it."""
    student.link.allow(30, "one test")
    for number in range(700):
        assert student.same(student.shared(number), number)


def test_an_endless_iterator_ends_with_the_test(student):
    """No call takes long, but all of them together may not."""
    with pytest.raises(WorkerBroke, match="took longer than 1 s"):
        for _ in student.endless():
            pass


def test_an_answer_with_too_many_values_is_no_answer(student):
    """A list of a million numbers: an array would be fine; the worker lives on."""
    with pytest.raises(WorkerBroke, match="no valid answer") as caught:
        student.too_much()
    assert "array holds more" in caught.value.detail


def test_output_is_kept_for_the_test_that_made_it(student):
    """And counted from zero for the next one."""
    student.shout_quietly()
    assert student.link.take_output() == "y" * 60000
    student.link.allow(1, "one test")
    assert student.link.take_output() == ""


def test_a_daemon_does_not_outlive_its_worker(student, warm):
    """A process that has left its session and its parent is found all the same."""
    student.daemon()
    student.link.close()
    assert wait_until_none_below(warm.pid) == set()


def test_the_worker_knows_nothing_of_the_grader(student):
    """No suite, no pytest among its modules; nothing of the grader's environment."""
    assert student.look_for_suites() == []
    assert set(student.environment()) <= {
        "PATH", "LANG", "HOME", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "MPLBACKEND", "LC_CTYPE", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_", "CUDA_VISIBLE_DEVICES",
    }  # fmt: skip


def test_an_import_that_hangs_is_named(warm, tmp_path):
    """Importing has a limit of its own."""
    (tmp_path / "work.py").write_text("while True: pass\n")
    limits = Limits(import_seconds=0.5)
    student = Student(ProcessLink(warm.start(tmp_path, limits), limits), limits)
    with pytest.raises(WorkerBroke, match=r"took longer than 0\.5 s, the limit for importing your file"):
        student.open(tmp_path, "work.py")
    student.link.close()


def test_a_warm_parent_that_died_is_started_again(folder):
    """One worker is lost with it, not the batch."""
    parent = WarmParent(["numpy"])
    parent.start(folder, LIMITS).end()
    os.kill(parent.pid, 9)
    time.sleep(0.05)
    student = Student(ProcessLink(parent.start(folder, LIMITS), LIMITS), LIMITS)
    student.open(folder, "work.py")
    assert student.fine() == 1
    student.link.close()
    parent.close()


@pytest.mark.skipif(isolation().grade != "full", reason="walls are built in the full sandbox alone")
def test_a_builder_of_walls_that_died_is_replaced(folder):
    """With its warm parent: one worker is lost, and the fault is the grader's."""
    parent = WarmParent(["numpy"], "full")
    first = Student(ProcessLink(parent.start(folder, LIMITS), LIMITS), LIMITS)
    first.open(folder, "work.py")
    first.link.close()
    assert wait_until_none_below(parent.pid) == set()
    (builder,) = processes_below(parent.pid)
    os.kill(builder, 9)
    deadline = time.monotonic() + 20
    student = Student(ProcessLink(parent.start(folder, LIMITS), LIMITS), LIMITS)
    with pytest.raises(WorkerBroke) as caught:
        student.open(folder, "work.py")
    assert caught.value.outcome is Outcome.GRADER_ERROR
    student.link.close()
    while "\nState:\tZ" not in Path(f"/proc/{parent.pid}/status").read_text() and time.monotonic() < deadline:
        time.sleep(0.02)
    again = Student(ProcessLink(parent.start(folder, LIMITS), LIMITS), LIMITS)
    again.open(folder, "work.py")
    assert again.fine() == 1
    again.link.close()
    parent.close()


def test_nothing_is_left_when_the_grader_is_killed(folder):
    """The warm parent and its workers end by themselves."""
    code = (
        "import sys, time; from pathlib import Path\n"
        "from autograder.model import Limits; from autograder.remote import *\n"
        "from autograder.worker.launch import WarmParent\n"
        f"p = WarmParent(['numpy']); folder = Path({str(folder)!r})\n"
        "s = Student(ProcessLink(p.start(folder, Limits()), Limits()), Limits()); s.open(folder, 'work.py')\n"
        "s.daemon(); print(p.pid, flush=True); time.sleep(60)\n"
    )
    grader = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    warm_pid = int(grader.stdout.readline())
    below = processes_below(warm_pid)
    assert below
    grader.kill()
    grader.wait()
    grader.stdout.close()
    deadline = time.monotonic() + 5
    while any(Path(f"/proc/{pid}").exists() for pid in {warm_pid, *below}) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not [pid for pid in {warm_pid, *below} if Path(f"/proc/{pid}").exists()]


def test_a_message_that_is_no_unicode_arrives():
    """Halves of surrogate pairs, as in the names of files that are not UTF-8, are shown by their numbers."""
    try:
        raise ValueError("file \udce9.txt")
    except ValueError:
        report = describe_error(sys.exc_info(), None, "call")
    assert report["message"] == "file \\udce9.txt"


def test_huge_pages_leave_memory_as_it_was():
    """What is there stays there; a kernel without them gathers none."""
    code = "import numpy; from autograder.worker import pages; one = numpy.arange(1 << 21); n = pages.gather(); "
    code += "print(n, bool((one == numpy.arange(1 << 21)).all()), pages.gather() >= n)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    _gathered, same, again = run.stdout.split()
    assert (same, again) == ("True", "True")

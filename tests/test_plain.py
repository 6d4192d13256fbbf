"""Plain workers, for systems that cannot fork: a new process each; what breaks one costs one request there, too."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from autograder.errors import GraderFault
from autograder.model import Limits, Outcome
from autograder.remote import PlainLink, Student, StudentError, WorkerBroke
from autograder.worker.spawn import PlainParent

LIMITS = Limits(seconds=1.0, output_bytes=1 << 20, answer_bytes=8 << 20)
SUBMISSION = """
import os, sys, time
import numpy as np

def add(x, y): return x + y
def change(x): x += 1
def twice(f): return f(f(1))
def shout():
    print("x" * (4 << 20)); time.sleep(5)
def talk(): print("said \\u2713"); return 1
def where(): return os.getcwd()
def hang(): time.sleep(60)
def leave(): os._exit(3)
def die(): os.abort()
def read(): return sys.stdin.read()
def huge(): return np.ones(1 << 24, np.uint8)
def fail(): raise KeyError("no")
"""


@pytest.fixture(scope="module")
def parent():
    parent = PlainParent(["numpy"])
    yield parent
    parent.close()


@pytest.fixture
def student(parent, tmp_path):
    (tmp_path / "work.py").write_text(SUBMISSION, encoding="utf-8")
    student = Student(PlainLink(parent.start(tmp_path), LIMITS), LIMITS)
    student.open(tmp_path, "work.py")
    student.link.allow(LIMITS.seconds, "one test")
    yield student
    student.link.close()


def test_calls_arrays_callbacks_and_errors(student, tmp_path):
    """As over any link."""
    x = np.arange(3.0)
    student.change(x)
    assert x.tolist() == [1, 2, 3]
    assert student.add(x, 1).tolist() == [2, 3, 4]
    assert student.twice(lambda n: n * 5) == 25
    assert student.where() == str(tmp_path)
    assert student.read() == ""
    with pytest.raises(KeyError) as caught:
        student.fail()
    assert caught.value.frames[-1].source == 'def fail(): raise KeyError("no")'


def test_output_is_kept_for_the_test_that_made_it(student):
    """In UTF-8 everywhere."""
    assert student.talk() == 1
    assert student.link.take_output().split() == ["said", "\u2713"]
    assert student.link.take_output() == ""


BROKEN = [
    ("hang", Outcome.TIMEOUT, "took longer than 1 s, the limit for one test"),
    ("leave", Outcome.CRASHED, "ended the process with exit status 3"),
    ("die", Outcome.CRASHED, "ended the process: signal 6 (SIGABRT)"),
    ("shout", Outcome.CRASHED, "printed more than 1 MiB, the limit for one test"),
    ("huge", Outcome.ERROR, "gave no valid answer"),
]


@pytest.mark.parametrize(("name", "outcome", "message"), BROKEN, ids=[row[0] for row in BROKEN])
def test_what_breaks_a_worker_breaks_one_request(student, parent, tmp_path, name, outcome, message):
    """The limit is named, and the next worker answers."""
    if outcome is not Outcome.TIMEOUT:
        student.link.allow(30, "one test")
    with pytest.raises(WorkerBroke) as caught:
        getattr(student, name)()
    assert caught.value.outcome is outcome
    assert message in caught.value.message
    again = Student(PlainLink(parent.start(tmp_path), LIMITS), LIMITS)
    again.open(tmp_path, "work.py")
    assert again.add(1, 2) == 3
    again.link.close()


def test_only_the_process_that_knows_the_token_is_listened_to(parent, tmp_path):
    """Another program of this machine may knock at the port first."""
    worker = parent._spare
    port = worker._listener.getsockname()[1]
    with socket.create_connection(("127.0.0.1", port)) as stranger:
        stranger.sendall(bytes(32))
        (tmp_path / "work.py").write_text(SUBMISSION, encoding="utf-8")
        student = Student(PlainLink(parent.start(tmp_path), LIMITS), LIMITS)
        student.open(tmp_path, "work.py")
        assert student.add(1, 1) == 2
        student.link.close()
        assert stranger.recv(1) == b""


def test_a_process_that_does_not_start_is_the_graders_fault(tmp_path):
    """With the last thing that it said."""
    parent = PlainParent(["no_such_module"])
    with pytest.raises(GraderFault, match="did not start: ModuleNotFoundError: No module named 'no_such_module'"):
        parent.start(tmp_path)
    parent.close()


WITHOUT_FORK = """
import os, select, signal, socket, sys
for name in ("fork", "pidfd_open", "sysconf", "nice", "setsid", "sched_setaffinity", "sched_getaffinity", "killpg"):
    delattr(os, name)
for name in ("poll", "epoll", "POLLIN", "POLLOUT"):
    delattr(select, name)
for name in ("AF_UNIX", "CMSG_SPACE", "SCM_RIGHTS"):
    delattr(socket, name)
for name in ("SIGSTOP", "SIGXFSZ"):
    delattr(signal, name)
for name in ("resource", "fcntl", "pwd", "termios"):
    sys.modules[name] = None

def missing(self):
    raise AttributeError("sendmsg")

socket.socket.sendmsg = property(missing)
"""


def test_a_lab_is_graded_on_a_system_that_cannot_fork():
    """Without fork, resource, fcntl, poll, sendmsg, Unix sockets and sysconf: what Windows lacks."""
    course = Path("tests/courses/mini")
    arguments = [str(course), "lab1_mini", str(course / "solutions/lab1_mini"), "plain", "1"]
    code = (
        f"{WITHOUT_FORK}\nsys.argv[1:] = {arguments!r}\nsys.path.insert(0, 'tests')\nimport run_suite; run_suite.main()"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    results = json.loads(run.stdout)["results"]
    assert len(results) >= 3
    assert {result.partition(":")[0] for result in results.values()} == {"passed"}


def test_student_errors_name_their_line(student):
    """The stage and the frames are the same as over a forked worker."""
    with pytest.raises(StudentError):
        student.add(1, "x")

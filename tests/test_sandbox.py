"""The sandbox: what each layer promises, and that no student code runs where one of them cannot be had."""

import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from autograder.errors import GraderFault, HostError
from autograder.model import Limits, Outcome
from autograder.remote import ProcessLink, Student, WorkerBroke
from autograder.worker import isolation as isolation_module
from autograder.worker import sandbox
from autograder.worker.isolation import LAYERS, Isolation, isolation, require_sandbox, try_grade
from autograder.worker.launch import WarmParent
from autograder.worker.layers import gpu, kernel, landlock, root, seccomp, watchdog
from autograder.worker.messages import Gpu, Grade, StartRequest
from autograder.worker.sandbox import closed_folders

REASON = try_grade(Grade.FULL)
bubblewrapped = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
WITH_ROOT = [Grade.FULL, pytest.param(Grade.BUBBLEWRAP, marks=bubblewrapped)]
pytestmark = [
    pytest.mark.skipif(bool(REASON), reason=f"no full sandbox here: {REASON}"),
    pytest.mark.filterwarnings("ignore"),  # the student's code leaves files open
]
LIMITS = Limits(memory_bytes=512 << 20, processes=16, file_bytes=1 << 20)

SUBMISSION = """
import ctypes, errno, os, signal, socket, stat, subprocess, sys
import numpy as np

libc = ctypes.CDLL(None, use_errno=True)
open("imported", "w").close()

def said(what, *arguments):
    try:
        return ("ok", str(what(*arguments))[:80])
    except OSError as problem:
        return (errno.errorcode.get(problem.errno, "?"), "")

def read(path): return said(lambda: open(path, "rb").read(20))
def listing(path): return said(os.listdir, path)
def write(path): return said(lambda: open(path, "w").write("x"))
def make(path): return said(os.mkdir, path)
def symlink_through(path):
    os.symlink(path, "link")
    return said(lambda: open("link", "rb").read(20))
def hardlink(path): return said(os.link, path, "hard")
def fill(size):
    with open("big", "wb") as file:
        return said(lambda: [file.write(b"x" * (1 << 18)) for _ in range(size >> 18)])
def fill_all(size):
    for n in range(200):
        kind, _ = said(lambda: open(f"/tmp/f{n}", "wb").write(b"x" * (1 << 19)))
        if kind != "ok":
            return kind
    return "ok"
def inodes():
    for n in range(30_000):
        kind, _ = said(lambda: os.mkdir(f"/tmp/d{n}"))
        if kind != "ok":
            return kind
    return "ok"
def syscall(number, *arguments):
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) for a in arguments])
    return "ok" if result >= 0 else errno.errorcode.get(ctypes.get_errno(), "?")
def identity(): return os.getresuid() + os.getresgid() + tuple(os.getgroups())
def capabilities():
    lines = open("/proc/self/status").read().splitlines()
    return {line.split(":")[0]: line.split()[1] for line in lines if line.startswith(("Cap", "NoNewPrivs", "Seccomp:"))}
def pids(): return sorted(int(name) for name in os.listdir("/proc") if name.isdigit())
def descriptors(): return sorted(int(name) for name in os.listdir("/proc/self/fd"))
def connect(host, port):
    return said(lambda: socket.create_connection((host, port), 1).close())
def unix(path):
    s = socket.socket(socket.AF_UNIX)
    return said(s.connect, path)
def netlink(): return said(socket.socket, socket.AF_NETLINK, socket.SOCK_RAW)
def launch(program): return said(subprocess.check_output, [program])
def kill(pid, number): return said(os.kill, pid, number)
def thread_kill(pid): return syscall(234, pid, pid, 9)
def host(): return os.uname().nodename
def memory(pid): return read(f"/proc/{pid}/mem")
def environment(): return dict(os.environ)
def two_threads():
    import threading
    found = []
    threads = [threading.Thread(target=lambda: found.append(np.ones((200, 200)) @ np.ones(200))) for _ in range(2)]
    [t.start() for t in threads]; [t.join() for t in threads]
    return len(found)
def leave_behind():
    open("/tmp/state", "w").write("x"); open("/dev/shm/state", "w").write("x"); open("state", "w").write("x")
def left_behind(): return [p for p in ("/tmp/state", "/dev/shm/state", "state") if os.path.exists(p)]
def prlimit(pid):
    import resource
    return said(resource.prlimit, pid, resource.RLIMIT_NOFILE)
def raise_limit():
    import resource
    try:
        resource.setrlimit(resource.RLIMIT_DATA, (1 << 40, 1 << 40))
        return "ok"
    except (ValueError, OSError) as problem:
        return type(problem).__name__
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("student")
    (folder / "work.py").write_text(SUBMISSION)
    return folder


@pytest.fixture(scope="module", params=WITH_ROOT)
def grade(request):
    return request.param


@pytest.fixture(scope="module")
def warm(grade):
    parent = WarmParent(["numpy"], grade)
    yield parent
    parent.close()


@pytest.fixture(scope="module")
def alone(grade):
    """The processes that a worker sees: process 1, with bubblewrap the one that waits, and itself."""
    return [1, 2] if grade is Grade.FULL else [1, 2, 3]


@pytest.fixture
def student(warm, folder):
    student = Student(ProcessLink(warm.start(folder, LIMITS), LIMITS), LIMITS)
    student.open(folder, "work.py")
    student.link.allow(60, "these tests")
    yield student
    student.link.close()


REPOSITORY = Path(__file__).parents[1]
NOWHERE = ("ENOENT", "EACCES")


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "/etc/shadow",
        str(REPOSITORY / "assignments/course.yaml"),
        str(REPOSITORY / "assignments/lab1_nn_basics/tests/hidden/oracles.py"),
        str(REPOSITORY / "solutions/lab1_nn_basics/losses.py"),
        "/proc/1/environ",
        "/proc/1/mem",
        "/proc/kcore",
        "/sys/kernel/notes",
        "/dev/mem",
        "/dev/kmsg",
        "/root/.bashrc",
    ],
)
def test_no_file_of_the_host_can_be_read(student, path):
    """By its path, through a symbolic link, or as a hard link."""
    assert student.read(path)[0] in (*NOWHERE, "EPERM")
    assert student.symlink_through(path)[0] in (*NOWHERE, "EPERM")
    assert student.hardlink(path)[0] in (*NOWHERE, "EPERM", "EXDEV")


def test_folders_of_the_host_are_not_there(student):
    """Neither the course nor another submission's folder."""
    for path in (str(REPOSITORY / "assignments"), str(REPOSITORY / "tests"), "/home", "/var", "/etc", "/root", "/"):
        assert student.listing(path)[0] in NOWHERE, path
    kind, shown = student.listing(str(REPOSITORY))  # a clone in /tmp lies in the worker's own temporary folder
    assert kind in NOWHERE or "pyproject.toml" not in shown


def test_only_its_own_folders_can_be_written(student, folder):
    """They are of limited size, and nothing reaches the host."""
    for path in ("/usr/x", "/x", "/dev/x", "/proc/x", f"{sys.prefix}/x", f"{REPOSITORY}/autograder/x"):
        assert student.write(path)[0] in (*NOWHERE, "EROFS", "EPERM"), path
    assert student.write("here")[0] == "ok"
    assert student.write("/tmp/there")[0] == "ok"
    assert student.fill(4 << 20)[0] == "EFBIG"
    assert student.fill_all(100 << 20) in ("ENOSPC", "ENOMEM")
    assert student.inodes() == "ENOSPC"
    assert sorted(path.name for path in folder.iterdir()) == ["work.py"]


def test_nothing_is_kept_from_one_worker_to_the_next(student, warm, folder):
    """Not in temporary folders, not in shared memory."""
    student.leave_behind()
    student.link.close()
    again = Student(ProcessLink(warm.start(folder, LIMITS), LIMITS), LIMITS)
    again.open(folder, "work.py")
    assert again.left_behind() == []
    again.link.close()


def test_it_is_nobody_and_can_do_nothing(student):
    """No root, no group, no capability, none to be gained."""
    assert 0 not in student.identity()
    found = student.capabilities()
    assert {found[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
    assert found["NoNewPrivs"] == "1"
    assert found["Seccomp"] == "2"


def test_it_sees_no_other_process(student, alone):
    """Its own, and process 1 of its namespace."""
    assert student.pids() == alone
    assert student.kill(os.getpid(), 0)[0] in ("ESRCH", "EPERM")
    assert student.kill(1, 9)[0] in ("ok", "EPERM")  # process 1 takes no signal from inside
    assert student.pids() == alone
    assert student.thread_kill(os.getpid()) in ("ESRCH", "EPERM")
    assert student.prlimit(1)[0] in ("EPERM", "ESRCH")
    assert student.raise_limit() in ("ValueError", "PermissionError")
    assert student.host() == os.uname().nodename or student.host()


def test_it_has_no_network(student):
    """Neither loopback nor the host's Unix sockets; its own socket pairs work."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        assert student.connect("127.0.0.1", server.getsockname()[1])[0] == "EAFNOSUPPORT"
    abstract = socket.socket(socket.AF_UNIX)
    with abstract:
        abstract.bind("\0autograder-test")
        abstract.listen()
        assert student.unix("\0autograder-test")[0] in ("ECONNREFUSED", "EPERM")
    assert student.netlink()[0] == "EAFNOSUPPORT"


def test_it_holds_no_descriptor_of_the_graders(student):
    """Input, output, errors, the connection, and the one that lists them."""
    assert len(student.descriptors()) <= 5


def test_it_starts_no_program(student):
    """Setuid helpers included."""
    for program in ("/bin/true", "/usr/bin/su", sys.executable):
        assert student.launch(program)[0] in ("EPERM", "EACCES", "ENOENT")


# Numbers of x86-64.
REFUSED = {
    "ptrace": (101, 0, 0, 0, 0),
    "process_vm_readv": (310, 1, 0, 0, 0, 0, 0),
    "unshare(CLONE_NEWUSER)": (272, 0x10000000),
    "clone(CLONE_NEWUSER)": (56, 0x10000000 | 17, 0, 0, 0, 0),
    "setns": (308, 3, 0),
    "mount": (165, 0, 0, 0, 0, 0),
    "umount2": (166, 0, 0),
    "pivot_root": (155, 0, 0),
    "chroot": (161, 0),
    "fsopen": (430, 0, 0),
    "open_tree": (428, -100, 0, 0),
    "mknod": (133, 0, 0o20666, 0x103),
    "bpf": (321, 0, 0, 0),
    "perf_event_open": (298, 0, 0, 0, 0, 0),
    "userfaultfd": (323, 0),
    "io_uring_setup": (425, 1, 0),
    "keyctl": (250, 0, 0, 0, 0, 0),
    "add_key": (248, 0, 0, 0, 0, 0),
    "init_module": (175, 0, 0, 0),
    "kexec_load": (246, 0, 0, 0, 0),
    "reboot": (169, 0, 0, 0, 0),
    "swapon": (167, 0, 0),
    "settimeofday": (164, 0, 0),
    "sethostname": (170, 0, 0),
    "acct": (163, 0),
    "personality": (135, 0x0040000),
    "name_to_handle_at": (303, -100, 0, 0, 0, 0),
    "open_by_handle_at": (304, 0, 0, 0),
    "shmget": (29, 0, 4096, 0o1600),
    "msgget": (68, 0, 0o1600),
    "semget": (64, 0, 1, 0o1600),
    "mq_open": (240, 0, 0, 0, 0),
    "ioctl(TIOCSTI)": (16, 0, 0x5412, 0),
    "ioctl(TIOCLINUX)": (16, 0, 0x541C, 0),
    "seccomp": (317, 1, 0, 0),
    "pidfd_open": (434, 1, 0),
    "setuid(0)": (105, 0),
}


@pytest.mark.skipif(platform.machine() != "x86_64", reason="numbers of x86-64")
@pytest.mark.parametrize("name", REFUSED)
def test_a_system_call_outside_the_list_is_refused(student, alone, name):
    """Whatever its arguments; the worker lives on."""
    assert student.syscall(*REFUSED[name]) in ("EPERM", "EACCES", "ENOSYS")
    assert student.pids() == alone


def test_what_labs_need_works_inside(student):
    """Two threads with NumPy."""
    assert student.two_threads() == 2


@pytest.mark.slow
def test_torch_trains_inside(tmp_path, grade):
    """With an optimizer, two threads and a temporary file."""
    (tmp_path / "work.py").write_text(
        """
import tempfile, torch
def train():
    torch.set_num_threads(2)
    model = torch.nn.Linear(8, 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    x = torch.randn(256, 8, generator=torch.Generator().manual_seed(0)); y = x.sum(1, keepdim=True)
    for _ in range(100):
        optimizer.zero_grad(); loss = ((model(x) - y) ** 2).mean(); loss.backward(); optimizer.step()
    with tempfile.TemporaryFile() as file:
        torch.save(model.state_dict(), file)
    return loss.item()
"""
    )
    limits = Limits(memory_bytes=2 << 30)
    parent = WarmParent(["torch"], grade)
    try:
        student = Student(ProcessLink(parent.start(tmp_path, limits), limits), limits)
        student.open(tmp_path, "work.py")
        student.link.allow(60, "training")
        assert student.train() < 0.1
        student.link.close()
    finally:
        parent.close()


# ---- a layer that cannot be had

BREAKS = {
    "watchdog": "import autograder.worker.layers.watchdog as m; m.die_with_parent = broken",
    "closing descriptors": "import autograder.worker.layers.kernel as m; m.close_range = broken",
    "namespaces": "import autograder.worker.layers.namespaces as m; m.leave = broken",
    "root": "import autograder.worker.layers.root as m; m.build = broken",
    "entering the root": "import autograder.worker.layers.root as m; m.enter = broken",
    "capabilities": "import autograder.worker.layers.kernel as m; m.drop_capabilities = broken",
    "rlimits": "import autograder.worker.layers.rlimits as m; m.apply = broken",
    "Landlock": "import autograder.worker.layers.landlock as m; m.restrict = broken",
    "an old Landlock": "import autograder.worker.layers.landlock as m; m.abi = lambda: 2",
    "seccomp": "import autograder.worker.layers.seccomp as m; m.restrict = broken",
    "another machine": "import platform; platform.machine = lambda: 'aarch64'",
}
BUBBLEWRAP_BREAKS = {
    "bubblewrap": "import shutil; shutil.which = lambda *_, **__: None",
    "bubblewrap's walls": "import autograder.worker.layers.bubblewrap as m; m._build = broken",
    "stepping in": "import autograder.worker.layers.kernel as m; m.join = broken",
    "processes": "import autograder.worker.layers.root as m; m.show_processes = broken",
    **{name: BREAKS[name] for name in ("capabilities", "rlimits", "Landlock", "seccomp")},
}
if os.geteuid() == 0:
    BREAKS["user id"] = "import autograder.worker.layers.identity as m; m.become = broken"

REASONS = {
    "bubblewrap": "there is no bwrap in /usr/local/bin:/usr/bin:/bin; install it (`apt-get install bubblewrap`",
    "an old Landlock": "Landlock",
    "another machine": "aarch64",
}
NO_ORPHANS = "import autograder.worker.layers.watchdog as m; m.adopt_orphans = broken"
BLIND = "import autograder.worker.layers.watchdog as m; m.Watchdog.look = broken"
BUILDER_TOO = """import subprocess, sys
original = subprocess.Popen
def start(command, **options):
    if "autograder.worker.walls" not in command:
        return original(command, **options)
    code = f"import sys; sys.path.insert(0, {sys.path[0]!r}); import breaks, runpy; "
    code += f"runpy.run_module({command[3]!r}, run_name='__main__')"
    return original([command[0], "-c", code, *command[4:]], **options)
subprocess.Popen = start
"""
RUN_PARENT = "import runpy; runpy.run_module('autograder.worker.parent', run_name='__main__')"


@pytest.mark.parametrize(
    ("layer", "code", "grade"),
    [
        *((name, code, Grade.FULL) for name, code in BREAKS.items()),
        *(pytest.param(name, code, Grade.BUBBLEWRAP, marks=bubblewrapped) for name, code in BUBBLEWRAP_BREAKS.items()),
    ],
)
def test_no_student_code_runs_where_a_layer_fails(layer, code, grade, tmp_path):
    """The worker ends before it reads the submission, and the grader learns why."""
    (tmp_path / "breaks.py").write_text(
        f'{BUILDER_TOO}\ndef broken(*_, **__):\n    raise OSError("no {layer} here")\n\n{code}\n'
    )
    work = tmp_path / "work"
    work.mkdir()
    (work / "work.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nprint('it ran')\n")
    parent = _BrokenParent(f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import breaks\n{RUN_PARENT}", grade)
    try:
        student = Student(ProcessLink(parent.start(work, LIMITS), LIMITS), LIMITS)
        with pytest.raises(WorkerBroke) as caught:
            student.open(work, "work.py")
        assert caught.value.outcome is Outcome.GRADER_ERROR
        assert "the sandbox could not be set up" in caught.value.detail
        assert REASONS.get(layer, f"no {layer} here") in caught.value.detail  # this layer failed, and no other
        assert student.link.take_output() == ""
    finally:
        parent.close()
    assert not (tmp_path / "ran").exists()


def test_no_worker_starts_where_orphans_cannot_be_adopted(tmp_path):
    """A warm parent that could not find all that a worker leaves behind does not get ready."""
    (tmp_path / "breaks.py").write_text(f"def broken(*_):\n    raise OSError('not here')\n\n{NO_ORPHANS}\n")
    parent = _BrokenParent(f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import breaks\n{RUN_PARENT}")
    try:
        with pytest.raises(GraderFault, match="did not start"):
            parent.start(tmp_path, LIMITS)
    finally:
        parent.close()


def test_a_worker_ends_with_its_watchdog(tmp_path):
    """If nobody can look at it any more, nothing of it runs on, and the grader is at fault."""
    (tmp_path / "breaks.py").write_text(f"def broken(*_):\n    raise OSError('not here')\n\n{BLIND}\n")
    work = tmp_path / "work"
    work.mkdir()
    (work / "work.py").write_text("while True: pass\n")
    parent = _BrokenParent(f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import breaks\n{RUN_PARENT}")
    try:
        worker = parent.start(work, LIMITS)
        pids = watchdog.descendants(pid=parent.pid)[0]
        student = Student(ProcessLink(worker, LIMITS), LIMITS)
        with pytest.raises(WorkerBroke) as caught:
            student.open(work, "work.py")
        assert caught.value.outcome is Outcome.GRADER_ERROR
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and any(Path(f"/proc/{pid}").exists() for pid in pids):
            time.sleep(0.02)
        assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []
    finally:
        parent.close()


class _BrokenParent(WarmParent):
    """A warm parent that runs some code first."""

    def __init__(self, code: str, grade: Grade = Grade.FULL, gpu: int | None = None) -> None:
        super().__init__([], grade, gpu)
        self._code = code

    def begin(self) -> None:
        original = subprocess.Popen

        def start(command, **options):
            return original([command[0], "-c", self._code, *command[4:]], **options)

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(subprocess, "Popen", start)
            super().begin()


def test_the_best_grade_that_holds_is_taken(monkeypatch):
    """And why a better one does not is kept; without any, nothing is graded."""
    reasons = {Grade.FULL: "no user namespaces", Grade.RESTRICTED: ""}
    monkeypatch.setattr(isolation_module, "try_grade", lambda grade, _gpu: reasons[grade])
    isolation.cache_clear()
    found = isolation()
    assert (found.grade, found.reasons) == ("restricted", {"full": "no user namespaces"})
    assert "namespaces" in found.missing
    assert "Landlock" in found.held
    assert "without a folder to write to" in found.warning
    reasons[Grade.RESTRICTED] = "no Landlock"
    isolation.cache_clear()
    with pytest.raises(HostError, match="full: no user namespaces; restricted: no Landlock"):
        require_sandbox()
    isolation.cache_clear()


def in_another_process(prepare: str, grade: Grade) -> str:
    """Why a grade does not hold, in a process that `prepare` of tests/no_namespaces.py has changed."""
    code = f"""
import no_namespaces
{prepare}
from autograder.worker.isolation import try_grade
from autograder.worker.messages import Grade
print(try_grade(Grade({grade.value!r})))
"""
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY / "tests")}
    run = subprocess.run([sys.executable, "-c", code], env=env, cwd="/", capture_output=True, text=True, check=True)
    return run.stdout.strip()


@pytest.mark.parametrize("wanted", [*WITH_ROOT, Grade.RESTRICTED])
def test_no_root_is_needed(wanted):
    """Each grade of sandbox holds for an ordinary user, too."""
    assert in_another_process("no_namespaces.become_nobody()", wanted) == ""


@pytest.mark.parametrize(
    ("wanted", "words"),
    [(Grade.FULL, "unshare: "), pytest.param(Grade.BUBBLEWRAP, "bubblewrap: bwrap: No perm", marks=bubblewrapped)],
)
def test_a_host_without_namespaces_is_found_out(wanted, words):
    """By the probe job, with the words of who was refused."""
    reason = in_another_process("no_namespaces.become_nobody(); no_namespaces.refuse_namespaces()", wanted)
    assert reason.startswith("the sandbox could not be set up")
    assert words in reason


@pytest.mark.skipif(os.geteuid() != 0, reason="covers a part of /proc, which takes root")
def test_a_container_that_covers_parts_of_proc_is_named():
    """The kernel lets an ordinary user show no more of /proc than can be seen already."""
    prepare = """
from autograder.worker.layers import kernel
kernel.unshare(kernel.NEW_MOUNTS)
kernel.mount(None, "/", None, kernel.RECURSIVE | kernel.PRIVATE)
kernel.mount("/dev/null", "/proc/version", None, kernel.BIND)
no_namespaces.become_nobody()
"""
    assert "--security-opt systempaths=unconfined" in in_another_process(prepare, Grade.FULL)


def test_a_sandbox_that_was_asked_for_must_hold(monkeypatch):
    """Nothing else is taken in its place, and the message says why it does not hold."""
    monkeypatch.setattr(isolation_module, "try_grade", lambda grade, _gpu: f"no {grade} here")
    isolation.cache_clear()
    with pytest.raises(HostError, match=r"--sandbox asks for \(bwrap: no bwrap here\).*autograder doctor"):
        require_sandbox(Grade.BUBBLEWRAP)
    monkeypatch.setattr(isolation_module, "try_grade", lambda grade, _gpu: "" if grade == "restricted" else "no")
    isolation.cache_clear()
    with pytest.raises(HostError, match=r"--sandbox asks for \(full: no\)"):
        require_sandbox(Grade.FULL)
    assert require_sandbox(Grade.RESTRICTED).grade == "restricted"
    isolation.cache_clear()


@bubblewrapped
def test_bubblewrap_is_taken_where_it_is_asked_for_alone():
    """And held to all that the full grade promises."""
    found = require_sandbox(Grade.BUBBLEWRAP)
    assert (found.grade, found.held, found.missing, found.warning) == ("bwrap", tuple(LAYERS), (), "")
    assert require_sandbox().grade == "full"


CLOSED = closed_folders(root.readable())


def test_the_restricted_grade_says_what_it_needs():
    """As root it needs a Python that another user can read; elsewhere it holds."""
    reason = try_grade(Grade.RESTRICTED)
    if os.geteuid() == 0 and CLOSED:
        assert f"Either `chmod o+x {' '.join(CLOSED)}`" in reason
    else:
        assert reason == ""


@pytest.mark.skipif(os.geteuid() != 0 or not CLOSED, reason="needs root, and a Python that others cannot reach")
@pytest.mark.parametrize(("mode", "refused"), [(0o700, True), (0o711, False)])
def test_the_advice_for_a_python_that_is_out_of_reach_helps(mode, refused):
    """With nothing but the right to pass through, the grade holds."""
    prepare = f"""
from autograder.worker.layers import kernel
kernel.unshare(kernel.NEW_MOUNTS)
kernel.mount(None, "/", None, kernel.RECURSIVE | kernel.PRIVATE)
no_namespaces.show_python()  # in a folder of this process's own
__import__("os").chmod({CLOSED[0]!r}, {mode})
"""
    reason = in_another_process(prepare, Grade.RESTRICTED)
    assert (f"since {CLOSED[0]} lets nobody else through" in reason) if refused else (reason == "")


def test_folders_that_let_nobody_through_are_found(tmp_path):
    """On the way as well as at its end."""
    for name, mode in (("open", 0o755), ("open/closed", 0o750), ("open/closed/inner", 0o711)):
        (tmp_path / name).mkdir()
        (tmp_path / name).chmod(mode)
    found = closed_folders([str(tmp_path / "open/closed/inner"), str(tmp_path / "nothing"), sys.executable])
    assert [name for name in found if name.startswith(str(tmp_path) + "/")] == [str(tmp_path / "open/closed")]


def test_the_fresh_root_shows_no_course():
    """Of this package its own folder alone, and no path below another."""
    shown = root.readable()
    assert str(REPOSITORY) not in shown
    assert str(REPOSITORY / "autograder") in shown
    assert not [path for path in shown if any(Path(path).is_relative_to(other) for other in shown if other != path)]


def test_the_filter_is_a_whole_number_of_instructions():
    """Eight bytes each; both grades have one."""
    for fresh_root in (True, False):
        code, count = seccomp.program(fresh_root=fresh_root, own_pid=1)
        assert len(code) == 8 * count
        assert count < 4096


def test_a_kernel_without_landlock_is_refused(monkeypatch):
    """Below ABI 3 a file that may only be read could be truncated."""
    monkeypatch.setattr(landlock, "abi", lambda: 2)
    with pytest.raises(OSError, match="ABI 2, 3 is needed"):
        landlock.restrict([])


def test_a_failing_system_call_names_what_failed():
    """And why."""
    with pytest.raises(OSError, match="mount tmpfs on /nowhere/at/all: No such file"):
        kernel.mount("tmpfs", "/nowhere/at/all", "tmpfs")


# ---- a GPU: policy alone, since these tests run without one


def with_gpu(number, grade=Grade.FULL):
    return StartRequest("/work", Limits(), grade, number)


def test_a_worker_sees_the_nodes_of_its_own_gpu_alone():
    """Beside the devices that every worker has; without a GPU, none of them."""
    nodes = set(sandbox.devices(with_gpu(3))) - set(sandbox.devices(with_gpu(None)))
    assert nodes == {"/dev/nvidia3", "/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools"}
    assert not [path for path in sandbox.devices(with_gpu(None)) if "nvidia" in path]


@pytest.mark.parametrize("grade", [Grade.FULL, Grade.RESTRICTED])
def test_ioctls_are_for_the_gpus_nodes_alone(grade):
    """Landlock opens nothing else that it did not open without a GPU, but some files of /proc in place of all of it."""
    before, after = (dict(sandbox.rules(with_gpu(number, grade))) for number in (None, 1))
    nodes = {path: access for path, access in after.items() if path not in before}
    assert {nodes.pop(path) for path in gpu.FACTS} == {landlock.READ}
    assert nodes.pop(gpu.OWN_THREADS) == landlock.OVERWRITE
    assert set(nodes) == set(gpu.devices(1))
    assert set(nodes.values()) == {landlock.CONTROLLED_DEVICE}
    before.pop("/proc", None)
    assert {path: after[path] for path in before} == before
    assert "/proc" not in after


def test_the_filter_opens_shared_memory_for_cuda_alone():
    """Twelve instructions more: mmap, memfd_create, and all ioctls but four; everything else stays."""
    without, with_one = (seccomp.program(fresh_root=True, with_gpu=value) for value in (False, True))
    assert with_one[1] == without[1] + 12
    assert len(with_one[0]) == 8 * with_one[1]


@pytest.mark.parametrize(("number", "alone", "expected"), [(None, True, ""), (3, True, "0"), (3, False, "3")])
def test_cuda_sees_one_gpu_or_none(monkeypatch, number, alone, expected):
    """Where it is the only one with nodes, it is number 0."""
    monkeypatch.setenv(gpu.ENVIRONMENT, "7")
    gpu.choose(number, alone=alone)
    assert os.environ[gpu.ENVIRONMENT] == expected


def test_a_gpu_that_is_not_there_starts_no_worker(tmp_path):
    """It fails closed, and names the missing node."""
    reason = try_grade(Grade.RESTRICTED, Gpu(97))
    assert "GPU 97: /dev/nvidia97 is not there; is the NVIDIA driver loaded" in reason


GPU_SUBMISSION = """
import ctypes, errno, mmap, os
libc = ctypes.CDLL(None, use_errno=True)

def said(path, mode, content):
    try:
        with open(path, mode) as file:
            file.write(content) if content else file.read(20)
        return "ok"
    except OSError as problem:
        return errno.errorcode[problem.errno]

def read(path): return said(path, "rb", None)
def name_thread(): return said(f"/proc/self/task/{os.getpid()}/comm", "w", "cuda-worker")
def ioctl(path):
    with open(path, "rb", buffering=0) as device:
        ctypes.set_errno(0)
        libc.ioctl(device.fileno(), 0xC04846D2, 0)
        return errno.errorcode[ctypes.get_errno()]
def look():
    open("/dev/full", "rb").close()
    mmap.mmap(-1, 4096).close()
    os.close(os.memfd_create("x"))
    return os.environ["CUDA_VISIBLE_DEVICES"], os.path.exists("/dev/tty")
"""


def test_the_profile_works_and_opens_its_nodes(tmp_path, grade):
    """With another device in the GPU's place: the worker does what CUDA does, and sees nothing else of the host."""
    (tmp_path / "work.py").write_text(GPU_SUBMISSION)
    code = "import autograder.worker.layers.gpu as m; m.devices = lambda number: ('/dev/full',)"
    parent = _BrokenParent(f"{code}\n{RUN_PARENT}", grade, gpu=3)
    student = Student(ProcessLink(parent.start(tmp_path, LIMITS), LIMITS), LIMITS)
    try:
        student.open(tmp_path, "work.py")
        assert student.look() == ("0", False)
        assert student.ioctl("/dev/full") == "ENOTTY"  # the device itself has answered
        assert student.ioctl("/dev/null") in ("EACCES", "ENOTTY" if landlock.abi() < 5 else "")
        assert student.name_thread() == "ok"
        assert student.read("/proc/cpuinfo") == "ok"
        for path in ("/proc/1/environ", "/proc/kallsyms", "/proc/sys/kernel/hostname", "/etc/passwd"):
            assert student.read(path) in (*NOWHERE, "EPERM"), path
    finally:
        student.link.close()
        parent.close()


def test_an_exposed_driver_is_named():
    """In the record of a grade, whatever else holds."""
    full = Isolation("full", tuple(LAYERS), (), gpu=0)
    assert full.warning == "student code talks to the driver of GPU 0 in the kernel, which no layer judges"
    less = Isolation("restricted", (), ("namespaces",), gpu=0)
    assert less.warning.startswith("student code runs in the restricted sandbox")
    assert less.warning.endswith(full.warning)
    assert msgspec.to_builtins(full)["gpu"] == 0

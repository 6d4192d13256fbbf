"""What attacks try to reach on the host, set up so that it shows whether one did."""

from __future__ import annotations

import contextlib
import ctypes
import os
import secrets
import select
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType

from autograder.worker.layers import kernel, watchdog

HERE = Path(__file__).parent
NOBODY = 65534
KINDS = ("hidden", "environment", "file", "shared", "student", "memory", "kernel")
LEFT_BEHIND = ("left-behind", "answer", "escaped", "escaped.py", "disk", "memory", "d0")
_VICTIM = """
import ctypes, signal, time
buffer = ctypes.create_string_buffer({token!r}.encode())
signal.signal(signal.SIGUSR1, lambda *_: print("signalled", flush=True))
print(ctypes.addressof(buffer), flush=True)
while True:
    time.sleep(1)
"""


class Targets:
    """Everything worth reaching; a context manager.

    Args:
        folder: where it is laid out, with the course; every user may enter it.
        ordinary_user: whether the grader, and the process that stands for it, have no root and no namespaces.
    """

    def __init__(self, folder: Path, *, ordinary_user: bool) -> None:
        self.folder = folder
        self._prefix = [sys.executable, str(HERE / "no_namespaces.py")] if ordinary_user else []
        self.tokens = {kind: f"{kind}-token-{secrets.token_hex(8)}" for kind in KINDS}
        self._reached: list[str] = []
        self._open = contextlib.ExitStack()
        self._stop = threading.Event()

    def __enter__(self) -> Targets:
        self._adopted = watchdog.adopts_orphans()
        watchdog.adopt_orphans()
        self._mounts = Path("/proc/self/mountinfo").read_text()
        self._files()
        self._sockets()
        self._shared_memory()
        self._start_victim()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._open.close()
        if not self._adopted:
            kernel.prctl(kernel.SET_SUBREAPER, 0)

    # ---- setting up

    def _files(self) -> None:
        shutil.copytree(HERE / "attacks" / "course", self.folder / "course")
        hidden = self.folder / "course/assignments/attacked/tests/hidden/test_attacks.py"
        hidden.write_text(hidden.read_text().replace("@TOKEN@", self.tokens["hidden"]))
        solution = self.folder / "course/solutions/attacked/work.py"
        solution.write_text(f"# {self.tokens['hidden']}\n{solution.read_text()}")
        for name in ("inbox", "out", "tmp", "target", "drop"):
            (self.folder / name).mkdir()
        for name in ("out", "tmp", "drop"):
            (self.folder / name).chmod(0o777)
        secret = self.folder / "target" / "secret"
        secret.write_text(self.tokens["file"])
        self._user = NOBODY if self._prefix and os.geteuid() == 0 else os.geteuid()
        os.chown(secret, self._user, -1)
        secret.chmod(0o644)

    def _sockets(self) -> None:
        self._abstract = f"autograder-{secrets.token_hex(4)}"
        self._tcp = self._open.enter_context(socket.create_server(("127.0.0.1", 0)))
        self._udp = self._open.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        self._udp.bind(("127.0.0.1", 0))
        listeners = [("a TCP server", self._tcp), ("a UDP port", self._udp)]
        for address in (f"\0{self._abstract}", str(self.folder / "target" / "socket")):
            stream = self._open.enter_context(socket.socket(socket.AF_UNIX))
            stream.bind(address)
            stream.listen()
            listeners.append(("a Unix socket", stream))
        (self.folder / "target" / "socket").chmod(0o777)
        for what, listener in listeners:
            listener.settimeout(0.2)
            thread = threading.Thread(target=self._listen, args=(what, listener), daemon=True)
            thread.start()
            self._open.callback(thread.join, 5)

    def _listen(self, what: str, listener: socket.socket) -> None:
        while not self._stop.is_set():
            with contextlib.suppress(TimeoutError, OSError):
                if listener.type == socket.SOCK_DGRAM:
                    listener.recv(100)
                    self._reached.append(f"{what} of the host was reached")
                    continue
                connection, _ = listener.accept()
                self._reached.append(f"{what} of the host was reached")
                with connection:
                    connection.settimeout(1)
                    connection.recv(100)  # closed at once, it might refuse what the attack sends

    def _shared_memory(self) -> None:
        self._shm = Path("/dev/shm") / self._abstract
        self._shm.write_text(self.tokens["shared"])
        self._shm.chmod(0o644)
        self._open.callback(self._shm.unlink, missing_ok=True)
        libc = ctypes.CDLL(None, use_errno=True)
        libc.shmat.restype = ctypes.c_void_p
        self._key = secrets.randbelow(1 << 30) + 1
        segment = libc.shmget(self._key, 4096, 0o1666)
        if segment >= 0:
            self._open.callback(libc.shmctl, segment, 0, None)

    def _start_victim(self) -> None:
        """A process of the grader's user: it stands for the grader, whose number no attacker is told."""
        code = _VICTIM.format(token=self.tokens["memory"])
        self._victim = subprocess.Popen(
            [*self._prefix, sys.executable, "-c", code],
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env={**os.environ, "CANARY_TOKEN": self.tokens["environment"]},
        )
        self._open.callback(self._end_victim)
        assert self._victim.stdout is not None
        self._victim_address = int(self._victim.stdout.readline())
        self._victim_settings = self._settings()

    def _end_victim(self) -> None:
        self._victim.kill()
        self._victim.wait()
        assert self._victim.stdout is not None
        self._victim.stdout.close()

    def _settings(self) -> tuple[object, ...]:
        pid = self._victim.pid
        return (
            os.sched_getaffinity(pid),
            os.getpriority(os.PRIO_PROCESS, pid),
            os.sched_getscheduler(pid),
            Path(f"/proc/{pid}/limits").read_text(),
        )

    # ---- running and looking

    def intel(self) -> str:
        """What the attackers know: everything but the tokens."""
        course = self.folder / "course" / "assignments"
        known = {
            "COURSE": course,
            "HIDDEN_TESTS": course / "attacked/tests/hidden/test_attacks.py",
            "SOLUTION": self.folder / "course/solutions/attacked/work.py",
            "INBOX": self.folder / "inbox",
            "OTHER_STUDENT": self.folder / "inbox" / "zoe",
            "OUT": self.folder / "out",
            "DROP": self.folder / "drop",
            "SECRET_FILE": self.folder / "target" / "secret",
            "UNIX_SOCKET": self.folder / "target" / "socket",
            "ABSTRACT": self._abstract,
            "TCP_PORT": self._tcp.getsockname()[1],
            "UDP_PORT": self._udp.getsockname()[1],
            "SHARED_MEMORY": self._shm,
            "SYSTEM_V_KEY": self._key,
            "VICTIM": self._victim.pid,
            "VICTIM_GROUP": self._victim.pid,
            "VICTIM_ADDRESS": self._victim_address,
        }
        return "".join(
            f"{name} = {value if isinstance(value, int) else str(value)!r}\n" for name, value in known.items()
        )

    def run(self, command: list[str], timeout_s: float) -> subprocess.CompletedProcess[bytes]:
        """Run the grader; the other student's submission gets its token first."""
        with contextlib.suppress(FileNotFoundError), (self.folder / "inbox" / "zoe" / "work.py").open("a") as file:
            file.write(f"\n# {self.tokens['student']}\n")
        environment = {
            **os.environ,
            "TMPDIR": str(self.folder / "tmp"),
            "CANARY_TOKEN": self.tokens["environment"],
            "PYTHONDONTWRITEBYTECODE": "1",
            "COLUMNS": "120",
        }
        whole = [*self._prefix, *command]
        process = subprocess.Popen(
            whole,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            cwd=self.folder,
        )
        try:
            output, errors = process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            process.terminate()
            output, errors = process.communicate()
        return subprocess.CompletedProcess(whole, process.returncode, output, errors)

    def problems(self) -> list[str]:
        """What was reached on the host, and what was left on it."""
        found = list(dict.fromkeys(self._reached))
        found += [f"written on the host: {path.name}" for path in (self.folder / "drop").iterdir()]
        found += [f"left in the grader's temporary folder: {path.name}" for path in (self.folder / "tmp").iterdir()]
        for place in ("/tmp", "/dev/shm", "/var/tmp"):
            found += [f"left on the host: {place}/{name}" for name in LEFT_BEHIND if Path(place, name).exists()]
        if (self.folder / "target" / "secret").read_text() != self.tokens["file"]:
            found.append("a file of the host was changed")
        status = (self.folder / "target" / "secret").stat()
        if (status.st_mode & 0o7777, status.st_uid) != (0o644, self._user) or status.st_mtime < 10:
            found.append("a file's mode, owner or time was changed")
        found += self._victim_problems()
        if Path("/proc/self/mountinfo").read_text() != self._mounts:
            found.append("a mount is left")
        for pid in self._left():
            with contextlib.suppress(OSError):
                found.append(f"a process is left: {Path(f'/proc/{pid}/cmdline').read_bytes()[:200]!r}")
        return found

    def _left(self) -> list[int]:
        """Processes that outlive the grader; its warm parents may take a moment to end."""
        for _ in range(50):
            left = [pid for pid in watchdog.descendants()[0] if pid != self._victim.pid]
            if not left:
                break
            for pid in left:
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, os.WNOHANG)
            time.sleep(0.1)
        return left

    def _victim_problems(self) -> list[str]:
        if self._victim.poll() is not None:
            return ["the grader's process was ended"]
        assert self._victim.stdout is not None
        signalled = select.select([self._victim.stdout], [], [], 0)[0]
        found = ["the grader's process was signalled"] if signalled else []
        if self._settings() != self._victim_settings:
            found.append("the limits, processors or priority of the grader's process were changed")
        return found

    def leaks(self, out: Path, text: bytes) -> list[str]:
        """Secrets that came out: in the gradebook, in the reports, in what was printed."""
        contents = {"the output": text}
        contents.update({str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()})
        return [
            f"{kind} secret in {name}"
            for name, content in contents.items()
            for kind, token in self.tokens.items()
            if token.encode() in content
        ]

"""A Ray cluster of this machine's own, on loopback: its machines are raylets that can be started and killed."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TOKEN = "a token of the tests, thirty-two characters and more"
RAY = Path(sys.executable).with_name("ray")
START_S = 60.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class Cluster:
    """Use it as a context manager; every process that it started ends with it."""

    def __init__(self, processors: int, *, token: str = TOKEN) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="ray", dir="/tmp"))  # sockets in it: their paths must be short
        self.temporary = self.folder / "tmp"  # of what its machines start
        self.temporary.mkdir()
        mode = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": token} if token else {"RAY_AUTH_MODE": "disabled"}
        self.env = {**os.environ, **mode, "RAY_USAGE_STATS_ENABLED": "0", "HOME": str(self.folder)}
        self.env["TMPDIR"] = str(self.temporary)
        self.address = f"127.0.0.1:{free_port()}"
        self.nodes: list[subprocess.Popen] = []
        self.head = self._start("--head", f"--port={self.address.partition(':')[2]}", "--include-dashboard=false",
                                f"--temp-dir={self.folder}", f"--num-cpus={processors}")  # fmt: skip

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for node in reversed(self.nodes):
            self.kill(node)
        shutil.rmtree(self.folder, ignore_errors=True)

    def add(self, processors: int, **env: str) -> subprocess.Popen:
        """Another machine, as Ray sees it."""
        return self._start(f"--address={self.address}", f"--num-cpus={processors}", **env)

    def raylet(self, node: subprocess.Popen) -> int:
        """The process id of a machine's raylet."""
        (found,) = [pid for pid, text in processes() if sid(pid) == node.pid and "/raylet/raylet" in text.split()[0]]
        return found

    def has(self, pid: int) -> bool:
        """Whether a process belongs to one of its machines."""
        return sid(pid) in {node.pid for node in self.nodes}

    def kill(self, node: subprocess.Popen) -> None:
        """End a machine with all that it runs, at once."""
        for pid, _ in processes():
            if sid(pid) == node.pid:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        node.wait()
        node.stdout.close()

    def _start(self, *options: str, **env: str) -> subprocess.Popen:
        command = [sys.executable, str(RAY), "start", *options, "--block", "--node-ip-address=127.0.0.1",
                   "--object-store-memory=80000000", "--disable-usage-stats"]  # fmt: skip
        log = self.folder / f"start{len(self.nodes)}"
        with log.open("wb") as stream:
            node = subprocess.Popen(command, stdout=stream, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                    env={**self.env, **env}, start_new_session=True)  # fmt: skip
        node.stdout = log.open()
        self.nodes.append(node)
        deadline = time.monotonic() + START_S
        while "runtime started" not in log.read_text():
            assert node.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        return node


def processes() -> list[tuple[int, str]]:
    """Process ids and command lines."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            text = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if text.strip():
            found.append((int(path.name), text))
    return found


def sid(pid: int) -> int:
    """A process's session; -1 if it is gone."""
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return -1

"""Time limits on a busy machine: what other programs take is not counted."""

import os
import socket
import subprocess
import sys
import threading
import time

import pytest

from autograder.model import Limits, Outcome
from autograder.remote.faults import WorkerBroke
from autograder.remote.link import MOST_WAITING, ProcessLink
from autograder.wire import Connection, Message
from autograder.worker.layers import waiting
from autograder.worker.layers.waiting import waited_here_s, waited_s, worked_s

LONG_AGO_S = 1e6  # since these processes began: nearly all of it, others may have had the processors


class SlowWorker:
    """Answers after `answers_after_s`, and says that it waited for a processor for `waited` seconds."""

    def __init__(self, answers_after_s: float, waited: float) -> None:
        self.calls, self._theirs = socket.socketpair()
        self.output, self._printed = os.pipe()
        os.set_blocking(self.output, False)
        self._waited = waited
        self._thread = threading.Thread(target=self._answer, args=(answers_after_s,))
        self._thread.start()

    def _answer(self, after_s: float) -> None:
        connection = Connection(self._theirs)
        request = connection.receive()
        time.sleep(after_s)
        connection.send(Message(request.ident, "ok", None))

    def waited_s(self) -> float:
        return self._waited

    def end(self) -> None:
        self._thread.join()
        self.calls.close()
        self._theirs.close()
        os.close(self.output)
        os.close(self._printed)


def ask(worker: SlowWorker, seconds: float) -> None:
    link = ProcessLink(worker, Limits())
    try:
        link.allow(seconds, "one test")
        link.request(Message(1, "load", None), lambda message: message)
    finally:
        link.close()


def test_waiting_for_a_processor_is_not_counted():
    """An answer after the limit is in time if the worker could not run for so long."""
    ask(SlowWorker(0.4, waited=20.0), seconds=0.1)


@pytest.mark.parametrize("waited", [0.0, 0.1])
def test_the_rest_is_counted(waited):
    """A worker that had its time, or most of it, is out of time; the message names the limit, not what it waited."""
    with pytest.raises(WorkerBroke, match=r"^took longer than 0\.1 s, the limit for one test$") as caught:
        ask(SlowWorker(0.8, waited), seconds=0.1)
    assert caught.value.outcome is Outcome.TIMEOUT


def test_a_worker_cannot_wait_for_ever():
    """However long it says that it waited."""
    started = time.monotonic()
    with pytest.raises(WorkerBroke, match="took longer"):
        ask(SlowWorker(1.0, waited=1e9), seconds=0.02)
    assert time.monotonic() - started >= 0.02 * (1 + MOST_WAITING)


def test_two_that_share_a_processor_wait_for_each_other():
    """The kernel tells how long a process was ready to run and did not."""
    core = min(os.sched_getaffinity(0))
    program = f"import os; os.sched_setaffinity(0, [{core}])\nwhile True: pass"
    both = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(2)]
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not all(waited_s([process.pid], LONG_AGO_S) > 0.05 for process in both):
            time.sleep(0.05)
        assert all(waited_s([process.pid], LONG_AGO_S) > 0.05 for process in both)
        assert (
            waited_s([process.pid for process in both], LONG_AGO_S)
            >= max(waited_s([process.pid], LONG_AGO_S) for process in both) - 0.05
        )
    finally:
        for process in both:
            process.kill()
            process.wait()


def test_what_has_ended_has_not_waited():
    """Nor has what this system does not know."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert waited_s([process.pid], LONG_AGO_S) == 0
    assert waited_s([], LONG_AGO_S) == 0


def test_a_thread_knows_its_own_waiting():
    """It only grows."""
    before = waited_here_s()
    assert 0 <= before <= waited_here_s()


def processes(folder, *each):
    """A /proc in which process 1, 2, ... has a name, seconds of work, and seconds that each of its threads waited."""
    for pid, (name, worked, waits) in enumerate(each, start=1):
        tasks = folder / str(pid) / "task"
        for thread, wait in enumerate(waits):
            (tasks / str(thread)).mkdir(parents=True)
            (tasks / str(thread) / "schedstat").write_text(f"{int(worked * 1e9)} {int(wait * 1e9)} 77\n")
        ticks = int(worked * os.sysconf("SC_CLK_TCK"))
        before = "S 1 1 1 0 -1 4194304 98 0 0 0"
        (folder / str(pid) / "stat").write_text(f"{pid} ({name}) {before} {ticks} 0 0 0 20 0 1 0 725144\n")
    return range(1, len(each) + 1)


@pytest.mark.parametrize(
    ("cores", "each", "counted"),
    [
        pytest.param(1, [("one", 2.0, [7.5])], 7.5, id="another program had the core"),
        pytest.param(2, [("one", 2.0, [7.5])], 7.5, id="other programs had both cores"),
        pytest.param(1, [("spins", 10.0, [7.5] * 4)], 0.0, id="its threads had the core"),
        pytest.param(1, [("spins", 2.5, [7.5])] * 4, 0.0, id="its processes had the core"),
        pytest.param(1, [("spins", 5.0, [8.0] * 4)], 5.0, id="its threads had half of the core"),
        pytest.param(1, [("a) R 1 (b", 10.0, [7.5] * 4)], 0.0, id="it has a name that looks like numbers"),
        pytest.param(1, [("more", 12.0, [7.5] * 4)], 0.0, id="it had more than the core"),
    ],
)
def test_what_a_worker_takes_from_itself_is_counted(cores, each, counted, tmp_path, monkeypatch):
    """Ten seconds: threads that spin wait for each other, and gain no time by it."""
    monkeypatch.setattr(waiting, "_PROC", tmp_path)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cores)))
    assert waited_s(processes(tmp_path, *each), 10.0) == pytest.approx(counted, abs=0.02)  # two ticks


def test_work_is_what_the_kernel_says():
    """Of a process with its threads, and of its children once they were waited for."""
    program = (
        "import os, time\n"
        "def spin():\n"
        "    while time.process_time() < 0.3: pass\n"
        "if os.fork() == 0:\n    spin()\n    os._exit(0)\n"
        "os.wait()\nspin()\nprint(sum(os.times()[:4]), flush=True)\ninput()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        said = float(process.stdout.readline())
        assert said > 0.55
        assert worked_s([process.pid]) == pytest.approx(said, abs=0.1)  # ticks, and what printing takes
        process.communicate("\n")
    assert worked_s([process.pid]) == 0

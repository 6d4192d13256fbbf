"""Speed checks on real workers: what they measure, what they refuse, and what the gradebook gets.

Machines that run tests are noisy. What is asserted of times is coarse, and "machine too noisy" is an answer that every
such test accepts.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import numpy as np
import pytest
from click.testing import CliRunner

from autograder.cli import main
from autograder.course import load_assignment, load_course
from autograder.gradebook import Gradebook
from autograder.grading import reference_submission
from autograder.interop import container
from autograder.model import Feedback, Outcome, Submission
from autograder.speed.bench import Benched, bench
from autograder.speed.checker import Checker, _Sides
from autograder.speed.driver import Timer
from autograder.speed.freezing import Account, Group, idlest_core
from autograder.speed.load import load_workloads
from autograder.speed.memory import Layout, Shared
from autograder.speed.policy import Policy
from autograder.speed.preflight import Preflight
from autograder.speed.racer import LEAST_S, Around
from autograder.speed.table import Row, rows
from autograder.speed.verdict import Setup, Verdict
from autograder.speed_rules import SpeedResult
from autograder.terminal.speed import plot, print_bench
from autograder.worker.isolation import isolation
from autograder.worker.timed import Timed
from autograder.workloads import Workload

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are stopped by Linux' signals")

ASSIGNMENT = """title: Squares
seed: 5
preload: [numpy]
limits: {seconds: 5, import_seconds: 5, memory: 512 MiB}
questions:
  - id: "1"
    title: Sum of squares
    file: work.py
    points: 10
    speed: {full: 1.5, zero: 6, sizes: {size: 120}}
"""
SOLUTION = '''"""Squares."""

import numpy as np


# ---- Question 1: Sum of squares ----
def squares(x, scale):
    """The rows of x @ x, summed, times scale."""
    # BEGIN SOLUTION
    return (x @ x @ x @ x).sum(axis=1) * scale
    # END SOLUTION
'''
TEST = '''import numpy as np

from autograder.testing import assert_close, question


@question("1")
def test_squares(student):
    """A small matrix."""
    x = np.arange(4.0).reshape(2, 2)
    assert_close(student.squares(x, 2.0), 2 * (x @ x @ x @ x).sum(axis=1))
'''
SPEED = """from autograder.workloads import Workload


def inputs(rng, size):
    return [rng.standard_normal((size, size)), 2.0]


def yardstick(x, scale):
    return (x @ x @ x @ x).sum(axis=1) * scale


WORKLOADS = [
    Workload("1", "four products", inputs, "squares", oracle=yardstick, yardstick=yardstick, yardstick_title="NumPy")
]
"""
RIGHT = "return (x @ x @ x @ x).sum(axis=1) * scale"
QUIET = Preflight(0.99, 1.01, 2.0)
NOISY_VERDICT = Verdict("1", Outcome.PENDING)


def work(body: str, head: str = "") -> str:
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return f"import numpy as np\n{head}\n\ndef squares(x, scale):\n{lines}\n"


@pytest.fixture
def course(make_course) -> Path:
    folder = make_course(assignment=ASSIGNMENT, solution=SOLUTION, public=TEST, hidden=None)
    (folder / "tiny/tests/public/speed.py").write_text(SPEED)
    return folder


@pytest.fixture
def checker(course):
    assignment = load_assignment(load_course(course), "tiny")
    workloads = load_workloads(assignment)
    made = Checker(assignment, workloads, isolation().grade, reference_submission(assignment), Policy(budget_s=4))
    # Whether this machine is quiet is not the question here.
    made.preflight = lambda question: msgspec.structs.replace(QUIET, call_s=made.empty_s(question)[1])
    yield made
    made.close()


def check(checker, source: str, **options) -> Verdict:
    return checker.check(Submission("ann", {"work.py": source.encode()}), "1", **options)


NOISY = "machine too noisy for a speed check"


def test_the_reference_loses_nothing_against_itself(checker):
    """Unless the machine is too noisy to tell, which costs nothing either."""
    verdict = check(checker, work(RIGHT))
    assert verdict.outcome is Outcome.PASSED or verdict.feedback.message == NOISY or verdict.speed is None
    if verdict.speed is not None:
        assert verdict.speed.earned == 1
        assert verdict.speed.pairs >= 8
        assert verdict.speed.device == "cpu"


def test_twenty_times_the_work_earns_nothing(checker):
    """And says by how much."""
    verdict = check(checker, work(f"for _ in range(40):\n    y = x @ x @ x @ x\n{RIGHT}"))
    assert verdict.outcome in (Outcome.FAILED, Outcome.PENDING)
    if verdict.outcome is Outcome.FAILED:
        assert verdict.speed is not None
        assert verdict.speed.earned == 0
        assert verdict.feedback.message.startswith("takes ")
        assert verdict.feedback.message.endswith(" times as long as the reference")


@pytest.mark.parametrize(
    ("body", "outcome", "said"),
    [
        ("return (x @ x).sum(axis=1) * scale", Outcome.FAILED, "at the size of the speed check, result 1 is off by"),
        ("return np.zeros(len(x))", Outcome.FAILED, "at the size of the speed check, result 1 is off by"),
        ("return np.zeros(3)", Outcome.ERROR, ""),
        ("return 1.0, 2.0", Outcome.ERROR, ""),
        ("raise ValueError('no')", Outcome.ERROR, ""),
        ("import os\nos._exit(3)", Outcome.CRASHED, "your code ended the process with exit status 3"),
        ("raise NotImplementedError", Outcome.NOT_IMPLEMENTED, "not implemented yet"),
    ],
)
def test_what_is_wrong_at_this_size_is_the_students(checker, body, outcome, said):
    """Wrong results, wrong shapes, exceptions and crashes, in words."""
    verdict = check(checker, work(body))
    assert verdict.outcome is outcome
    assert verdict.feedback.message.startswith(said)
    assert verdict.speed is None


def test_a_limit_that_is_met_is_tried_again(checker):
    """A machine may stand still for as long; who loops for ever meets it again, and fails then."""
    loops = work("while len(x) > 2:\n    pass\n" + RIGHT)
    once = check(checker, loops)
    assert once.outcome is Outcome.AMBIGUOUS
    assert once.feedback.message.endswith("; it is measured once more")
    again = check(checker, loops, final=True)
    assert again.outcome is Outcome.TIMEOUT
    assert again.feedback.message.startswith("your code took longer than 5 s")


# ---- no credit for these; each returns what is right, sooner than it was computed

HEAD_THREAD = """
import threading
box = {}
def compute(x, scale):
    box['y'] = (x @ x @ x @ x).sum(axis=1) * scale
"""
CHEATS = {
    "patched clocks": work(
        RIGHT, "import time\nfor n in ('time', 'perf_counter', 'monotonic'):\n    setattr(time, n, lambda: 0.0)"
    ),
    "replay by id": work(
        "if id(x) not in kept:\n    kept[id(x)] = (x @ x @ x @ x).sum(axis=1) * scale\nreturn kept[id(x)]", "kept = {}"
    ),
    "replay by pointer": work(
        "k = x.__array_interface__['data'][0]\nif k not in kept:\n    kept[k] = (x @ x @ x @ x).sum(axis=1) * scale\n"
        "return kept[k]",
        "kept = {}",
    ),
    "replay by content": work(
        "k = (float(x[0, 0]) > 0, x.shape)\nif k not in kept:\n    kept[k] = (x @ x @ x @ x).sum(axis=1) * scale\n"
        "return kept[k]",
        "kept = {}",
    ),
    "replay through /dev/shm": work(
        "p = '/dev/shm/kept.npy'\nif not os.path.exists(p):\n    np.save(p, (x @ x @ x @ x).sum(axis=1) * scale)\n"
        "return np.load(p)",
        "import os",
    ),
    "a first call that does the batch": work(
        "if 'y' not in kept:\n    kept['y'] = (x @ x @ x @ x).sum(axis=1) * scale\nreturn kept['y']", "kept = {}"
    ),
    "work at import": work("return READY", "READY = np.zeros(120)"),
    "uninitialised memory": work("return np.empty(len(x))"),
    "lower precision": work("y = x.astype(np.float16).astype(np.float32)\nreturn (y @ y @ y @ y).sum(axis=1) * scale"),
    "answer later from a thread": work(
        "threading.Thread(target=compute, args=(x, scale)).start()\nreturn box.get('y', np.zeros(len(x)))", HEAD_THREAD
    ),
    "a lazy array": work(
        "return Lazy(x, scale)",
        "class Lazy:\n    shape = (120,)\n    def __init__(self, *a): self.a = a\n"
        "    def __array__(self, dtype=None, copy=None):\n        return np.zeros(120)",
    ),
}


@pytest.mark.parametrize("name", CHEATS)
def test_cheating_the_clock_gains_nothing(checker, name):
    """Each ends in a wrong result, or in the time that it really took."""
    verdict = check(checker, CHEATS[name])
    if name == "patched clocks":  # right, and as fast as it is
        assert verdict.speed is None or verdict.speed.ratio > 0.5
    else:
        assert verdict.outcome in (Outcome.FAILED, Outcome.ERROR), (name, verdict)
        assert verdict.speed is None


def test_a_lazy_result_is_computed_inside_the_clock(checker):
    """What is put off until it is read is read before the clock stops."""
    source = work(
        "return Lazy(x, scale)",
        "class Lazy:\n    def __init__(self, *a): self.a = a\n    def __array__(self, dtype=None, copy=None):\n"
        "        for _ in range(60):\n            x, scale = self.a\n            y = (x @ x @ x @ x).sum(axis=1) * scale\n"
        "        return y",
    )
    verdict = check(checker, source)
    assert verdict.speed is None or verdict.speed.earned == 0


def test_background_threads_are_stopped_between_windows(checker):
    """A thread that spins takes no time from the reference, and its own time counts."""
    head = "import threading\ndef spin():\n    while True: pass\nthreading.Thread(target=spin, daemon=True).start()"
    verdict = check(checker, work(RIGHT, head))
    assert verdict.outcome in (Outcome.PASSED, Outcome.FAILED, Outcome.PENDING, Outcome.AMBIGUOUS)
    if verdict.speed is not None:
        assert verdict.speed.ratio > 0.8


def test_a_process_that_wakes_itself_gains_nothing(checker):
    """A timer that sends SIGCONT: stopped again it loses the timer, and the thread that it keeps busy takes its time."""
    head = (
        "import ctypes, signal, struct\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "timer = ctypes.c_void_p()\n"
        "event = ctypes.create_string_buffer(struct.pack('QiI', 0, int(signal.SIGCONT), 0) + bytes(48))\n"
        "assert libc.timer_create(1, event, ctypes.byref(timer)) == 0\n"
        "every = struct.pack('qqqq', 0, 1000000, 0, 1000000)\n"
        "assert libc.timer_settime(timer, 0, every, None) == 0\n"
        "import threading\n"
        "def spin():\n    while True: pass\n"
        "threading.Thread(target=spin, daemon=True).start()"
    )
    verdict = check(checker, work(RIGHT, head))
    assert verdict.outcome is not Outcome.GRADER_ERROR
    assert verdict.speed is None or verdict.speed.ratio > 0.8


HEAD_CHILD = """
import os
answers, box = os.pipe()
os.set_blocking(answers, False)
def compute(x, scale, times=40):
    for _ in range(times):
        y = (x @ x @ x @ x).sum(axis=1) * scale
    os.write(box, y.tobytes())
    os._exit(0)
def answer():
    while True:
        try:
            return np.frombuffer(os.read(answers, 8 * 120))
        except BlockingIOError:
            os.sched_yield()
"""
CHILDREN = {
    "begun for each call": work(
        "for _ in range(20):\n    if not os.fork():\n        compute(x, scale, 4)\n"
        "for _ in range(20):\n    y = answer()\n    os.wait()\nreturn y",
        HEAD_CHILD,
    ),
    "begun before, one for each call": work(
        "calls.append(1)\nif len(calls) < 3:\n    return (x @ x @ x @ x).sum(axis=1) * scale\n"
        "if not waiting:\n    for _ in range(28):\n        r, w = os.pipe()\n        if not os.fork():\n"
        "            os.read(r, 1)\n            compute(x, scale)\n        os.close(r)\n        waiting.append(w)\n"
        "w = waiting.pop()\nos.write(w, b'1')\nos.close(w)\ny = answer()\nos.wait()\nreturn y",
        HEAD_CHILD + "calls, waiting = [], []",
    ),
}


@pytest.mark.parametrize("name", CHILDREN)
def test_a_child_that_ends_computes_inside_the_clock(checker, name):
    """What others ran is left out of a window, but not what a child ran whose time nobody can ask for any more."""
    verdict = check(checker, CHILDREN[name])
    assert verdict.outcome in (Outcome.FAILED, Outcome.PENDING, Outcome.AMBIGUOUS), verdict
    assert verdict.speed is None or verdict.speed.earned == 0
    assert verdict.speed is not None or verdict.outcome is not Outcome.FAILED


TASK, OTHER_TASK = Path("/proc/7/task/7"), Path("/proc/8/task/8")


def account(**changes) -> Account:
    found = {"begun": 70, "is_whole": True, "cpu_s": {7: 0.0, 8: 0.0}, "waited_s": {TASK: 1.0, OTHER_TASK: 0.0}}
    return Account(**{**found, **changes})


def test_what_others_ran_is_known_unless_it_may_be_the_groups():
    """No process has begun anywhere, and none of the group's has ended: then nobody else can have been one of them."""
    ran, waited = {7: 0.5, 8: 0.1}, {TASK: 1.5, OTHER_TASK: 2.0}
    assert account(cpu_s=ran, waited_s=waited).lost_s(account()) == 0.5  # the busiest process's
    assert account(cpu_s=ran, waited_s=waited).used_s(account()) == 0.6
    for change in (
        {"begun": 71},
        {"begun": -1},
        {"is_whole": False},
        {"cpu_s": {7: 0.5}},
        {"waited_s": {TASK: 1.5}},
    ):
        assert account(**change).lost_s(account()) is None
        assert account().lost_s(account(**change)) is None


def test_who_waits_for_a_processor_waits():
    """Two programs on one core: what one waited is about what the other ran, and what is begun is counted."""
    core = min(os.sched_getaffinity(0))
    script = f"import os\nos.sched_setaffinity(0, [{core}])\nprint(flush=True)\nwhile True: pass"
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as one:
        try:
            one.stdout.readline()
            group = Group(os.getpid())
            group.stop()
            group.resume()
            alone = group.account()
            assert alone.is_whole
            with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as other:
                try:
                    other.stdout.readline()
                    begun = group.account()
                    assert begun.begun > alone.begun
                    assert not begun.is_whole  # another child of ours, which the group does not know
                    assert begun.lost_s(alone) is None
                    group.stop()
                    group.resume()
                    before, deadline = group.account(), time.monotonic() + 20
                    while sum(group.account().waited_s.values()) - sum(before.waited_s.values()) < 0.05:
                        assert time.monotonic() < deadline
                        time.sleep(0.05)
                    assert group.account().used_s(before) > 0
                finally:
                    other.kill()
        finally:
            one.kill()


def test_whoever_runs_while_stopped_is_caught(checker, monkeypatch):
    """By the processor time that its processes have used meanwhile."""
    checker.preflight = lambda _question: QUIET
    used = iter(range(1000))
    monkeypatch.setattr(Group, "cpu_s", lambda _group: 0.001 * next(used))
    verdict = check(checker, work(RIGHT))
    assert verdict.feedback.message == "your code ran on in the background after its call had returned"
    assert (verdict.outcome, verdict.speed) == (Outcome.FAILED, None)


def test_slow_on_some_calls_is_measured_again_and_then_judged_by_the_mean(checker):
    """Ten times slow on six calls in ten gains no point."""
    head = "import random\nlot = random.Random(1)"
    body = f"for _ in range(30 if lot.random() < 0.6 else 1):\n    y = x @ x @ x @ x\n{RIGHT}"
    first, final = check(checker, work(body, head)), check(checker, work(body, head), final=True)
    assert first.outcome in (Outcome.AMBIGUOUS, Outcome.PENDING, Outcome.FAILED)
    assert final.outcome in (Outcome.FAILED, Outcome.PENDING)
    for verdict in (first, final):
        assert verdict.speed is None or verdict.speed.earned < 0.2


# ---- the machine


def test_a_noisy_machine_is_nobodys_fault(checker):
    """Three tries, then every check of the question waits, with what was seen for staff."""
    tries = []
    checker.preflight = lambda question: tries.append(question) or Preflight(0.5, 2.0, 2.0)
    for _ in range(3):
        verdict = check(checker, work(RIGHT))
        assert (verdict.outcome, verdict.feedback.message) == (Outcome.PENDING, NOISY)
        assert verdict.feedback.detail == "the reference against itself gives ratios from 0.50 to 2.00"
    assert len(tries) == 3


def test_a_reference_that_takes_longer_than_before_waits(checker):
    """What is added to every call hides how slow code is; the preflight is made again, for the machine may stay so."""
    tries = []
    checker.preflight = lambda question: tries.append(question) or Preflight(0.99, 1.01, 2.0, call_s=1e-6)
    for _ in range(2):
        verdict = check(checker, work(RIGHT))
        assert (verdict.outcome, verdict.feedback.message) == (Outcome.PENDING, NOISY)
        assert verdict.speed is None
    assert len(tries) == 2


def test_how_much_longer_the_reference_may_take():
    """Half as long again; where nothing is known of before, everything is allowed."""
    flight = Preflight(0.99, 1.01, 2.0, call_s=0.01)
    assert flight.slower([0.014, 0.0149, 1.0]) == ""
    assert flight.slower([0.001, 0.016, 0.016]) == "the reference takes 1.6 times as long as before"
    assert Preflight(0.99, 1.01, 2.0).slower([1.0]) == ""


@pytest.mark.skipif(not Path("/proc/self/autogroup").exists(), reason="sessions have no priority of their own")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root may raise a priority")
def test_the_priority_of_a_session_is_raised_by_its_leader_alone():
    """That of a terminal holds other people's programs."""
    code = (
        "from pathlib import Path\nfrom autograder.speed.freezing import go_first\n"
        "group = Path('/proc/self/autogroup')\nprint(group.read_text())\ngo_first()\nprint(group.read_text())"
    )
    said = {}
    for leads in (False, True):
        command = [sys.executable, "-c", code]
        run = subprocess.run(command, capture_output=True, text=True, check=True, start_new_session=leads)
        said[leads] = run.stdout.split("\n\n")
    assert said[False][0] == said[False][1].strip()
    assert said[True][1].split()[-1] == "-15"


def test_a_check_that_needs_a_gpu_waits_for_one(course):
    """It is pending, not lost."""
    text = (course / "tiny/assignment.yaml").read_text().replace("{full: 1.5,", "{device: cuda, full: 1.5,")
    (course / "tiny/assignment.yaml").write_text(text)
    assignment = load_assignment(load_course(course), "tiny")
    made = Checker(assignment, load_workloads(assignment), isolation().grade, reference_submission(assignment))
    try:
        verdict = check(made, work(RIGHT))
    finally:
        made.close()
    assert verdict == Verdict("1", Outcome.PENDING, Feedback("needs a GPU, and this machine has none"))


def test_stopped_processes_use_no_time():
    """And go on where they were."""
    script = "import time\nwhile True: time.perf_counter()"
    with subprocess.Popen([sys.executable, "-c", script]) as process:
        try:
            group = Group(os.getpid())
            group.stop()
            before = group.cpu_s()
            time.sleep(0.05)
            assert group.cpu_s() == before
            group.resume()
            deadline = time.monotonic() + 20
            while group.cpu_s() == before and time.monotonic() < deadline:
                time.sleep(0.01)
            assert group.cpu_s() > before
        finally:
            process.send_signal(signal.SIGKILL)
    assert idlest_core(os.sched_getaffinity(0)) in os.sched_getaffinity(0)


def test_the_timed_worker_has_its_core_to_itself(course, checker):
    """Neither this process nor the one that watches over the worker runs there, where there is another core."""
    before = os.sched_getaffinity(0)
    question = load_assignment(load_course(course), "tiny").question("1")
    reference = checker._reference
    with _Sides(checker, question, reference, reference) as sides:
        others = os.sched_getaffinity(0)
        for side in sides:
            group = side._racers.group()
            group.stop()
            assert os.sched_getaffinity(group._parent) == others
            kept = {frozenset(os.sched_getaffinity(pid)) for pid in group._pids}
            assert kept == {frozenset(before - others or before)}  # and who is woken and stopped with it
    assert os.sched_getaffinity(0) == before


def test_what_is_around_a_call_is_left_out(course, checker):
    """Of the wall clock's time and of the processor's, which begins there; and nothing takes less than nothing."""
    question = load_assignment(load_course(course), "tiny").question("1")
    reference = checker._reference
    with _Sides(checker, question, reference, reference) as (racer, _):
        inputs = [np.ones((120, 120)), 2.0]
        racer.leave_out(Around())
        whole = racer.window(inputs)
        around = racer.measure_around()
        assert 0 < around.used_s <= around.seconds
        racer.leave_out(Around(10.0, 10.0))
        nothing = racer.window(inputs)
        assert nothing.seconds == nothing.used_s == LEAST_S < whole.used_s <= whole.seconds
        assert np.array_equal(nothing.results[0], whole.results[0])


def test_a_window_without_a_call_copies_as_much():
    """The results' memory is written as after a call."""
    shared = Shared(Layout([np.arange(3.0)], (np.zeros(4), 1.0)))
    try:
        shared.write([np.arange(3.0)])
        timed = Timed(shared.descriptor, lambda x: (np.full(4, x.sum()), 7.0), [], shared.plan([np.arange(3.0)], "cpu"))
        timed.go(0)
        assert [result.tolist() for result in shared.read()] == [[1, 1, 1, 1], 1]
        timed.go(1)
        assert [result.tolist() for result in shared.read()] == [[3, 3, 3, 3], 7]
    finally:
        shared.close()


# ---- the process, the gradebook, the command line


def test_gradescope_ranks_what_was_measured(course, tmp_path, monkeypatch):
    """A column for a question that passes its tests, once the machine is quiet enough; its points are the tests'."""
    root = tmp_path / "container"
    (root / "submission").mkdir(parents=True)
    settings = {"lab": "tiny", "sandbox": "limits"}
    (root / "source").mkdir()
    (root / "source" / "autograder.json").write_text(json.dumps(settings))
    (root / "source" / "course").symlink_to(course.parent)
    for body, points in ((RIGHT, 10), ("return x.sum(axis=1)", 0)):
        (root / "submission" / "work.py").write_text(work(body))
        speed = SpeedResult(1.25, 1.2, 1.3, 15, "cpu", 1.25e-3, 1e-3, 1.5, 6.0, 1.0)
        asked = []

        def check(_timer, _submission, question, *, final=False, asked=asked, speed=speed):
            asked.append((question, final))
            return Verdict(question, Outcome.PASSED, speed=speed)

        monkeypatch.setattr(Timer, "check", check)
        results = container.run(root)
        assert results["score"] == points
        column = {"name": "1 Sum of squares, time (reference: 1)", "value": 1.25, "order": "asc"}
        assert results.get("leaderboard") == ([column] if points else None)
        assert asked == ([("1", True)] if points else [])
    monkeypatch.setattr(Timer, "check", lambda _timer, _submission, question, final: NOISY_VERDICT)
    (root / "submission" / "work.py").write_text(work(RIGHT))
    assert "leaderboard" not in container.run(root)


def test_the_timer_asks_a_process_of_its_own(course):
    """Which is started again when it is lost, and gives the question up after two losses."""
    submission = Submission("ann", {"work.py": work("return np.zeros(len(x))").encode()})
    with Timer(Setup(str(course), "tiny", isolation().grade)) as timer:
        for _ in range(2):
            verdict = timer.check(submission, "1")
            assert verdict.outcome in (Outcome.FAILED, Outcome.PENDING)
            assert timer._process is not None
            timer._process.kill()


def grade(course: Path, folder: Path, *options: str) -> list[dict]:
    command = [str(Path(sys.executable).with_name("autograder")), "grade", "tiny", *options, "--json"]
    command += ["--course", str(course), "--out", str(folder / "out")]
    command += ["--unsafe-no-sandbox"] if isolation().grade == "limits" else []
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode in (0, 1), run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


@pytest.mark.slow
def test_a_batch_checks_speed_after_its_tests_and_completes_what_waits(course, tmp_path):
    """Gated, measured or pending; `--only pending` needs no submission; nothing is measured twice."""
    handed_in = tmp_path / "submissions"
    sources = {
        "fast": work(RIGHT),
        "slow": work(f"for _ in range(60):\n    y = x @ x @ x @ x\n{RIGHT}"),
        "wrong": work("return np.zeros(len(x))"),
    }
    for name, source in sources.items():
        (handed_in / name).mkdir(parents=True)
        (handed_in / name / "work.py").write_text(source)
    plain = {line["student"]: line for line in grade(course, tmp_path, str(handed_in)) if line["event"] == "grade"}
    assert {name: line["points"] for name, line in plain.items()} == {"fast": 10, "slow": 10, "wrong": 0}
    lines = grade(course, tmp_path, str(handed_in), "--speed")
    assert next(line for line in lines if line["event"] == "speed")["checks"] == 2
    checked = [line for line in lines if line["event"] == "checked"]
    assert {line["student"] for line in checked} == {"fast", "slow"}
    again = grade(course, tmp_path, "--only", "pending")
    assignment = load_assignment(load_course(course), "tiny")
    with Gradebook.open(tmp_path / "out" / "gradebook.db") as book:
        assert book.check().problems == ()
        current = {entry.grade.student: entry.grade for entry in book.current(assignment)}
    fast, slow = current["fast"], current["slow"]
    assert fast.points + fast.open_points == pytest.approx(10)
    assert slow.points == pytest.approx(9)
    assert slow.open_points in (0, 1)
    # gradebooks of `wrong` hold a gated speed check only once something asks for it
    assert current["wrong"].points == 0
    settled = {name for name, entry in current.items() if entry.settled}
    assert {line["student"] for line in again if line["event"] == "checked"} <= {"fast", "slow"}
    if settled >= {"fast", "slow"}:
        assert not [line for line in grade(course, tmp_path, "--only", "pending") if line["event"] == "checked"]


def test_students_measure_against_a_yardstick(course):
    """Without a hidden oracle, in their own folder; what they have not done yet is said."""
    assignment = load_assignment(load_course(course), "tiny")
    done = bench(assignment, Submission("ann", {"work.py": work(RIGHT).encode()}), "1")
    assert done.result is not None
    assert 0.3 < done.result.ratio < 3
    stub = bench(assignment, Submission("ann", {"work.py": work("raise NotImplementedError('1')").encode()}), "1")
    assert (stub.result, stub.problem) == (None, "NotImplementedError: 1")
    wrong = bench(assignment, Submission("ann", {"work.py": work("return np.zeros(len(x))").encode()}), "1")
    assert wrong.problem.startswith("result 1 is off by")


def test_the_plot_shows_ratio_interval_and_what_is_good():
    """On a logarithmic scale; what lies beyond stands at the end."""
    line, good, scale = plot(1.0, 0.5, 2.0, 4.0)
    assert (line.index("="), line.index("o"), line.rindex("=")) == (8, 16, 24)
    assert good.index("^") == scale.index("4") == 32
    assert plot(1e-3, 1e-4, 1e6, None)[0] == "o" + "=" * 48


def test_students_read_what_earns_all_points(capsys):
    """The yardstick is faster than the reference, which the thresholds are about."""
    result = SpeedResult(5.0, 4.9, 5.1, 15, "cpu", 0.05, 0.01, 6.0, 24.0, 1.0)
    workload = Workload("1", "group norm", lambda rng: [], "norm", yardstick_title="NumPy", good=2.9)
    print_bench("1", Benched(workload, result))
    said = capsys.readouterr().out
    assert "a good solution reaches about 2.9 (marked ^); up to about 17 should earn all points" in said


@pytest.mark.slow
def test_the_authors_table_tells_variants_apart(course):
    """The reference, the yardstick, and what stands in equivalents/."""
    folder = course / "tiny/equivalents/1"
    folder.mkdir(parents=True)
    (folder / "loops.py").write_text(work(f"for _ in range(60):\n    y = x @ x @ x @ x\n{RIGHT}"))
    assignment = load_assignment(load_course(course), "tiny")
    found = {row.name: row for row in rows(assignment, ["1"], isolation().grade, Policy(budget_s=4))}
    assert list(found) == ["reference", "yardstick", "loops"]
    assert found["loops"].ratio > 5 * found["reference"].ratio
    assert found["loops"].earned == 0
    assert found["yardstick"].earned is None


def test_verify_races_right_variants_too(course, monkeypatch):
    """A line for each, as `autograder speed` has it; what there is not is null in JSON."""
    row = Row("1", "loops", 9.0, 8.5, 9.5, 15, 0.0, 0.01)
    monkeypatch.setattr("autograder.speed.table.rows", lambda *_arguments, **_options: iter([row]))
    command = ["verify", "tiny", "--speed", "--course", str(course)]
    command += ["--unsafe-no-sandbox"] if isolation().grade == "limits" else []
    shown = CliRunner().invoke(main, command).output.split()
    assert " ".join(shown).endswith("1 loops 9.00 8.50 to 9.50 15 0%")
    (found,) = json.loads(CliRunner().invoke(main, [*command, "--json"]).output)["speed"]
    assert (found["name"], found["ratio"], found["empties"]) == ("loops", 9.0, None)

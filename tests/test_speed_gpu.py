"""What a GPU needs, with another device in its place: no GPU is at hand where these tests run.

The stand-in is torch's device "cpu:0", whose tensors lie in memory of their own as a GPU's do: everything runs but the
driver's calls. What asks for the GPU, or for whoever uses it, is given made-up answers.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from clock_cheats import CHEATS, HONEST, SLOWER, work, write_course
from test_speed_race import CHECK, Fake
from test_speed_race import course as racing

from autograder import rounding
from autograder.cli import main
from autograder.course import load_assignment, load_course
from autograder.gradebook import Gradebook
from autograder.grading import grade_batch, reference_submission
from autograder.model import Limits, Outcome, Submission
from autograder.remote import ProcessLink, Student, StudentError, WorkerBroke, broke_device
from autograder.remote.faults import student_error
from autograder.remote.workers import ProcessWorkers
from autograder.speed.cases import NO_GPU, queue
from autograder.speed.checker import UNSETTLED, Checker
from autograder.speed.load import load_workloads
from autograder.speed.policy import Policy
from autograder.speed.preflight import Preflight
from autograder.speed.race import DeviceLost, race
from autograder.speed.racer import NotSettled
from autograder.speed.verdict import Verdict
from autograder.suite import with_suite
from autograder.terminal.week import _queue_line
from autograder.testing import CheckFailed, assert_close
from autograder.timing import time_pending
from autograder.worker import gpus
from autograder.worker.isolation import Isolation, isolation
from autograder.worker.launch import WarmParent
from autograder.worker.layers import gpu as layer
from autograder.worker.messages import ErrorReport, Gpu

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are stopped by Linux' signals")

STAND_IN = Gpu(None, name="Stand-in", driver="1.2", device="cpu:0")
SMI = """<?xml version="1.0" ?>
<nvidia_smi_log>
  <driver_version>570.86.15</driver_version><attached_gpus>2</attached_gpus>
  <gpu id="00000000:18:00.0">
    <product_name>NVIDIA H100 80GB HBM3</product_name><uuid>GPU-aaaa</uuid><minor_number>3</minor_number>
    <utilization><gpu_util>{busy} %</gpu_util></utilization>
    <clocks><sm_clock>1980 MHz</sm_clock><mem_clock>2619 MHz</mem_clock></clocks>
  </gpu>
  <gpu id="00000000:2A:00.0">
    <product_name>NVIDIA A30</product_name><uuid>GPU-bbbb</uuid><minor_number>0</minor_number>
    <utilization><gpu_util>N/A</gpu_util></utilization>
  </gpu>
</nvidia_smi_log>
"""
IDLE = SMI.format(busy=0)


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with these device nodes, and what its tool says."""
    monkeypatch.delenv(layer.ENVIRONMENT, raising=False)

    def find(*numbers, says=IDLE):
        for number in numbers:
            (tmp_path / f"nvidia{number}").touch()
        (tmp_path / "nvidiactl").touch()
        return gpus.find(lambda: gpus.read(says) if says else None, tmp_path, tmp_path)

    return find


# ---- which GPU


def test_a_gpu_has_the_number_of_its_node_and_the_name_that_cuda_knows(machine):
    """The tool's order is that of the buses; nodes have numbers of their own, and a container shows some of them."""
    assert machine() is None
    assert machine(3) == Gpu(3, "GPU-aaaa", "NVIDIA H100 80GB HBM3", "570.86.15")


@pytest.mark.parametrize(
    ("visible", "number"),
    [("", None), ("-1", None), ("1", 0), ("0,1", 3), ("GPU-bb", 0), ("GPU-cccc", None), ("7", None)],
)
def test_the_graders_own_choice_holds(machine, monkeypatch, visible, number):
    """By place or by UUID, as CUDA takes it; none is none."""
    monkeypatch.setenv(layer.ENVIRONMENT, visible)
    found = machine(0, 3)
    assert (found and found.number) == number


def test_without_the_tool_nobody_can_tell_whether_it_is_idle(machine, tmp_path):
    """The nodes and /proc tell that there is one; the note says what is missing."""
    (tmp_path / "driver/nvidia/gpus/0").mkdir(parents=True)
    (tmp_path / "driver/nvidia/gpus/0/information").write_text("Model: \t\t NVIDIA T4\nIRQ: 5\n")
    (tmp_path / "driver/nvidia/version").write_text("NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue\n")
    found = machine(3, says="")
    assert found == Gpu(3, "0", "NVIDIA T4", "550.54.15", note=gpus.NO_TOOL)
    assert gpus.busy(found, look=lambda: pytest.fail("it was asked")) == ""
    assert gpus.described(found) == "NVIDIA T4, driver 550.54.15"


def test_a_gpu_that_somebody_uses_is_waited_for_and_then_named(machine):
    """Its average goes back to our own last kernels: one look is not enough."""
    found = machine(3)
    said = iter([90, 60, 2])
    waited = []
    assert gpus.busy(found, lambda: gpus.read(SMI.format(busy=next(said))), waited.append) == ""
    assert len(waited) == 2
    problem = gpus.busy(found, lambda: gpus.read(SMI.format(busy=77)), lambda _seconds: None)
    assert problem == "the GPU is in use: 77 % of the time, and not by the speed checks"
    assert gpus.described(found, lambda: gpus.read(SMI.format(busy=0))).endswith("1980 MHz, memory 2619 MHz")


def test_a_tool_that_says_nonsense_is_no_tool(tmp_path, monkeypatch):
    """Nor is one that fails, or one that is not there."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert gpus.look() is None
    for script in ("echo '<a'", "exit 9"):
        (tmp_path / "nvidia-smi").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "nvidia-smi").chmod(0o755)
        assert gpus.look() is None


def test_workers_know_their_gpu_by_its_uuid_and_keep_to_float32(monkeypatch):
    """And have room for what CUDA takes of the host."""
    for name in (layer.ENVIRONMENT, *layer.SETTLED):
        monkeypatch.delenv(name, raising=False)
    layer.choose(3, alone=False, known_as="GPU-aaaa")
    assert os.environ[layer.ENVIRONMENT] == "GPU-aaaa"
    assert os.environ["NVIDIA_TF32_OVERRIDE"] == "0"
    limits = Limits(memory_bytes=1 << 30, processes=32)
    assert layer.widened(limits).memory_bytes == (1 << 30) + layer.HOST_BYTES
    assert layer.widened(limits).processes == 32 + layer.THREADS


# ---- workers


def test_cuda_is_begun_by_the_worker_and_its_failure_is_the_graders(tmp_path):
    """The warm parent has imported torch and nothing more; here no worker can get a context."""
    (tmp_path / "work.py").write_text("")
    parent = WarmParent(["torch"], "limits", Gpu(None, device="cuda"))
    limits = Limits(seconds=10, import_seconds=10)
    student = Student(ProcessLink(parent.start(tmp_path, limits), limits), limits)
    try:
        with pytest.raises(WorkerBroke) as caught:
            student.open(tmp_path, "work.py")
        assert caught.value.outcome is Outcome.GRADER_ERROR
        assert "CUDA" in caught.value.detail
    finally:
        student.link.close()
        parent.close()


SOLUTION = '''import torch

# ---- Question 1: One ----
def one(x):
    """Twice x."""
    # BEGIN SOLUTION
    return x + x
    # END SOLUTION
'''
TESTS = '''import torch
from autograder.testing import assert_close, question

@question("1")
def test_a(student):
    """First."""
    assert_close(student.one(torch.ones(2)), [2.0, 2.0])

@question("1")
def test_b(student):
    """Second."""
    x = torch.ones(2)
    assert student.changes(x) is x
    assert x.tolist() == [7.0, 7.0]
'''
BREAKS = """import torch
broken = False
def one(x):
    global broken
    broken = True
    raise {error}
def changes(x):
    if broken:
        raise RuntimeError("CUDA error: device-side assert triggered")
    return x.fill_(7)
"""


def test_after_a_broken_context_the_next_case_has_a_new_worker(make_course):
    """Every later operation of that process would fail: one case pays, not the question."""
    head = 'title: One\npreload: [numpy, torch]\nquestions:\n  - {id: "1", title: One, file: work.py, points: 2}\n'
    course = make_course(assignment=head, solution=SOLUTION, public=TESTS, hidden=None)
    assignment = load_assignment(load_course(course), "tiny")
    errors = {
        "RuntimeError('CUDA error: device-side assert triggered')": Outcome.ERROR,
        "torch.OutOfMemoryError('CUDA out of memory. Tried to allocate 80 GiB')": Outcome.OUT_OF_MEMORY,
    }

    def body(suite):
        suite.proven = frozenset(case.name for case in suite.cases)
        sources = [BREAKS.format(error=error).encode() for error in errors]
        return [[r.outcome for r in suite.run(Submission("ann", {"work.py": source}))] for source in sources]

    workers = ProcessWorkers(assignment, "limits", gpu=STAND_IN)  # tensors go to a device of their own, and come back
    assert with_suite(assignment, workers, body) == [[first, Outcome.PASSED] for first in errors.values()]


def test_only_errors_of_devices_break_them():
    """Whoever raises another keeps the worker."""

    def error(kind, message):
        return student_error(ErrorReport(kind, ["RuntimeError"], message, []))

    assert broke_device(error("AcceleratorError", "x"))
    assert broke_device(error("RuntimeError", "CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate"))
    assert not broke_device(error("RuntimeError", "shapes do not match"))
    assert not broke_device(None)


def test_suites_allow_for_a_gpus_rounding_by_dtype():
    """Of the largest number; exact comparisons stay exact, and what is wrong stays wrong."""
    want = np.array([1.0, 1000.0])
    off = np.array([1.005, 1000.0]).astype(np.float32)
    with pytest.raises(CheckFailed):
        assert_close(off, want)
    with rounding.on_gpu():
        assert_close(off, want)
        for wrong in (off.astype(np.float64), np.array([1.5, 1000.0]).astype(np.float32)):
            with pytest.raises(CheckFailed):
                assert_close(wrong, want)
        with pytest.raises(CheckFailed):
            assert_close(off, want, rtol=0, atol=0)
        with pytest.raises(CheckFailed):
            assert_close(off, np.array([np.inf, 1000.0]))
    assert rounding.allowance(off, want) == 0


# ---- checks


@pytest.fixture(scope="module")
def assignment(tmp_path_factory):
    return load_assignment(load_course(write_course(tmp_path_factory.mktemp("products"))), "products")


def checker_of(assignment, policy=None):
    made = Checker(
        assignment,
        load_workloads(assignment),
        isolation().grade,
        reference_submission(assignment),
        policy or Policy(budget_s=3),
        STAND_IN,
    )
    made.preflight = lambda _question: Preflight(0.99, 1.01, 2.0)  # whether this machine is quiet is not the question
    for side in made._sides(assignment.question("1").speed):
        side.wait_for_rest = lambda: None  # nor here
    return made


@pytest.fixture(scope="module")
def checker(assignment):
    made = checker_of(assignment)
    yield made
    made.close()


@pytest.fixture(params=["shared", "copied"])
def memory(request, monkeypatch):
    """Device memory that the trusted side shares, and what is done where the driver does not share it."""
    if request.param == "copied":

        def refuse(_size, _device):
            raise OSError("cuMemCreate: CUDA driver error 801")

        monkeypatch.setattr("autograder.worker.device_memory.make", refuse)
    return request.param


def check(checker, source) -> Verdict:
    return checker.check(Submission("ann", {"work.py": source.encode()}), "1")


def test_the_whole_protocol_runs_on_a_device_of_its_own(checker, memory):
    """Right and as fast: nothing is lost, and the result names the device; wrong: it is."""
    verdict = check(checker, HONEST)
    assert verdict.outcome in (Outcome.PASSED, Outcome.PENDING, Outcome.AMBIGUOUS), verdict
    if verdict.speed is not None:
        assert verdict.speed.device == "Stand-in, driver 1.2"
        assert 0.4 < verdict.speed.ratio < 2.5
    wrong = check(checker, work("return compute(x) + 1"))
    assert wrong.outcome is Outcome.FAILED
    assert wrong.feedback.message.startswith("at the size of the speed check, result 1 is off by")


def test_results_may_be_no_tensors(checker, memory):
    """An array is copied to where a tensor would be; other shapes are refused."""
    same = check(checker, work("return compute(x).numpy()"))
    assert same.outcome in (Outcome.PASSED, Outcome.FAILED, Outcome.PENDING, Outcome.AMBIGUOUS)
    assert "off by" not in same.feedback.message
    assert check(checker, work("return compute(x)[0]")).outcome is Outcome.ERROR


@pytest.mark.slow
@pytest.mark.parametrize("name", CHEATS)
def test_cheating_a_gpus_clock_gains_nothing(checker, name):
    """A wrong result, the time that it really took, or no points."""
    source, expected = CHEATS[name]
    verdict = check(checker, source)
    if expected == "wrong":
        assert verdict.outcome in (Outcome.FAILED, Outcome.ERROR), verdict
        assert verdict.speed is None
    elif expected == "no faster":
        assert verdict.speed is None or verdict.speed.ratio > 0.6, verdict
    else:
        assert verdict.outcome is not Outcome.GRADER_ERROR, verdict
        assert verdict.speed is None or verdict.speed.earned < 0.6, verdict


def test_numpy_arrays_cannot_be_timed_on_a_gpu(checker, monkeypatch):
    """The author is told."""
    work_of = checker._workloads["1"]
    monkeypatch.setitem(checker._workloads, "1", _replaced(work_of, inputs=lambda rng, size: [rng.normal(size=(4, 4))]))
    verdict = check(checker, HONEST)
    assert verdict.outcome is Outcome.GRADER_ERROR
    assert verdict.feedback.message.endswith("needs tensors: its workload gives NumPy arrays")


def _replaced(workload, **changes):
    import msgspec

    return msgspec.structs.replace(workload, **changes)


@pytest.mark.parametrize("error", ["torch.OutOfMemoryError('CUDA out of memory.')", "RuntimeError('CUDA error: x')"])
def test_a_student_who_breaks_the_gpu_costs_nobody_else_anything(checker, error):
    """Their check ends; the next one has workers of its own."""
    verdict = check(checker, work(f"raise {error}"))
    assert verdict.outcome in (Outcome.OUT_OF_MEMORY, Outcome.ERROR)
    assert check(checker, HONEST).outcome in (Outcome.PASSED, Outcome.PENDING, Outcome.AMBIGUOUS)


def test_a_reference_that_lost_the_gpu_is_tried_once_more(checker, monkeypatch):
    """Then staff are told; a student pays for neither."""
    tries = []

    def lose(*_arguments, **_options):
        tries.append(1)
        raise DeviceLost("speed check of 1: the reference: CUDA out of memory")

    monkeypatch.setattr(checker, "_measured", lose)
    verdict = check(checker, HONEST)
    assert (verdict.outcome, len(tries)) == (Outcome.GRADER_ERROR, 2)


def test_a_reference_without_memory_is_no_fault_of_the_students():
    """And is told apart from a reference that is wrong."""

    class Starved(Fake):
        def window(self, inputs, *, times=1, guarded=False):
            raise student_error(ErrorReport("OutOfMemoryError", ["RuntimeError"], "CUDA out of memory.", []))

    with pytest.raises(DeviceLost, match="the reference: OutOfMemoryError: CUDA out of memory"):
        race(racing(), Fake(), Starved())
    with pytest.raises(StudentError):
        race(racing(), Starved(), Fake())


def test_a_gpu_that_does_not_rest_is_nobodys_fault(checker, monkeypatch):
    """What a stopped process has asked for goes on: no window begins before it is over."""
    from autograder.speed.gpu import Rest

    now = iter(range(10**6))
    long = Rest("cpu:0", clock=lambda: next(now) * 1e-6)  # every probe takes 1 µs
    long.wait()
    long._clock = lambda: next(now) * 1.0  # and now a second
    with pytest.raises(NotSettled):
        long.wait()

    def never():
        raise NotSettled

    for side in checker._sides(checker._assignment.question("1").speed):
        monkeypatch.setattr(side, "wait_for_rest", never)
    verdict = check(checker, HONEST)
    assert (verdict.outcome, verdict.feedback.detail) == (Outcome.PENDING, UNSETTLED)


def test_a_gpu_that_torch_cannot_use_is_the_graders_fault(assignment):
    """As where torch was built without CUDA."""
    import torch

    if torch.version.cuda is not None:
        pytest.skip("this torch has CUDA")
    made = Checker(
        assignment,
        load_workloads(assignment),
        "limits",
        reference_submission(assignment),
        gpu=Gpu(None, device="cuda"),
    )
    try:
        verdict = check(made, HONEST)
    finally:
        made.close()
    assert verdict.outcome is Outcome.GRADER_ERROR
    assert verdict.feedback.message.startswith("the GPU cannot be used: ")


def test_a_gpu_in_use_keeps_checks_pending(checker, monkeypatch):
    """With who uses it, for staff."""
    monkeypatch.setattr(gpus, "busy", lambda _gpu: "the GPU is in use: 50 % of the time")
    verdict = check(checker, HONEST)
    assert (verdict.outcome, verdict.feedback.detail) == (Outcome.PENDING, "the GPU is in use: 50 % of the time")


def test_values_are_written_last_and_results_poisoned(memory):
    """In memory of the device as in the host's; a worker that computes nothing leaves poison, or zeros of its own."""
    import torch

    from autograder.speed.gpu import share
    from autograder.speed.memory import Layout
    from autograder.worker.timed import Timed

    inputs = [torch.arange(6.0).reshape(2, 3), (torch.ones(2, dtype=torch.int64), 7)]
    shared = share(Layout(inputs, (np.zeros(4), 1.0)), inputs, "cpu:0")
    assert (shared.plan(inputs, "cpu:0")["lies"] == "host") == (memory == "copied")
    try:
        shared.write(inputs)
        assert all((np.abs(result) > 1e12).all() for result in shared.read())
        seen = []

        def call(x, pair):
            seen.append((x.tolist(), pair[0].tolist(), pair[1]))
            return torch.full((4,), 3.0), x.sum()

        timed = Timed(os.dup(shared.descriptor), call, [], shared.plan(inputs, "cpu:0"))
        timed.go(1)
        assert seen == [([[0, 1, 2], [3, 4, 5]], [1, 1], 7)]
        assert [result.tolist() for result in shared.read()] == [[3, 3, 3, 3], 15]
        shared.write([2 * inputs[0], inputs[1]])
        assert all((np.abs(result) > 1e12).all() for result in shared.read())
        timed.go(0)
        timed.go(1)
        assert shared.read()[1] == 30
    finally:
        shared.close()
        shared.close()


# ---- grades


def test_a_grade_without_a_gpu_is_completed_where_there_is_one(assignment, tmp_path):
    """Pending at first, without a new attempt each time that it is asked again; then measured, and recorded as such."""
    from autograder.batch import LocalExecutor

    course = load_course(assignment.folder.parent)
    for name, source in {"ann": HONEST, "bob": SLOWER}.items():
        (tmp_path / "in" / name).mkdir(parents=True)
        (tmp_path / "in" / name / "work.py").write_text(source)
    held, book_path = isolation(), tmp_path / "gradebook.db"
    grade_batch(
        course, assignment.id, [tmp_path / "in"], gradebook=book_path, executor=LocalExecutor(1), held=held, timed=True
    )

    def pending(find):
        started = []
        timed = time_pending(
            course,
            assignment.id,
            gradebook=book_path,
            held=held,
            lock=tmp_path / "lock",
            find_gpu=find,
            on_start=lambda checks, _seconds: started.append(checks),
        )
        with Gradebook.open(book_path) as book:
            attempts = [len(book.history(assignment, name)) for name in ("ann", "bob")]
            return timed, started, attempts, {entry.grade.student: entry for entry in book.current(assignment)}

    _, started, attempts, current = pending(lambda: None)
    assert (started, attempts) == ([0], [2, 2])
    case = current["ann"].grade.questions[0].cases[-1]
    assert (case.outcome, case.feedback.message) == (Outcome.PENDING, NO_GPU)
    waits = queue(assignment, [entry.grade for entry in current.values()])
    assert (waits.checks, waits.on_gpu) == (2, 2)
    assert _queue_line(waits) == "  2 speed checks in the queue, about 8 s, 2 of them on a GPU alone"
    where = ["--course", str(course.folder), "--gradebook", str(book_path)]
    run = CliRunner().invoke(main, ["status", "products", "--json", *where])
    assert json.loads(run.output)["speed_queue"] == {"checks": 2, "on_gpu": 2, "seconds": 8.0}
    assert "2 speed checks in the queue" in CliRunner().invoke(main, ["status", "products", *where]).output
    assert pending(lambda: None)[2] == [2, 2]
    timed, started, attempts, current = pending(lambda: STAND_IN)
    assert started == [2]
    assert [grade.student for grade in timed.graded][:2] == ["ann", "bob"]
    slow = current["bob"].grade.questions[0].cases[-1]
    if slow.speed is not None:  # this machine may be too noisy to tell
        assert slow.speed.device == "Stand-in, driver 1.2"
        assert slow.speed.earned < 1
    assert attempts != [2, 2] or slow.feedback.message == NO_GPU
    assert NO_GPU not in [entry.grade.questions[0].cases[-1].feedback.message for entry in current.values()]


def test_a_gpu_that_weakens_the_walls_is_not_used(assignment, tmp_path, monkeypatch):
    """Unless nobody asked for walls: a grade says how well student code was walled in."""
    from autograder import timing

    weaker = Isolation("restricted", (), ("namespaces",), reasons={"full": "no /dev/nvidia-uvm"}, gpu=0)
    monkeypatch.setattr(timing, "isolation", lambda _grade, _gpu: weaker)
    here = timing._here(assignment, Isolation("full", (), ()), lambda: Gpu(0, "GPU-a"))
    assert here.gpu is None
    assert here.no_gpu.endswith("cannot be walled in as well as without it (full: no /dev/nvidia-uvm)")
    used = timing._here(assignment, Isolation("restricted", (), ()), lambda: Gpu(0, "GPU-a"))
    assert (used.gpu, used.held.gpu) == (Gpu(0, "GPU-a"), 0)


def test_sizes_on_a_gpu_are_checked_as_others_are():
    """They stand for names that there are."""
    import msgspec

    from autograder.speed_rules import mistake

    on_gpu = msgspec.structs.replace(CHECK, device="cuda", cuda_sizes={"size": 500})
    assert (on_gpu.sizes_here, CHECK.sizes_here) == ({"size": 500}, {"size": 50})
    assert mistake(on_gpu) == ""
    wrong = msgspec.structs.replace(on_gpu, cuda_sizes={"sice": 500})
    assert mistake(wrong) == "cuda_sizes: must be 1 or more, each for a name that stands in sizes"


def test_make_gpu_fails_clearly_without_one(tmp_path):
    """Nothing is written."""
    script = Path(__file__).parents[1] / "benchmarks/gpu.py"
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "RESULTS": str(tmp_path / "results.md")}
    run = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False, env=environment)
    assert run.returncode == 3
    assert "no GPU" in run.stderr
    assert not (tmp_path / "results.md").exists()

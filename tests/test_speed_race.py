"""Races with made-up runners; memory, locks and what the gradebook gets: no worker, no clock."""

import fcntl
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from autograder.course import load_assignment, load_course
from autograder.errors import CourseError, GraderFault
from autograder.model import CaseResult, Feedback, Outcome, Visibility
from autograder.scoring import score
from autograder.speed.cases import GATED, WAITS, waiting, with_speed, with_verdicts, without_speed
from autograder.speed.load import load_workloads
from autograder.speed.lock import machine_lock
from autograder.speed.memory import Layout, Shared
from autograder.speed.policy import Policy, State
from autograder.speed.preflight import preflight
from autograder.speed.race import Course, WrongResult, race
from autograder.speed.racer import Window
from autograder.speed.verdict import Verdict
from autograder.speed_rules import SpeedCheck, SpeedResult
from autograder.testing import CheckFailed
from autograder.workloads import Workload

ROOT = Path(__file__).parents[1]
WORK = Workload(
    question="2",
    title="twice",
    inputs=lambda rng, size: [rng.standard_normal(size)],
    call="two",
    oracle=lambda x: x + x,
)
CHECK = SpeedCheck(sizes={"size": 50})


class Fake:
    """A side that takes so long, and computes this."""

    def __init__(self, seconds=0.01, compute=lambda x: x + x, log=None):
        self.seconds, self.compute = seconds, compute
        self.seen, self.guards = [], 0
        self.log = log if log is not None else []
        self.noise = np.random.default_rng(len(self.log))

    def window(self, inputs, *, times=1, guarded=False):
        self.seen.append(inputs[0])
        self.guards += guarded
        self.log.append(self)
        seconds = self.seconds * times * math.exp(self.noise.normal(0, 0.01))
        return Window(seconds, [np.asarray(self.compute(inputs[0]), np.float64)])

    def rest(self):
        pass


def course(seed=0, work=WORK, **changes):
    return Course(work, CHECK, Policy(), np.random.default_rng(seed), **changes)


def test_both_sides_get_the_same_fresh_values_in_random_order():
    """No value comes twice, and nobody can tell who is next."""
    log = []
    student, reference = Fake(log=log), Fake(log=log)
    times = race(course(guarded=0), student, reference)
    assert times.state is State.MEASURED
    assert all(np.array_equal(mine, theirs) for mine, theirs in zip(student.seen, reference.seen, strict=True))
    assert len({values.tobytes() for values in student.seen}) == len(student.seen)
    first = [pair is student for pair in log[::2]]
    assert 0 < sum(first) < len(first)


@pytest.mark.parametrize(("lost", "ratio"), [((0.03, 0.02), 0.5), ((None, 0.02), 1.0), ((0.03, None), 1.0)])
def test_what_others_ran_is_left_out_on_both_sides_or_on_neither(lost, ratio):
    """A student whose code starts threads is not corrected, and must not race a reference that is."""

    class Disturbed(Fake):
        def window(self, inputs, *, times=1, guarded=False):
            return super().window(inputs)._replace(seconds=0.04, lost_s=self.lost, used_s=0.001)

    sides = Disturbed(), Disturbed()
    for side, seconds in zip(sides, lost, strict=True):
        side.lost = seconds
    times = race(course(), *sides)
    assert times.students[0] / times.references[0] == pytest.approx(ratio)
    assert Window(0.04, [], lost_s=0.039, used_s=0.02).undisturbed_s == 0.02  # never less than what they used


def test_every_result_is_looked_at():
    """One wrong answer, in any window, ends the check: right ones before do not help."""
    for wrong_at in range(12):
        count = iter(range(100))
        liar = Fake(compute=lambda x, count=count, at=wrong_at: x + x + (next(count) == at))
        with pytest.raises(WrongResult, match=r"result 1 is off by .* of its largest number; at most 1e-09"):
            race(course(), liar, Fake())


@pytest.mark.parametrize(
    ("compute", "said"),
    [
        (lambda x: np.full_like(x, np.nan), "is not finite"),
        (lambda x: (x + x).astype(np.float16), "off by 0.000"),  # half precision
        (lambda x: np.where(np.arange(len(x)) == 3, 0, x + x), "off by"),  # one number left out
    ],
)
def test_cheaper_results_are_wrong(compute, said):
    """NaN, half precision, and a piece left out."""
    with pytest.raises(WrongResult, match=said):
        race(course(), Fake(compute=compute), Fake())


def test_an_answer_to_the_inputs_before_is_wrong():
    """Replaying what was right once is caught, by value and by identity alike."""
    kept = []

    def replay(x):
        kept.append(x)
        return kept[0] + kept[0]

    with pytest.raises(WrongResult):
        race(course(), Fake(compute=replay), Fake())


def test_a_wrong_reference_is_the_graders_fault():
    """It never costs a student anything."""
    with pytest.raises(GraderFault, match="speed check of 2: the reference: result 1 is off"):
        race(course(), Fake(), Fake(compute=lambda x: x))


def test_a_workload_that_raises_is_the_graders_fault():
    """As a test file that fails to load is."""
    work = Workload("2", "", lambda rng, size: 1 / 0, "two", oracle=lambda x: x)
    with pytest.raises(GraderFault, match="its workload raises ZeroDivisionError: division by zero"):
        race(course(work=work), Fake(), Fake())


def test_forbidden_operations_are_looked_for_at_places_drawn_by_lot():
    """In as many windows as asked for, which do not count."""
    places = set()
    for seed in range(8):
        student = Fake()
        times = race(course(seed), student, Fake())
        assert student.guards == 2
        assert len(student.seen) == len(times.students) + 2 + 2  # guarded, and to warm up
        places.add(student.noise.bytes(1))
    assert len(places) == 1


def test_a_lab_may_judge_by_itself():
    """Where no oracle can know the result, as with what is drawn at random."""

    def judge(results, inputs):
        if not np.array_equal(np.sort(results[0]), np.sort(inputs[0])):
            raise CheckFailed("is no permutation")

    work = Workload("2", "", WORK.inputs, "two", oracle=lambda x: x, judge=judge)
    assert race(course(work=work), Fake(compute=lambda x: x[::-1]), Fake(compute=lambda x: x)).state is State.MEASURED
    with pytest.raises(WrongResult, match="is no permutation"):
        race(course(work=work), Fake(), Fake(compute=lambda x: x))


def test_preflight_finds_a_quiet_machine_quiet():
    """Equals are equal, and two calls take twice as long as one."""
    found = preflight(course(), Fake(), Fake())
    assert found.problem == ""
    assert found.twice == pytest.approx(2.0, rel=0.05)


@pytest.mark.parametrize(
    ("one", "other", "problem"),
    [
        (Fake(0.011), Fake(0.010), "the reference against itself gives ratios from 1."),
        (Fake(), Fake(), ""),
    ],
)
def test_preflight_names_what_is_wrong(one, other, problem):
    """The ratios that it saw."""
    assert preflight(course(), one, other).problem.startswith(problem)


def test_preflight_goes_on_until_it_can_tell():
    """Times that scatter by four per cent are those of a usable machine, which fifteen pairs do not always show."""

    class Scattered(Fake):
        def __init__(self, seed):
            super().__init__()
            self.noise = np.random.default_rng(seed)

        def window(self, inputs, *, times=1, guarded=False):
            return (
                super()
                .window(inputs, times=times)
                ._replace(seconds=0.01 * times * math.exp(self.noise.normal(0, 0.04)))
            )

    found = [preflight(course(seed), Scattered(2 * seed), Scattered(2 * seed + 1)).problem for seed in range(20)]
    assert sum(map(bool, found)) <= 2, found


def test_preflight_sees_calls_that_cost_nothing():
    """Where most of a window is not the call, ratios mean nothing."""

    class Overhead(Fake):
        def window(self, inputs, *, times=1, guarded=False):
            return super().window(inputs, guarded=guarded)

    assert preflight(course(), Overhead(), Overhead()).problem.startswith("the reference called twice takes only 1.0")


def test_shared_memory_is_poisoned_before_each_call():
    """What stood there, the last answer or nothing, is never an answer."""
    inputs = [np.arange(6.0).reshape(2, 3).astype(np.float32), (np.ones(2, np.int64), 7), None]
    shared = Shared(Layout(inputs, (np.zeros(4), 1.0)))
    try:
        shared.write(inputs)
        results = shared.read()
        assert [(array.shape, array.dtype) for array in results] == [((4,), np.float32), ((), np.float32)]
        assert all((np.abs(array) > 1e12).all() for array in results)
        plan = shared.plan(inputs, "cpu")
        assert plan["arguments"][1][0] == "tuple"
        assert plan["arguments"][1][2] == ["value", 7]
        assert plan["arguments"][2] == ["value", None]
        view = np.memmap(f"/proc/self/fd/{shared.descriptor}", np.uint8, "r+")
        assert np.array_equal(view[:24].view(np.float32), inputs[0].ravel())
        with pytest.raises(TypeError):
            shared.write([inputs[0].astype(np.float64), *inputs[1:]])
    finally:
        shared.close()


def test_only_one_program_checks_speed_at_a_time(tmp_path):
    """The second waits, and says so; the lock goes with its holder, killed or not."""
    path = tmp_path / "lock"
    script = f"import fcntl, time; f = open({str(path)!r}, 'w'); fcntl.flock(f, fcntl.LOCK_EX); print(1, flush=True); "
    with subprocess.Popen([sys.executable, "-c", script + "time.sleep(60)"], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        waited = []

        def on_wait():
            waited.append(True)
            other.kill()

        with machine_lock(path, on_wait):
            assert waited == [True]
            with path.open() as again, pytest.raises(BlockingIOError):
                fcntl.flock(again, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with machine_lock(path, on_wait):
        assert waited == [True]


# ---- cases


def case(outcome, question="2", name="test_a", **changes):
    return CaseResult(question, name, "", Visibility.HIDDEN, outcome, **changes)


@pytest.fixture
def assignment(make_course):
    from conftest import ASSIGNMENT

    folder = make_course(assignment=ASSIGNMENT.replace("points: 4}", "points: 4, speed: {share: 0.25}}"))
    return load_assignment(load_course(folder), "tiny")


@pytest.mark.parametrize(
    ("outcomes", "outcome", "said", "points", "open_points"),
    [
        ([Outcome.PASSED, Outcome.PASSED], Outcome.PENDING, WAITS, 3, 1),
        ([Outcome.PASSED, Outcome.SKIPPED], Outcome.PENDING, WAITS, 3, 1),
        ([Outcome.PASSED, Outcome.FAILED], Outcome.FAILED, GATED, 1.5, 0),
        ([Outcome.FAILED, Outcome.GRADER_ERROR], Outcome.FAILED, GATED, 0, 1.5),
        ([Outcome.NOT_IMPLEMENTED] * 2, Outcome.NOT_IMPLEMENTED, "not implemented yet", 0, 0),
        ([Outcome.PASSED, Outcome.GRADER_ERROR], Outcome.PENDING, "the speed is checked once the outcome of", 1.5, 2.5),
    ],
)
def test_correctness_gates_speed(assignment, outcomes, outcome, said, points, open_points):
    """The speed check has its share of the question, and is run only where every test passes."""
    cases = with_speed(assignment, [case(each) for each in outcomes])
    timed = cases[-1]
    assert (timed.name, timed.outcome) == ("speed/2", outcome)
    assert timed.feedback.message.startswith(said)
    grade = score(assignment, "ann", cases)
    assert (grade.questions[1].points, grade.questions[1].open_points) == (points, open_points)
    assert waiting(grade) == ({"2": False} if said == WAITS else {})
    assert without_speed(cases) == cases[:-1]


def test_a_measured_check_stands_as_long_as_every_test_passes(assignment):
    """A regrade that finds a mistake takes it away; one that finds none leaves it."""
    speed = SpeedResult(1, 1, 1, 15, "cpu", 0.1, 0.1, 1.25, 3, 1.0)
    verdict = {"2": Verdict("2", Outcome.PASSED, Feedback(), speed)}
    cases = with_verdicts(with_speed(assignment, [case(Outcome.PASSED)]), verdict)
    assert score(assignment, "ann", cases).questions[1].points == 4
    assert with_speed(assignment, cases) == cases
    failed = with_speed(assignment, [case(Outcome.FAILED), cases[-1]])
    assert (failed[-1].feedback.message, failed[-1].speed) == (GATED, None)
    mended = with_speed(assignment, [case(Outcome.PASSED), failed[-1]])
    assert mended[-1].feedback.message == WAITS


def test_times_that_scattered_wait_for_the_final_run(assignment):
    """The second time, the mean judges."""
    verdict = {"2": Verdict("2", Outcome.AMBIGUOUS, Feedback("vary"))}
    cases = with_verdicts(with_speed(assignment, [case(Outcome.PASSED)]), verdict)
    assert waiting(score(assignment, "ann", cases)) == {"2": True}


# ---- files


@pytest.mark.parametrize(
    ("public", "hidden", "problem"),
    [
        (None, None, "question 2 has a speed check in assignment.yaml, and no Workload here"),
        ("WORKLOADS = [1]", None, "WORKLOADS must hold one Workload for each question"),
        ("WORKLOADS = [W('1', '', len, '')]", None, "question 2 has a speed check in assignment.yaml"),
        (
            "WORKLOADS = [W('2', '', len, ''), W('1', '', len, '')]",
            None,
            "question 1 has a Workload here, and no speed",
        ),
        (
            "WORKLOADS = [W('2', '', len, '')]",
            None,
            "question 2 has no oracle, neither here nor in tests/hidden/speed.py",
        ),
        ("WORKLOADS = [W('2', '', len, '')]", "ORACLES = {'2': len, '1': len}", "ORACLES: 1 has no speed check"),
        ("1 / 0", None, "cannot be loaded: ZeroDivisionError: division by zero"),
    ],
)
def test_what_is_wrong_with_a_speed_file_is_one_line(assignment, public, hidden, problem):
    """That names the file and the question."""
    for folder, text in (("public", public), ("hidden", hidden)):
        if text is not None:
            head = "from autograder.workloads import Workload as W\n"
            (assignment.folder / "tests" / folder / "speed.py").write_text(head + text)
    with pytest.raises(CourseError) as caught:
        load_workloads(assignment)
    assert str(caught.value).startswith("tiny/tests/public/speed.py: ")
    assert problem in str(caught.value)


def test_students_need_no_hidden_oracle(assignment):
    """Their own check compares shapes alone."""
    text = "from autograder.workloads import Workload as W\nWORKLOADS = [W('2', '', len, '')]"
    (assignment.folder / "tests" / "public" / "speed.py").write_text(text)
    assert load_workloads(assignment, may_lack_oracles=True)["2"].oracle is None


def test_each_lab_has_probes_of_its_own(assignment):
    """In one process too, as when all labs are verified."""
    for name in ("first", "second"):
        (assignment.folder / "probes.py").write_text(f"def {name}(x): return x + x\n")
        text = f"import probes\nfrom autograder.workloads import Workload as W\nWORKLOADS = [W('2', '', len, probes.{name})]"
        (assignment.folder / "tests" / "public" / "speed.py").write_text(text)
        found = load_workloads(assignment, may_lack_oracles=True)["2"].call
        assert (found.__name__, found.__module__) == (name, "probes")


# ---- the labs' own workloads


def test_augmented_pictures_may_be_alike_by_chance():
    """Two of many, but not every second one; and each must be the old one, changed."""
    work = load_workloads(load_assignment(load_course(ROOT / "assignments"), "lab2"))["2.10"]
    rng = np.random.default_rng(3)
    inputs = work.inputs(rng, samples=60, side=24, padding=4)
    draws = [(rng.random() < 0.5, *rng.integers(0, 9, 2), *rng.uniform(-0.2, 0.2, 2)) for _ in range(60)]

    def augmented(draws):
        made = []
        for picture, (flipped, top, left, contrast, brightness) in zip(inputs[0].numpy(), draws, strict=True):
            changed = picture.mean() + (1 + contrast) * (picture - picture.mean()) + brightness
            padded = np.pad(changed[:, :, ::-1] if flipped else changed, ((0, 0), (4, 4), (4, 4)))
            made.append(padded[:, top : top + 24, left : left + 24])
        return [np.stack(made).astype(np.float32), inputs[1].numpy()]

    def wrong(results):
        try:
            work.judge(results, inputs)
        except CheckFailed as problem:
            return str(problem)
        return ""

    right = augmented(draws)
    assert wrong(right) == ""
    assert wrong(augmented([draws[1], *draws[1:]])) == ""
    assert wrong(augmented([draw for draw in draws[:6] for _ in range(10)])) == "not every picture has draws of its own"
    assert wrong([right[0][:, :, ::-1], right[1]]).startswith("a picture is not the old one")
    assert wrong([right[0], right[1][::-1]]) == "the labels are not those of the pictures"

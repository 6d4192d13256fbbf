"""The statistics and the policy of speed checks, on made-up times: no clock, no worker."""

import math
import random

import msgspec
import pytest

from autograder.speed.policy import Policy, State, look, ratios, result
from autograder.speed.statistics import FEWEST, enclosing_rank, interval
from autograder.speed_rules import SpeedCheck

CHECK = SpeedCheck(full=1.25, zero=4.0)
POLICY = Policy()


def measure(student, reference, seed=0, policy=POLICY, seconds_each=0.04):
    """A whole check of times that two functions of a generator draw."""
    rng = random.Random(seed)
    students, references = [], []
    state = State.GO_ON
    while state is State.GO_ON:
        references.append(reference(rng))
        students.append(student(rng))
        state = look(policy, CHECK, students, references, seconds_each * len(students))
    return state, result(CHECK, students, references, device="cpu", by_mean=state is State.UNSTEADY)


def quiet(factor=1.0):
    return lambda rng: 0.01 * factor * math.exp(rng.gauss(0, 0.02))


def stalled(factor=1.0):
    """A busy machine: one window in five is preempted for a while."""
    return lambda rng: 0.01 * factor * math.exp(rng.gauss(0, 0.05)) + (rng.random() < 0.2) * rng.expovariate(100)


@pytest.mark.parametrize(("count", "rank"), [(1, 0), (7, 0), (8, 1), (15, 3), (30, 8), (75, 26)])
def test_ranks_are_those_of_the_binomial_distribution(count, rank):
    """The table of every textbook: of 15 values, the third smallest and the third largest."""
    assert enclosing_rank(count) == rank
    outside = sum(math.comb(count, k) for k in range(rank)) / 2**count
    assert 2 * outside <= 0.01 < 2 * (outside + math.comb(count, rank) / 2**count)


def test_few_values_enclose_nothing():
    """Below eight values even the extremes are not sure enough."""
    assert FEWEST == 8
    assert interval([1.0] * 7).half_width == math.inf
    assert interval(list(range(8)))[1:] == (0, 7)


def test_the_interval_holds_the_median_as_often_as_it_says():
    """4,000 skewed samples of 15: the share that misses is at most 1 %, with three standard errors."""
    rng = random.Random(1)
    missed = 0
    for _ in range(4000):
        found = interval([rng.expovariate(1.0) for _ in range(15)])
        missed += not found.low <= math.log(2) <= found.high
    assert missed / 4000 <= 0.01 + 3 * (0.01 * 0.99 / 4000) ** 0.5


def test_looking_again_and_again_keeps_the_benefit_of_the_doubt():
    """500 checks of equals under the stopping rule: not one loses a point; nor does one that is 1.1 times slower."""
    check = msgspec.structs.replace(CHECK, full=1.2)
    for factor in (1.0, 1.1):
        for noise in (quiet, stalled):
            for seed in range(125):
                state, found = measure(noise(factor), noise(), seed)
                if state is State.MEASURED:
                    assert found.low <= check.full


def test_slower_ones_are_told_apart():
    """Of 200 that are 1.5 times slower, on a quiet machine none passes for an equal."""
    found = [measure(quiet(1.5), quiet(), seed) for seed in range(200)]
    assert all(state is State.MEASURED and speed.low > 1.4 and speed.earned < 0.9 for state, speed in found)


def test_a_narrow_interval_ends_a_check():
    """Well before the most pairs, where that is enough."""
    _, found = measure(quiet(2.0), quiet())
    assert 15 <= found.pairs < POLICY.most_pairs
    assert found.low < 2.0 < found.high


def test_a_noisy_machine_costs_nobody_points():
    """Where the reference's own times scatter and nothing can be told, the check waits."""
    wild = lambda rng: 0.01 * math.exp(rng.gauss(0, 1.0))  # noqa: E731
    state, _ = measure(lambda rng: 1.5 * wild(rng), wild)
    assert state is State.NOISY


def test_slow_on_six_calls_in_ten_gains_nothing():
    """The interval of the median spans fast and slow; the mean judges, and takes everything."""
    cheat = lambda rng: quiet(10.0 if rng.random() < 0.6 else 1.0)(rng)  # noqa: E731
    for seed in range(50):
        state, found = measure(cheat, quiet(), seed)
        assert state is State.UNSTEADY or found.earned == 0
        if state is State.UNSTEADY:
            assert found.by_mean
            assert found.earned == 0


def test_a_slow_student_is_measured_however_long_it_takes():
    """The budget ends no check before there is an interval, so that slowness is no way out."""
    state, found = measure(quiet(6.0), quiet(), seconds_each=100.0)
    assert (state, found.earned, found.pairs) == (State.MEASURED, 0, FEWEST)


def test_hopeless_cases_end_early():
    """Three windows in a row of more than ten times `zero` are no accident."""
    state, found = measure(quiet(100.0), quiet())
    assert (state, found.earned, found.pairs) == (State.MEASURED, 0, 3)


def test_faster_ones_have_all_points():
    """A student may be faster than the reference."""
    state, found = measure(quiet(0.3), stalled())
    assert (state, found.earned) == (State.MEASURED, 1)


def test_ratios_of_no_pairs_are_unknown():
    """Nothing was seen, nothing is said."""
    assert ratios([], []).half_width == math.inf

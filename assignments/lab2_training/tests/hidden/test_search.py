"""Lab 2, hyperparameter search: the tests that grade."""

import copy
import itertools
import math

import numpy as np
import probes
import pytest

from autograder.testing import check, hint, question, weight

pytestmark = question("2.11")

SPACE = {
    "rate": ("log", 1e-5, 0.1),
    "p": ("linear", -2.0, 3.0),
    "kind": ["a", "b", "c"],
    "decay": ("log", 2.0, 50.0),
    "width": ("linear", 10.0, 20.0),
}
SMALL = {"p": ("linear", -2.0, 3.0), "kind": ["a", "b"]}  # a range has no end, however short its bounds are to write
CHANGED = "the space is changed: pop, sort and shuffle work in place, on the caller's lists"
DRAWS = 2000
SIGMAS = 5.5  # about 40 comparisons of right code with chance: one in 600,000 would fail


class Objective:
    """A training that is not one: its loss is any function of the configuration, and each call is written down."""

    def __init__(self, quality, early=-10.0):
        self.quality, self.early, self.calls = quality, early, []

    def __call__(self, config, epochs):
        # Few epochs give losses far below those of many: they must not be compared.
        loss = self.quality(config) + self.early / epochs
        self.calls.append((config, epochs, loss))
        return loss


def run(student, quality, space, budget, max_epochs, seed):
    """The result of a search, and all calls of the objective, whose cost must be within the budget."""
    objective, before = Objective(quality), copy.deepcopy(space)
    result = student.search(
        lambda config, epochs: objective(config, epochs), space, budget, max_epochs, student.rng(seed)
    )
    check(space == before, CHANGED)
    check(isinstance(result, tuple | list) and len(result) == 2, "search does not return a configuration and its loss")
    return result, objective.calls


def scaled(config):
    """The values of a configuration of SPACE as numbers that are uniform on [0, 1], and the choice's position."""
    check(config["rate"] > 0 and config["decay"] > 0, "a value of a log scale is not above 0")
    return (
        math.log(config["rate"] / 1e-5) / math.log(1e4),
        (config["p"] + 2) / 5,
        math.log(config["decay"] / 2) / math.log(25),
        (config["width"] - 10) / 10,
        "abc".index(config["kind"]),
    )


def assert_uniform(values, what):
    """Fail unless each fifth of [0, 1] has its share of the values, up to chance."""
    values = np.asarray(values)
    check(((values >= -1e-9) & (values <= 1 + 1e-9)).all(), f"{what} lie outside of their bounds")
    shares = np.histogram(np.clip(values, 0, 1), bins=5, range=(0, 1))[0] / len(values)
    allowed = SIGMAS * math.sqrt(0.2 * 0.8 / len(values))
    check(
        np.abs(shares - 0.2).max() <= allowed,
        f"{what} are not spread as they should be",
        f"shares of five equal parts of the range: {shares.round(3).tolist()}",
    )


@weight(2.5)
@hint("exp of a number that is uniform between log(low) and log(high): as many below 0.001 as above, from 1e-6 to 1.")
def test_scales(student, rng):
    """Logarithms are uniform on a log scale, values on a linear one, and all choices are equally likely."""
    seed = int(rng.integers(2**32))
    configs = student.run(probes.sample_many, student.sample, SPACE, student.rng(seed), DRAWS)
    rate, p, decay, width, kind = map(np.array, zip(*map(scaled, configs), strict=True))
    assert_uniform(rate, "logarithms of values on a log scale")
    assert_uniform(decay, "logarithms of values on a log scale")
    assert_uniform(p, "values on a linear scale")
    assert_uniform(width, "values on a linear scale")
    shares = np.bincount(kind, minlength=3) / DRAWS
    allowed = SIGMAS * math.sqrt(2 / 9 / DRAWS)
    check(np.abs(shares - 1 / 3).max() <= allowed, "choices are not equally likely", f"shares {shares.round(3)}")


@hint("Each name needs a draw of its own: one number for all of them ties them together.")
def test_names_are_drawn_independently(student, rng):
    """Values of different names have nothing to do with each other, and neither have two draws in a row."""
    seed = int(rng.integers(2**32))
    configs = student.run(probes.sample_many, student.sample, SPACE, student.rng(seed), DRAWS)
    columns = np.array([scaled(config) for config in configs]).T
    both = np.vstack([columns[:, 1:], columns[:, :-1]])
    correlation = np.abs(np.corrcoef(both) - np.eye(len(both))).max()
    check(correlation <= SIGMAS / math.sqrt(DRAWS - 1), "values are tied together", f"correlation {correlation:.3f}")


@hint("values[rng.integers(len(values))]: rng.choice makes one array of the list first, of texts if there is one.")
def test_choices_keep_their_kind(student, rng):
    """A choice is the very value of the list, be it a number, a text, a tuple, a bool or None."""
    space = {
        "layers": [(64,), (32, 16), ()],
        "momentum": [None, 0.9],
        "optimizer": ["sgd", "adam"],
        "mixed": [1, "auto", 0.5],
        "nesterov": [True, False],
        "sizes": [(1, 2), (3, 4)],
        "one": [7],
        "scale": ["log", 2.0, 8.0],  # a list, so three choices
    }
    before = copy.deepcopy(space)
    drawn = student.run(probes.sample_many, student.sample, space, student.rng(int(rng.integers(99))), 30)
    check(space == before, CHANGED)
    for config in drawn:
        for name, choices in space.items():
            value = config[name]
            same = any(type(value) is not np.ndarray and bool(value == choice) for choice in choices)
            text = isinstance(value, str) and not any(isinstance(choice, str) for choice in choices)
            check(same and not text, "a choice is not the value that stands in the list", f"{name}: {value!r}")


@weight(0.3)
@hint("Count epochs, not calls, and ask before a call whether it is still paid for.")
@pytest.mark.parametrize(("budget", "max_epochs"), [(9, 9), (17, 9), (10, 1), (100, 7), (64, 16), (95, 16), (200, 27)])
def test_the_budget(student, rng, budget, max_epochs):
    """All calls together cost at most the budget and at least half of it, each from 1 to max_epochs epochs."""
    for space in (SPACE, SMALL):
        _, calls = run(student, lambda config: config["p"], space, budget, max_epochs, int(rng.integers(2**32)))
        epochs = [number for _, number, _ in calls]
        check(all(number == int(number) for number in epochs), "a number of epochs is not whole", f"epochs {epochs}")
        check(all(1 <= number <= max_epochs for number in epochs), "a number of epochs is not from 1 to max_epochs")
        check(sum(epochs) <= budget, "more than the budget is spent", f"budget {budget}, epochs {epochs}")
        check(2 * sum(epochs) >= budget, "less than half of the budget is spent", f"budget {budget}, epochs {epochs}")


@weight(1.5)
@hint("Compare losses after max_epochs only, and return what goes with the lowest: not the last, not the first.")
def test_the_lowest_final_loss_wins(student, rng):
    """The result is the configuration with the lowest loss after max_epochs epochs, and exactly this loss."""
    qualities = [
        lambda c: c["p"],
        lambda c: -c["rate"],
        lambda c: abs(math.log(c["rate"]) + 6) - 100,
        lambda c: c["decay"],
    ]
    for quality, (budget, max_epochs) in itertools.product(qualities, [(60, 4), (96, 8), (5, 5)]):
        (config, loss), calls = run(student, quality, SPACE, budget, max_epochs, int(rng.integers(2**32)))
        final = [(value, tried) for tried, epochs, value in calls if epochs == max_epochs]
        check(final, "no configuration is trained for max_epochs epochs")
        best, tried = min(final, key=lambda pair: pair[0])
        check(float(loss) == best, "the loss is not the lowest one", f"expected {best}, got {loss}")
        check(config == tried, "this configuration does not have the lowest loss", f"expected {tried}, got {config}")


@hint("Every comparison with NaN is false, so that min and sort go astray: look for NaN first.")
def test_training_that_diverges(student, rng):
    """A loss of NaN is worse than any number."""
    for threshold in (-1.0, 1.0):
        for _ in range(4):
            (_, loss), calls = run(
                student,
                lambda config: math.nan if config["p"] > threshold else 1000 + config["p"],  # noqa: B023
                SPACE,
                24,
                1,
                int(rng.integers(2**32)),
            )
            numbers = [value for _, _, value in calls if not math.isnan(value)]
            check(not numbers or float(loss) == min(numbers), "the result is NaN or not the lowest loss", f"got {loss}")


@weight(1.5)
@hint("Keep a set of what was tried, and draw again what is in it; stop when all combinations are.")
def test_no_trial_is_repeated(student, rng):
    """Where all values come from lists, none is trained twice for as many epochs, and all get their turn."""
    space = {"units": [8, 16, 32], "kind": ["relu", "tanh"], "decay": [0.0, 0.1]}
    for budget, max_epochs in [(5, 1), (11, 1), (12, 1), (40, 2), (200, 4), (40, 4)]:
        _, calls = run(student, lambda c: c["units"] + c["decay"], space, budget, max_epochs, int(rng.integers(2**32)))
        trials = [(*sorted((name, str(value)) for name, value in config.items()), int(n)) for config, n, _ in calls]
        check(len(set(trials)) == len(trials), "a configuration is trained again for the same number of epochs")
        if budget >= 12 * max_epochs:
            tried = {trial[:-1] for trial in trials}
            check(len(tried) == 12, "the budget pays for all configurations, and not all are trained")


@hint("search draws its configurations by sample(space, rng): no grid, no scale of its own.")
def test_search_draws_at_random(student, rng):
    """Searches try configurations that are drawn as sample draws them, not on a grid."""
    tried = []
    for _ in range(10):
        _, calls = run(student, lambda config: config["p"], SPACE, 40, 1, int(rng.integers(2**32)))
        check(len({config["rate"] for config, _, _ in calls}) == len(calls), "a value of a range is tried twice")
        tried += [scaled(config) for config, _, _ in calls]
    rate, p, decay, width, _ = zip(*tried, strict=True)
    assert_uniform(rate, "logarithms of the values that are tried on a log scale")
    assert_uniform(decay, "logarithms of the values that are tried on a log scale")
    assert_uniform(p, "the values that are tried on a linear scale")
    assert_uniform(width, "the values that are tried on a linear scale")


@hint("Draw from rng alone: no np.random, no random, no generator of your own.")
def test_the_seed_decides(student, rng):
    """The same seed gives the same search, and another seed another one."""
    seed = int(rng.integers(2**32))
    runs = [run(student, lambda config: config["p"], SPACE, 12, 3, seed + more)[1] for more in (0, 0, 1)]
    check(runs[0] == runs[1], "two searches with the same seed differ: something is drawn from elsewhere than rng")
    check(runs[0] != runs[2], "searches with different seeds are the same: rng is not used")

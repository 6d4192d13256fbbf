"""Lab 1, what training costs: the tests that grade."""

import numpy as np
import pytest
from oracles_metrics import batches, training_bytes, weights_of

from autograder.testing import as_shape, assert_close, assert_equal, check, hint, on_copies, question, weight

pytestmark = question("1.10")

EXACT = 1e-12  # results are whole numbers, in ints or floats
STATES = {"sgd": 0, "momentum": 1, "adam": 2}
SINGLE = {  # arguments and result of every function
    "n_connections": (([7, 5, 3],), weights_of([7, 5, 3])),
    "n_parameters": (([7, 5, 3],), weights_of([7, 5, 3]) + 8),
    "iterations": ((100, 8), 13),
    "training_seconds": ((100, 8, 3, 0.5), 13 * 3 * 0.5),
    "memory_bytes": (([7, 5, 3], 2), training_bytes([7, 5, 3], 2, 2, 4)),
}


def networks(rng):
    """Sizes of networks without a hidden layer, and with one to four."""
    return [[int(size) for size in rng.integers(1, 300, size=layers)] for layers in (2, 3, 4, 6)]


def number(student, name, *arguments, **keywords):
    """What a function gives for copies of its arguments. An array of one number costs test_single_numbers alone."""
    return as_shape(on_copies(student[name], *arguments, **keywords), (), name)


def exactly(got, expected, what, rule=""):
    """The same number, as an int or a float."""
    assert_close(got, expected, rtol=EXACT, atol=0, what=what, rule=rule)


@hint("Only neighbouring layers are connected, each unit with each.")
def test_connections(student, rng):
    """Connections are the products of neighbouring sizes, added up."""
    for sizes in networks(rng):
        exactly(
            number(student, "n_connections", sizes),
            weights_of(sizes),
            "n_connections",
            "each unit with each of the layer before",
        )


@weight(1.5)
@hint("Add one bias for each unit; the numbers of a sample are no units, the units of the last layer are.")
def test_parameters(student, rng):
    """Parameters are the connections and one bias for each unit after the inputs."""
    for sizes in networks(rng):
        exactly(
            number(student, "n_parameters", sizes),
            weights_of(sizes) + sum(sizes[1:]),
            "n_parameters",
            "weights and biases",
        )


@weight(1.5)
@hint("Count in Python's integers, or in int64: large networks have more weights than an int32 holds.")
def test_large_networks(student):
    """Counts of large networks are exact."""
    sizes = [50_000, 120_001, 80_000]
    exactly(number(student, "n_connections", sizes), weights_of(sizes), "n_connections", "no overflow")
    exactly(number(student, "n_parameters", sizes), weights_of(sizes) + sum(sizes[1:]), "n_parameters", "no overflow")
    value = number(student, "memory_bytes", sizes, 4096, "adam", 8)
    exactly(value, training_bytes(sizes, 4096, 2, 8), "memory_bytes", "no overflow")


@weight(1.5)
@hint("Round N / B up: the last batch may be smaller, but never empty.")
def test_iterations(student, rng):
    """A last, smaller batch counts; there is none if the batch size divides the number of samples."""
    cases = [(int(n), int(b)) for n, b in rng.integers([500, 2], [9000, 400], size=(5, 2))]
    cases += [(b * 7, b) for _, b in cases] + [(b * 7 + 1, b) for _, b in cases] + [(b * 7 - 1, b) for _, b in cases]
    for n_samples, batch_size in [*cases, (1, 1), (13, 13), (13, 1), (13, 14), (3 * 10**11 + 1, 3)]:
        exactly(
            number(student, "iterations", n_samples, batch_size),
            batches(n_samples, batch_size, False),
            "iterations",
            "rounded up",
        )


@weight(1.5)
@hint("With drop_last, round N / B down: only full batches count.")
def test_drop_last(student, rng):
    """With drop_last only full batches count, and there may be none."""
    cases = [(int(n), int(b)) for n, b in rng.integers([500, 2], [9000, 400], size=(5, 2))]
    cases += [(b * 7, b) for _, b in cases] + [(b * 7 + 1, b) for _, b in cases] + [(b * 7 - 1, b) for _, b in cases]
    for n_samples, batch_size in [*cases, (13, 13), (13, 14)]:
        value = number(student, "iterations", n_samples, batch_size, drop_last=True)
        exactly(value, batches(n_samples, batch_size, True), "iterations with drop_last", "rounded down")


@weight(1.5)
@hint("Round the iterations of each epoch, then multiply; pass drop_last on.")
def test_training_seconds(student, rng):
    """Time is iterations of an epoch, times epochs, times seconds; with drop_last too."""
    for _ in range(4):
        batch_size, epochs = (int(value) for value in rng.integers(3, 70, size=2))
        n_samples, seconds = batch_size * 40 + 1, float(rng.uniform(0.01, 3))
        for drop_last in (False, True):
            value = number(student, "training_seconds", n_samples, batch_size, epochs, seconds, drop_last)
            expected = batches(n_samples, batch_size, drop_last) * epochs * seconds
            assert_close(value, expected, rtol=1e-9, what="training_seconds", rule="whole batches in every epoch")


@weight(2)
@hint("Of each parameter sgd remembers nothing, momentum one number, Adam two.")
def test_optimizer_state(student, rng):
    """The optimizer's state is 0, 1 or 2 numbers for each parameter, biases included."""
    for sizes in networks(rng):
        for optimizer, states in STATES.items():
            value = number(student, "memory_bytes", sizes, 5, optimizer)
            expected = training_bytes(sizes, 5, states, 4)
            exactly(value, expected, f"memory_bytes with {optimizer}", "parameters, gradients, state, activations")


@weight(1.5)
@hint("Only activations grow with the batch: B numbers for each of `sizes`, the first and the last included.")
def test_memory_grows_with_the_batch(student, rng):
    """One more sample takes a number for each of the sizes, and nothing else."""
    for sizes in networks(rng):
        for batch_size in (1, 64):
            value = number(student, "memory_bytes", sizes, batch_size, "momentum")
            exactly(
                value, training_bytes(sizes, batch_size, 1, 4), "memory_bytes", "activations alone grow with the batch"
            )
        more = number(student, "memory_bytes", sizes, 65, "momentum") - number(
            student, "memory_bytes", sizes, 64, "momentum"
        )
        exactly(more, 4 * sum(sizes), "the memory of one more sample", "the sample and every layer's output")


@hint("Every number takes bytes_per_number bytes; the defaults are Adam and 4 bytes.")
def test_bytes_per_number(student, rng):
    """All parts count in bytes_per_number; by default 4, and the optimizer is Adam."""
    for sizes in networks(rng):
        for bytes_per_number in (2, 8):
            value = number(student, "memory_bytes", sizes, 3, "sgd", bytes_per_number=bytes_per_number)
            exactly(
                value, training_bytes(sizes, 3, 0, bytes_per_number), "memory_bytes", "bytes_per_number for each number"
            )
        exactly(
            number(student, "memory_bytes", sizes, 3),
            training_bytes(sizes, 3, 2, 4),
            "memory_bytes by default",
            "Adam, 4 bytes",
        )


@weight(0.5)
@hint("Raise ValueError for an optimizer whose state you do not know, in place of guessing.")
def test_unknown_optimizer(student):
    """Another optimizer is a ValueError, and the three known ones are not."""
    for optimizer in STATES:
        small, large = (number(student, "memory_bytes", sizes, 1, optimizer) for sizes in ([2, 3], [20, 30]))
        check(np.all((small > 0) & (small < large)), "memory is not positive, or does not grow with the network")
    try:
        on_copies(student.memory_bytes, [2, 3], 1, "lbfgs")
    except ValueError:
        return
    check(False, "an optimizer that is none of the three raises no ValueError")


@pytest.mark.parametrize("name", list(SINGLE))
@weight(0.25)
@hint("Return a plain number: sum(...), int(...), float(...) or .item().")
def test_single_numbers(student, name):
    """Every function gives one number, no array and no list of one."""
    arguments, expected = SINGLE[name]
    assert_close(on_copies(student[name], *arguments), expected, rtol=1e-9, what=name, rule="a single number")


@pytest.mark.parametrize("name", ["n_connections", "n_parameters", "memory_bytes"])
@weight(0.2)
@hint("Do not pop from or append to the list that you were given; and a tuple is as good as a list.")
def test_sizes_are_not_changed(student, name):
    """The list of sizes is not changed, and may be a tuple."""
    (sizes, *batch), expected = SINGLE[name]
    given = list(sizes)
    value = as_shape(student[name](given, *batch), (), name)
    exactly(value, expected, name, "looked at first")
    assert_equal(given, sizes, what=f"sizes after {name}", rule="as it was before")
    exactly(number(student, name, tuple(sizes), *batch), expected, f"{name} of a tuple of sizes", "that of a list")

"""Lab 1, what training costs: the tests that you have."""

import pytest

from autograder.testing import as_shape, assert_close, hint, on_copies, question, weight

pytestmark = question("1.10")

EXACT = 1e-12  # results are whole numbers, in ints or floats
SINGLE = {  # arguments and result of every function
    "n_connections": (([3, 4, 4, 2],), 36),
    "n_parameters": (([3, 4, 4, 2],), 46),
    "iterations": ((10, 4), 3),
    "training_seconds": ((10, 4, 5, 2.0), 30.0),
    "memory_bytes": (([3, 4, 2], 1, "sgd"), 244),
}


def number(student, name, *arguments, **keywords):
    """What a function gives for copies of its arguments. An array of one number costs test_single_numbers alone."""
    return as_shape(on_copies(student[name], *arguments, **keywords), (), name)


@hint("Every unit is connected to every unit, or number, of the layer before.")
def test_connections_of_small_networks(student):
    """A 3-4-2 network has 20 connections, and a 3-4-4-2 network has 36."""
    for sizes, expected in [([3, 4, 2], 20), ([3, 4, 4, 2], 36)]:
        assert_close(number(student, "n_connections", sizes), expected, rtol=EXACT, what=f"n_connections({sizes})")


@hint("Add one bias for each unit; the inputs are no units.")
def test_parameters_of_small_networks(student):
    """A 3-4-2 network has 26 parameters, and a 3-4-4-2 network has 46."""
    for sizes, expected in [([3, 4, 2], 26), ([3, 4, 4, 2], 46)]:
        assert_close(number(student, "n_parameters", sizes), expected, rtol=EXACT, what=f"n_parameters({sizes})")


@hint("A last, smaller batch is a batch too, unless it is dropped.")
def test_iterations_of_an_epoch(student):
    """50,000 samples take 1,563 batches of 32, or 1,562 without the last, smaller one, and 500 batches of 100."""
    for batch_size, expected, full in [(32, 1563, 1562), (100, 500, 500)]:
        value = number(student, "iterations", 50_000, batch_size)
        assert_close(value, expected, rtol=EXACT, what=f"iterations(50_000, {batch_size})", rule="rounded up")
        value = number(student, "iterations", 50_000, batch_size, drop_last=True)
        what = f"iterations(50_000, {batch_size}, drop_last=True)"
        assert_close(value, full, rtol=EXACT, what=what, rule="rounded down")


@hint("Iterations of an epoch, times epochs, times seconds.")
def test_hours_of_training(student):
    """100 epochs of 1,563 iterations of 0.1 seconds take 15,630 seconds, or 4.3 hours; 2 epochs take 312.6 seconds."""
    for epochs, expected in [(100, 15_630.0), (2, 312.6)]:
        value = number(student, "training_seconds", 50_000, 32, epochs, 0.1)
        what = f"training_seconds(50_000, 32, {epochs}, 0.1)"
        assert_close(value, expected, rtol=1e-9, what=what, rule="in seconds, not hours")


@hint("Parameters and their gradients, the optimizer's numbers for each parameter, and the activations of the batch.")
def test_memory_of_a_small_network(student):
    """The memory of a 3-4-2 network is that of the handout's worked example for 10 samples, and less for one."""
    for optimizer, expected in [("sgd", 568), ("momentum", 672), ("adam", 776)]:
        value = number(student, "memory_bytes", [3, 4, 2], 10, optimizer=optimizer)
        rule = "4 bytes for 26 parameters, 26 gradients, optimizer state and 10 x (3 + 4 + 2) activations"
        assert_close(value, expected, rtol=EXACT, what=f"memory_bytes with {optimizer}", rule=rule)
        value = number(student, "memory_bytes", [3, 4, 2], 1, optimizer=optimizer)
        what = f"memory_bytes of one sample with {optimizer}"
        assert_close(value, expected - 324, rtol=EXACT, what=what, rule="4 bytes x 9 activations less for each sample")


@pytest.mark.parametrize("name", list(SINGLE))
@weight(0.15)
@hint("Return a plain number: sum(...), int(...), float(...) or .item().")
def test_single_numbers(student, name):
    """Every function gives one number, no array and no list of one."""
    arguments, expected = SINGLE[name]
    assert_close(on_copies(student[name], *arguments), expected, rtol=1e-9, what=name, rule="a single number")

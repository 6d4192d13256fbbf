"""Lab 1, what training costs: the tests that you have."""

from autograder.testing import assert_close, hint, question

pytestmark = question("1.10")

EXACT = 1e-12  # results are whole numbers, in ints or floats


@hint("Every unit is connected to every unit, or number, of the layer before.")
def test_connections_of_small_networks(student):
    """A 3-4-2 network has 20 connections, and a 3-4-4-2 network has 36."""
    for sizes, expected in [([3, 4, 2], 20), ([3, 4, 4, 2], 36)]:
        assert_close(student.n_connections(sizes), expected, rtol=EXACT, what=f"n_connections({sizes})")


@hint("Add one bias for each unit; the inputs are no units.")
def test_parameters_of_small_networks(student):
    """A 3-4-2 network has 26 parameters, and a 3-4-4-2 network has 46."""
    for sizes, expected in [([3, 4, 2], 26), ([3, 4, 4, 2], 46)]:
        assert_close(student.n_parameters(sizes), expected, rtol=EXACT, what=f"n_parameters({sizes})")


@hint("A last, smaller batch is a batch too, unless it is dropped.")
def test_iterations_of_an_epoch(student):
    """50,000 samples in batches of 32 take 1,563 iterations, or 1,562 without the last, smaller batch."""
    assert_close(student.iterations(50_000, 32), 1563, rtol=EXACT, what="iterations(50_000, 32)", rule="rounded up")
    value = student.iterations(50_000, 32, drop_last=True)
    assert_close(value, 1562, rtol=EXACT, what="iterations(50_000, 32, drop_last=True)", rule="rounded down")


@hint("Iterations of an epoch, times epochs, times seconds.")
def test_hours_of_training(student):
    """100 epochs of 1,563 iterations of 0.1 seconds take 15,630 seconds, or 4.3 hours."""
    value = student.training_seconds(50_000, 32, 100, 0.1)
    assert_close(
        value, 15_630.0, rtol=1e-9, what="training_seconds(50_000, 32, 100, 0.1)", rule="in seconds, not hours"
    )


@hint("Parameters and their gradients, the optimizer's numbers for each parameter, and the activations of the batch.")
def test_memory_of_a_small_network(student):
    """The memory of a 3-4-2 network and 10 samples is that of the handout's worked example."""
    for optimizer, expected in [("sgd", 568), ("momentum", 672), ("adam", 776)]:
        value = student.memory_bytes([3, 4, 2], 10, optimizer=optimizer)
        rule = "4 bytes for 26 parameters, 26 gradients, optimizer state and 10 x (3 + 4 + 2) activations"
        assert_close(value, expected, rtol=EXACT, what=f"memory_bytes with {optimizer}", rule=rule)

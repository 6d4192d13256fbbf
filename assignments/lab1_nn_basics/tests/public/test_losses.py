"""Lab 1, losses: the tests that you have."""

import numpy as np

from autograder.testing import (
    as_array,
    as_shape,
    assert_close,
    assert_equal,
    check,
    hint,
    on_copies,
    question,
    unpack,
    weight,
)

pytestmark = question("1.6")

# Chosen so that exp(logits) is 1, 2, 5 and 2, 2, 4: the probabilities are 1/8, 2/8, 5/8 and 1/4, 1/4, 1/2.
LOGITS = np.log([[1.0, 2.0, 5.0], [2.0, 2.0, 4.0]])
LABELS = np.array([2, 0])


def cross(student, logits, labels):
    """loss and dlogits; your function gets copies. That the loss is a single float is left to the first test."""
    loss, dlogits = unpack(on_copies(student.softmax_cross_entropy, logits, labels), 2, "loss, dlogits")
    return as_shape(loss, (), "loss"), dlogits


@hint("Take minus the log-probability of the right class of each row, then the mean of these N numbers.")
def test_loss_of_the_worked_example(student):
    """The loss of the handout's worked example is (ln 8/5 + ln 4) / 2 = 0.928149."""
    loss, _ = unpack(on_copies(student.softmax_cross_entropy, LOGITS, LABELS), 2, "loss, dlogits")
    assert_close(loss, 0.928149, atol=1e-6, what="loss")


@hint("The gradient of a row is its probabilities, minus 1 at the label, and the mean divides all of it by N.")
def test_gradient_of_the_worked_example(student):
    """The gradient of the handout's worked example is (probabilities - one-hot labels) / 2."""
    _, dlogits = unpack(on_copies(student.softmax_cross_entropy, LOGITS, LABELS), 2, "loss, dlogits")
    expected = np.array([[0.0625, 0.125, -0.1875], [-0.375, 0.125, 0.25]])
    assert_close(dlogits, expected, what="dlogits", rule="(probabilities - one-hot labels) / N")


@hint("Use the natural logarithm, and the mean over the rows only: the classes of a row are summed over.")
def test_equal_scores_give_the_log_of_the_number_of_classes(student):
    """Equal scores for C classes give the loss ln C, whatever N is."""
    for samples, classes in [(4, 3), (1, 3), (5, 10)]:
        loss, _ = cross(student, np.zeros((samples, classes)), np.arange(samples) % classes)
        assert_close(loss, np.log(classes), what="loss", rule=f"ln {classes} for {samples} rows of {classes} zeros")


@hint("Subtract the largest score of each row before exp, and never take the log of a probability that may be 0.")
def test_large_scores_stay_finite(student):
    """Scores of 1000 give no overflow: a right answer costs 0, a wrong one the distance to the largest score."""
    logits = np.array([[1000.0, 0.0, -1000.0]])
    for label, expected in [(0, 0.0), (1, 1000.0), (2, 2000.0)]:
        loss, dlogits = cross(student, logits, np.array([label]))
        assert_close(loss, expected, what="loss", rule=f"label {label} of the scores 1000, 0, -1000")
        check(np.isfinite(as_array(dlogits, "dlogits")).all(), "dlogits is not finite where scores are large")


@hint("The softmax belongs to a row: shift, exponentiate and normalise along axis 1.")
def test_adding_a_number_to_a_row_changes_nothing(student, rng):
    """Adding a number of its own to every row changes neither the loss nor the gradient."""
    logits, labels = rng.normal(size=(4, 3)), np.array([2, 0, 1, 1])
    loss, dlogits = cross(student, logits, labels)
    check(
        np.any(np.abs(as_array(dlogits, "dlogits")) > 1e-3),
        "dlogits is (nearly) zero everywhere, and so is no gradient",
    )
    moved_loss, moved_dlogits = cross(student, logits + rng.normal(size=(4, 1)), labels)
    rule = "the softmax of a row does not notice a number added to the whole row"
    assert_close(moved_loss, loss, what="loss of the moved rows", rule=rule)
    assert_close(moved_dlogits, dlogits, what="dlogits of the moved rows", rule=rule)
    assert_close(
        np.sum(np.asarray(dlogits), axis=1), np.zeros(4), what="the sum of each row of dlogits", rule="0 for every row"
    )


@weight(0.5)
@hint("Work on a new array: `x = x - m` makes one, `x -= m` changes the caller's.")
def test_arguments_are_not_changed(student, rng):
    """Neither the logits nor the labels are changed."""
    logits, labels = LOGITS + rng.normal(size=(2, 1)), LABELS.copy()
    logits_before, labels_before = logits.copy(), labels.copy()
    loss, _ = unpack(student.softmax_cross_entropy(logits, labels), 2, "loss, dlogits")
    assert_close(
        as_shape(loss, (), "loss"), 0.928149, atol=1e-6, what="loss", rule="the worked example again, each row moved"
    )
    assert_equal(logits, logits_before, what="logits after the call", rule="as it was before")
    assert_equal(labels, labels_before, what="labels after the call", rule="as it was before")

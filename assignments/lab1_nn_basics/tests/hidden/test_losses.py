"""Lab 1, losses: the tests that grade."""

import numpy as np
import probes
from oracles import cross_entropy

from autograder.testing import (
    as_array,
    as_shape,
    assert_close,
    assert_equal,
    assert_gradient,
    check,
    hint,
    on_copies,
    question,
    unpack,
    weight,
)

pytestmark = question("1.6")

GRADIENT = "(softmax of each row - one-hot labels) / N"


def batch(rng, samples, classes, dtype=np.float64):
    """Scores (N, C) and labels (N,)."""
    return rng.normal(scale=2.0, size=(samples, classes)).astype(dtype), rng.integers(0, classes, size=samples)


def cross(student, logits, labels):
    """loss and dlogits; the student gets copies. An array of one number as the loss costs test_loss alone."""
    loss, dlogits = unpack(on_copies(student.softmax_cross_entropy, logits, labels), 2, "loss, dlogits")
    return as_shape(loss, (), "loss"), dlogits


@weight(2)
@hint("Take minus the log-probability of the right class of each row, then the mean of these N numbers.")
def test_loss(student, rng):
    """The loss is the mean over the batch of -ln(probability of the label), a single number."""
    for samples in (7, 6, 5):
        logits, labels = batch(rng, samples, 4)
        loss, _ = unpack(on_copies(student.softmax_cross_entropy, logits, labels), 2, "loss, dlogits")
        assert_close(loss, cross_entropy(logits, labels)[0], what="loss", rule="the mean over the N rows")


@weight(2)
@hint("The gradient of a row is its probabilities, minus 1 at the label, and the mean divides all of it by N.")
def test_gradient(student, rng):
    """The gradient is (softmax - one-hot labels) / N."""
    logits, labels = batch(rng, 7, 4)
    _, dlogits = unpack(on_copies(student.softmax_cross_entropy, logits, labels), 2, "loss, dlogits")
    assert_close(dlogits, cross_entropy(logits, labels)[1], what="dlogits", rule=GRADIENT)


@hint("Check which axis is which: rows are samples (axis 0), columns are classes (axis 1).")
def test_fewer_samples_than_classes(student, rng):
    """Fewer samples than classes: most classes are no sample's label."""
    logits, labels = batch(rng, 3, 11)
    loss, dlogits = cross(student, logits, labels)
    expected_loss, expected_gradient = cross_entropy(logits, labels)
    assert_close(loss, expected_loss, what="loss")
    assert_close(dlogits, expected_gradient, what="dlogits", rule=GRADIENT)


@hint("Keep both axes when N is 1: no squeeze, and index rows and labels together.")
def test_single_sample(student, rng):
    """A batch of one sample works like any other."""
    logits, labels = batch(rng, 1, 5)
    loss, dlogits = cross(student, logits, labels)
    expected_loss, expected_gradient = cross_entropy(logits, labels)
    assert_close(loss, expected_loss, what="loss of one sample")
    assert_close(dlogits, expected_gradient, what="dlogits of one sample", rule=GRADIENT)


@weight(1.5)
@hint("Subtract from each row its own largest score, not the largest of the whole batch.")
def test_rows_far_apart(student, rng):
    """Rows at levels of +-10,000, mixed or all alike, keep their loss and gradient."""
    for levels in ([1e4, -1e4, 0.0, 1e4, -1e4, 5e3], [-1e4] * 6, [1e4] * 6):
        logits, labels = batch(rng, 6, 4)
        logits += np.array(levels)[:, np.newaxis]
        loss, dlogits = cross(student, logits, labels)
        expected_loss, expected_gradient = cross_entropy(logits, labels)
        assert_close(loss, expected_loss, what="loss", rule="the level of a row does not matter")
        assert_close(dlogits, expected_gradient, what="dlogits", rule="the level of a row does not matter")


@weight(1.5)
@hint("Work with log-probabilities, score - max - log(sum(exp(score - max))); no log of a softmax, clipped or not.")
def test_label_far_below_the_largest_score(student, rng):
    """A label thousands below the largest score costs that distance, and is neither infinite nor clipped."""
    logits = rng.permuted(np.tile([-1e4, -3e3, 0.0, 1e4], (5, 1)), axis=1) + rng.normal(size=(5, 4))
    labels = np.argmin(logits, axis=1)
    labels[:2] = np.argsort(logits[:2], axis=1)[:, 2]  # the second largest
    loss, dlogits = cross(student, logits, labels)
    expected_loss, expected_gradient = cross_entropy(logits, labels)
    assert_close(loss, expected_loss, what="loss", rule="the distance from the label's score to the largest")
    assert_close(dlogits, expected_gradient, what="dlogits", rule=GRADIENT)


@hint("Loss and gradient must agree: if the loss is a mean over N, the gradient carries the same 1/N.")
def test_gradient_is_the_derivative_of_the_loss(student, rng):
    """dlogits is the derivative of the loss that your own function returns."""
    logits, labels = batch(rng, 5, 3)
    _, dlogits = unpack(on_copies(student.softmax_cross_entropy, logits, labels), 2, "loss, dlogits")
    check(
        np.any(np.abs(as_array(dlogits, "dlogits")) > 1e-3),
        "dlogits is (nearly) zero everywhere, and so is no gradient",
    )

    def loss(values):
        return cross(student, values, labels)[0]

    assert_gradient(loss, logits, dlogits, rng=rng, what="dlogits", rule="the derivative of the returned loss")


@hint("A mean over the batch does not grow with the batch; a sum does.")
def test_a_batch_twice_over(student, rng):
    """The same batch twice over has the same loss, and each row's gradient is half as large."""
    logits, labels = batch(rng, 4, 6)
    loss, dlogits = cross(student, logits, labels)
    double_loss, double_dlogits = cross(student, np.tile(logits, (2, 1)), np.tile(labels, 2))
    check(np.all(loss > 0), "loss is not positive, but no label is certain")
    check(
        np.any(np.abs(as_array(dlogits, "dlogits")) > 1e-3),
        "dlogits is (nearly) zero everywhere, and so is no gradient",
    )
    other_loss, _ = cross(student, 2 * logits, labels)
    check(np.any(other_loss != loss), "loss is the same for other scores")
    assert_close(double_loss, loss, what="loss of the batch twice over", rule="a mean does not grow with N")
    expected = np.tile(np.asarray(dlogits) / 2, (2, 1))
    assert_close(double_dlogits, expected, what="dlogits of the batch twice over", rule="each row counts 1/N")


@hint("Do not assume float64: float32 scores are what networks on a GPU give.")
def test_float32_scores(student, rng):
    """Scores in float32 give the same loss and gradient, as exactly as float32 allows."""
    logits, labels = batch(rng, 64, 10, np.float32)
    loss, dlogits = cross(student, logits, labels)
    expected_loss, expected_gradient = cross_entropy(logits, labels)
    assert_close(loss, expected_loss, rtol=1e-4, what="loss", rule="float32")
    assert_close(dlogits, expected_gradient, rtol=1e-4, relative_to_largest=True, what="dlogits", rule="float32")


@weight(0.5)
@hint("Work on a new array: `x = x - m` makes one, `x -= m` changes the caller's.")
def test_arguments_are_not_changed(student, rng):
    """Neither the logits nor the labels are changed, also where scores are large."""
    logits, labels = batch(rng, 5, 4)
    logits *= 100
    logits_before, labels_before = logits.copy(), labels.copy()
    loss, _ = unpack(student.softmax_cross_entropy(logits, labels), 2, "loss, dlogits")
    loss = as_shape(loss, (), "loss")
    assert_close(loss, cross_entropy(logits_before, labels_before)[0], what="loss", rule="looked at first")
    assert_equal(logits, logits_before, what="logits after the call", rule="as it was before")
    assert_equal(labels, labels_before, what="labels after the call", rule="as it was before")


@hint("Keep nothing from one call to the next, and return a new array each time.")
def test_calls_do_not_disturb_each_other(student, rng):
    """Results of a call stay right after later calls with other batches."""
    batches = [batch(rng, 4, 3), batch(rng, 4, 3), batch(rng, 2, 5)]
    results = on_copies(student.run, probes.call_each, student.softmax_cross_entropy, batches)
    for number, ((logits, labels), result) in enumerate(zip(batches, results, strict=True), start=1):
        loss, dlogits = unpack(result, 2, "loss, dlogits")
        expected_loss, expected_gradient = cross_entropy(logits, labels)
        assert_close(as_shape(loss, (), "loss"), expected_loss, what=f"loss of call {number}")
        assert_close(dlogits, expected_gradient, what=f"dlogits of call {number}", rule="unchanged by later calls")

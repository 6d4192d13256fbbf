"""Lab 1, binary cross-entropy: the tests that grade."""

import warnings

import numpy as np
import probes
from oracles_metrics import binary_cross_entropy

from autograder.testing import (
    as_array,
    as_shape,
    assert_close,
    assert_equal,
    assert_gradient,
    assert_shape,
    check,
    hint,
    on_copies,
    question,
    unpack,
    weight,
)

pytestmark = question("1.5")

GRADIENT = "(sigmoid(z) - y) / count"


def batch(rng, *shape, dtype=np.float64):
    """Scores and targets of 0 and 1, of one shape."""
    return rng.normal(scale=2.0, size=shape).astype(dtype), rng.integers(0, 2, size=shape).astype(dtype)


def bce(student, z, y):
    """loss and dz; the student gets copies.

    An array of one number as the loss costs test_loss alone, a column in place of a row test_any_shape.
    """
    loss, dz = unpack(on_copies(student.bce_with_logits, z, y), 2, "loss, dz")
    return as_shape(loss, (), "loss"), as_shape(dz, z.shape, "dz")


def compare(student, z, y, what=""):
    """Loss and gradient are the oracle's."""
    loss, dz = bce(student, z, y)
    expected_loss, expected_dz = binary_cross_entropy(z, y)
    assert_close(loss, expected_loss, what=f"loss{what}", rule="the mean over all elements")
    assert_close(dz, expected_dz, what=f"dz{what}", rule=GRADIENT)


@weight(2)
@hint("Each element costs minus the log-probability of its own target; then take the mean of all these numbers.")
def test_loss(student, rng):
    """The loss is the mean of -(y ln p + (1 - y) ln(1 - p)), a single number."""
    z, y = batch(rng, 9)
    loss, _ = unpack(on_copies(student.bce_with_logits, z, y), 2, "loss, dz")
    assert_close(loss, binary_cross_entropy(z, y)[0], what="loss", rule="the mean over all elements")


@weight(2)
@hint("The gradient of an element is its probability minus its target, and the mean divides it by the count.")
def test_gradient(student, rng):
    """The gradient is (sigmoid(z) - y) / count."""
    z, y = batch(rng, 9)
    _, dz = unpack(on_copies(student.bce_with_logits, z, y), 2, "loss, dz")
    dz = as_shape(dz, z.shape, "dz")
    assert_close(dz, binary_cross_entropy(z, y)[1], what="dz", rule=GRADIENT)


@hint("The mean is over all elements, z.size of them, not over the rows; dz keeps the shape of z.")
def test_any_shape(student, rng):
    """Columns, matrices, blocks and single elements all work, and dz has their shape."""
    for shape in [(5,), (6, 1), (1, 6), (3, 5), (2, 3, 4), (1,), (1, 1)]:
        z, y = batch(rng, *shape)
        compare(student, z, y, f" of shape {shape}")
        assert_shape(unpack(on_copies(student.bce_with_logits, z, y), 2, "loss, dz")[1], shape, "dz", "the shape of z")


@weight(1.5)
@hint("exp(-|z|) never overflows: write both the loss and the probability with it.")
def test_large_scores(student, rng):
    """Scores of hundreds and thousands, of both signs and mixed with small ones, keep loss and gradient."""
    for size in (500.0, 800.0, 1e4):
        z = np.concatenate([rng.normal(size=4), size * rng.uniform(1.0, 1.2, size=4) * [1, -1, 1, -1]])
        compare(student, z, np.array([0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0]), " of large and small scores")


@weight(1.5)
@hint("No clipping, and no small number inside the logarithm: write the loss in terms of z, without ln p.")
def test_wrong_and_sure(student, rng):
    """A sure and wrong answer costs |z|, at every size of z, and is neither infinite nor clipped."""
    for size in (15.0, 30.0, 40.0, 100.0, 600.0):
        z = size * np.array([1.0, -1.0, 1.0]) + rng.uniform(-1, 1, size=3)
        compare(student, z, np.array([0.0, 1.0, 0.0]), " of wrong answers")


@hint("Do not round targets and do not choose by y == 1: weigh both halves of the formula with y and 1 - y.")
def test_targets_between_0_and_1(student, rng):
    """Targets between 0 and 1 weigh both halves of the formula."""
    z, _ = batch(rng, 4, 3)
    compare(student, z, rng.uniform(size=(4, 3)), " of soft targets")
    z *= 200
    compare(student, z, rng.uniform(size=(4, 3)), " of soft targets and large scores")


@weight(0.5)
@hint("Let NumPy convert: arithmetic between floats and ints gives floats.")
def test_integer_targets(student, rng):
    """Targets may be integers."""
    z, y = batch(rng, 5, 2)
    compare(student, z, y.astype(np.int64), " of integer targets")


@hint("Loss and gradient must agree: if the loss is a mean over all elements, so must the gradient be.")
def test_gradient_is_the_derivative_of_the_loss(student, rng):
    """dz is the derivative of the loss that your own function returns."""
    z, y = batch(rng, 4, 3)
    _, dz = unpack(on_copies(student.bce_with_logits, z, y), 2, "loss, dz")
    dz = as_shape(dz, z.shape, "dz")
    check(np.any(np.abs(as_array(dz, "dz")) > 1e-3), "dz is (nearly) zero everywhere, and so is no gradient")

    def loss(values):
        return bce(student, values, y)[0]

    assert_gradient(loss, z, dz, rng=rng, what="dz", rule="the derivative of the returned loss")


@hint("A mean does not grow with the number of elements; a sum does.")
def test_elements_twice_over(student, rng):
    """The same elements twice over have the same loss, and each one's gradient is half as large."""
    z, y = batch(rng, 3, 4)
    loss, dz = bce(student, z, y)
    check(np.all(loss > 0), "loss is not positive, but no target is certain")
    check(np.any(np.abs(as_array(dz, "dz")) > 1e-3), "dz is (nearly) zero everywhere, and so is no gradient")
    other_loss, _ = bce(student, 2 * z, y)
    check(np.any(other_loss != loss), "loss is the same for other scores")
    for times in [(2, 1), (1, 2)]:
        double_loss, double_dz = bce(student, np.tile(z, times), np.tile(y, times))
        assert_close(double_loss, loss, what="loss of the elements twice over", rule="a mean over rows and columns")
        expected = np.tile(np.asarray(dz) / 2, times)
        assert_close(double_dz, expected, what="dz of the elements twice over", rule="each element counts 1/count")


@hint("Do not assume float64: float32 scores are what networks on a GPU give.")
def test_float32_scores(student, rng):
    """Scores in float32 give the same loss and gradient, as exactly as float32 allows."""
    z, y = batch(rng, 64, 3, dtype=np.float32)
    z[:4] *= 100
    loss, dz = bce(student, z, y)
    expected_loss, expected_dz = binary_cross_entropy(z, y)
    assert_close(loss, expected_loss, rtol=1e-4, what="loss", rule="float32")
    assert_close(dz, expected_dz, rtol=1e-4, relative_to_largest=True, what="dz", rule="float32")


@weight(0.5)
@hint("np.where works out both of its branches: give exp nothing that can overflow in either of them.")
def test_no_warnings(student):
    """Large scores raise no warning of NumPy's, and give the right loss."""
    z, y = np.array([-2000.0, 2000.0, 0.0, -750.0]), np.array([1.0, 1.0, 0.0, 0.0])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        loss, _ = bce(student, z, y)
    assert_close(loss, binary_cross_entropy(z, y)[0], what="loss", rule="looked at first")
    numeric = [warning for warning in caught if issubclass(warning.category, RuntimeWarning)]
    check(not numeric, "large scores give a warning of NumPy's", "\n".join(str(warning.message) for warning in numeric))


@weight(0.5)
@hint("Work on new arrays: `z = z * 2` makes one, `z *= 2` changes the caller's.")
def test_arguments_are_not_changed(student, rng):
    """Neither the scores nor the targets are changed, also where scores are large."""
    z, y = batch(rng, 5, 2)
    z *= 400
    z_before, y_before = z.copy(), y.copy()
    loss, _ = unpack(student.bce_with_logits(z, y), 2, "loss, dz")
    loss = as_shape(loss, (), "loss")
    assert_close(loss, binary_cross_entropy(z_before, y_before)[0], what="loss", rule="looked at first")
    assert_equal(z, z_before, what="z after the call", rule="as it was before")
    assert_equal(y, y_before, what="y after the call", rule="as it was before")


@weight(0.5)
@hint("Keep nothing from one call to the next, and return a new array each time.")
def test_calls_do_not_disturb_each_other(student, rng):
    """Results of a call stay right after later calls with other scores."""
    batches = [batch(rng, 4, 3), batch(rng, 4, 3), batch(rng, 7)]
    results = on_copies(student.run, probes.call_each, student.bce_with_logits, batches)
    for number, ((z, y), result) in enumerate(zip(batches, results, strict=True), start=1):
        loss, dz = unpack(result, 2, "loss, dz")
        expected_loss, expected_dz = binary_cross_entropy(z, y)
        assert_close(as_shape(loss, (), "loss"), expected_loss, what=f"loss of call {number}")
        assert_close(dz, expected_dz, what=f"dz of call {number}", rule="unchanged by later calls")

"""Lab 1, binary cross-entropy: the tests that you have."""

import numpy as np

from autograder.testing import (
    as_array,
    as_shape,
    assert_close,
    assert_equal,
    assert_shape,
    check,
    hint,
    on_copies,
    question,
    unpack,
    weight,
)

pytestmark = question("1.5")

# Chosen so that the probabilities of yes are 3/4, 1/2, 1/5 and 4/5.
Z = np.log([[3.0, 1.0], [0.25, 4.0]])
Y = np.array([[1.0, 0.0], [0.0, 0.0]])


def bce(student, z, y):
    """loss and dz; your function gets copies. Their exact shapes are left to the first test and the last one."""
    loss, dz = unpack(on_copies(student.bce_with_logits, z, y), 2, "loss, dz")
    return as_shape(loss, (), "loss"), as_shape(dz, z.shape, "dz")


@hint("Each element costs minus the log-probability of its own target; then take the mean of all these numbers.")
def test_loss_of_the_worked_example(student):
    """The loss of the handout's worked example is (ln 4/3 + ln 2 + ln 5/4 + ln 5) / 4 = 0.703353."""
    loss, _ = unpack(on_copies(student.bce_with_logits, Z, Y), 2, "loss, dz")
    assert_close(loss, 0.703353, atol=1e-6, what="loss", rule="the mean over all elements")


@hint("The gradient of an element is its probability minus its target, and the mean divides it by the count.")
def test_gradient_of_the_worked_example(student):
    """The gradient of the handout's worked example is (probabilities - targets) / 4."""
    _, dz = unpack(on_copies(student.bce_with_logits, Z, Y), 2, "loss, dz")
    dz = as_shape(dz, Z.shape, "dz")
    assert_close(dz, np.array([[-0.0625, 0.125], [0.05, 0.2]]), what="dz", rule="(sigmoid(z) - y) / count")


@hint("The logarithm of a probability that became 0 is infinite: simplify the formula before you compute it.")
def test_large_scores_stay_finite(student):
    """Scores of 1000 give no overflow: a right answer costs 0, a wrong one costs the score."""
    for z, y, expected in [(1000.0, 1.0, 0.0), (1000.0, 0.0, 1000.0), (-1000.0, 1.0, 1000.0), (-1000.0, 0.0, 0.0)]:
        loss, dz = bce(student, np.array([z]), np.array([y]))
        assert_close(loss, expected, what="loss", rule=f"a score of {z:g} where the target is {y:g}")
        assert_close(dz, np.array([(z > 0) - y]), what="dz", rule=f"a score of {z:g} where the target is {y:g}")


@hint("Use all of the formula: y ln p for the part that is yes, and (1 - y) ln(1 - p) for the part that is no.")
def test_scores_of_zero(student):
    """A score of 0 costs ln 2 whatever the target is, also for targets between 0 and 1."""
    y = np.array([0.0, 1.0, 0.5, 0.25])
    loss, dz = bce(student, np.zeros(4), y)
    assert_close(loss, np.log(2), what="loss", rule="ln 2 where every score is 0")
    assert_close(dz, np.array([0.125, -0.125, 0.0, 0.0625]), what="dz", rule="(1/2 - y) / count")


@hint("Nothing in the formula prefers yes to no: sigmoid(-z) is 1 - sigmoid(z).")
def test_yes_and_no_are_alike(student, rng):
    """Other signs of the scores and opposite targets give the same loss, and the gradient with the other sign."""
    z, y = rng.normal(scale=3.0, size=(3, 2)), np.array([[0.0, 1.0], [1.0, 1.0], [0.0, 0.0]])
    loss, dz = bce(student, z, y)
    check(np.any(np.abs(as_array(dz, "dz")) > 1e-3), "dz is (nearly) zero everywhere, and so is no gradient")
    mirrored_loss, mirrored_dz = bce(student, -z, 1 - y)
    assert_close(mirrored_loss, loss, what="loss of -z and 1 - y", rule="that of z and y")
    assert_close(mirrored_dz, -np.asarray(dz), what="dz of -z and 1 - y", rule="that of z and y, with the other sign")


@weight(0.5)
@hint("Work on new arrays, and give dz the shape of z: no ravel, no squeeze.")
def test_arguments_are_not_changed(student):
    """dz has the shape of z, and neither argument is changed."""
    z, y = Z[:, :1].copy(), Y[:, :1].copy()
    loss, dz = unpack(student.bce_with_logits(z, y), 2, "loss, dz")
    assert_close(as_shape(loss, (), "loss"), 0.255413, atol=1e-6, what="loss", rule="the mean of ln 4/3 and ln 5/4")
    assert_shape(dz, (2, 1), "dz", "the shape of z")
    assert_equal(z, Z[:, :1], what="z after the call", rule="as it was before")
    assert_equal(y, Y[:, :1], what="y after the call", rule="as it was before")

"""Lab 1, the perceptron and XOR: the tests that you have."""

import numpy as np

from autograder.testing import (
    as_array,
    as_shape,
    assert_equal,
    assert_shape,
    check,
    hint,
    on_copies,
    question,
    unpack,
    weight,
)

pytestmark = question("1.2")

INPUTS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
AND = np.array([0, 0, 0, 1])
OR = np.array([0, 1, 1, 1])
OPPOSITE = np.array([[1.0, 2.0], [-1.0, -2.0], [2.0, 1.0], [-2.0, -1.0]])  # told apart without a bias, too
SIDES = np.array([1, 0, 1, 0])


def learn(student, X, y01, epochs):
    """w, b and errors as arrays; your function gets copies of the samples.

    A column of weights, or an array of one number as the bias, costs test_shapes alone.
    """
    return read(on_copies(student.perceptron, X, y01, epochs), X.shape[1], epochs)


def read(result, columns, epochs):
    """w, b and errors as arrays."""
    w, b, errors = unpack(result, 3, "w, b, errors")
    w, b = as_shape(w, (columns,), "w"), as_shape(b, (), "b")
    assert_shape(w, (columns,), "w", "one weight for each column of X")
    assert_shape(b, (), "b")
    errors = as_array(errors, "errors")
    check(errors.ndim == 1 and len(errors) <= epochs, "errors is not a list with one number for each epoch")
    return w, float(b), errors


def xor_parameters(student):
    """W1, b1, W2 and b2 as arrays."""
    result = unpack(student.xor_mlp(), 4, "W1, b1, W2, b2")
    return [as_array(value, name) for value, name in zip(result, ("W1", "b1", "W2", "b2"), strict=True)]


def check_separates(w, b, X, y01):
    """All samples are on their sides, with a score of exactly 0 read as 1 or as 0."""
    scores = X @ w + b
    right = max(np.sum((scores > 0) == y01), np.sum((scores >= 0) == y01))
    check(right == len(X), "w and b do not tell the two classes apart", f"{right} of {len(X)} samples are right")


@hint("Change w and b only after a wrong prediction, by (label - prediction) * x and by (label - prediction).")
def test_learns_and(student):
    """Twenty epochs are enough to learn AND, or OR, and the last ones are without an error."""
    for labels in (AND, OR, 1 - AND):
        w, b, errors = learn(student, INPUTS, labels, 20)  # needs 4 to 9, by how a score of 0 is read
        check_separates(w, b, INPUTS, labels)
        check(len(errors) < 20 or errors[-1] == 0, "errors does not fall to 0, though all samples end up right")


@hint("A prediction is made, and the parameters are changed, for one sample after the other; count the wrong ones.")
def test_errors_of_and_by_hand(student):
    """The first two epochs of AND have as many errors as the handout counts."""
    _, _, errors = learn(student, INPUTS, AND, 2)
    # By hand, with a score of exactly 0 read as 0, and as 1 or as always wrong:
    by_hand = ([1, 3], [2, 3])
    check(errors.tolist() in by_hand, "errors is not what Rosenblatt's rule gives", f"one of {by_hand}, got {errors}")


@hint("Both classes lie on the same side of 0: without a bias that is learned, no w can tell them apart.")
def test_bias(student):
    """Numbers below 2.5 and above 2.5 are told apart, whichever have label 1, which needs a bias."""
    X = np.array([[1.0], [2.0], [3.0], [4.0]])
    for labels in (np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0])):
        w, b, errors = learn(student, X, labels, 200)  # needs 5 to 11 epochs
        check_separates(w, b, X, labels)
        check(len(errors) < 200 or errors[-1] == 0, "errors does not fall to 0")


@hint("If AND works and this does not, look at what depends on the number of columns or samples.")
def test_two_clouds(student, rng):
    """Two clouds of points that lie apart are told apart, whichever of them has label 1."""
    cloud = rng.integers(0, 2, size=40)
    X = rng.uniform(-1.0, 1.0, size=(40, 2)) + np.where(cloud == 1, 1.5, -1.5)[:, np.newaxis]
    for labels in (cloud, 1 - cloud):
        w, b, errors = learn(student, X, labels, 100)
        check_separates(w, b, X, labels)
        check(len(errors) < 100 or errors[-1] == 0, "errors does not fall to 0")


@weight(0.5)
@hint("Give w one axis with w.ravel(), and make the bias a plain number with float(b) or b.item().")
def test_shapes(student):
    """w has shape (D,), b is a single number, and errors has at most one number for each epoch."""
    for labels in (SIDES, 1 - SIDES):
        result = unpack(on_copies(student.perceptron, OPPOSITE, labels, 20), 3, "w, b, errors")
        check_separates(*read(result, 2, 20)[:2], OPPOSITE, labels)
        assert_shape(result[0], (2,), "w", "one weight for each column of X")
        assert_shape(result[1], (), "b")


@weight(0.5)
@hint("Work on copies: `X -= X.mean(axis=0)` and `y01[y01 == 0] = -1` change the caller's arrays.")
def test_arguments_are_not_changed(student):
    """Neither the samples nor the labels are changed."""
    X, labels = OPPOSITE.copy(), SIDES.copy()
    w, b, _ = read(student.perceptron(X, labels, 20), 2, 20)
    check_separates(w, b, OPPOSITE, SIDES)
    other_w, other_b, _ = learn(student, OPPOSITE, 1 - SIDES, 20)
    check_separates(other_w, other_b, OPPOSITE, 1 - SIDES)
    assert_equal(X, OPPOSITE, what="X after the call", rule="as it was before")
    assert_equal(labels, SIDES, what="y01 after the call", rule="as it was before")


@weight(1.5)
@hint("Let one hidden unit say OR and another AND: XOR is the first without the second.")
def test_xor(student):
    """The network of xor_mlp gives 0, 1, 1, 0 for the inputs 00, 01, 10, 11."""
    W1, b1, W2, b2 = xor_parameters(student)
    hidden = INPUTS @ W1 + b1
    outputs = [
        np.ravel((hidden > 0).astype(float) @ W2 + b2 > 0).astype(int).tolist(),
        np.ravel((hidden >= 0).astype(float) @ W2 + b2 >= 0).astype(int).tolist(),
    ]
    check([0, 1, 1, 0] in outputs, "the network does not compute XOR", f"it gives {outputs[0]} for 00, 01, 10, 11")

"""Lab 1, linear and logistic regression: the tests that you have."""

import numpy as np
import pytest

from autograder.testing import (
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

pytestmark = question("1.3")

# The handout's worked examples.
X = np.array([[1.0], [2.0], [3.0]])
Y = np.array([2.0, 3.0, 7.0])
PRED, TARGET = np.array([1.0, 2.0, 4.0]), np.array([1.0, 4.0, 1.0])
INPUTS, LABELS = np.array([[1.0, 2.0], [3.0, 0.0], [0.0, 1.0], [4.0, 2.0]]), np.array([1, 0, 1, 1])


def fit(result, columns):
    """w, shape (D,), and b of a result. A column of weights, or an array of one number, costs test_shapes alone."""
    w, b = unpack(result, 2, "w, b")
    w, b = as_shape(w, (columns,), "w"), as_shape(b, (), "b")
    assert_shape(w, (columns,), "w", "one weight for each column")
    assert_shape(b, (), "b")
    return w, float(b)


@hint("Centre X and y; then w = (X^T X + N lam I)^-1 X^T y, and b makes the line pass through the two means.")
def test_ridge_worked_example(student):
    """The handout's three points give w = 1 and b = 2 with lam = 1, and the best straight line with lam = 0."""
    for lam, expected_w, expected_b in [(1.0, 1.0, 2.0), (0.0, 2.5, -1.0)]:
        w, b = fit(on_copies(student.ridge, X, Y, lam), 1)
        assert_close(w, np.array([expected_w]), what="w", rule=f"shape (D,), of the worked example with lam = {lam}")
        assert_close(b, expected_b, what="b", rule=f"a single number, of the worked example with lam = {lam}")


@hint("Write down the objective as a function of w and b, mean and all, and check that its derivatives are 0.")
def test_ridge_is_a_minimum(student, data_dir, rng):
    """For petal widths of irises from the other three lengths, no w and b nearby have a smaller objective."""
    with np.load(data_dir / "iris.npz") as iris:
        inputs, targets = iris["features"][:, :3], iris["features"][:, 3]

    def objective(w, b, lam):
        return np.mean((inputs @ w + b - targets) ** 2) + lam * np.sum(w**2)

    for lam in (0.0, 0.1):
        w, b = fit(on_copies(student.ridge, inputs, targets, lam), 3)
        for _ in range(20):
            step, step_b = rng.normal(size=3) * 0.01, rng.normal() * 0.01
            lower = objective(w + step, b + step_b, lam) < objective(w, b, lam)
            check(not lower, "another w and b nearby have a smaller objective: mean squared error + lam * sum(w^2)")


@hint("Both are means over all elements: divide the sum by their number, and mind the 2 of the square's derivative.")
def test_mse_worked_example(student):
    """The differences 0, -2, 3 give the loss 13/3 and the gradient (0, -4/3, 2)."""
    loss, dpred = unpack(on_copies(student.mse, PRED, TARGET), 2, "loss, dpred")
    assert_close(as_shape(loss, (), "loss"), 13 / 3, what="loss", rule="the mean of the squares")
    assert_close(dpred, np.array([0.0, -4 / 3, 2.0]), what="dpred", rule="2 * difference / number of elements")


@hint("From zeros every probability is 1/2: work out (probability - label) / N by hand, then sum over the samples.")
def test_one_step_of_logistic_regression(student):
    """The first step of the handout's worked example leads to w = (0.5, 1.25) and b = 0.5."""
    w, b = fit(on_copies(student.logistic_regression, INPUTS, LABELS, 2.0, 1), 2)
    assert_close(w, np.array([0.5, 1.25]), what="w after one step", rule="-lr * the mean of (probability - label) * x")
    assert_close(b, 0.5, what="b after one step", rule="-lr * the mean of probability - label")


@hint("If one step is right, look at what the second one starts from: the new w and b, both changed at once.")
def test_logistic_regression_on_an_iris_column(student, data_dir):
    """The petal length alone tells setosa from versicolor without a mistake."""
    with np.load(data_dir / "iris.npz") as iris:
        chosen = iris["labels"] < 2
        lengths, labels = iris["features"][chosen][:, [2]], iris["labels"][chosen].astype(np.int64)
    w, b = fit(on_copies(student.logistic_regression, lengths - 3.0, labels, 0.5, 100), 1)
    right = np.mean(((lengths - 3.0) @ w + b > 0) == labels)
    check(right == 1.0, "some of the 100 flowers are taken for the other species", f"right: {right:.2f}")


@pytest.mark.parametrize("name", ["ridge", "mse", "logistic_regression"])
@weight(0.2)
@hint("Give w one axis with w.ravel(), and make a number of b and of the loss: float(b), b.item() or np.mean(...).")
def test_shapes(student, name):
    """w has shape (D,), b and the loss are single numbers, in the handout's worked examples."""
    if name == "ridge":
        w, b = unpack(on_copies(student.ridge, X, Y, 1.0), 2, "w, b")
        assert_close(w, np.array([1.0]), what="w of ridge", rule="shape (D,)")
        assert_close(b, 2.0, what="b of ridge", rule="a single number")
    elif name == "mse":
        loss, _ = unpack(on_copies(student.mse, PRED, TARGET), 2, "loss, dpred")
        assert_close(loss, 13 / 3, what="loss of mse", rule="a single number")
    else:
        w, b = unpack(on_copies(student.logistic_regression, INPUTS, LABELS, 2.0, 1), 2, "w, b")
        assert_close(w, np.array([0.5, 1.25]), what="w of logistic_regression", rule="shape (D,)")
        assert_close(b, 0.5, what="b of logistic_regression", rule="a single number")


@pytest.mark.parametrize("name", ["ridge", "mse", "logistic_regression"])
@weight(0.2)
@hint("Work on copies: `X -= X.mean(axis=0)` changes the caller's array.")
def test_arguments_are_not_changed(student, name):
    """None of the three functions changes its arguments."""
    first, second = {"ridge": (X, Y), "mse": (PRED, TARGET), "logistic_regression": (INPUTS, LABELS)}[name]
    given = first.copy(), second.copy()
    if name == "ridge":
        assert_close(fit(student.ridge(*given, 1.0), 1)[0], np.array([1.0]), what="w of ridge", rule="looked at first")
    elif name == "mse":
        loss = as_shape(unpack(student.mse(*given), 2, "loss, dpred")[0], (), "loss")
        assert_close(loss, 13 / 3, what="loss", rule="looked at first")
    else:
        w, _ = fit(student.logistic_regression(*given, 2.0, 1), 2)
        assert_close(w, np.array([0.5, 1.25]), what="w of logistic_regression", rule="looked at first")
    names = ("pred", "target") if name == "mse" else ("X", "y")
    for what, now, then in zip(names, given, (first, second), strict=True):
        assert_equal(now, then, what=f"{what} after the call of {name}", rule="as it was before")

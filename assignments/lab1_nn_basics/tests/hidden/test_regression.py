"""Lab 1, linear and logistic regression: the tests that grade."""

import numpy as np
import pytest
from oracles import logistic_descent, ridge_minimum, ridge_objective

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

pytestmark = question("1.3")

OBJECTIVE = "the minimum of mean squared error + lam * sum(w^2)"


def line(rng, samples, columns):
    """Inputs (N, D) with columns of different means and sizes, and noisy targets (N,) with a large mean."""
    X = rng.normal(size=(samples, columns)) * rng.uniform(0.5, 3.0, size=columns) + rng.normal(size=columns) * 4
    return X, X @ rng.normal(size=columns) + 20.0 + rng.normal(size=samples)


def ridge(student, X, y, lam):
    """w and b; the student gets copies."""
    return fit(on_copies(student.ridge, X, y, lam), X.shape[1])


def fit(result, columns):
    """w, shape (D,), and b of a result. A column of weights, or an array of one number, costs test_shapes alone."""
    w, b = unpack(result, 2, "w, b")
    w, b = as_shape(w, (columns,), "w"), as_shape(b, (), "b")
    assert_shape(w, (columns,), "w", "one weight for each column, whatever the shape of y")
    assert_shape(b, (), "b")
    return w, float(b)


def mse(student, pred, target):
    """loss and dpred; the student gets copies. An array of one number as the loss costs test_shapes alone."""
    loss, dpred = unpack(on_copies(student.mse, pred, target), 2, "loss, dpred")
    return as_shape(loss, (), "loss"), dpred


def logistic(student, X, labels, lr, epochs):
    """w and b; the student gets copies."""
    return fit(on_copies(student.logistic_regression, X, labels, lr, epochs), X.shape[1])


@weight(2)
@hint("The error is a mean over N, the penalty is not: multiply lam by N before you add it to X^T X.")
def test_ridge(student, rng):
    """w and b minimise the mean squared error plus lam times the sum of squared weights."""
    for samples, columns, lam in [(30, 4, 0.5), (9, 1, 2.0), (50, 7, 0.01), (5, 8, 0.3)]:
        X, y = line(rng, samples, columns)
        w, b = ridge(student, X, y, lam)
        expected_w, expected_b = ridge_minimum(X, y, lam)
        assert_close(w, expected_w, relative_to_largest=True, what="w", rule=OBJECTIVE)
        assert_close(b, expected_b, what="b", rule=OBJECTIVE)


@hint("The bias costs nothing: only the weights are penalised, so a huge lam leaves b at the mean of y.")
def test_ridge_does_not_penalise_the_bias(student, rng):
    """A huge penalty makes the weights tiny and leaves the mean of y as the bias."""
    X, y = line(rng, 25, 3)
    w, b = ridge(student, X, y, 1e9)
    check(np.all(np.abs(w) < 1e-6), "w is not close to 0 under a huge penalty", f"largest: {np.abs(w).max():.3g}")
    assert_close(b, y.mean(), what="b under a huge penalty", rule="the mean of y")
    moved_w, moved_b = ridge(student, X, y + 1000.0, 0.5)
    still_w, still_b = ridge(student, X, y, 0.5)
    check(np.any(np.abs(still_w) > 1e-3), "w is (nearly) zero, though the columns explain y")
    assert_close(moved_w, still_w, relative_to_largest=True, what="w after 1000 was added to y", rule="as before")
    assert_close(moved_b, still_b + 1000, what="b after 1000 was added to y", rule="1000 more")


@weight(1.5)
@hint("With lam = 0, X^T X may have no inverse: np.linalg.lstsq and pinv cope with that, inv and solve do not.")
def test_dependent_columns(student, rng):
    """Equal, constant or dependent columns, or fewer samples than columns, still give a minimum."""
    whole = rng.integers(-4, 5, size=(16, 3)).astype(float)
    cases = {
        "two equal columns": whole[:, [0, 1, 0, 2]],
        "a constant column": np.column_stack([whole, np.full(16, 2.0)]),
        "a column of zeros": np.column_stack([np.zeros(16), whole]),
        "a column that is the sum of two others": np.column_stack([whole, whole[:, 0] + whole[:, 1]]),
        "fewer samples than columns": rng.normal(size=(4, 7)),
    }
    for name, X in cases.items():
        y = rng.normal(size=len(X)) * 3 + 5
        w, b = ridge(student, X, y, 0.0)
        found, best = (ridge_objective(X, y, 0.0, *fit) for fit in [(w, b), ridge_minimum(X, y, 0.0)])
        # Five ways by pinv and lstsq, of X or of X^T X, were within 5e-16 of the variance over 300 seeds.
        detail = f"mean squared error {found:.6g}, the smallest is {best:.6g}"
        check(found <= best + 1e-6 * np.var(y), f"with {name} and lam = 0 the error is not the smallest", detail)
        w, b = ridge(student, X, y, 0.2)
        expected_w, expected_b = ridge_minimum(X, y, 0.2)
        assert_close(w, expected_w, relative_to_largest=True, what=f"w with {name} and lam > 0", rule=OBJECTIVE)
        assert_close(b, expected_b, what=f"b with {name} and lam > 0", rule=OBJECTIVE)


@hint("Make y one axis first, y.reshape(-1): the difference of shapes (N, 1) and (N,) is a table of N x N.")
def test_ridge_targets_as_a_column(student, rng):
    """Targets of shape (N, 1) give the same w, shape (D,), and the same b as targets of shape (N,)."""
    for samples, columns in [(12, 3), (12, 1)]:
        X, y = line(rng, samples, columns)
        w, b = ridge(student, X, y[:, np.newaxis], 0.4)
        strict_w, _ = unpack(on_copies(student.ridge, X, y[:, np.newaxis], 0.4), 2, "w, b")
        assert_shape(strict_w, (columns,), "w with targets (N, 1)", "one weight for each column")
        expected_w, expected_b = ridge_minimum(X, y, 0.4)
        assert_close(w, expected_w, relative_to_largest=True, what="w with targets (N, 1)", rule=OBJECTIVE)
        assert_close(b, expected_b, what="b with targets (N, 1)", rule=OBJECTIVE)


@hint("The columns have very different sizes: scale nothing, the objective is meant as it stands.")
def test_ridge_on_real_data(student, data_dir):
    """Ridge regression predicts the progress of diabetes from ten measurements, none of them scaled."""
    with np.load(data_dir / "diabetes.npz") as diabetes:
        X, y = diabetes["features"], diabetes["target"]
    for lam in (0.0, 1.0):
        w, b = ridge(student, X, y, lam)
        expected_w, expected_b = ridge_minimum(X, y, lam)
        # Normal equations with a column of ones, whose condition is 5e7 here, are right to 2e-12.
        assert_close(w, expected_w, relative_to_largest=True, what="w", rule=OBJECTIVE)
        assert_close(b, expected_b, what="b", rule=OBJECTIVE)


@weight(1.5)
@hint("The loss is a mean over all elements, so its gradient is 2 * (pred - target) / number of elements.")
def test_mse(student, rng):
    """Loss and gradient are those of the mean over all elements, for one column and for several."""
    for shape in [(8,), (5, 1), (4, 3), (1, 6), (1,)]:
        pred, target = rng.normal(size=shape) * 3, rng.normal(size=shape)
        loss, dpred = mse(student, pred, target)
        differences = [float(p) - float(t) for p, t in zip(pred.ravel(), target.ravel(), strict=True)]
        expected = np.array([2 * d / len(differences) for d in differences]).reshape(shape)
        assert_close(loss, sum(d * d for d in differences) / len(differences), what="loss", rule="mean of the squares")
        assert_close(dpred, expected, what="dpred", rule="2 * (pred - target) / number of elements")


@weight(1.5)
@hint("Shapes (N,) and (N, 1) broadcast to (N, N), silently: give the target the shape of pred before you subtract.")
def test_mse_of_a_row_and_a_column(student, rng):
    """Predictions (N,) with targets (N, 1), and the other way round, are compared element by element."""
    pred, target = rng.normal(size=6), rng.normal(size=6)
    expected, rule = 2 * (pred - target) / 6, "element n belongs to element n; the shape of pred"
    for pred_shape, target_shape, names in [((6,), (6, 1), "(N,) and (N, 1)"), ((6, 1), (6,), "(N, 1) and (N,)")]:
        loss, dpred = mse(student, pred.reshape(pred_shape), target.reshape(target_shape))
        what = f"of pred and target of shapes {names}"
        assert_close(loss, np.mean((pred - target) ** 2), what=f"loss {what}", rule="element n belongs to element n")
        assert_close(dpred, expected.reshape(pred_shape), what=f"dpred {what}", rule=rule)


@hint("Loss and gradient must agree: the derivative of a square has a 2, and a mean over N gives 1/N to both.")
def test_mse_gradient_is_the_derivative_of_the_loss(student, rng):
    """dpred is the derivative of the loss that your own function returns."""
    pred, target = rng.normal(size=(5, 2)), rng.normal(size=(5, 2))
    _, dpred = unpack(on_copies(student.mse, pred, target), 2, "loss, dpred")
    check(np.any(np.abs(as_array(dpred, "dpred")) > 1e-3), "dpred is (nearly) zero everywhere, and so is no gradient")

    def loss(values):
        return mse(student, values, target)[0]

    assert_gradient(loss, pred, dpred, rng=rng, what="dpred", rule="the derivative of the returned loss")


@weight(2)
@hint("One step: d = (probabilities - y) / N from the old w and b, then w -= lr * X^T d and b -= lr * sum(d).")
def test_logistic_regression(student, rng):
    """After any number of steps, w and b are where gradient descent on the mean cross-entropy leads."""
    for samples, columns, lr, epochs in [(20, 3, 0.5, 1), (20, 3, 0.5, 2), (7, 5, 0.2, 40), (31, 1, 1.0, 25)]:
        X, labels = rng.normal(size=(samples, columns)) + 0.5, rng.integers(0, 2, size=samples)
        w, b = logistic(student, X, labels, lr, epochs)
        expected_w, expected_b = logistic_descent(X, labels, lr, epochs)
        what = "after one step" if epochs == 1 else "after several steps"
        assert_close(w, expected_w, relative_to_largest=True, what=f"w {what}", rule="shape (D,)")
        assert_close(b, expected_b, what=f"b {what}", rule="a single number, with a gradient of its own")
    w, b = logistic(student, X, labels, 0.5, 0)
    assert_close(w, np.zeros(1), what="w after no step", rule="0: where it starts")
    assert_close(b, 0.0, what="b after no step", rule="0: where it starts")


@hint("e^1000 is infinite, and infinity / infinity is NaN. Use e^-|z|, which is never above 1.")
def test_large_scores(student, rng):
    """Inputs of thousands, and so scores of a million, give no NaN."""
    X, labels = rng.normal(size=(12, 2)) * 1e3, rng.integers(0, 2, size=12)
    for epochs in (1, 2, 4):
        w, b = logistic(student, X, labels, 1.0, epochs)
        expected_w, expected_b = logistic_descent(X, labels, 1.0, epochs)
        assert_close(w, expected_w, relative_to_largest=True, what="w", rule="large scores are nearly certain")
        assert_close(b, expected_b, what="b", rule="large scores are nearly certain")


@hint("The mean over N keeps steps the same size however many samples there are; a sum makes them N times as long.")
def test_logistic_regression_on_real_data(student, data_dir):
    """Versicolor and virginica are told apart from all four columns, and samples twice over change nothing."""
    with np.load(data_dir / "iris.npz") as iris:
        chosen = iris["labels"] > 0
        X, labels = iris["features"][chosen], iris["labels"][chosen].astype(np.int64) - 1
    X = X - X.mean(axis=0)
    w, b = logistic(student, X, labels, 0.3, 60)
    expected_w, expected_b = logistic_descent(X, labels, 0.3, 60)
    assert_close(w, expected_w, relative_to_largest=True, what="w after 60 steps")
    assert_close(b, expected_b, atol=1e-8, what="b after 60 steps")
    twice_w, twice_b = logistic(student, np.tile(X, (2, 1)), np.tile(labels, 2), 0.3, 60)
    assert_close(twice_w, w, relative_to_largest=True, what="w of all samples twice over", rule="a mean stays the same")
    assert_close(twice_b, b, atol=1e-8, what="b of all samples twice over", rule="a mean stays the same")


@pytest.mark.parametrize("name", ["ridge", "mse", "logistic_regression"])
@weight(0.4)
@hint("Give w one axis with w.ravel(), and make a number of b and of the loss: float(b), b.item() or np.mean(...).")
def test_shapes(student, rng, name):
    """w has shape (D,), b and the loss are single numbers."""
    for samples, columns in [(9, 3), (9, 1)]:
        X, y = line(rng, samples, columns)
        if name == "mse":
            loss, _ = unpack(on_copies(student.mse, X, 3 * X), 2, "loss, dpred")
            assert_close(loss, np.mean((2 * X) ** 2), what="loss of mse", rule="a single number")
            continue
        labels = rng.integers(0, 2, size=samples)
        arguments = (X, y, 0.3) if name == "ridge" else (X, labels, 0.1, 3)
        expected_w, expected_b = (ridge_minimum if name == "ridge" else logistic_descent)(*arguments)
        w, b = unpack(on_copies(student[name], *arguments), 2, "w, b")
        assert_close(w, expected_w, relative_to_largest=True, what=f"w of {name}", rule="shape (D,)")
        assert_close(b, expected_b, what=f"b of {name}", rule="a single number")


@weight(0.5)
@hint("Work on copies: `X -= X.mean(axis=0)` and `y -= p` change the caller's arrays.")
def test_arguments_are_not_changed(student, rng):
    """None of the three functions changes its arguments, and a second call gives the same again."""
    X, y = line(rng, 10, 3)
    labels, pred, column = rng.integers(0, 2, size=10), rng.normal(size=10), y[:, np.newaxis].copy()
    arguments = {"X": X, "y": y, "the labels": labels, "pred": pred, "y or target as a column": column}
    before = {name: array.copy() for name, array in arguments.items()}
    for _ in range(2):
        student.ridge(X, y, 0.5)
        student.ridge(X, column, 0.5)
        student.mse(pred, y)
        student.mse(pred, column)
        w, _ = fit(student.logistic_regression(X, labels, 0.05, 3), 3)
        expected_w, _ = logistic_descent(before["X"], before["the labels"], 0.05, 3)
        assert_close(w, expected_w, relative_to_largest=True, what="w of logistic_regression", rule="looked at first")
        for name, array in arguments.items():
            assert_equal(array, before[name], what=f"{name} after the calls", rule="as it was before")

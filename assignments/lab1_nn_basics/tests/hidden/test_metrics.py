"""Lab 1, metrics: the tests that grade."""

import numpy as np
import pytest
from oracles_metrics import class_scores, confusion, pair_auc, top_k

from autograder.testing import as_shape, assert_close, assert_equal, check, hint, on_copies, question, unpack, weight

pytestmark = question("1.9")

ERRORS = {
    "mae": lambda difference, _: np.abs(difference).mean(),
    "mse": lambda difference, _: np.square(difference).mean(),
    "rmse": lambda difference, _: np.sqrt(np.square(difference).mean()),
    "mape": lambda difference, true: np.abs(difference / true).mean(),
}


NAMES = ("precision", "recall", "f1")


def number(student, name, *arguments):
    """What a function gives for copies of its arguments. An array of one number costs test_single_numbers alone."""
    return as_shape(on_copies(student[name], *arguments), (), name)


def three_scores(student, y_true, y_pred, n_classes, average):
    """precision, recall and f1 of copies, likewise."""
    results = on_copies(student.precision_recall_f1, y_true, y_pred, n_classes, average)
    results = unpack(results, 3, "precision, recall, f1")
    return (
        results if average is None else [as_shape(value, (), name) for name, value in zip(NAMES, results, strict=True)]
    )


def labels(rng, samples, classes):
    """True and predicted classes, right in about half of the samples; class 0 is the most frequent one."""
    y_true = np.minimum(rng.integers(0, classes, size=samples), rng.integers(0, classes, size=samples))
    y_pred = np.where(rng.random(samples) < 0.5, y_true, rng.integers(0, classes, size=samples))
    y_true[:classes], y_pred[:classes] = np.arange(classes), np.roll(np.arange(classes), 1)  # none is absent
    return y_true, y_pred


@weight(1.5)
@hint("Count each pair (true, predicted), repeated ones as often as they occur; rows are true classes.")
def test_confusion_matrix(student, rng):
    """The confusion matrix counts pairs of true (row) and predicted class (column)."""
    for samples, classes in [(60, 4), (7, 5), (1, 2), (2000, 2)]:
        y_true, y_pred = labels(rng, max(samples, classes), classes)
        y_true, y_pred = y_true[-samples:], y_pred[-samples:]
        counts = on_copies(student.confusion_matrix, y_true, y_pred, classes)
        expected = confusion(y_true, y_pred, classes)
        assert_equal(counts, expected, what="counts", rule="counts[true, predicted], whole numbers")


@hint("The matrix has n_classes rows and columns, whatever classes occur.")
def test_confusion_matrix_with_absent_classes(student, rng):
    """Classes that do not occur keep their row and column of zeros."""
    y_true, y_pred = rng.choice([1, 3], size=20), rng.choice([0, 3], size=20)
    counts = on_copies(student.confusion_matrix, y_true, y_pred, 6)
    assert_equal(counts, confusion(y_true, y_pred, 6), what="counts", rule="shape (n_classes, n_classes)")


@weight(2)
@hint("Precision divides the hits by what was predicted as the class, recall by what is of the class.")
def test_scores_of_each_class(student, rng):
    """With average=None, precision, recall and F1 are arrays with a number for each class, rare ones included."""
    y_true, y_pred = labels(rng, 80, 5)
    once = np.arange(5)
    for true, predicted in [(y_true, y_pred), (np.append(once, [0, 0]), np.append(once, [0, 1]))]:
        order = rng.permutation(len(true))
        results = three_scores(student, true[order], predicted[order], 5, None)
        for name, value, expected in zip(NAMES, results, class_scores(true, predicted, 5), strict=True):
            assert_close(value, expected, what=name, rule="shape (n_classes,)")


@weight(1.5)
@hint("Average the classes' F1; the harmonic mean of the averaged precision and recall is another number.")
def test_macro_average(student, rng):
    """The macro average is the plain mean over the classes, of F1 too."""
    y_true, y_pred = labels(rng, 70, 4)
    results = three_scores(student, y_true, y_pred, 4, "macro")
    for name, value, each in zip(NAMES, results, class_scores(y_true, y_pred, 4), strict=True):
        assert_close(
            value, each.mean(), what=f"macro {name}", rule="the mean of the classes' numbers, each counts once"
        )


@hint("Add up hits, predictions and cases of all classes, then divide once.")
def test_micro_average(student, rng):
    """The micro average uses the counts of all classes together."""
    y_true, y_pred = labels(rng, 70, 4)
    results = three_scores(student, y_true, y_pred, 4, "micro")
    for name, value in zip(NAMES, results, strict=True):
        assert_close(value, np.mean(y_true == y_pred), what=f"micro {name}", rule="from the counts of all classes")


@weight(1.5)
@hint("Where a denominator is 0 the result is 0, and the class still counts in the macro average.")
def test_scores_without_any_case(student, rng):
    """A class never predicted, never true, or neither, scores 0 and counts in the macro average."""
    y_true, y_pred = rng.choice([0, 1, 2], size=30), rng.choice([0, 1, 3], size=30)
    y_true[:4], y_pred[:4] = [0, 1, 2, 1], [0, 1, 0, 3]  # 2 is never predicted, 3 is never true, 4 is neither
    expected = class_scores(y_true, y_pred, 5)
    each = three_scores(student, y_true, y_pred, 5, None)
    macro = three_scores(student, y_true, y_pred, 5, "macro")
    for index, name in enumerate(NAMES):
        assert_close(
            as_shape(each[index], (5,), name), expected[index], what=name, rule="0 where there is nothing to divide by"
        )
        assert_close(macro[index], expected[index].mean(), what=f"macro {name}", rule="the mean over all n_classes")
    nothing_right = three_scores(student, np.array([0, 1, 1]), np.array([1, 0, 0]), 2, "micro")
    for name, value in zip(NAMES, nothing_right, strict=True):
        assert_close(value, 0.0, what=f"micro {name} without any hit", rule="0")


@weight(0.5)
@hint("Raise ValueError where average is none of None, 'macro' and 'micro'.")
def test_unknown_average(student, rng):
    """Another average is a ValueError, and the three known ones are not."""
    y_true, y_pred = labels(rng, 12, 3)
    for average in (None, "macro", "micro"):
        results = three_scores(student, y_true, y_pred, 3, average)
        if average == "micro":
            assert_close(results[0], np.mean(y_true == y_pred), what="micro precision", rule="looked at first")
    try:
        on_copies(student.precision_recall_f1, y_true, y_pred, 3, "median")
    except ValueError:
        return
    check(False, "an average that is none of the three raises no ValueError")


@weight(1.5)
@hint("Rank the classes within a row, highest score first; the size and sign of scores do not matter.")
def test_top_k_accuracy(student, rng):
    """The right class must be among the k highest scores of its row, for every k up to the number of classes."""
    for samples, classes in [(40, 6), (1, 3)]:
        scores, y_true = rng.normal(scale=10, size=(samples, classes)), rng.integers(0, classes, size=samples)
        for k in range(1, classes + 1):
            value = number(student, "top_k_accuracy", y_true, scores, k)
            assert_close(
                value, top_k(y_true, scores, k), what="top_k_accuracy", rule="a share of the samples, 1 for k = C"
            )


@weight(2)
@hint("Mean of |d|, mean of d^2, its root, and mean of |d| / |y_true|, with d the differences.")
def test_errors(student, rng):
    """MAE, MSE, RMSE and MAPE are means over all elements, also of negative and of two-dimensional values."""
    for shape in [(9,), (5, 3), (1,)]:
        y_true = rng.choice([-1.0, 1.0], size=shape) * rng.uniform(1, 20, size=shape)
        y_pred = y_true + rng.normal(scale=3, size=shape)
        for true, predicted in [(y_true, y_pred), (y_true.astype(int), y_pred.astype(int))]:
            for name, formula in ERRORS.items():
                value = number(student, name, true, predicted)
                expected = formula(np.subtract(predicted, true, dtype=np.float64), true)
                assert_close(value, expected, what=name, rule="a single number over all elements")


@weight(1.5)
@hint("(N,) minus (N, 1) is (N, N): bring both to the same shape before you subtract.")
def test_errors_of_columns(student, rng):
    """A column of predictions is compared with a row of targets element by element, and the other way round."""
    y_true, y_pred = rng.uniform(2, 9, size=6), rng.uniform(2, 9, size=6)
    for true, predicted in [(y_true, y_pred[:, np.newaxis]), (y_true[:, np.newaxis], y_pred)]:
        for name, formula in ERRORS.items():
            value = number(student, name, true, predicted)
            rule = "as for two arrays of shape (N,)"
            assert_close(value, formula(y_pred - y_true, y_true), what=f"{name} of (N,) and (N, 1)", rule=rule)


@weight(1.5)
@hint("Only the order of the scores matters: use the scores themselves as thresholds, or compare pairs.")
def test_auc(student, rng):
    """The area under the ROC curve is the share of pairs in the right order, whatever the scores' range."""
    for samples, scale, shift in [
        (50, 1.0, 0.0),
        (31, 100.0, -500.0),
        (12, 1e-3, 0.5),
        (31, 10.0, 500.0),
        (400, -1.0, 0.0),
    ]:
        y_true = (rng.random(samples) < 0.3).astype(int)
        y_true[:2] = [0, 1]
        scores = scale * (rng.normal(size=samples) + 0.7 * y_true) + shift
        value = number(student, "roc_auc", y_true, scores)
        assert_close(value, pair_auc(y_true, scores), what="roc_auc", rule="the share of pairs in the right order")


@weight(1.5)
@hint("Samples with the same score pass the threshold together: one slanted step of the curve, 1/2 for each pair.")
def test_auc_with_ties(student, rng):
    """Equal scores count half, in whatever order the samples come."""
    for levels in (4, 2, 1):
        y_true = rng.permutation(np.repeat([0, 1], [14, 9]))
        scores = rng.integers(0, levels, size=23) / 4.0
        value = number(student, "roc_auc", y_true, scores)
        assert_close(value, pair_auc(y_true, scores), what="roc_auc with equal scores", rule="a tie counts 1/2")
    sorted_up, sorted_down = np.repeat([0, 1], 5), np.repeat([1, 0], 5)
    for y_true in (sorted_up, sorted_down):
        value = number(student, "roc_auc", y_true, np.zeros(10))
        assert_close(value, 0.5, what="roc_auc where all scores are equal", rule="every pair is a tie")


@pytest.mark.parametrize("name", ["precision_recall_f1", "top_k_accuracy", "errors", "roc_auc"])
@weight(0.3)
@hint("Return a plain number: float(...), .item(), or a mean over all axes.")
def test_single_numbers(student, rng, name):
    """Averaged scores, accuracies, errors and areas are single numbers, no arrays of one number."""
    (y_true, y_pred), scores = labels(rng, 12, 3), rng.normal(size=(12, 3))
    if name == "precision_recall_f1":
        results = unpack(on_copies(student.precision_recall_f1, y_true, y_pred, 3, "macro"), 3, "precision, recall, f1")
        for what, value, each in zip(NAMES, results, class_scores(y_true, y_pred, 3), strict=True):
            assert_close(value, each.mean(), what=f"macro {what}", rule="a single number")
    elif name == "top_k_accuracy":
        value = on_copies(student.top_k_accuracy, y_true, scores, 2)
        assert_close(value, top_k(y_true, scores, 2), what="top_k_accuracy", rule="a single number")
    elif name == "errors":
        for what, formula in ERRORS.items():
            value = on_copies(student[what], scores[:, 0], scores[:, 1])
            expected = formula(scores[:, 1] - scores[:, 0], scores[:, 0])
            assert_close(value, expected, what=what, rule="a single number")
    else:
        positive = (y_true > 0).astype(int)
        value = on_copies(student.roc_auc, positive, scores[:, 0])
        assert_close(value, pair_auc(positive, scores[:, 0]), what="roc_auc", rule="a single number")


@weight(0.5)
@hint("np.sort makes a new array, array.sort() sorts the caller's.")
def test_arguments_are_not_changed(student, rng):
    """No metric changes its arguments."""
    y_true, y_pred = labels(rng, 20, 3)
    binary, scores, table = (y_true > 0).astype(int), rng.normal(size=20), rng.normal(size=(20, 3))
    before = [array.copy() for array in (y_true, y_pred, binary, scores, table)]
    counts = student.confusion_matrix(y_true, y_pred, 3)
    student.precision_recall_f1(y_true, y_pred, 3, "macro")
    student.top_k_accuracy(y_true, table, 2)
    for name in ERRORS:
        getattr(student, name)(scores, table[:, 0])
    area = as_shape(student.roc_auc(binary, scores), (), "roc_auc")
    assert_equal(counts, confusion(before[0], before[1], 3), what="counts", rule="looked at first")
    assert_close(area, pair_auc(before[2], before[3]), what="roc_auc", rule="looked at first")
    for name, now, then in zip(
        ("y_true", "y_pred", "y_true of roc_auc", "scores", "the table of scores"),
        (y_true, y_pred, binary, scores, table),
        before,
        strict=True,
    ):
        assert_equal(now, then, what=f"{name} after the calls", rule="as it was before")

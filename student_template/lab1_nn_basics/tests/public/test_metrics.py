"""Lab 1, metrics: the tests that you have."""

import numpy as np
import pytest

from autograder.testing import as_shape, assert_close, assert_equal, check, hint, on_copies, question, unpack, weight

pytestmark = question("1.9")

# The handout's worked example: ten samples of three classes.
TRUE = np.array([0, 0, 0, 0, 1, 1, 1, 1, 2, 2])
PREDICTED = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2, 2])
NAMES = ("precision", "recall", "f1")


def number(student, name, *arguments):
    """What a function gives for copies of its arguments. An array of one number costs test_single_numbers alone."""
    return as_shape(on_copies(student[name], *arguments), (), name)


def three_scores(student, average):
    """precision, recall and f1 of the worked example."""
    results = on_copies(student.precision_recall_f1, TRUE, PREDICTED, 3, average)
    return unpack(results, 3, "precision, recall, f1")


@hint("The row is the true class and the column the predicted one; every sample adds 1 to one place.")
def test_confusion_matrix_of_the_worked_example(student):
    """counts[i, j] is the number of samples of class i that were predicted as class j."""
    counts = on_copies(student.confusion_matrix, TRUE, PREDICTED, 3)
    assert_equal(
        counts, np.array([[3, 1, 0], [0, 2, 2], [0, 0, 2]]), what="counts", rule="rows true, columns predicted"
    )
    check(np.asarray(counts).dtype.kind in "iu", "counts is not an array of integers")


@hint("Precision divides by a column's sum (predicted as the class), recall by a row's sum (truly of the class).")
def test_scores_of_the_worked_example(student):
    """Precision, recall and F1 of each class are those worked by hand."""
    precision, recall, f1 = three_scores(student, None)
    assert_close(precision, np.array([1.0, 2 / 3, 1 / 2]), what="precision", rule="hits / predicted as the class")
    assert_close(recall, np.array([3 / 4, 1 / 2, 1.0]), what="recall", rule="hits / truly of the class")
    assert_close(f1, np.array([6 / 7, 4 / 7, 2 / 3]), what="f1", rule="2 P R / (P + R), class by class")


@hint("Macro: the mean of the classes' own numbers. Micro: add up the counts of all classes first.")
def test_averages_of_the_worked_example(student):
    """Macro averages are means over the classes; micro averages come from all counts together."""
    precision, recall, f1 = (
        as_shape(value, (), name) for name, value in zip(NAMES, three_scores(student, "macro"), strict=True)
    )
    assert_close(precision, 13 / 18, what="macro precision", rule="(1 + 2/3 + 1/2) / 3")
    assert_close(recall, 3 / 4, what="macro recall", rule="(3/4 + 1/2 + 1) / 3")
    assert_close(f1, 44 / 63, what="macro f1", rule="the mean of the classes' F1, (6/7 + 4/7 + 2/3) / 3")
    for name, value in zip(NAMES, three_scores(student, "micro"), strict=True):
        assert_close(as_shape(value, (), f"micro {name}"), 0.7, what=f"micro {name}", rule="7 hits in 10 samples")


@hint("Count the classes of a row that score higher than the right one: fewer than k must.")
def test_top_k_of_a_small_case(student):
    """A sample counts if its right class has one of the k highest scores of its row."""
    scores = np.array([[0.1, 0.7, 0.2], [3.0, -1.0, 2.0], [-5.0, -4.0, -6.0], [0.3, 0.1, 0.2]])
    for k, expected in [(1, 0.5), (2, 0.75), (3, 1.0)]:
        value = number(student, "top_k_accuracy", np.array([1, 2, 1, 1]), scores, k)
        assert_close(value, expected, what=f"top_k_accuracy with k = {k}", rule="the mean over the samples")


@hint("Take the differences element by element; MAPE divides each by the size of the true value.")
def test_errors_of_a_small_case(student):
    """MAE, MSE, RMSE and MAPE of four predictions are those worked by hand."""
    y_true, y_pred = np.array([2.0, 4.0, 5.0, 10.0]), np.array([3.0, 3.0, 5.0, 8.0])
    for name, expected in [("mae", 1.0), ("mse", 1.5), ("rmse", np.sqrt(1.5)), ("mape", 0.2375)]:
        value = number(student, name, y_true, y_pred)
        assert_close(value, expected, what=name, rule="differences 1, -1, 0, -2")


@weight(1.5)
@hint("Compare every positive sample with every negative one: 1 for a higher score, 1/2 for the same one.")
def test_auc_of_a_small_case(student):
    """The area under the ROC curve counts the pairs in the right order, and ties as halves."""
    y_true, scores = np.array([0, 1, 0, 1, 0]), np.array([0.1, 0.9, 0.5, 0.5, 0.7])
    # 0.9 beats all three; 0.5 beats 0.1, ties with 0.5 and loses to 0.7: 4.5 of 6 pairs.
    assert_close(number(student, "roc_auc", y_true, scores), 0.75, what="roc_auc", rule="4.5 of 6 pairs")
    assert_close(
        number(student, "roc_auc", y_true, -scores), 0.25, what="roc_auc of the opposite scores", rule="1.5 of 6 pairs"
    )


@pytest.mark.parametrize("name", ["precision_recall_f1", "top_k_accuracy", "errors", "roc_auc"])
@weight(0.2)
@hint("Return a plain number: float(...), .item(), or a mean over all axes.")
def test_single_numbers(student, name):
    """Averaged scores, accuracies, errors and areas are single numbers, no arrays of one number."""
    if name == "precision_recall_f1":
        for what, value in zip(NAMES, three_scores(student, "micro"), strict=True):
            assert_close(value, 0.7, what=f"micro {what}", rule="a single number")
    elif name == "top_k_accuracy":
        value = on_copies(student.top_k_accuracy, np.array([0, 1]), np.array([[3.0, 1.0, 2.0], [3.0, 1.0, 2.0]]), 2)
        assert_close(value, 0.5, what="top_k_accuracy", rule="a single number")
    elif name == "errors":
        y_true, y_pred = np.array([2.0, 4.0, 5.0, 10.0]), np.array([3.0, 3.0, 5.0, 8.0])
        for what, expected in [("mae", 1.0), ("mse", 1.5), ("rmse", np.sqrt(1.5)), ("mape", 0.2375)]:
            assert_close(on_copies(student[what], y_true, y_pred), expected, what=what, rule="a single number")
    else:
        value = on_copies(student.roc_auc, np.array([0, 1, 1, 1]), np.array([0.2, 0.1, 0.3, 0.4]))
        assert_close(value, 2 / 3, what="roc_auc", rule="a single number")

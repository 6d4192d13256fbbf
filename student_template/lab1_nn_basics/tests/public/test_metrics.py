"""Lab 1, metrics: the tests that you have."""

import numpy as np

from autograder.testing import assert_close, assert_equal, check, hint, question, weight

pytestmark = question("1.9")

# The handout's worked example: ten samples of three classes.
TRUE = np.array([0, 0, 0, 0, 1, 1, 1, 1, 2, 2])
PREDICTED = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2, 2])


@hint("The row is the true class and the column the predicted one; every sample adds 1 to one place.")
def test_confusion_matrix_of_the_worked_example(student):
    """counts[i, j] is the number of samples of class i that were predicted as class j."""
    counts = student.confusion_matrix(TRUE, PREDICTED, 3)
    assert_equal(
        counts, np.array([[3, 1, 0], [0, 2, 2], [0, 0, 2]]), what="counts", rule="rows true, columns predicted"
    )
    check(np.asarray(counts).dtype.kind in "iu", "counts is not an array of integers")


@hint("Precision divides by a column's sum (predicted as the class), recall by a row's sum (truly of the class).")
def test_scores_of_the_worked_example(student):
    """Precision, recall and F1 of each class are those worked by hand."""
    precision, recall, f1 = student.precision_recall_f1(TRUE, PREDICTED, 3, None)
    assert_close(precision, np.array([1.0, 2 / 3, 1 / 2]), what="precision", rule="hits / predicted as the class")
    assert_close(recall, np.array([3 / 4, 1 / 2, 1.0]), what="recall", rule="hits / truly of the class")
    assert_close(f1, np.array([6 / 7, 4 / 7, 2 / 3]), what="f1", rule="2 P R / (P + R), class by class")


@hint("Macro: the mean of the classes' own numbers. Micro: add up the counts of all classes first.")
def test_averages_of_the_worked_example(student):
    """Macro averages are means over the classes; micro averages come from all counts together."""
    precision, recall, f1 = student.precision_recall_f1(TRUE, PREDICTED, 3, "macro")
    assert_close(precision, 13 / 18, what="macro precision", rule="(1 + 2/3 + 1/2) / 3")
    assert_close(recall, 3 / 4, what="macro recall", rule="(3/4 + 1/2 + 1) / 3")
    assert_close(f1, 44 / 63, what="macro f1", rule="the mean of the classes' F1, (6/7 + 4/7 + 2/3) / 3")
    micro = student.precision_recall_f1(TRUE, PREDICTED, 3, "micro")
    for name, value in zip(("precision", "recall", "f1"), micro, strict=True):
        assert_close(value, 0.7, what=f"micro {name}", rule="7 hits in 10 samples")


@hint("Count the classes of a row that score higher than the right one: fewer than k must.")
def test_top_k_of_a_small_case(student):
    """A sample counts if its right class has one of the k highest scores of its row."""
    scores = np.array([[0.1, 0.7, 0.2], [3.0, -1.0, 2.0], [-5.0, -4.0, -6.0], [0.3, 0.1, 0.2]])
    for k, expected in [(1, 0.5), (2, 0.75), (3, 1.0)]:
        value = student.top_k_accuracy(np.array([1, 2, 1, 1]), scores, k)
        assert_close(value, expected, what=f"top_k_accuracy with k = {k}", rule="the mean over the samples")


@hint("Take the differences element by element; MAPE divides each by the size of the true value.")
def test_errors_of_a_small_case(student):
    """MAE, MSE, RMSE and MAPE of four predictions are those worked by hand."""
    y_true, y_pred = np.array([2.0, 4.0, 5.0, 10.0]), np.array([3.0, 3.0, 5.0, 8.0])
    for name, expected in [("mae", 1.0), ("mse", 1.5), ("rmse", np.sqrt(1.5)), ("mape", 0.2375)]:
        assert_close(getattr(student, name)(y_true, y_pred), expected, what=name, rule="differences 1, -1, 0, -2")


@weight(1.5)
@hint("Compare every positive sample with every negative one: 1 for a higher score, 1/2 for the same one.")
def test_auc_of_a_small_case(student):
    """The area under the ROC curve counts the pairs in the right order, and ties as halves."""
    y_true, scores = np.array([0, 1, 0, 1, 0]), np.array([0.1, 0.9, 0.5, 0.5, 0.7])
    # 0.9 beats all three; 0.5 beats 0.1, ties with 0.5 and loses to 0.7: 4.5 of 6 pairs.
    assert_close(student.roc_auc(y_true, scores), 0.75, what="roc_auc", rule="4.5 of 6 pairs")
    assert_close(student.roc_auc(y_true, -scores), 0.25, what="roc_auc of the opposite scores", rule="1.5 of 6 pairs")

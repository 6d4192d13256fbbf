"""Lab 1, splitting and standardising data: the tests that you have."""

import numpy as np

from autograder.testing import (
    as_array,
    assert_close,
    assert_equal,
    assert_shape,
    check,
    hint,
    question,
    unpack,
    weight,
)

pytestmark = question("1.1")

NAMES = ("train", "val", "test")
LABELS = np.repeat([0, 1, 2], [600, 300, 100])  # sorted by class, as files often are


def split(student, y, val, test, seed):
    """The three sets as arrays of positions; the student gets a copy of y."""
    return three_sets(student.train_val_test_split(y.copy(), val, test, student.rng(seed)))


def three_sets(result):
    """The result as three arrays of positions, none of them empty."""
    sets = unpack(result, 3, "train, val, test")
    positions = [as_array(chosen, name) for name, chosen in zip(NAMES, sets, strict=True)]
    for name, chosen in zip(NAMES, positions, strict=True):
        check(chosen.size > 0, f"{name} is empty, though there are enough samples")
        check(chosen.ndim == 1 and chosen.dtype.kind in "iu", f"{name} is not one row of integers: positions in y")
    return positions


@hint("Shuffle all positions once and cut the result into three pieces; draw nothing twice, and leave nothing over.")
def test_every_sample_lands_in_exactly_one_set(student):
    """Every sample is in the training, the validation or the test set, and in one of them only."""
    together = np.concatenate(split(student, LABELS, 0.2, 0.1, seed=0))
    check(len(np.unique(together)) == len(together), "a sample is there twice: in two of the sets, or in one of them")
    assert_equal(np.sort(together), np.arange(1000), what="all positions of the three sets, sorted", rule="0 to N - 1")


@hint("Divide each class by itself, and put the pieces together; both fractions are of the whole, not of what is left.")
def test_each_set_gets_its_fraction_of_each_class(student):
    """Of 600, 300 and 100 samples of three classes, about 20 % go to validation and 10 % to the test set."""
    sets = split(student, LABELS, 0.2, 0.1, seed=0)
    counts_by_set = ([420, 210, 70], [120, 60, 20], [60, 30, 10])
    for name, chosen, counts in zip(NAMES, sets, counts_by_set, strict=True):
        found = np.bincount(LABELS[chosen], minlength=3)
        ok = np.all(np.abs(found - counts) < 3)
        check(ok, f"{name} does not have its fraction of each class", f"expected {counts}, got {found.tolist()}")


@hint("Take every random number from the given rng: neither from np.random nor from a generator of your own.")
def test_the_seed_decides(student):
    """Two generators of one seed give the same sets, generators of other seeds give others."""
    first, same, other = (split(student, LABELS, 0.2, 0.1, seed) for seed in (1, 1, 2))
    for name, one, two, three in zip(NAMES, first, same, other, strict=True):
        assert_equal(np.sort(two), np.sort(one), what=f"{name} of a second call", rule="the same seed, the same set")
        check(set(one.tolist()) != set(three.tolist()), f"{name} holds the same samples whatever the generator")


@hint("Take the mean and the standard deviation along axis 0, from the training set only.")
def test_standardize_worked_example(student):
    """The columns (1, 3) and (10, 30) become (-1, 1), and the row 5, 0 beside them becomes 3, -2."""
    result = student.standardize(np.array([[1.0, 10.0], [3.0, 30.0]]), np.array([[5.0, 0.0]]))
    result = unpack(result, 2, "one array for each argument")
    assert_close(result[0], np.array([[-1.0, -1.0], [1.0, 1.0]]), what="the training set", rule="(x - mean) / std")
    assert_close(result[1], np.array([[3.0, -2.0]]), what="the other set", rule="by the training set's mean and std")


@weight(0.5)
@hint("Work on copies: rng.shuffle(y) and `x -= mean` change the caller's arrays.")
def test_arguments_are_not_changed(student, rng):
    """Neither the labels nor the data are changed."""
    labels, train, other = LABELS.copy(), rng.normal(3.0, 2.0, size=(6, 2)), rng.normal(size=(4, 2))
    train_before, other_before = train.copy(), other.copy()
    three_sets(student.train_val_test_split(labels, 0.2, 0.1, student.rng(3)))
    result = as_array(unpack(student.standardize(train, other), 2, "train, other")[0], "the training set")
    assert_shape(result, (6, 2), "the training set")
    assert_close(result.std(axis=0), np.ones(2), what="the deviations of the training set", rule="looked at first")
    for what, now, before in [
        ("y", labels, LABELS),
        ("train", train, train_before),
        ("another set", other, other_before),
    ]:
        assert_equal(now, before, what=f"{what} after the call", rule="as it was before")

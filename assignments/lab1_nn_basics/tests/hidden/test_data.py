"""Lab 1, splitting and standardising data: the tests that grade."""

import numpy as np
import probes
from oracles import standardized

from autograder.testing import (
    as_array,
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

pytestmark = question("1.1")

NAMES = ("train", "val", "test")
BY_TRAIN = "(x - mean) / std, both of the training set, column by column"


def three_sets(result):
    """The result as three arrays of positions."""
    sets = []
    for name, chosen in zip(NAMES, unpack(result, 3, "train, val, test"), strict=True):
        # An empty list is as good an index as an empty array of integers; an empty array of floats is none.
        positions = np.zeros(0, np.int64) if isinstance(chosen, list) and not chosen else as_array(chosen, name)
        empty = " where it is empty" if positions.size == 0 else ""
        check(positions.ndim == 1, f"{name} has {positions.ndim} axes{empty}, expected one")
        check(positions.dtype.kind in "iu", f"{name} is not made of integers{empty}: it must hold positions in y")
        sets.append(positions)
    return sets


def split(student, y, val, test, seed):
    """A student's three sets as arrays of positions; the student gets a copy of y."""
    return three_sets(student.train_val_test_split(y.copy(), val, test, student.rng(seed)))


def check_complete(sets, samples):
    """Every one of the samples is in exactly one of the sets."""
    together = np.concatenate(sets)
    check(((together >= 0) & (together < samples)).all(), "the sets hold numbers that are no positions in y")
    times = np.bincount(together.astype(np.int64), minlength=samples)
    lost, doubled = np.flatnonzero(times == 0), np.flatnonzero(times > 1)
    check(doubled.size == 0, "a sample is there more than once: the sets overlap", f"N = {samples}: {doubled[:10]}")
    check(lost.size == 0, "samples are lost: they are in none of the three sets", f"N = {samples}: {lost[:10]}")


def check_used(sets):
    """No set is empty, where there are samples for all of them: to leave all in one is to split nothing."""
    for name, chosen in zip(NAMES, sets, strict=True):
        check(len(chosen) > 0, f"{name} is empty, though there are enough samples")


def check_shares(sets, y, val, test):
    """Each set has its fraction of every class, off by less than 3 samples."""
    for name, chosen, fraction in zip(NAMES, sets, (1 - val - test, val, test), strict=True):
        for label in np.unique(y):
            size, found = np.sum(y == label), np.sum(y[chosen] == label)
            expected = fraction * size
            detail = f"class {label} has {size} samples: expected about {expected:.4g} of them, got {found}"
            check(abs(found - expected) < 3, f"{name} does not have its fraction of every class", detail)


def standardize(student, *arrays):
    """A student's result, one array for each argument; the student gets copies."""
    result = on_copies(student.standardize, *arrays)
    return unpack(result, len(arrays), f"the arrays of standardize, of {len(arrays)} in all")


@hint("Shuffle positions once, cut the result into three pieces, and let the training set be what is left.")
def test_every_sample_lands_in_exactly_one_set(student, rng):
    """The three sets do not overlap, none of them is empty, and together they hold every sample."""
    for samples, val, test in [(97, 0.15, 0.3), (100, 0.1, 0.1), (250, 1 / 3, 1 / 3), (61, 0.5, 0.4)]:
        y = rng.integers(-1, 4, size=samples)
        sets = split(student, y, val, test, int(rng.integers(1 << 30)))
        check_complete(sets, samples)
        check_used(sets)


@hint("Both fractions are of all samples. If you cut twice, the second fraction is val / (1 - test) of what is left.")
def test_fractions_are_of_the_whole(student, rng):
    """With a single class, the validation and the test set have their fractions of all samples, off by less than 3."""
    y = np.full(600, 4)
    for val, test in [(0.3, 0.2), (0.1, 0.45)]:
        sets = split(student, y, val, test, int(rng.integers(1 << 30)))
        for name, chosen, fraction in zip(NAMES, sets, (1 - val - test, val, test), strict=True):
            detail = f"val = {val}, test = {test}, N = 600: got {len(chosen)}"
            check(abs(len(chosen) - 600 * fraction) < 3, f"{name} does not have its fraction of all samples", detail)


@weight(2)
@hint("Go through the classes with np.unique(y), and divide the positions of each class by itself.")
def test_classes_keep_their_shares(student, rng):
    """Common and rare classes, in any order and with any integers as labels, keep their shares in all three sets."""
    for labels, counts in [
        ((2, 7, -3), (900, 420, 40)),
        ((-1, 0, 1), (1000, 300, 1000)),
        ((10, 20, 35, 50), (300, 5, 700, 60)),
    ]:
        y = rng.permutation(np.repeat(labels, counts))
        for val, test in [(0.2, 0.2), (0.1, 0.25)]:
            check_shares(split(student, y, val, test, int(rng.integers(1 << 30))), y, val, test)


@hint("The labels of a file are often sorted by class: shuffle inside each class before you cut.")
def test_iris(student, rng, data_dir):
    """The 150 flowers of the Iris data, sorted by species, are divided 60 : 20 : 20, and so is each species."""
    with np.load(data_dir / "iris.npz") as iris:
        y = iris["labels"]
    sets = split(student, y, 0.2, 0.2, int(rng.integers(1 << 30)))
    check_complete(sets, 150)
    check_shares(sets, y, 0.2, 0.2)
    for name, chosen in zip(NAMES, sets, strict=True):
        for label in range(3):
            inside = np.sort(chosen[y[chosen] == label])
            # By chance less than once in 10^7: each set has at least 8 of the 50 flowers of a species.
            neighbours = len(inside) > 1 and inside[-1] - inside[0] == len(inside) - 1
            check(not neighbours, f"{name} holds neighbours of the file: the samples of a class are not shuffled")


@hint("np.array([]) is an array of floats and no index; with few samples, let a set be empty: np.array([], dtype=int).")
def test_small_sets(student, rng):
    """Seven samples, three, or one, and fractions of 0, still give three arrays of integers with every sample once."""
    check_used(split(student, np.repeat([0, 1], 60), 0.2, 0.2, int(rng.integers(1 << 30))))
    for y, val, test in [
        ([0, 0, 0, 0, 1, 1, 1], 0.2, 0.2),
        ([0, 0, 0, 0, 1, 1, 1], 0.1, 0.1),
        ([5, 3, 5], 0.3, 0.3),
        ([2], 0.2, 0.2),
        ([1, 0, 1, 0, 1, 1, 0], 0.0, 0.0),
        ([1, 0, 1, 0, 1, 1, 0], 0.5, 0.0),
    ]:
        sets = split(student, np.array(y), val, test, int(rng.integers(1 << 30)))
        check_complete(sets, len(y))
        check_shares(sets, np.array(y), val, test)


@hint("Take every random number from the given rng: neither from np.random nor from a generator of your own.")
def test_the_seed_decides(student, rng):
    """Two generators of one seed give the same sets, generators of other seeds give others."""
    y = rng.integers(0, 3, size=120)
    seed = int(rng.integers(1 << 30))
    first, same, other = (split(student, y, 0.3, 0.2, number) for number in (seed, seed, seed + 1))
    for name, one, two, three in zip(NAMES, first, same, other, strict=True):
        assert_equal(np.sort(two), np.sort(one), what=f"{name} of a second call", rule="the same seed, the same set")
        check(set(one.tolist()) != set(three.tolist()), f"{name} holds the same samples whatever the generator")


@hint("Permute the positions of each class before you cut; then first and last samples are nothing special.")
def test_every_sample_has_the_same_chance(student, rng):
    """Over 200 generators, each sample of a class lands in each of the sets equally often, within 5 sigma."""
    y, draws = rng.permutation(np.repeat([0, 1], [8, 16])), 200
    seed = int(rng.integers(1 << 30))
    arguments = [(y, 0.25, 0.25, student.rng(seed + number)) for number in range(draws)]
    results = student.run(probes.call_each, student.train_val_test_split, arguments)
    times = np.zeros((3, 24))
    for result in results:
        for row, chosen in zip(times, three_sets(result), strict=True):
            row[chosen] += 1
    for name, row in zip(NAMES, times, strict=True):
        for label in (0, 1):
            found = row[y == label] / draws
            share = found.mean()
            sigma = np.sqrt(share * (1 - share) / draws)
            detail = f"class {label}: share {share:.3f}, of the single samples {np.round(found, 3)}"
            check(np.all(np.abs(found - share) <= 5 * sigma), f"{name} favours some samples of a class", detail)
            check(0 < share < 1, f"{name} never has samples of a class, or has them all", detail)


@weight(1.5)
@hint("Subtract each column's mean and divide by its standard deviation: axis=0, the root of the variance, no ddof.")
def test_standardize_the_training_set(student, rng, data_dir):
    """Each column of the training set gets mean 0 and standard deviation 1."""
    with np.load(data_dir / "diabetes.npz") as diabetes:
        features = diabetes["features"]
    for train in (rng.normal([3.0, -50.0, 0.2], [2.0, 10.0, 0.5], size=(9, 3)), features):
        (result,) = standardize(student, train)
        assert_close(result, standardized(train, train), what="the training set", rule="(x - mean) / std")


@weight(1.5)
@hint("Work out the mean and the standard deviation once, from the training set, and use them for all sets.")
def test_other_sets_use_the_statistics_of_the_training_set(student, rng):
    """Sets with another mean and another spread are treated by the statistics of the training set alone."""
    train = rng.normal([3.0, -50.0, 0.2], [2.0, 10.0, 0.5], size=(40, 3))
    val, test = rng.normal(5.0, 4.0, size=(11, 3)), rng.normal(-20.0, 1.0, size=(1, 3))
    results = standardize(student, train, val, test)
    for name, result, x in zip(NAMES, results, (train, val, test), strict=True):
        assert_close(result, standardized(train, x), what=f"the {name} set", rule=BY_TRAIN)


@hint("Add 1e-8 to the standard deviation: rounding can leave 1e-17 in place of 0, so comparing with 0 is not enough.")
def test_constant_column(student, rng):
    """A constant column becomes 0 in the training set and finite elsewhere, and disturbs no other column."""
    train, test = rng.normal(2.0, 3.0, size=(10, 3)), rng.normal(2.0, 3.0, size=(4, 3))
    train[:, 1] = 5.0
    test[:2, 1] = 5.0
    train_result, test_result = standardize(student, train, test)
    assert_shape(train_result, (10, 3), "the training set")
    assert_shape(test_result, (4, 3), "the test set")
    train_result, test_result = np.asarray(train_result), np.asarray(test_result)
    assert_close(train_result[:, 1], np.zeros(10), what="a constant column of the training set", rule="0")
    assert_close(test_result[:2, 1], np.zeros(2), what="the same value in the test set", rule="0 there, too")
    check(np.isfinite(test_result).all(), "the test set has NaN or infinity in a column that is constant in train")
    for column in (0, 2):
        expected = standardized(train[:, [column]], test[:, [column]])[:, 0]
        assert_close(test_result[:, column], expected, what="a column beside the constant one", rule=BY_TRAIN)


@hint("Keep both axes, and make new float arrays: integers cannot hold what comes out.")
def test_standardize_any_shape(student, rng):
    """A single column, a single row and integers are standardised, too."""
    column, more = rng.normal(size=(6, 1)), rng.normal(size=(3, 1))
    one, two = standardize(student, column, more)
    assert_close(one, standardized(column, column), what="a training set of one column", rule=BY_TRAIN)
    assert_close(two, standardized(column, more), what="another set of one column", rule=BY_TRAIN)
    (row,) = standardize(student, rng.normal(size=(1, 4)))
    assert_close(row, np.zeros((1, 4)), what="a training set of one row", rule="0: every column is constant")
    whole = rng.permuted(np.tile(np.arange(0, 14, 2), (3, 1)), axis=1).T  # (7, 3)
    pixels = rng.integers(0, 17, size=(5, 3)).astype(np.uint8)
    one, two = standardize(student, whole, pixels)
    assert_close(one, standardized(whole, whole), what="a training set of integers", rule=BY_TRAIN)
    assert_close(two, standardized(whole, pixels), what="another set of 8-bit integers", rule=BY_TRAIN)


@weight(0.5)
@hint("Work on copies: rng.shuffle(y) and `x -= mean` change the caller's arrays.")
def test_arguments_are_not_changed(student, rng):
    """Neither the labels nor any of the data sets are changed."""
    y, train, test = rng.integers(0, 3, size=50), rng.normal(3.0, 2.0, size=(8, 3)), rng.normal(size=(5, 3))
    train[:, 2] = 1.0
    before = [array.copy() for array in (y, train, test)]
    sets = three_sets(student.train_val_test_split(y, 0.2, 0.2, student.rng(int(rng.integers(1 << 30)))))
    check_complete(sets, 50)
    check_used(sets)
    expected = standardized(before[1][:, :2], before[1][:, :2])
    result = as_array(unpack(student.standardize(train, test), 2, "train, test")[0], "the training set")
    assert_shape(result, (8, 3), "the training set")
    assert_close(result[:, :2], expected, what="the training set", rule="looked at first")
    for what, now, then in zip(("y", "the training set", "the test set"), (y, train, test), before, strict=True):
        assert_equal(now, then, what=f"{what} after the call", rule="as it was before")

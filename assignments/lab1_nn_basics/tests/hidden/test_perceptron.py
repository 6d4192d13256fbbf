"""Lab 1, the perceptron and XOR: the tests that grade.

A score of exactly 0 may be read as 1, as 0, or as wrong whatever the label; each way is right. A learning rate other
than 1 scales w and b and changes nothing else, so only their direction is compared.
"""

import numpy as np
from oracles import perceptron_runs

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


def learn(student, X, y01, epochs):
    """w and b in one array, shape (D + 1,), and the errors as a list; the student gets copies of the samples.

    A column of weights, or an array of one number as the bias, costs test_shapes alone.
    """
    return read(on_copies(student.perceptron, X, y01, epochs), X.shape[1], epochs)


def read(result, columns, epochs):
    """w and b in one array, shape (D + 1,), and the errors as a list."""
    w, b, errors = unpack(result, 3, "w, b, errors")
    w, b = as_shape(w, (columns,), "w"), as_shape(b, (), "b")
    assert_shape(w, (columns,), "w", "one weight for each column of X")
    assert_shape(b, (), "b")
    errors = as_array(errors, "errors")
    check(errors.ndim == 1, f"errors has shape {errors.shape}, expected one number for each epoch")
    check(len(errors) <= epochs, "errors has more numbers than there were epochs")
    return np.append(w, b), trimmed(errors.tolist())


def xor_parameters(student):
    """W1, b1, W2 and b2 as arrays."""
    result = unpack(student.xor_mlp(), 4, "W1, b1, W2, b2")
    return [as_array(value, name) for value, name in zip(result, ("W1", "b1", "W2", "b2"), strict=True)]


def trimmed(errors):
    """Without the zeros at the end."""
    while errors and errors[-1] == 0:
        errors = errors[:-1]
    return errors


def check_separates(parameters, X, y01):
    """All samples are on their sides, with a score of exactly 0 read as 1 or as 0."""
    scores = X @ parameters[:-1] + parameters[-1]
    right = max(np.sum((scores > 0) == y01), np.sum((scores >= 0) == y01))
    check(right == len(X), "w and b do not tell the two classes apart", f"{right} of {len(X)} samples are right")


def check_converged(errors, epochs):
    """The last epoch was without an error."""
    ended = f"errors ends with {errors[-5:]}"
    check(len(errors) < epochs, "errors never falls to 0, though the two classes can be told apart", ended)


def direction(parameters):
    """A vector of length 1; zeros stay zeros."""
    length = np.linalg.norm(parameters)
    return parameters / length if length > 0 else parameters


def clouds(rng, samples, columns, gap, centre):
    """Samples at least `gap` away from a random hyperplane through `centre`, with their labels."""
    normal = direction(rng.normal(size=columns))
    labels = rng.permutation(np.arange(samples) % 2)
    X = rng.uniform(-1.0, 1.0, size=(samples, columns))
    distance = X @ normal
    wanted = (2 * labels - 1) * (gap + np.abs(distance))
    return X + (wanted - distance)[:, np.newaxis] * normal + centre, labels


@weight(2)
@hint("After a wrong prediction, at once: w += (label - prediction) * x and b += label - prediction.")
def test_first_epochs(student, rng):
    """After one, two and three epochs, w and b point where Rosenblatt's rule leads, also if no line fits."""
    for samples, columns in [(12, 4), (7, 1), (25, 2)]:
        X, labels = rng.normal(size=(samples, columns)), rng.integers(0, 2, size=samples)
        for epochs in (1, 2, 3):
            parameters, _ = learn(student, X, labels, epochs)
            expected = [direction(run) for run, _ in perceptron_runs(X, labels, epochs)]
            near = min(np.max(np.abs(direction(parameters) - way)) for way in expected)
            message = f"w and b after {epochs} epoch{'s' * (epochs > 1)} do not point where Rosenblatt's rule leads"
            check(near < 1e-6, message, f"(w, b) / length: expected {expected[1]}, got {direction(parameters)}")


@weight(1.5)
@hint("errors[k] counts the wrong predictions of epoch k as they happen, each with the parameters of that moment.")
def test_errors_count_the_updates_of_each_epoch(student, rng):
    """errors holds the number of wrong predictions, epoch by epoch, of classes that overlap."""
    X, labels = rng.normal(size=(30, 3)), rng.integers(0, 2, size=30)
    X[labels == 1] += 0.5
    _, errors = learn(student, X, labels, 15)
    expected = [trimmed(run) for _, run in perceptron_runs(X, labels, 15)]
    check(
        errors in expected, "errors does not count the updates of each epoch", f"expected {expected[1]}, got {errors}"
    )


@weight(1.5)
@hint("A right sample changes nothing; a wrong one moves w towards it if its label is 1, and away from it if it is 0.")
def test_wide_margin(student, rng):
    """Classes with a wide gap are told apart, after no more updates than Novikoff's theorem allows."""
    for columns in (2, 5):
        X, labels = clouds(rng, 40, columns, gap=0.5, centre=np.zeros(columns))
        radius = np.max(np.linalg.norm(X, axis=1))
        # Every sample is at least 0.5 away from a plane through the origin of the (D + 1)-dimensional space.
        allowed = (radius**2 + 1) / 0.5**2
        epochs = int(allowed) + 2
        parameters, errors = learn(student, X, labels, epochs)
        check_separates(parameters, X, labels)
        check_converged(errors, epochs)
        made = f"{sum(errors)} updates, at most {allowed:.0f} are possible"
        check(sum(errors) <= allowed, "there were more updates than the rule can need", made)


@weight(1.5)
@hint("A plane through the origin is not enough: learn b beside w, with the same rule, as the weight of an input 1.")
def test_clouds_far_from_the_origin(student, rng):
    """Two classes on the same side of the origin are told apart, which needs a bias."""
    for columns in (1, 3):
        X, labels = clouds(rng, 30, columns, gap=0.7, centre=np.full(columns, 3.0))
        # The slowest of 900 runs, with each way to read a score of 0, needed 66 epochs.
        parameters, errors = learn(student, X, labels, 500)
        check_separates(parameters, X, labels)
        check_converged(errors, 500)


@hint("No line separates XOR: every epoch has a wrong prediction. If yours has none, look at what counts as wrong.")
def test_xor_is_never_learned(student):
    """On XOR no epoch is without an error, however long it goes on."""
    X, labels = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])
    for epochs in (1, 60):
        _, errors = learn(student, X, labels, epochs)
        check(len(errors) == epochs, "errors ends with 0, or early, but no line separates XOR", f"errors: {errors}")
        check(all(1 <= wrong <= 4 for wrong in errors), "an epoch of XOR has less than one error or more than four")


@hint("Setosa is easy. If the other two species end without errors, look at what counts as an error.")
def test_iris(student, data_dir):
    """Setosa is told from the other irises; versicolor and virginica cannot be told apart by any line."""
    with np.load(data_dir / "iris.npz") as iris:
        X, species = iris["features"], iris["labels"].astype(np.int64)
    setosa = (species == 0).astype(np.int64)
    parameters, errors = learn(student, X, setosa, 50)  # needs 4 epochs
    check_separates(parameters, X, setosa)
    check_converged(errors, 50)
    others = species > 0
    _, errors = learn(student, X[others], species[others] - 1, 20)
    detail = f"errors: {errors}"
    check(len(errors) == 20 and min(errors) > 0, "an epoch is without an error, which is impossible here", detail)


@hint("Give w one axis with w.ravel(), and make the bias a plain number with float(b) or b.item().")
def test_shapes(student, rng):
    """w has shape (D,), b is a single number, and errors has one number for each epoch."""
    for samples, columns in [(8, 3), (9, 1)]:
        X, labels = clouds(rng, samples, columns, gap=0.5, centre=np.zeros(columns))
        result = unpack(on_copies(student.perceptron, X, labels, 300), 3, "w, b, errors")
        parameters, errors = read(result, columns, 300)
        check_separates(parameters, X, labels)
        check_converged(errors, 300)
        assert_shape(result[0], (columns,), "w", "one weight for each column of X")
        assert_shape(result[1], (), "b")


@weight(0.5)
@hint("With one class there is little to learn, but the rule stays the same: start from zeros and follow it.")
def test_single_class(student, rng):
    """Labels that are all 0 or all 1 are learned within the first epochs."""
    X = rng.uniform(-1.0, 1.0, size=(9, 2))
    for label in (0, 1):
        labels = np.full(9, label)
        parameters, errors = learn(student, X, labels, 50)  # needs at most 2 epochs
        check_separates(parameters, X, labels)
        check_converged(errors, 50)


@weight(0.5)
@hint("Start from zeros inside the function: neither a global variable nor a default argument may keep w from before.")
def test_calls_do_not_disturb_each_other(student, rng):
    """A call in between changes nothing: the same samples give the same result again, and others another."""
    X, labels = rng.normal(size=(10, 2)), rng.integers(0, 2, size=10)
    labels[:2] = 0, 1
    first, first_errors = learn(student, X, labels, 4)
    other, _ = learn(student, X, 1 - labels, 4)
    second, second_errors = learn(student, X, labels, 4)
    check(np.any(first != 0), "w and b are still zero, though both labels are there")
    check(np.any(other != first), "w and b are the same for the opposite labels")
    assert_equal(second, first, what="w and b of a second call", rule="the same samples, the same result")
    assert_equal(second_errors, first_errors, what="errors of a second call", rule="the same samples, the same result")


@weight(0.5)
@hint("Work on copies: `X -= X.mean(axis=0)` and `y01[y01 == 0] = -1` change the caller's arrays.")
def test_arguments_are_not_changed(student, rng):
    """Neither the samples nor the labels are changed."""
    X, labels = rng.normal(size=(10, 2)), np.arange(10) % 2
    X_before, labels_before = X.copy(), labels.copy()
    parameters, _ = read(student.perceptron(X, labels, 3), 2, 3)
    check(np.any(parameters[:2] != 0), "w is still zero, though both labels are there")
    other, _ = learn(student, X_before, 1 - labels_before, 3)
    check(np.any(other != parameters), "w and b are the same for the opposite labels")
    assert_equal(X, X_before, what="X after the call", rule="as it was before")
    assert_equal(labels, labels_before, what="y01 after the call", rule="as it was before")


@weight(0.5)
@hint("W1 has a row for each of the two inputs and a column for each hidden unit; b1 and W2 have one number per unit.")
def test_xor_shapes(student):
    """W1 is (2, H), b1 is (H,), W2 is (H,) or (H, 1), and b2 is one number."""
    W1, b1, W2, b2 = xor_parameters(student)
    check(W1.ndim == 2 and len(W1) == 2, f"W1 has shape {W1.shape}, expected (2, H)")
    units = W1.shape[1]
    assert_shape(b1, (units,), "b1", "one number for each hidden unit")
    check(W2.shape in ((units,), (units, 1)), f"W2 has shape {W2.shape}, expected (H,) or (H, 1), where W1 is (2, H)")
    check(b2.shape in ((), (1,)), f"b2 has shape {b2.shape}, expected a single number or (1,)")


@weight(1.5)
@hint("Work out the two hidden units for each of the four inputs on paper: what must the last unit say to each pair?")
def test_xor_network(student, rng):
    """The network gives 1 where the two inputs differ and 0 elsewhere, in a batch of any size and order."""
    W1, b1, W2, b2 = xor_parameters(student)
    X = np.vstack([np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), rng.integers(0, 2, size=(19, 2))]).astype(float)
    expected = X[:, 0] != X[:, 1]
    hidden = X @ W1 + b1
    found = [np.ravel((hidden > 0).astype(float) @ W2 + b2 > 0), np.ravel((hidden >= 0).astype(float) @ W2 + b2 >= 0)]
    detail = f"for 00, 01, 10, 11 it gives {found[0][:4].astype(int)}"
    check(any(np.array_equal(output, expected) for output in found), "the network does not compute XOR", detail)

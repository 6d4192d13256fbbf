"""Lab 1, a multi-layer perceptron: the tests that you have."""

import numpy as np
import probes

from autograder.testing import (
    as_shape,
    assert_close,
    assert_shape,
    check,
    hint,
    limits,
    on_copies,
    question,
    unpack,
    weight,
)

pytestmark = question("1.7")

# The handout's worked example of a linear layer: N = 2, D = 3, M = 4.
X = np.array([[1.0, 2.0, 3.0], [0.0, -1.0, 1.0]])
W = np.array([[1.0, 0.0, 2.0, -1.0], [0.0, 1.0, 0.0, 2.0], [1.0, -1.0, 1.0, 0.0]])
B = np.array([10.0, 20.0, 30.0, 40.0])
DOUT = np.array([[1.0, 0.0, 2.0, 0.0], [0.0, -1.0, 1.0, 3.0]])


@hint("Flatten x to (N, D), then one matrix product and one addition: x @ w + b.")
def test_linear_forward_of_the_worked_example(student):
    """linear_forward gives x @ w + b."""
    out, _ = unpack(on_copies(student.linear_forward, X, W, B), 2, "out, cache")
    expected = np.array([[14.0, 19.0, 35.0, 43.0], [11.0, 18.0, 31.0, 38.0]])
    assert_close(out, expected, what="out", rule="x @ w + b, shape (N, M)")


@hint("Let the shapes guide you: dx is (N, D), dw is (D, M), db is (M,); each is one product or one sum.")
def test_linear_backward_of_the_worked_example(student):
    """linear_backward gives the gradients of x, w and b, summed over the batch where it must be."""
    _, cache = unpack(on_copies(student.linear_forward, X, W, B), 2, "out, cache")
    dx, dw, db = unpack(student.linear_backward(DOUT.copy(), cache), 3, "dx, dw, db")
    assert_close(dx, np.array([[5.0, 0.0, 3.0], [-1.0, 5.0, 2.0]]), what="dx", rule="shape (N, D)")
    expected = np.array([[1.0, 0.0, 2.0, 0.0], [2.0, 1.0, 3.0, -3.0], [3.0, -1.0, 7.0, 3.0]])
    assert_close(dw, expected, what="dw", rule="shape (D, M)")
    assert_close(db, np.array([1.0, -1.0, 3.0, 3.0]), what="db", rule="shape (M,), the sum over the batch")


@weight(0.5)
@hint("Layer i has sizes[i] inputs and sizes[i + 1] units.")
def test_parameters_have_the_shapes_of_the_layers(student):
    """weights[i] has shape (sizes[i], sizes[i + 1]) and biases[i] has shape (sizes[i + 1],)."""
    sizes = [5, 4, 7, 3]
    mlp = student.MLP(sizes, student.rng(0), probes.mean_squared_error)
    weights, biases = mlp.weights, mlp.biases
    check(len(weights) == len(biases) == 3, "weights and biases do not have one array for each of the 3 layers")
    for layer in range(3):
        assert_shape(weights[layer], (sizes[layer], sizes[layer + 1]), f"weights[{layer}]", "(inputs, units)")
        assert_shape(biases[layer], (sizes[layer + 1],), f"biases[{layer}]", "(units,)")


@hint("ReLU comes after every linear layer but the last.")
def test_scores_of_a_network_by_hand(student):
    """A hidden layer holds back what is negative, the last layer does not."""
    mlp = student.MLP([2, 3, 2], student.rng(0), probes.mean_squared_error)
    mlp.weights = [np.array([[1.0, -1.0, 0.0], [0.0, 1.0, 2.0]]), np.array([[1.0, -1.0], [2.0, 0.0], [0.0, 1.0]])]
    mlp.biases = [np.array([0.0, 1.0, -3.0]), np.array([0.0, -4.0])]
    # Hidden: (1, -2, -7) -> (1, 0, 0), (-1, 4, 1) -> (0, 4, 1), (0, 1, -3) -> (0, 1, 0).
    scores = mlp.scores(np.array([[1.0, -2.0], [-1.0, 2.0], [0.0, 0.0]]))
    expected = np.array([[1.0, -5.0], [8.0, -3.0], [2.0, -4.0]])
    assert_close(scores, expected, what="scores", rule="ReLU between the layers, none after the last")


@hint("The criterion's gradient is already that of the mean: hand it back through the layers as it is.")
def test_step_of_a_network_by_hand(student):
    """A step moves each parameter by -lr times its gradient."""
    mlp = student.MLP([2, 1], student.rng(0), probes.mean_squared_error)
    mlp.weights, mlp.biases = [np.array([[1.0], [2.0]])], [np.array([0.5])]
    inputs, targets = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [2.0, 0.0]]), np.array([[1.5], [0.5], [3.5], [1.5]])
    # The scores are 1.5, 2.5, 3.5, 2.5, the differences 0, 2, 0, 1, and the gradient by the scores is 2/4 of these.
    assert_close(
        as_shape(on_copies(mlp.loss, inputs, targets), (), "loss"), 1.25, what="loss", rule="what the criterion gave"
    )
    mlp.step(0.1)
    assert_close(mlp.weights[0], np.array([[0.9], [1.9]]), what="weights[0] after a step", rule="w - lr * dw")
    assert_close(mlp.biases[0], np.array([0.35]), what="biases[0] after a step", rule="b - lr * db")


@limits(seconds=60)  # explicit loops over samples, units and inputs take about 20 seconds, and are right
@hint("If the loss does not fall, compare one step with the network worked by hand, then look at how weights start.")
def test_learns_the_digits(student, data_dir):
    """Trained on 300 digits, the network tells at least 90 % of these apart."""
    with np.load(data_dir / "digits.npz") as digits:
        images, labels = digits["images"][:300] / 16.0, digits["labels"][:300]
    mlp = student.MLP([64, 32, 10], student.rng(0), probes.squared_hinge)
    targets = 2.0 * np.eye(10)[labels] - 1.0
    losses = student.run(probes.train, mlp, images.reshape(300, 64), targets, epochs=20, lr=0.05, batch=10, seed=0)
    # With eight common ways to start and 20 seeds each, the worst run ended at 4 % of its first loss, and at 98.3 %.
    check(losses[-1] < losses[0] / 2, "the loss does not fall to half of the first epoch's", f"epochs: {losses}")
    accuracy = np.mean(np.argmax(mlp.scores(images.reshape(300, 64)), axis=1) == labels)
    check(accuracy >= 0.9, "fewer than 90 % of the training digits are told apart", f"accuracy: {accuracy:.3f}")

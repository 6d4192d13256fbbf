import numpy as np
import torch

from autograder.testing import assert_close, question


@question("1")
def test_softmax_rows_sum_to_one(student):
    """Rows of a softmax sum to one."""
    assert_close(np.sum(student.softmax(np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 9.0]])), axis=1), np.ones(2))


@question("1")
def test_cross_entropy_of_zeros(student):
    """All-zero logits give ln C."""
    assert_close(student.cross_entropy(np.zeros((4, 5)), np.array([0, 1, 2, 4])), np.log(5))


@question("2")
def test_forward_shapes(student, rng):
    """Logits have a row for each sample."""
    logits, _ = student.mlp_forward(rng.normal(size=(7, 3)), _parameters(rng))
    assert np.shape(logits) == (7, 4)


@question("3")
def test_adam_moves_against_the_gradient(student):
    """The first step has length lr."""
    zero = torch.zeros(3, dtype=torch.float64)
    w, _, _ = student.adam_step(zero, torch.tensor([1.0, -2.0, 5.0], dtype=torch.float64), zero, zero, 1)
    assert_close(w, [-1e-3, 1e-3, -1e-3])


def _parameters(rng):
    shapes = {"W1": (3, 5), "b1": (5,), "W2": (5, 4), "b2": (4,)}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}

import numpy as np
import torch

from autograder.testing import assert_close, question


@question("1")
def test_softmax_of_large_logits(student, rng):
    """Logits of 1e4 give a finite softmax."""
    x = rng.normal(size=(6, 5)) * 1e4
    assert_close(student.softmax(x), torch.softmax(torch.from_numpy(x), 1))


@question("2")
def test_forward_values(student, rng):
    """The forward pass is linear, ReLU, linear."""
    x, p = rng.normal(size=(6, 3)), _parameters(rng)
    logits, _ = student.mlp_forward(x, p)
    assert_close(logits, np.maximum(x @ p["W1"] + p["b1"], 0) @ p["W2"] + p["b2"])


@question("2")
def test_backward_values(student, rng):
    """Gradients are those of autograd."""
    x, p, y = rng.normal(size=(6, 3)), _parameters(rng), rng.integers(0, 4, size=6)
    logits, cache = student.mlp_forward(x, p)
    gradients = student.mlp_backward(logits, y, p, cache)
    t = {key: torch.tensor(value, requires_grad=True) for key, value in p.items()}
    h = torch.relu(torch.from_numpy(x) @ t["W1"] + t["b1"])
    torch.nn.functional.cross_entropy(h @ t["W2"] + t["b2"], torch.from_numpy(y)).backward()
    for key, value in t.items():
        assert_close(gradients[key], value.grad, what=f"gradient of {key}")


@question("3")
def test_adam_ten_steps(student, rng):
    """Ten steps are those of torch.optim.Adam."""
    w = m = v = torch.zeros(8, dtype=torch.float64)
    reference = torch.zeros(8, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([reference], lr=1e-3)
    for step in range(1, 11):
        g = torch.from_numpy(rng.normal(size=8))
        w, m, v = student.adam_step(w, g, m, v, step)
        reference.grad = g.clone()
        optimizer.step()
    assert_close(w, reference)


def _parameters(rng):
    shapes = {"W1": (3, 5), "b1": (5,), "W2": (5, 4), "b2": (4,)}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}

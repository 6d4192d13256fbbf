"""Lab 1, reverse-mode automatic differentiation: the tests that you have."""

import numpy as np

from autograder.testing import assert_close, check, hint, question

pytestmark = question("1.8")


@hint("The derivative of a * b by a is b, times the gradient that arrives from above.")
def test_worked_example(student):
    """The derivatives of sum(a * b + a) are b + 1 and a."""
    a = student.Tensor([[1.0, 2.0, -3.0]], requires_grad=True)
    b = student.Tensor([[3.0, 4.0, 5.0]], requires_grad=True)
    check(a.grad is None, "grad is not None before the first backward pass")
    total = (a * b + a).sum()
    assert_close(total.data, -4.0, what="the value of sum(a * b + a)")
    total.backward()
    assert_close(a.grad, np.array([[4.0, 5.0, 6.0]]), what="a.grad", rule="b + 1: both uses of a count")
    assert_close(b.grad, np.array([[1.0, 2.0, -3.0]]), what="b.grad", rule="a")


@hint("Add to a gradient, never overwrite it, and go on from a tensor only when all its uses have reported.")
def test_diamond(student):
    """A tensor that is used along two ways gets the sum of both: y = x * x, z = y * 3 + y * x."""
    x = student.Tensor([2.0, -1.0], requires_grad=True)
    y = x * x
    (y * 3.0 + y * x).sum().backward()
    # z = 3 x^2 + x^3, so dz/dx = 6 x + 3 x^2.
    assert_close(x.grad, np.array([24.0, -3.0]), what="x.grad", rule="6 x + 3 x^2")


@hint("Where NumPy repeated an operand to fit, its gradient is the sum over the repetitions.")
def test_broadcast_row(student):
    """A row that is added to every row of a matrix gets the sum of the gradients of all rows."""
    x = student.Tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
    row = student.Tensor([10.0, 20.0, 30.0], requires_grad=True)
    ((x + row) * np.array([[1.0, 0.0, 2.0], [3.0, -1.0, 0.5]])).sum().backward()
    assert_close(x.grad, np.array([[1.0, 0.0, 2.0], [3.0, -1.0, 0.5]]), what="x.grad")
    assert_close(row.grad, np.array([4.0, -1.0, 2.5]), what="row.grad", rule="the shape of the row, summed over axis 0")


@hint(
    "For a @ b: the gradient of a is upstream @ b.T, that of b is a.T @ upstream. ReLU passes on where it was positive."
)
def test_product_and_relu(student):
    """A matrix product and ReLU give the derivatives worked by hand."""
    a = student.Tensor([[1.0, -2.0, 0.5]], requires_grad=True)
    b = student.Tensor([[1.0, 2.0], [0.0, 3.0], [4.0, 2.0]], requires_grad=True)
    out = (a @ b).relu()
    assert_close(out.data, np.array([[3.0, 0.0]]), what="relu(a @ b)")
    (out * 2.0).sum().backward()
    assert_close(a.grad, np.array([[2.0, 0.0, 8.0]]), what="a.grad", rule="upstream @ b.T")
    assert_close(b.grad, np.array([[2.0, 0.0], [-4.0, 0.0], [1.0, 0.0]]), what="b.grad", rule="a.T @ upstream")


@hint("A result requires a gradient if one of its operands does; backward fills in grad of such leaves only.")
def test_constants(student):
    """Constants get no gradient, and numbers may stand on either side."""
    x, constant = student.Tensor([1.0, -2.0], requires_grad=True), student.Tensor([3.0, 4.0])
    check(not constant.requires_grad, "requires_grad is not False where it was not given")
    check(not (2.0 * constant).requires_grad, "a result of constants requires a gradient")
    result = 2.0 * (x * constant + 1.0) + constant
    check(result.requires_grad, "a result does not require a gradient though an operand does")
    assert_close(result.data, np.array([11.0, -10.0]), what="2 * (x * constant + 1) + constant")
    result.sum().backward()
    assert_close(x.grad, np.array([6.0, 8.0]), what="x.grad")
    check(constant.grad is None, "a constant has a gradient")


@hint("Leaves add up over calls; what lies between must start from nothing in each call.")
def test_second_backward_adds_as_much_again(student):
    """A second backward call adds the same derivatives to the leaves once more."""
    x = student.Tensor([3.0], requires_grad=True)
    total = (x * x * 2.0).sum()
    for calls in (1, 2, 3):
        total.backward()
        assert_close(x.grad, np.array([12.0 * calls]), what=f"x.grad after {calls} backward calls", rule="4 x a call")

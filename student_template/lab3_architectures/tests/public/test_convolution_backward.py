"""Lab 3, the gradients of a convolution: the tests that you have."""

import torch

from autograder.testing import assert_close, assert_equal, assert_shape, check, hint, question, weight

pytestmark = question("3.2")

# The handout's worked example: a picture of 3 x 5 pixels, a filter of 2 x 3, and steps of 2, so that out is 1 x 2.
X = torch.tensor([[[[1.0, 2.0, 0.0, 3.0, 1.0], [0.0, 1.0, 4.0, 1.0, 2.0], [2.0, 0.0, 1.0, 0.0, 5.0]]]]).double()
W = torch.tensor([[[[1.0, 0.0, 2.0], [0.0, -1.0, 1.0]]]]).double()
DOUT = torch.tensor([[[[2.0, -1.0]]]]).double()


def normal(rng, *shape):
    """Random numbers in double precision."""
    return torch.tensor(rng.normal(size=shape))


@hint("Each window of x gets dout times w. The two windows share column 2, which gets both; no window reaches row 2.")
def test_dx_of_the_worked_example(student):
    """dx of the handout's example is right, and 0 in the row that no window looks at."""
    dx, _, _ = student.conv2d_backward(DOUT, X, W, stride=2)
    expected = [[[[2.0, 0.0, 3.0, 0.0, -2.0], [0.0, -2.0, 2.0, 1.0, -1.0], [0.0, 0.0, 0.0, 0.0, 0.0]]]]
    assert_close(dx, torch.tensor(expected), what="dx", rule="the shape of x; windows add up where they overlap")


@hint("dw is the sum of the windows of x, each times the dout of its place.")
def test_dw_of_the_worked_example(student):
    """dw of the handout's example is right."""
    _, dw, _ = student.conv2d_backward(DOUT, X, W, stride=2)
    expected = torch.tensor([[[[2.0, 1.0, -1.0], [-4.0, 1.0, 6.0]]]])
    assert_close(dw, expected, what="dw", rule="dout times the windows of x, the shape of w")


@hint("The bias of a filter is added at every place of every picture: add up dout over all of these.")
def test_db_adds_up_over_pictures_and_places(student):
    """db is, for each filter, the sum of dout over the batch, the rows and the columns."""
    dout = torch.tensor([[[[1.0, 2.0]], [[0.0, 5.0]]], [[[3.0, -1.0]], [[4.0, 1.0]]]]).double()  # (2, 2, 1, 2)
    x, w = torch.ones(2, 1, 2, 3, dtype=torch.float64), torch.ones(2, 1, 2, 2, dtype=torch.float64)
    _, _, db = student.conv2d_backward(dout, x, w)
    assert_close(db, torch.tensor([5.0, 10.0]), what="db", rule="shape (F,), the sum over axes 0, 2 and 3")


@weight(2)
@hint("If this holds without padding or stride and fails with them, look at how dx is put together and cropped.")
def test_the_two_gradients_fit_each_other(student, rng):
    """dx and dw have the shapes of x and w, and the sum of dx * x is the sum of dw * w."""
    # Doubling x doubles out (without its bias), and so does doubling w: both sums are that of dout * out.
    for stride, padding, places in [(1, 0, (4, 6)), (2, 0, (2, 3)), ((2, 1), (0, 2), (2, 10)), (1, (2, 1), (8, 8))]:
        x, w, dout = normal(rng, 3, 2, 5, 8), normal(rng, 4, 2, 2, 3), normal(rng, 3, 4, *places)
        dx, dw, _ = student.conv2d_backward(dout, x, w, stride=stride, padding=padding)
        assert_shape(dx, (3, 2, 5, 8), "dx", "the shape of x, without padding")
        assert_shape(dw, (4, 2, 2, 3), "dw", "the shape of w")
        by_x, by_w = (torch.as_tensor(dx) * x).sum(), (torch.as_tensor(dw) * w).sum()
        check(abs(by_w) > 1e-6, "dw is (nearly) 0 everywhere, and so is no gradient")
        assert_close(by_x, by_w, what="the sum of dx * x", rule="the same as the sum of dw * w")


@weight(0.5)
@hint("Make new tensors: an in-place operation on a slice of x or dout changes x or dout itself.")
def test_arguments_are_not_changed(student, rng):
    """Neither dout, nor x, nor w is changed."""
    arguments = {"dout": normal(rng, 2, 3, 6, 4), "x": normal(rng, 2, 2, 5, 6), "w": normal(rng, 3, 2, 2, 3)}
    before = {name: value.clone() for name, value in arguments.items()}
    dx, _, _ = student.conv2d_backward(*arguments.values(), padding=(1, 0))
    assert_shape(dx, (2, 2, 5, 6), "dx", "looked at first")
    for name, value in arguments.items():
        assert_equal(value.numpy(), before[name].numpy(), what=f"{name} after the call", rule="as it was before")

"""Lab 2, batch normalization backward: the tests that you have."""

import torch

from autograder.testing import assert_close, assert_equal, assert_follows_device, check, hint, question, weight

pytestmark = question("2.5")

# The handout's worked example, with eps = 0: the roots are 2 and 4, and gamma / root is 1 and 2.
X = torch.tensor([[6.0, 16.0], [1.0, 4.0], [1.0, 12.0], [1.0, 8.0], [1.0, 10.0]], dtype=torch.float64)
DY = torch.tensor([[-1.0, 4.0], [1.0, -2.0], [0.0, 3.0], [2.0, 1.0], [3.0, 4.0]], dtype=torch.float64)
GAMMA = torch.tensor([2.0, 8.0], dtype=torch.float64)
MEAN = torch.tensor([2.0, 10.0], dtype=torch.float64)
VAR = torch.tensor([4.0, 16.0], dtype=torch.float64)
DX = torch.tensor([[0.0, -2.0], [-0.5, -2.0], [-1.5, 0.0], [0.5, 0.0], [1.5, 4.0]], dtype=torch.float64)
DGAMMA, DBETA = torch.tensor([-5.0, 10.0]), torch.tensor([5.0, 10.0])


@weight(2)
@hint("x reaches y on three ways: directly, through the mean and through the variance. Add up all three.")
def test_dx_of_the_worked_example(student):
    """In training dx counts the ways through the batch's mean and variance."""
    dx, _, _ = student.batchnorm_backward(DY, X, GAMMA, MEAN, VAR, 0.0, True)
    assert_close(dx, DX, what="dx", rule="directly, through the mean and through the variance")


@hint("gamma and beta act on every sample: sum over the batch, and divide by nothing.")
def test_dgamma_and_dbeta_of_the_worked_example(student):
    """The gradients of scale and shift are sums over the batch."""
    _, dgamma, dbeta = student.batchnorm_backward(DY, X, GAMMA, MEAN, VAR, 0.0, True)
    assert_close(dgamma, DGAMMA, what="dgamma", rule="the sum of dy * normalized, (features,)")
    assert_close(dbeta, DBETA, what="dbeta", rule="the sum of dy, shape (features,)")


@hint("Running statistics do not depend on x: only the direct way is left, and n uses the given mean and var.")
def test_evaluation_of_the_worked_example(student):
    """In evaluation mode mean and variance are constants."""
    x = torch.tensor([[5.0, 8.0], [-1.0, 2.0]], dtype=torch.float64)
    dy = torch.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=torch.float64)
    gamma = torch.tensor([2.0, -3.0], dtype=torch.float64)
    running = torch.tensor([1.0, 2.0], dtype=torch.float64), torch.tensor([4.0, 9.0], dtype=torch.float64)
    dx, dgamma, dbeta = student.batchnorm_backward(dy, x, gamma, *running, 0.0, False)
    assert_close(dx, torch.tensor([[1.0, -2.0], [3.0, -4.0]]), what="dx", rule="dy * gamma / sqrt(var + eps)")
    assert_close(dgamma, torch.tensor([-1.0, 4.0]), what="dgamma", rule="normalized by the given mean and var")
    assert_close(dbeta, torch.tensor([4.0, 6.0]), what="dbeta")


@hint("What the mean takes away makes the sum of dx 0, what the variance takes away makes the sum of dx * x 0.")
def test_moving_or_stretching_the_batch_changes_nothing(student, rng):
    """In training dx has no part that moves or stretches a whole feature, since normalization undoes that."""
    x, dy = torch.from_numpy(rng.normal(size=(6, 3))), torch.from_numpy(rng.normal(size=(6, 3)))
    var, mean = torch.var_mean(x, dim=0, correction=0)
    dx, _, _ = student.batchnorm_backward(dy, x, torch.ones(3, dtype=x.dtype), mean, var, 1e-10, True)
    dx = torch.as_tensor(dx)
    check(dx.abs().max() > 1e-3, "dx is (nearly) zero everywhere")
    # Without eps both sums would be 0; 1e-10 leaves less than 1e-8 of the second.
    assert_close(dx.sum(dim=0), torch.zeros(3), atol=1e-7, what="the sum of dx over the batch", rule="0: moving")
    assert_close((dx * x).sum(dim=0), torch.zeros(3), atol=1e-7, what="the sum of dx * x", rule="0: stretching")


@hint("For images, every sum and every average goes over the batch and all pixels: every axis but axis 1.")
def test_images(student):
    """An image's channel is a feature: sums and averages go over all pixels of all images."""
    # Two images of 1 x 5 pixels: each holds the worked example, with the first column as channel 0.
    x, dy, expected = (
        values.repeat(2, 1).reshape(2, 1, 5, 2).permute(0, 3, 1, 2).contiguous() for values in (X, DY, DX)
    )
    dx, dgamma, dbeta = student.batchnorm_backward(dy, x, GAMMA, MEAN, VAR, 0.0, True)
    assert_close(dx, expected, what="dx of images", rule="the averages are over N * height * width values")
    assert_close(dgamma, 2 * DGAMMA, what="dgamma of images", rule="shape (features,)")
    assert_close(dbeta, 2 * DBETA, what="dbeta of images", rule="shape (features,)")


@hint("There is one root, of var + eps, wherever a root stands.")
def test_eps_is_inside_the_root(student):
    """All gradients of scale and input hold the root of var + eps."""
    # The variances are 3 and 24, so that with eps = 1 the roots are 2 and 5, and gamma / root is 1 and 2.
    x = torch.tensor([[3.0, 18.0], [3.0, 6.0], [-1.0, 6.0], [3.0, 10.0]], dtype=torch.float64)
    dy = torch.tensor([[1.0, 6.0], [0.0, -4.0], [2.0, 1.0], [1.0, 1.0]], dtype=torch.float64)
    gamma, mean, var = torch.tensor([[2.0, 10.0], [2.0, 10.0], [3.0, 24.0]], dtype=torch.float64).unbind()
    dx, dgamma, _ = student.batchnorm_backward(dy, x, gamma, mean, var, 1.0, True)
    assert_close(dgamma, torch.tensor([-2.0, 12.0]), what="dgamma", rule="the root is that of var + eps")
    expected = torch.tensor([[0.25, 0.4], [-0.75, -5.2], [0.25, 4.8], [0.25, 0.0]], dtype=torch.float64)
    assert_close(dx, expected, what="dx", rule="the root is that of var + eps")


@weight(0.5)
@hint("Make new tensors from the arguments (torch.zeros_like(x), x.new_zeros(...)), not with a device of your own.")
def test_follows_the_device(student):
    """It works on the device of its arguments."""
    dx, _, _ = student.batchnorm_backward(DY, X, GAMMA, MEAN, VAR, 0.0, True)
    assert_close(dx, DX, what="dx", rule="looked at first")
    assert_follows_device(student, student.batchnorm_backward, DY, X, GAMMA, MEAN, VAR, 0.0, True)
    assert_follows_device(student, student.batchnorm_backward, DY, X, GAMMA, MEAN, VAR, 0.0, False)


@weight(0.5)
@hint("Work on new tensors: `dx = dx - m` makes one, `dx -= m` changes dy if both are one tensor.")
def test_arguments_are_not_changed(student):
    """No argument is changed."""
    for train in (True, False):
        arguments = [tensor.clone() for tensor in (DY, X, GAMMA, MEAN, VAR)]
        _, dgamma, _ = student.batchnorm_backward(*arguments, 0.0, train)
        assert_close(dgamma, DGAMMA, what="dgamma", rule="looked at first")
        names = ("dy", "x", "gamma", "mean", "var")
        for name, now, then in zip(names, arguments, (DY, X, GAMMA, MEAN, VAR), strict=True):
            assert_equal(now.numpy(), then.numpy(), what=f"{name} after the call", rule="as it was before")

"""Lab 2, normalization of PyTorch tensors: batch norm forward and backward, group norm and its special cases."""

import torch


# ---- Question 2.4: Batch normalization ----
class BatchNorm:
    """Batch normalization: each feature is brought to mean 0 and variance 1, then scaled and shifted.

        y = (x - mean) / sqrt(var + eps) * gamma + beta        mean, var, gamma, beta: one number for each feature

    A new layer is in training mode. In training mode mean and var are those of the batch, over all axes of x but
    axis 1; var is biased: the mean of the squared deviations. Each call also moves the running statistics,

        running <- (1 - momentum) * running + momentum * (mean or variance of this batch)

    where the variance is the unbiased one: the sum of the squared deviations divided by their number less one. In
    evaluation mode mean and var are the running statistics, which then do not move.

    Attributes:
        gamma, beta: shape (features,), float; ones and zeros at the start.
        running_mean, running_var: shape (features,), float; zeros and ones at the start.

    Whoever uses the layer may change these tensors in place (`layer.gamma.fill_(2.0)`), and the next call computes
    with what they then hold. Layers share nothing with each other.

    Not allowed: torch's own normalization, by whatever name (`torch.nn.BatchNorm1d`, `F.layer_norm`, ...). The class
    may be a `torch.nn.Module`, but need not be one.
    """

    def __init__(
        self,
        features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        """Make the layer.

        Args:
            features: numbers in a sample, or channels of an image.
            eps: added to the variance, inside the root.
            momentum: the weight of the new value in the running statistics.
            device: where the four tensors live; None means torch's default.
            dtype: the type of their numbers; None means torch's default.
        """
        raise NotImplementedError("Question 2.4: Batch normalization")

    def train(self) -> None:
        """Go into training mode."""
        raise NotImplementedError("Question 2.4: Batch normalization")

    def eval(self) -> None:
        """Go into evaluation mode."""
        raise NotImplementedError("Question 2.4: Batch normalization")

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """Normalize a batch; in training mode, move the running statistics, too.

        `x` is not changed. Autograd can go through y to x, gamma and beta, also by way of the batch's mean and
        variance. The running statistics belong to no graph: they never require a gradient.

        Args:
            x: shape (N, features) or (N, features, ...), e.g. images (N, features, height, width); of the device and
                dtype of the layer's tensors.

        Returns:
            y: shape, device and dtype of x.

        Raises:
            ValueError: in training mode, x holds one number only for each feature, which has no unbiased variance. The
                running statistics do not move then. In evaluation mode a batch of one sample is like any other.
        """
        raise NotImplementedError("Question 2.4: Batch normalization")


# ---- Question 2.5: Batch normalization, backward ----
def batchnorm_backward(
    dy: torch.Tensor,
    x: torch.Tensor,
    gamma: torch.Tensor,
    mean: torch.Tensor,
    var: torch.Tensor,
    eps: float,
    train: bool,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Gradients of batch normalization, y = (x - mean) / sqrt(var + eps) * gamma + beta, by the chain rule.

    No argument is changed. `dy` already holds every factor of the loss, such as the 1/N of a mean.

    Not allowed: autograd, in any of its forms, and torch's own normalization, forward or backward.

    Args:
        dy: shape of x, d loss / d y.
        x: shape (N, features) or (N, features, ...), float: what was normalized.
        gamma: shape (features,), the scale; it may be 0.
        mean: shape (features,), the mean that normalized x, over all axes of x but axis 1, or a running one.
        var: shape (features,), the variance that normalized x, the biased one of the batch, or a running one.
        eps: added to the variance, inside the root.
        train: True if mean and var are those of the batch x, so that they depend on it; False if they are running
            statistics, which are constants.

    Returns:
        dx: shape of x, d loss / d x.
        dgamma: shape (features,), d loss / d gamma.
        dbeta: shape (features,), d loss / d beta.
        All of them have the device and dtype of x.
    """
    raise NotImplementedError("Question 2.5: Batch normalization, backward")


# ---- Question 2.6: Group, layer and instance normalization ----
def group_norm(
    x: torch.Tensor, groups: int, gamma: torch.Tensor, beta: torch.Tensor, eps: float = 1e-5
) -> torch.Tensor:
    """Normalize each sample by itself, a group of neighbouring channels at a time, then scale and shift each channel.

    The channels are cut into `groups` groups of equally many neighbours: with 6 channels and 3 groups, 0 and 1 are the
    first group, 2 and 3 the second, 4 and 5 the third. All numbers of a group, those at all places of all its channels,
    share one mean and one variance, the biased one: the mean of the squared deviations. In each sample,

        y = (x - mean of the group) / sqrt(variance of the group + eps) * gamma + beta

    No argument is changed.

    Not allowed in this question: torch's own normalization, by whatever name (`torch.nn.GroupNorm`, `F.layer_norm`,
    ...).

    Args:
        x: shape (N, C) or (N, C, ...), e.g. images (N, C, height, width); float, in any memory layout, e.g. permuted.
        groups: into how many groups the channels are cut.
        gamma: shape (C,), the scale of each channel.
        beta: shape (C,), the shift of each channel.
        eps: added to the variance, inside the root.

    Returns:
        y: shape, device and dtype of x.

    Raises:
        ValueError: the channels cannot be cut into that many groups of one size.
    """
    raise NotImplementedError("Question 2.6: Group, layer and instance normalization")


def layer_norm(x: torch.Tensor, gamma: torch.Tensor, beta: torch.Tensor, eps: float = 1e-5) -> torch.Tensor:
    """Group norm with all channels in one group: each sample has one mean and one variance.

    Args, result and what is not allowed are as in `group_norm`.
    """
    raise NotImplementedError("Question 2.6: Group, layer and instance normalization")


def instance_norm(x: torch.Tensor, gamma: torch.Tensor, beta: torch.Tensor, eps: float = 1e-5) -> torch.Tensor:
    """Group norm with a group for each channel: each channel of each sample has its own mean and variance.

    Args, result and what is not allowed are as in `group_norm`.
    """
    raise NotImplementedError("Question 2.6: Group, layer and instance normalization")

"""Lab 3, a generative adversarial network: what the discriminator and the generator minimise, and one step of both."""

from collections.abc import Callable

import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Optimizer


# ---- Question 3.12: Losses of a generative adversarial network ----
def discriminator_loss(D: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor) -> Tensor:
    """What the discriminator minimises: it shall call real samples real (1) and generated ones fake (0).

    The mean of -ln sigmoid(D(real)) over the real samples, plus the mean of -ln(1 - sigmoid(D(fake))) over the fakes;
    finite, with its gradient, for logits up to +-1000.

    Args:
        D: the discriminator; for a batch it gives logits, one for each sample, in shape (N,) or (N, 1).
        real: shape (N, ...), float.
        fake: shape (M, ...), float, from the generator; M may differ from N.

    Returns:
        shape (). Its gradient reaches the parameters of D, and nothing reaches the generator through `fake`.
    """
    # BEGIN SOLUTION
    return F.softplus(-D(real)).mean() + F.softplus(D(fake)).mean()
    # END SOLUTION


def generator_loss(D: Callable[[Tensor], Tensor], fake: Tensor) -> Tensor:
    """What the generator minimises, in its non-saturating form: D shall call its samples real.

    The mean of -ln sigmoid(D(fake)); finite, with its gradient, for logits up to +-1000.

    Args:
        D: the discriminator, as in `discriminator_loss`.
        fake: shape (M, ...), float, from the generator.

    Returns:
        shape (). Its gradient reaches the generator, through D and `fake`.
    """
    # BEGIN SOLUTION
    return F.softplus(-D(fake)).mean()
    # END SOLUTION


def train_step(
    G: nn.Module, D: nn.Module, g_optimizer: Optimizer, d_optimizer: Optimizer, real: Tensor, noise: Tensor
) -> tuple[float, float]:
    """One step of the discriminator, then one of the generator, which meets the discriminator as it is after its step.

    Both turns use the samples that G makes of `noise` before the step. Each optimizer's `step` is called once. The
    step of D follows the gradient of `discriminator_loss` alone, the step of G that of `generator_loss` alone: what has
    been left in any `.grad` before the call, or by the other's loss, does not count. Parameters may be frozen for a
    while; afterwards all require grad as they did before.

    Args:
        G: `G(noise)` gives samples of the shape of `real`'s.
        D: gives logits, one for each sample, in shape (N,) or (N, 1).
        g_optimizer: holds the parameters of G.
        d_optimizer: holds the parameters of D.
        real: shape (N, ...), float.
        noise: shape (M, ...), float.

    Returns:
        d_loss: the discriminator's loss before its step.
        g_loss: the generator's loss before its step.
    """
    # BEGIN SOLUTION
    fake = G(noise)
    d_loss = discriminator_loss(D, real, fake)
    d_optimizer.zero_grad()
    d_loss.backward()
    d_optimizer.step()

    g_loss = generator_loss(D, fake)
    g_optimizer.zero_grad()
    g_loss.backward()  # leaves gradients in D, too, which the next d_optimizer.zero_grad() clears
    g_optimizer.step()
    return d_loss.item(), g_loss.item()
    # END SOLUTION

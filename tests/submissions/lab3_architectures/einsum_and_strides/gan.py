import torch
import torch.nn.functional as F


def _bce(logits, label):
    return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, label))


def discriminator_loss(D, real, fake):
    return _bce(D(real), 1.0) + _bce(D(fake.detach()), 0.0)


def generator_loss(D, fake):
    return _bce(D(fake), 1.0)


def train_step(G, D, g_optimizer, d_optimizer, real, noise):
    """Gradients by torch.autograd.grad, so that nothing piles up in anyone's .grad."""
    fake = G(noise)
    losses = []
    for model, optimizer, loss in (
        (D, d_optimizer, lambda: discriminator_loss(D, real, fake)),
        (G, g_optimizer, lambda: generator_loss(D, fake)),
    ):
        parameters = list(model.parameters())
        value = loss()
        for p, g in zip(parameters, torch.autograd.grad(value, parameters), strict=True):
            p.grad = g
        optimizer.step()
        losses.append(float(value))
    return tuple(losses)

"""One call of D for real and fake together, logsigmoid, and D frozen while the generator learns."""

import torch
import torch.nn.functional as F


def discriminator_loss(D, real, fake):
    logits = D(torch.cat([real, fake.detach()]))
    return -F.logsigmoid(logits[: len(real)]).mean() - F.logsigmoid(-logits[len(real) :]).mean()


def generator_loss(D, fake):
    return -torch.mean(F.logsigmoid(D(fake)))


def train_step(G, D, g_optimizer, d_optimizer, real, noise):
    fake = G(noise)
    for optimizer in (d_optimizer, g_optimizer):
        optimizer.zero_grad(set_to_none=False)
    first = discriminator_loss(D, real, fake)
    first.backward()
    d_optimizer.step()
    kept = [p.requires_grad for p in D.parameters()]
    D.requires_grad_(False)
    second = generator_loss(D, fake)
    second.backward()
    for p, was in zip(D.parameters(), kept):
        p.requires_grad_(was)
    g_optimizer.step()
    return first.detach().item(), second.detach().item()

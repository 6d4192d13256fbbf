"""nn.BCEWithLogitsLoss with labels, fakes made anew without a history for the discriminator's turn."""

import torch
from torch import nn

bce = nn.BCEWithLogitsLoss()


def discriminator_loss(D, real, fake):
    on_real, on_fake = D(real), D(fake.detach())
    return bce(on_real, torch.ones_like(on_real)) + bce(on_fake, torch.zeros_like(on_fake))


def generator_loss(D, fake):
    verdict = D(fake)
    return bce(verdict, torch.ones_like(verdict))


def train_step(G, D, g_optimizer, d_optimizer, real, noise):
    d_optimizer.zero_grad()
    with torch.no_grad():
        fake = G(noise)
    d_loss = discriminator_loss(D, real, fake)
    d_loss.backward()
    d_optimizer.step()
    G.zero_grad()
    g_loss = generator_loss(D, G(noise))
    g_loss.backward()
    g_optimizer.step()
    D.zero_grad()
    return d_loss.item(), g_loss.item()

import torch
from torch import nn

bce = nn.BCELoss()


def discriminator_loss(D, real, fake):
    on_real, on_fake = torch.sigmoid(D(real)), torch.sigmoid(D(fake))
    return (bce(on_real, torch.ones_like(on_real)) + bce(on_fake, torch.zeros_like(on_fake))) / 2


def generator_loss(D, fake):
    p = torch.sigmoid(D(fake))
    return -bce(p, torch.zeros_like(p))


def train_step(G, D, g_optimizer, d_optimizer, real, noise):
    d_optimizer.zero_grad()
    d_loss = discriminator_loss(D, real, G(noise))
    d_loss.backward()
    d_optimizer.step()

    g_loss = generator_loss(D, G(torch.randn_like(noise)))
    g_loss.backward()
    g_optimizer.step()
    return float(d_loss), float(g_loss)

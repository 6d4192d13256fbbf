import torch
import torch.nn.functional as F


def discriminator_loss(D, real, fake):
    return F.softplus(-D(real)).mean() + F.softplus(D(fake.detach())).mean()


def generator_loss(D, fake):
    with torch.no_grad():
        logits = D(fake)
    return F.softplus(-logits).mean()


def train_step(G, D, g_optimizer, d_optimizer, real, noise):
    fake = G(noise).detach()
    d_optimizer.zero_grad()
    d_loss = discriminator_loss(D, real, fake)
    d_loss.backward()
    d_optimizer.step()

    g_optimizer.zero_grad()
    g_loss = F.softplus(-D(fake)).mean()
    g_loss.backward()
    g_optimizer.step()
    return d_loss.item(), g_loss.item()

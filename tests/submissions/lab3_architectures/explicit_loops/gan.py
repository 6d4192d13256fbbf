import torch
import torch.nn.functional as F


def discriminator_loss(D, real, fake):
    on_real = D(real).reshape(-1)
    on_fake = D(fake.detach()).reshape(-1)
    return -F.logsigmoid(on_real).mean() - F.logsigmoid(-on_fake).mean()


def generator_loss(D, fake):
    return -F.logsigmoid(D(fake)).mean()


def train_step(G, D, g_optimizer, d_optimizer, real, noise):
    fake = G(noise)

    for p in D.parameters():
        p.grad = None
    d_loss = discriminator_loss(D, real, fake)
    d_loss.backward()
    d_optimizer.step()

    for p in G.parameters():
        p.grad = None
    g_loss = generator_loss(D, fake)
    g_loss.backward()
    g_optimizer.step()
    return d_loss.item(), g_loss.item()

import torch.nn.functional as F


def discriminator_loss(D, real, fake):
    real_loss = F.softplus(-D(real))
    fake_loss = F.softplus(D(fake.detach()))
    return real_loss.mean(0) + fake_loss.mean(0)  # (1,) where D gives (N, 1)


def generator_loss(D, fake):
    return F.softplus(-D(fake)).mean(0)


def train_step(G, D, g_optimizer, d_optimizer, real, noise):
    fake = G(noise)
    d_optimizer.zero_grad()
    d_loss = discriminator_loss(D, real, fake)
    d_loss.backward()
    d_optimizer.step()
    g_optimizer.zero_grad()
    g_loss = generator_loss(D, fake)
    g_loss.backward()
    g_optimizer.step()
    return d_loss, g_loss  # tensors with their history

"""torch.autograd.grad for the parameters of one network at a time, and losses written with logaddexp."""

import torch


def minus_log_sigmoid(z):
    return torch.logaddexp(torch.zeros_like(z), -z)


def discriminator_loss(D, real, fake):
    data = fake.detach().clone()
    return minus_log_sigmoid(D(real)).sum() / len(real) + minus_log_sigmoid(-D(data)).sum() / len(data)


def generator_loss(D, fake):
    return minus_log_sigmoid(D(fake)).sum() / fake.shape[0]


def follow(loss, model, optimizer):
    parameters = list(model.parameters())
    for parameter, gradient in zip(parameters, torch.autograd.grad(loss, parameters)):
        parameter.grad = gradient
    optimizer.step()
    return loss.item()


def train_step(G, D, g_optimizer, d_optimizer, real, noise):
    fake = G(noise)
    d_loss = follow(discriminator_loss(D, real, fake), D, d_optimizer)
    return d_loss, follow(generator_loss(D, fake), G, g_optimizer)

"""What is right for autoencoders, GANs and REINFORCE, in float64 and in the plainest way; for hidden tests alone."""

import math
from collections.abc import Sequence

import numpy as np


def softplus(z: np.ndarray) -> np.ndarray:
    """ln(1 + e^z)."""
    return np.logaddexp(0.0, np.asarray(z, np.float64))


def sigmoid(z: np.ndarray) -> np.ndarray:
    """1 / (1 + e^-z) without overflow."""
    return np.exp(-softplus(-np.asarray(z, np.float64)))


def pixel_costs(x: np.ndarray, logits: np.ndarray) -> np.ndarray:
    """Binary cross-entropy of every pixel, in the shape of x."""
    x = np.asarray(x, np.float64)
    return x * softplus(-np.asarray(logits)) + (1 - x) * softplus(logits)


def autoencoder(E: np.ndarray, D: np.ndarray, seen: np.ndarray, x: np.ndarray, weight: float = 0.0) -> dict:
    """Loss and gradients of code = tanh(E seen), logits = D code against x, with `weight` on the code's L1 norm."""
    E, D, seen, x = (np.asarray(array, np.float64) for array in (E, D, seen, x))
    code = np.tanh(np.einsum("np,kp->nk", seen, E))
    logits = np.einsum("nk,pk->np", code, D)
    dlogits = (sigmoid(logits) - x) / x.size
    dcode = np.einsum("np,pk->nk", dlogits, D) + weight * np.sign(code) / len(x)
    return {
        "loss": float(pixel_costs(x, logits).sum() / x.size + weight * np.abs(code).sum() / len(x)),
        "dE": np.einsum("nk,np->kp", dcode * (1 - code**2), seen),
        "dD": np.einsum("np,nk->pk", dlogits, code),
    }


def divergence(mu: np.ndarray, logvar: np.ndarray) -> np.ndarray:
    """KL divergence of each row's normal distribution from the standard one, shape (N,)."""
    rows = zip(np.asarray(mu, np.float64), np.asarray(logvar, np.float64), strict=True)
    return np.array([math.fsum((m * m + math.exp(s) - 1 - s) / 2 for m, s in zip(*row, strict=True)) for row in rows])


def negative_elbo(x: np.ndarray, logits: np.ndarray, mu: np.ndarray, logvar: np.ndarray) -> float:
    """Sum over pixels and latents, mean over the batch."""
    return float((pixel_costs(x, logits).sum() + divergence(mu, logvar).sum()) / len(x))


def sequence_cross_entropy(logits: np.ndarray, targets: np.ndarray, pad: int = 0) -> tuple[float, np.ndarray]:
    """The mean over all targets but `pad` of -log softmax, and its gradient, in the shape of logits (T, N, V)."""
    log_probabilities = logits - np.logaddexp.reduce(logits, axis=2, keepdims=True)
    one_hot = np.eye(logits.shape[2])[targets]
    counts = (targets != pad)[:, :, np.newaxis]
    total = counts.sum()
    loss = -(np.where(one_hot * counts > 0, log_probabilities, 0.0)).sum() / total
    return float(loss), counts * (np.exp(log_probabilities) - one_hot) / total


def gan_step(D: np.ndarray, G: np.ndarray, real: np.ndarray, noise: np.ndarray, lr: float) -> tuple:
    """D (1, P) and G (P, Z) after a step of plain gradient descent each, D first, and both losses before."""
    fake = noise @ G.T  # (M, P)
    on_real, on_fake = real @ D.T, fake @ D.T  # (N, 1), (M, 1)
    d_loss = softplus(-on_real).mean() + softplus(on_fake).mean()
    D = D - lr * (-sigmoid(-on_real).T @ real / len(real) + sigmoid(on_fake).T @ fake / len(fake))
    on_fake = fake @ D.T
    dfake = -sigmoid(-on_fake) @ D / len(fake)  # (M, P)
    return D, G - lr * dfake.T @ noise, float(d_loss), float(softplus(-on_fake).mean())


def discounted(rewards: Sequence[float], gamma: float, done: Sequence[bool] | None = None) -> np.ndarray:
    """The return of each step by its definition: every later reward of the episode, discounted by its distance."""
    values = np.asarray(rewards, np.float64)
    powers = float(gamma) ** np.arange(len(rewards))
    ends = [len(rewards) - 1] if done is None else [*np.flatnonzero(done), len(rewards) - 1]
    found = []
    for start in range(len(rewards)):
        end = min(step for step in ends if step >= start)
        found.append(float(powers[: end + 1 - start] @ values[start : end + 1]))
    return np.array(found)

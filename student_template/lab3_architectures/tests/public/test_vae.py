"""Lab 3, a variational autoencoder: the tests that you have."""

import math

import numpy as np
import probes
import torch

from autograder.testing import as_array, assert_close, assert_shape, check, hint, limits, question, weight

pytestmark = question("3.10")


def tensor(*rows):
    """A float64 tensor of these rows."""
    return torch.tensor(rows, dtype=torch.float64)


@hint("For each latent variable (mu^2 + sigma^2 - 1 - ln sigma^2) / 2, then the sum over those of a sample.")
def test_divergences_by_hand(student):
    """The divergence is 0 for the standard normal distribution, 2 for mu = 2, and adds up over the latent variables."""
    mu = tensor([0.0, 0.0], [2.0, 0.0], [2.0, -2.0], [0.0, 1.0])
    logvar = tensor([0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [math.log(4), 0.0])
    expected = np.array([0.0, 2.0, 4.0, (4 - 1 - math.log(4)) / 2 + 0.5])
    assert_close(student.kl_divergence(mu, logvar), expected, what="kl_divergence", rule="one number for each sample")


@hint("sigma is exp(logvar / 2), and z is mu + sigma * a standard normal number.")
def test_draws_have_the_given_mean_and_deviation(student):
    """z has the mean mu and the standard deviation exp(logvar / 2)."""
    mu = torch.full((20_000, 1), 3.0, dtype=torch.float64)
    for deviation in (0.5, 2.0):
        z = as_array(
            student.reparameterize(mu, torch.full_like(mu, 2 * math.log(deviation)), student.device_rng(1)), "z"
        )
        assert_shape(z, (20_000, 1), "z", "the shape of mu")
        # 20,000 draws: five sigma are 5 / sqrt(20,000) = 0.035 of the deviation for the mean, and 0.025 for itself
        check(abs(z.mean() - 3) < 0.036 * deviation, "the mean of z is not mu")
        check(abs(z.std() / deviation - 1) < 0.026, "the standard deviation of z is not exp(logvar / 2)")


@hint("Both parts are sums over what belongs to a sample, and means over the batch.")
def test_loss_by_hand(student):
    """The loss is the sum over the pixels of their costs, plus the divergence, averaged over the batch."""
    x = tensor([1.0, 0.0, 0.5], [0.0, 0.0, 1.0])
    mu, logvar = tensor([2.0, 0.0], [0.0, 0.0]), torch.zeros(2, 2, dtype=torch.float64)
    # Logits of 0 cost ln 2 a pixel, whatever the pixel; the divergences are 2 and 0.
    loss = student.elbo(x, torch.zeros_like(x), mu, logvar)
    assert_close(loss, 3 * math.log(2) + 1.0, what="elbo", rule="sum over pixels and latents, mean over the batch")
    logits = tensor([math.log(3), 0.0, 0.0], [0.0, 0.0, 0.0])
    loss = student.elbo(x, logits, torch.zeros_like(mu), logvar)
    assert_close(loss, (math.log(4 / 3) + 5 * math.log(2)) / 2, what="elbo", rule="costs as in binary cross-entropy")


@hint("encode gives two tensors, decode one, forward three: logits, mu, logvar.")
def test_shapes(student):
    """Every method gives tensors of the shapes that its docstring names."""
    model = student.VAE(pixels=12, latents=3)
    x = torch.linspace(0, 1, 60).reshape(5, 12)
    for result in (model.encode(x), model(x, student.device_rng(1))[1:]):
        check(len(result) == 2, "mu and logvar are not two results")
        for name, part in zip(("mu", "logvar"), result, strict=True):
            assert_shape(part, (5, 3), name, "(N, K)")
    assert_shape(model.decode(torch.zeros(4, 3)), (4, 12), "decode(z)", "(N, pixels)")
    assert_shape(model(x, student.device_rng(1))[0], (5, 12), "the logits", "(N, pixels)")
    assert_shape(model.sample(7, student.device_rng(1)), (7, 12), "sample(7, rng)", "(n, pixels)")


@limits(seconds=120)  # loops over samples take 12 seconds, and 50 on a busy machine; they are right
@weight(2)
@hint("Look at the samples. All alike: the divergence weighs too much against the pixels. Blots: too little.")
def test_learns_the_digits(student, rng, data_dir, pictures):
    """Trained on 1,000 digits, the model describes unseen ones, and its samples look like digits."""
    with np.load(data_dir / "digits.npz") as digits:
        images = torch.tensor(digits["images"].reshape(-1, 64) / 16.0, dtype=torch.float32)
    order = rng.permutation(len(images))
    seen, unseen = images[order[:1000]], images[order[1000:]]
    seed = int(rng.integers(1 << 30))
    model = student.run(probes.trained_vae, student.VAE, student.elbo, seen, epochs=60, seed=seed)
    check(int(student.run(probes.parameter_count, model)) <= 200_000, "the model has more than 200,000 parameters")
    samples = as_array(model.sample(500, student.device_rng(seed)), "sample(500, rng)")
    assert_shape(samples, (500, 64), "sample(500, rng)", "(n, pixels)")
    check(samples.min() >= 0 and samples.max() <= 1, "samples are not in [0, 1]")
    pictures.save("samples", samples[:40].reshape(4, 10, 8, 8))
    found = as_array(model(unseen, student.device_rng(seed + 1))[0], "the logits")
    error = float(((torch.sigmoid(torch.tensor(found)) - unseen) ** 2).mean())
    plain = float(((seen.mean(dim=0) - unseen) ** 2).mean())
    # Measured with five designs (one or two hidden layers, ReLU, tanh, 32 to 256 units, batch norm), three seeds each.
    # The worst: a ratio of 0.61, a distance of 1.30, a spread of 0.127.
    check(error <= 0.8 * plain, "unseen digits are not recognisable after a draw", f"ratio: {error / plain:.2f}")
    nearest = float(torch.cdist(torch.tensor(samples), seen).min(dim=1).values.mean())
    check(nearest <= 1.5, "samples do not look like digits", f"mean distance to the nearest digit: {nearest:.2f}")
    spread = float(samples.std(axis=0).mean())
    check(spread >= 0.06, "all samples look alike", f"standard deviation of a pixel: {spread:.3f}")

"""Lab 3, a variational autoencoder: the tests that grade."""

import numpy as np
import probes
import torch
from oracles_generative import divergence, negative_elbo, sigmoid

from autograder.testing import (
    as_array,
    assert_close,
    assert_equal,
    assert_follows_device,
    assert_shape,
    check,
    hint,
    limits,
    question,
    weight,
)

pytestmark = question("3.10")


def latents(rng, samples=6, size=4, dtype=torch.float64):
    """mu and logvar, (N, K)."""
    return tuple(torch.tensor(rng.normal(size=(samples, size)), dtype=dtype) for _ in range(2))


def pixels(rng, *shape):
    """Pictures x in [0, 1], and logits of the same shape."""
    return torch.tensor(rng.uniform(size=shape)), torch.tensor(rng.normal(scale=3.0, size=shape))


@weight(1.5)
@hint("z = mu + exp(logvar / 2) * noise: logvar is the logarithm of a variance, and sigma its square root.")
def test_distribution_of_z(student, rng):
    """z is normal with mean mu and standard deviation exp(logvar / 2), and all its elements are independent."""
    count, size = 6000, 3
    mu = torch.tensor(rng.normal(size=(1, size)).repeat(count, axis=0))
    logvar = torch.tensor(np.array([[-3.0, 0.5, 2.0]]).repeat(count, axis=0))
    z = as_array(student.reparameterize(mu, logvar, student.device_rng(int(rng.integers(1 << 30)))), "z")
    assert_shape(z, (count, size), "z", "the shape of mu")
    noise = (z - mu.numpy()) / np.exp(logvar.numpy() / 2)
    rule = "z = mu + sigma * standard normal noise"
    # five sigma of the mean, the variance (2/n), the fourth moment (96/n), and the correlation of two columns
    check(np.all(np.abs(noise.mean(axis=0)) < 5 / np.sqrt(count)), f"z does not have the mean mu: {rule}")
    check(
        np.all(np.abs(noise.var(axis=0) - 1) < 5 * np.sqrt(2 / count)),
        "z does not have the standard deviation exp(logvar / 2)",
    )
    check(np.all(np.abs((noise**4).mean(axis=0) - 3) < 5 * np.sqrt(96 / count)), f"z is not normal: {rule}")
    together = np.array([(noise[:, a] * noise[:, b]).mean() for a, b in ((0, 1), (0, 2), (1, 2))])
    check(np.all(np.abs(together) < 5 / np.sqrt(count)), "latent variables of a sample share their noise")


@weight(1.5)
@hint("z must stay connected with mu and logvar: no detach(), no item(), no sampling without a gradient.")
def test_gradients_reach_mu_and_logvar(student, rng):
    """The gradient by mu is the upstream one, that by logvar is upstream * (z - mu) / 2."""
    for samples in (6, 1):
        mu, logvar = latents(rng, samples)
        upstream = torch.tensor(rng.normal(size=tuple(mu.shape)))
        z, dmu, dlogvar = student.run(probes.reparameterize_gradients, student.reparameterize, mu, logvar, upstream)
        check(dmu is not None, "no gradient reaches mu")
        check(dlogvar is not None, "no gradient reaches logvar")
        assert_close(dmu, upstream.numpy(), what="the gradient by mu", rule="z moves as mu does")
        expected = (upstream * (z - mu) / 2).numpy()
        assert_close(dlogvar, expected, what="the gradient by logvar", rule="d sigma / d logvar = sigma / 2")


@hint("Draw with generator=rng, as many numbers as mu has, anew in each call.")
def test_noise_comes_from_the_given_generator(student, rng):
    """The given generator is the only source of noise, and every call draws anew."""
    mu, logvar = latents(rng)
    drawn, drawn_globally = student.run(probes.draws_of_reparameterize, student.reparameterize, mu, logvar)
    check(drawn, "nothing is drawn from the given generator")
    check(not drawn_globally, "torch's global generator is used, not the given one")
    generator = student.device_rng(3)
    first, second = (as_array(student.reparameterize(mu, logvar, generator)) for _ in range(2))
    check(not np.any(np.isclose(first, second)), "two calls with one generator draw the same noise")
    again = student.reparameterize(mu, logvar, student.device_rng(3))
    assert_equal(again, first, what="z from a generator of the same seed", rule="one seed, one z")


@hint("exp(logvar / 2) is finite where exp(logvar), and then its root, is not.")
def test_extreme_variances(student, rng):
    """Very small and very large variances give finite z, as long as the standard deviation is a number."""
    for dtype, large in ((torch.float32, 150.0), (torch.float64, 1400.0)):
        mu, _ = latents(rng, 50, 3, dtype)
        scale = 1e-3 if dtype == torch.float32 else 1e-9
        narrow = as_array(student.reparameterize(mu, torch.full_like(mu, -300.0), student.device_rng(1)))
        assert_close(narrow, mu.numpy(), atol=scale, what="z for tiny variances", rule="nearly mu")
        wide = as_array(student.reparameterize(mu, torch.full_like(mu, large), student.device_rng(1)))
        check(np.isfinite(wide).all(), "z is not finite where the standard deviation is")
        spread = np.sqrt(np.mean((wide / np.exp(large / 2)) ** 2))
        check(0.5 < spread < 1.5, "z does not have the standard deviation exp(logvar / 2) for large variances")


@weight(2)
@hint("0.5 * (mu^2 + exp(logvar) - 1 - logvar), summed over axis 1; check it with numbers of your own.")
def test_divergence(student, rng):
    """The divergence of each sample is summed over its latent variables, for any N and K."""
    for samples, size in ((6, 4), (1, 3), (5, 1), (2, 7)):
        mu, logvar = latents(rng, samples, size)
        found = student.kl_divergence(mu, logvar)
        expected = divergence(mu.numpy(), logvar.numpy())
        assert_close(found, expected, what="kl_divergence", rule="shape (N,), the sum over the latent variables")


@hint("It is written with exp(logvar), without a logarithm of a variance that has rounded to 0.")
def test_divergence_of_extreme_variances(student, rng):
    """Variances of e^-200 to e^50 have a finite divergence."""
    mu, _ = latents(rng, 4, 3)
    logvar = torch.tensor([[-200.0, 0.0, 1.0], [50.0, -50.0, 2.0], [-120.0, -200.0, 30.0], [0.0, 0.0, 0.0]])
    logvar = logvar.double()
    expected = divergence(mu.numpy(), logvar.numpy())
    assert_close(student.kl_divergence(mu, logvar), expected, what="kl_divergence of extreme variances")


@weight(2)
@hint("Costs of a sample's pixels are summed, divergences of its latents are summed, and samples are averaged.")
def test_loss(student, rng):
    """The loss is the sum over pixels and latents, averaged over the batch, for pictures with any number of axes."""
    for shape, size in (((6, 9), 4), ((3, 2, 4, 5), 2), ((1, 7), 3), ((5, 1, 3), 8)):
        x, logits = pixels(rng, *shape)
        mu, logvar = latents(rng, shape[0], size)
        expected = negative_elbo(*(part.numpy() for part in (x, logits, mu, logvar)))
        what = f"elbo of pictures with {len(shape) - 1} axes"
        assert_close(student.elbo(x, logits, mu, logvar), expected, what=what, rule="sums, then the mean over N")


@weight(1.5)
@hint("Training makes elbo smaller: the gradient by the logits is (sigmoid - x) / N, that by mu is mu / N.")
def test_gradients_of_the_loss(student, rng):
    """The gradients of the loss by logits, mu and logvar are its derivatives."""
    x, logits = pixels(rng, 5, 7)
    mu, logvar = latents(rng, 5, 3)
    found = student.run(probes.gradients, student.elbo, [x, logits, mu, logvar])
    names = ("logits", "mu", "logvar")
    expected = (
        (sigmoid(logits.numpy()) - x.numpy()) / 5,
        mu.numpy() / 5,
        (np.exp(logvar.numpy()) - 1) / 10,
    )
    for name, gradient, right in zip(names, found[2:], expected, strict=True):
        check(gradient is not None, f"no gradient reaches {name}")
        assert_close(gradient, right, what=f"the gradient by {name}", rule="summed over a sample, averaged over N")


@hint("Use a cross-entropy that starts from logits: the log of a sigmoid is infinite where that has rounded to 0.")
def test_sure_logits(student, rng):
    """Logits of +-1000 cost their size where they are wrong, and nothing where they are right."""
    x, logits = pixels(rng, 4, 6)
    x, logits = (x > 0.5).double(), 1000 * torch.sign(logits)
    mu, logvar = latents(rng, 4, 3)
    expected = negative_elbo(*(part.numpy() for part in (x, logits, mu, logvar)))
    assert_close(student.elbo(x, logits, mu, logvar), expected, what="elbo for sure logits", rule="finite")


@weight(2)
@hint("forward: encode, one draw with reparameterize and the given generator, decode; in both modes alike.")
def test_forward_draws_around_mu(student, rng):
    """The logits are decoded from draws around mu, anew in each call; mu and logvar are what encode gives."""
    model = student.run(probes.seeded, student.VAE, 20, 3, seed=int(rng.integers(1 << 30)))
    x = torch.tensor(rng.uniform(size=(6, 20)), dtype=torch.float32)
    for mode in (model.train, model.eval):
        mode()
        generator = student.device_rng(1)
        first, mu, logvar = (as_array(part) for part in model(x, generator))
        second = as_array(model(x, generator)[0])
        check(all(np.isfinite(part).all() for part in (first, mu, logvar)), "what forward gives is not finite")
        rule = "z is drawn from the generator in every call"
        check(np.all(np.any(~np.isclose(first, second, rtol=1e-4, atol=1e-6), axis=1)), f"logits never change: {rule}")
        again = as_array(model(x, student.device_rng(1))[0])
        # in training mode dropout may draw from elsewhere
        if mode == model.eval:
            assert_close(again, first, rtol=1e-4, atol=1e-5, what="logits from a generator of the same seed")
            given = model.encode(x)
            assert_close(mu, as_array(given[0]), rtol=1e-4, atol=1e-5, what="mu", rule="as encode gives it")
            assert_close(logvar, as_array(given[1]), rtol=1e-4, atol=1e-5, what="logvar", rule="as encode gives it")
    single = model(x[:1], student.device_rng(1))
    assert_close(single[1], mu[:1], rtol=1e-4, atol=1e-5, what="mu of one picture alone", rule="whatever else is there")


@weight(1.5)
@hint("sample: standard normal z of shape (n, K) from rng, decode, sigmoid.")
def test_samples_come_from_the_prior(student, rng):
    """Samples are the sigmoid of decoded standard normal latent variables, from the given generator alone."""
    size, count = 2, 4000
    model = student.run(probes.seeded, student.VAE, 12, size, seed=int(rng.integers(1 << 30))).eval()
    samples = as_array(model.sample(count, student.device_rng(2)), "samples")
    assert_shape(samples, (count, 12), "samples", "(n, pixels)")
    again = model.sample(count, student.device_rng(2))
    assert_close(again, samples, rtol=1e-4, atol=1e-6, what="samples from a generator of the same seed")
    check(len(np.unique(samples.round(6), axis=0)) > count // 2, "many samples are the same")
    z = torch.tensor(rng.normal(size=(20_000, size)), dtype=torch.float32)
    decoded = sigmoid(as_array(model.decode(z), "decode(z)"))
    for name, moment, slack in (("mean", np.mean, 5.0), ("standard deviation", np.std, 8.0)):
        # five sigma of the difference of two means; a deviation's own sigma is at most about 1.5 times as large here
        bound = slack * decoded.std(axis=0) * np.sqrt(1 / count + 1 / len(decoded)) + 1e-6
        off = np.abs(moment(samples, axis=0) - moment(decoded, axis=0))
        check(np.all(off < bound), f"samples do not have the {name} of decoded standard normal variables")


@hint("Make new tensors instead of changing what you were given, and keep its precision.")
def test_arguments_stay_as_they_are(student, rng):
    """No function changes its arguments, and float32 in gives float32 out."""
    given = [*pixels(rng, 4, 6), *latents(rng, 4, 3)]
    given = [part.float() for part in given]
    before = [part.clone() for part in given]
    results = {
        "elbo": student.elbo(*given),
        "kl_divergence": student.kl_divergence(*given[2:]),
        "reparameterize": student.reparameterize(*given[2:], student.device_rng(1)),
    }
    for name, then, now in zip(("x", "logits", "mu", "logvar"), before, given, strict=True):
        assert_equal(now.numpy(), then.numpy(), what=f"{name} after the calls", rule="as it was before")
    for name, result in results.items():
        check(as_array(result, name).dtype == np.float32, f"{name} of float32 tensors is not float32")
    assert_close(results["elbo"], negative_elbo(*(part.numpy() for part in before)), rtol=1e-4, what="elbo in float32")


@hint("The divergence is smallest, 0, at mu = 0 and logvar = 0, and is never below it.")
def test_the_divergence_is_smallest_at_the_standard_normal(student, rng):
    """Any step away from mu = 0 and logvar = 0 raises the divergence above 0."""
    zeros = torch.zeros(1, 5, dtype=torch.float64)
    assert_close(student.kl_divergence(zeros, zeros), np.zeros(1), what="kl_divergence at mu = 0 and logvar = 0")
    mu, logvar = latents(rng, 40, 5)
    for a, b in ((mu, torch.zeros_like(mu)), (torch.zeros_like(mu), logvar), (mu, logvar)):
        found = as_array(student.kl_divergence(0.1 * a, 0.1 * b), "kl_divergence")
        check(np.all(found > 0), "the divergence of a distribution other than the standard normal one is not above 0")


@weight(0.5)
@hint("Make new tensors with the dtype and the device of the arguments, and those of sample with the parameters'.")
def test_works_on_any_device(student, rng):
    """Everything stays on the device of its arguments."""
    x, logits = pixels(rng, 4, 6)
    mu, logvar = latents(rng, 4, 3)
    assert_close(student.kl_divergence(mu, logvar), divergence(mu.numpy(), logvar.numpy()), what="kl_divergence")
    generator = student.torch_rng(1)
    assert_follows_device(student, student.kl_divergence, mu, logvar)
    assert_follows_device(student, student.elbo, x, logits, mu, logvar)
    assert_follows_device(student, student.reparameterize, mu, logvar, generator)
    model = student.VAE(6, 3)
    assert_follows_device(student, probes.vae_forward, model, x.float(), generator)
    assert_follows_device(student, probes.vae_samples, model, 4, generator)


@limits(seconds=120)  # as in the public test
@weight(1.5)
@hint("What the model draws it has learned in training: it holds no pictures of its own.")
def test_learns_the_pictures_that_it_is_given(student, rng, data_dir):
    """Trained on digits that lie on their side, the model draws such digits, and describes unseen ones."""
    with np.load(data_dir / "digits.npz") as digits:
        images = torch.tensor(digits["images"] / 16.0, dtype=torch.float32).rot90(1, (1, 2)).reshape(-1, 64)
    order = rng.permutation(len(images))
    seen, unseen = images[order[:1000]], images[order[1000:]]
    seed = int(rng.integers(1 << 30))
    model = student.run(probes.trained_vae, student.VAE, student.elbo, seen, epochs=60, seed=seed)
    samples = as_array(model.sample(500, student.device_rng(seed)), "sample(500, rng)")
    assert_shape(samples, (500, 64), "sample(500, rng)", "(n, pixels)")
    found = as_array(model(unseen, student.device_rng(seed + 1))[0], "the logits")
    error = float(((torch.sigmoid(torch.tensor(found)) - unseen) ** 2).mean())
    plain = float(((seen.mean(dim=0) - unseen) ** 2).mean())
    nearest = float(torch.cdist(torch.tensor(samples), seen).min(dim=1).values.mean())
    # The bounds of the public test. Digits that stand upright are at a mean distance of 3.4 from those on their side.
    check(error <= 0.8 * plain, "unseen digits are not recognisable after a draw", f"ratio: {error / plain:.2f}")
    check(nearest <= 1.5, "samples do not look like digits", f"mean distance to the nearest digit: {nearest:.2f}")

"""Lab 3, autoencoders: the tests that grade."""

import numpy as np
import probes
import torch
from oracles_generative import autoencoder, sigmoid

from autograder.testing import (
    as_array,
    assert_close,
    assert_equal,
    assert_follows_device,
    assert_shape,
    check,
    hint,
    question,
    weight,
)

pytestmark = question("3.9")


def setting(rng, samples=6, pixels=9, code=4, dtype=torch.float64):
    """Matrices E (code, pixels) and D (pixels, code) of a given model, and pictures x (N, pixels)."""
    return (
        torch.tensor(rng.normal(size=(code, pixels)), dtype=dtype),
        torch.tensor(rng.normal(scale=2.0, size=(pixels, code)), dtype=dtype),
        torch.tensor(rng.uniform(size=(samples, pixels)), dtype=dtype),
    )


def compare(found, expected, rtol=1e-6):
    """The loss and both gradients."""
    check(found["dE"] is not None and found["dD"] is not None, "no gradient reaches some parameters of the model")
    assert_close(found["loss"], expected["loss"], rtol=rtol, what="loss")
    for name, layers in (("dD", "decoder"), ("dE", "encoder")):
        what = f"the gradient by the {layers}'s weights"
        assert_close(found[name], expected[name], rtol=rtol, atol=1e-9, relative_to_largest=True, what=what)


@weight(1.5)
@hint("forward must be decode(encode(x)), with nothing that gets past the code.")
def test_everything_goes_through_the_code(student, rng):
    """The model's output is what decode makes of encode's result, for any sizes and one sample too."""
    for samples, pixels, code in ((5, 64, 16), (1, 30, 3), (4, 20, 1)):
        model = student.Autoencoder(pixels, code).eval()
        x = torch.tensor(rng.uniform(size=(samples, pixels)), dtype=torch.float32)
        found = model.encode(x)
        assert_shape(found, (samples, code), "encode(x)", "(N, code)")
        logits = as_array(model(x), "model(x)")
        assert_shape(logits, (samples, pixels), "model(x)", "(N, pixels)")
        check(np.isfinite(logits).all(), "model(x) is not finite")
        again = model.decode(torch.tensor(as_array(found)))
        assert_close(again, logits, rtol=1e-4, atol=1e-5, what="decode(encode(x))", rule="the same as model(x)")
        assert_close(model(x[:1]), logits[:1], rtol=1e-4, atol=1e-5, what="model(x) of one picture alone")


@weight(1.5)
@hint("Between encode and decode nothing may cut the gradient off: no detach, no .data, no torch.no_grad, no rounding.")
def test_the_loss_reaches_the_encoder(student, rng):
    """What makes the code learns from the loss of the reconstruction."""
    model = student.Autoencoder(20, 6)
    x = torch.tensor(rng.uniform(size=(8, 20)), dtype=torch.float32)
    missing = student.run(probes.out_of_reach, model, student.reconstruction_loss, x)
    check(not missing, "no gradient of the loss reaches the encoder", f"without a gradient: {missing}")


@weight(1.5)
@hint("What the model can reconstruct it has learned in training: it holds no pictures of its own.")
def test_learns_the_pictures_that_it_is_given(student, rng, data_dir):
    """Trained on digits that lie on their side, the model reconstructs unseen ones of these."""
    with np.load(data_dir / "digits.npz") as digits:
        images = torch.tensor(digits["images"] / 16.0, dtype=torch.float32).rot90(1, (1, 2)).reshape(-1, 64)
    order = rng.permutation(len(images))
    seen, unseen = images[order[:1000]], images[order[1000:]]
    seed = int(rng.integers(1 << 30))
    model = student.run(
        probes.trained_autoencoder, student.Autoencoder, student.reconstruction_loss, seen, epochs=100, seed=seed
    )
    found = as_array(model.reconstruct(unseen), "reconstruct(x)")
    assert_shape(found, tuple(unseen.shape), "reconstruct(x)", "(N, pixels)")
    error = float(((found - unseen.numpy()) ** 2).mean())
    plain = float(((seen.mean(dim=0) - unseen) ** 2).mean())
    # The bound of the public test: to layers without a sense of direction the pictures are the same.
    check(error <= 0.5 * plain, "reconstructions are too far from the pictures", f"ratio: {error / plain:.2f}")


@hint("Logits may be any number: the sigmoid belongs into reconstruct, once.")
def test_reconstruct(student, rng):
    """reconstruct gives the sigmoid of the logits, a picture in [0, 1]."""
    model = student.Autoencoder(20, 6).eval()
    x = torch.tensor(rng.uniform(size=(7, 20)), dtype=torch.float32)
    expected = sigmoid(as_array(model(x), "model(x)"))
    check(np.isfinite(expected).all(), "model(x) is not finite")
    assert_close(model.reconstruct(x), expected, rtol=1e-4, what="reconstruct(x)", rule="the sigmoid of model(x)")


@weight(1.5)
@hint("Take the mean over all N * pixels costs, and leave the sigmoid to a loss that starts from logits.")
def test_reconstruction_loss(student, rng):
    """The loss and its gradient are those of the mean binary cross-entropy from logits, for any N."""
    for samples in (6, 1):
        E, D, x = setting(rng, samples)
        found = student.run(probes.loss_of_given, student.reconstruction_loss, E, D, x)
        compare(found, autoencoder(E, D, x, x))


@hint("Use softplus or a loss from logits: the log of a sigmoid is infinite where the sigmoid rounds to 0.")
def test_sure_logits(student, rng):
    """Logits in the hundreds and thousands give finite losses and gradients."""
    E, D, x = setting(rng)
    x = (x > 0.5).double()
    D = D * 500
    for loss in ("reconstruction_loss", "sparse_loss"):
        options = () if loss == "reconstruction_loss" else (0.0,)
        found = student.run(probes.loss_of_given, student[loss], E, D, x, *options)
        compare(found, autoencoder(E, D, x, x))


@weight(2)
@hint("Two roles: x plus noise goes in, x is what the output is compared with.")
def test_the_target_has_no_noise(student, rng):
    """In training, loss and gradient compare the output for the noisy pictures with the clean ones."""
    for samples, noise in ((6, 0.3), (1, 0.8)):
        E, D, x = setting(rng, samples)
        generator = student.device_rng(int(rng.integers(1 << 30)))
        found = student.run(probes.loss_of_given, student.denoising_loss, E, D, x, noise, generator)
        check(len(found["seen"]) == 1, "the model is not called exactly once")
        assert_shape(found["seen"][0], tuple(x.shape), "what the model got")
        compare(found, autoencoder(E, D, found["seen"][0], x))


@weight(1.5)
@hint("Every pixel of every picture gets a normal number of its own, times `noise`; draw anew in each call.")
def test_the_noise(student, rng):
    """Noise is normal with the given standard deviation, and every pixel of every call has its own."""
    E, D, _ = setting(rng, 1, 50)
    x = torch.tensor(rng.uniform(size=(400, 50)))
    generator = student.device_rng(int(rng.integers(1 << 30)))
    count = x.numel()
    seen = []
    for _ in range(2):
        found = student.run(probes.loss_of_given, student.denoising_loss, E, D, x, 0.7, generator)
        check(found["seen"], "the model was not called")
        seen.append((found["seen"][0] - x).numpy() / 0.7)
    for z in seen:
        rule = "normal, with mean 0 and the given standard deviation"
        # 20,000 draws; five sigma of the mean, of the variance (2/n) and of the fourth moment (96/n)
        check(abs(z.mean()) < 5 / np.sqrt(count), f"the noise does not have mean 0: {rule}")
        check(abs(z.var() - 1) < 5 * np.sqrt(2 / count), f"the noise has the wrong standard deviation: {rule}")
        check(abs((z**4).mean() - 3) < 5 * np.sqrt(96 / count), f"the noise is not normal: {rule}")
        # means of rows and columns vary by 1/50 and 1/400 if each pixel has its own; five sigma of their variance
        check(z.mean(axis=1).var() < (1 + 5 * np.sqrt(2 / 400)) / 50, "pixels of a picture share their noise")
        check(z.mean(axis=0).var() < (1 + 5 * np.sqrt(2 / 50)) / 400, "the pictures share their noise")
    check(abs((seen[0] * seen[1]).mean()) < 5 / np.sqrt(count), "two calls with one generator have the same noise")


@hint("Draw with generator=rng, and only if model.training.")
def test_noise_comes_from_the_given_generator(student, rng):
    """Noise is drawn from the given generator alone, and in evaluation mode nothing is drawn."""
    E, D, x = setting(rng)
    drawn, drawn_globally = student.run(probes.draws_of_denoising, student.denoising_loss, E, D, x, training=True)
    check(drawn, "nothing is drawn from the given generator in training mode")
    check(not drawn_globally, "torch's global generator is used, not the given one")
    drawn, drawn_globally = student.run(probes.draws_of_denoising, student.denoising_loss, E, D, x, training=False)
    check(not (drawn or drawn_globally), "numbers are drawn in evaluation mode, too")


@weight(1.5)
@hint("The mode is the model's: model.training says whether noise is due. Do not switch it.")
def test_evaluation_mode(student, rng):
    """In evaluation mode the denoising loss is that of the clean pictures, and the model stays in its mode."""
    E, D, x = setting(rng)
    generator = student.device_rng(3)
    found = student.run(probes.loss_of_given, student.denoising_loss, E, D, x, 0.5, generator, training=False)
    check(found["seen"], "the model was not called")
    assert_equal(found["seen"][0].numpy(), x.numpy(), what="what the model got in evaluation mode", rule="x itself")
    compare(found, autoencoder(E, D, x, x))
    for training in (True, False):
        found = student.run(probes.loss_of_given, student.denoising_loss, E, D, x, 0.5, generator, training=training)
        check(found["mode kept"], "the loss switches the model between training and evaluation mode")


@weight(2)
@hint("abs, sum over the code's axis, mean over the samples, times weight; the rest is the reconstruction loss.")
def test_sparse_loss(student, rng):
    """Loss and gradient hold weight times the L1 norm of each code, averaged over the samples, in both modes."""
    for samples, code, price, training in ((6, 4, 0.3, True), (6, 4, 0.0, True), (1, 3, 2.0, False)):
        E, D, x = setting(rng, samples, code=code)
        found = student.run(probes.loss_of_given, student.sparse_loss, E, D, x, price, training=training)
        compare(found, autoencoder(E, D, x, x, price))


@hint("Make new tensors: `x = x + n` does, `x += n` and `x.add_(n)` change the caller's. Keep the precision of x.")
def test_pictures_stay_as_they_are(student, rng):
    """No loss changes the pictures, and float32 pictures give a float32 loss."""
    E, D, x = setting(rng, dtype=torch.float32)
    before = x.clone()
    generator = student.device_rng(4)
    for loss, options in (
        ("reconstruction_loss", ()),
        ("denoising_loss", (0.5, generator)),
        ("sparse_loss", (0.1,)),
    ):
        found = student.run(probes.loss_of_given, student[loss], E, D, x, *options)
        assert_equal(x.numpy(), before.numpy(), what=f"x after {loss}", rule="as it was before")
        check(found["loss"].dtype == torch.float32, f"{loss} of float32 pictures is not float32")
        assert_shape(found["loss"], (), loss, "a mean over everything")


@weight(0.5)
@hint("Make new tensors with the dtype and the device of x: torch.randn(..., dtype=x.dtype, device=x.device).")
def test_works_on_any_device(student, rng):
    """The losses stay on the device of the pictures."""
    E, D, x = setting(rng)
    compare(student.run(probes.loss_of_given, student.reconstruction_loss, E, D, x), autoencoder(E, D, x, x))
    model = student.run(probes.GivenAutoencoder, E, D)
    assert_follows_device(student, student.reconstruction_loss, model, x)
    assert_follows_device(student, student.sparse_loss, model, x, 0.1)
    assert_follows_device(student, student.denoising_loss, model, x, 0.1, student.torch_rng(0))

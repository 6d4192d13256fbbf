"""Lab 3, autoencoders: the tests that you have."""

import math

import numpy as np
import probes
import torch

from autograder.testing import as_array, assert_close, assert_equal, assert_shape, check, hint, question, weight

pytestmark = question("3.9")

# The handout's worked example: one picture of two pixels, and a model whose code is 1 and whose logits are 0 and ln 3.
X = torch.tensor([[1.0, 0.25]], dtype=torch.float64)
E = torch.tensor([[1000.0, 0.0]], dtype=torch.float64)  # tanh(1000) is 1, with or without a little noise
D = torch.tensor([[0.0], [math.log(3)]], dtype=torch.float64)
LOSS = (math.log(2) + 0.25 * math.log(4 / 3) + 0.75 * math.log(4)) / 2


@hint("encode gives (N, code), decode gives (N, pixels), and forward is one after the other.")
def test_shapes(student):
    """Pictures become codes, and codes become pictures of the old size."""
    model = student.Autoencoder(pixels=12, code=5)
    x = torch.linspace(0, 1, 36).reshape(3, 12)
    code = model.encode(x)
    assert_shape(code, (3, 5), "encode(x)", "(N, code)")
    assert_shape(model.decode(torch.zeros(4, 5)), (4, 12), "decode(code)", "(N, pixels)")
    assert_shape(model(x), (3, 12), "model(x)", "(N, pixels)")


@hint("Apply torch.sigmoid once, to what forward gives; decode and forward themselves give logits.")
def test_a_reconstruction_is_the_sigmoid_of_the_logits(student):
    """reconstruct gives the sigmoid of the model's logits."""
    model = student.Autoencoder(pixels=12, code=5).eval()
    x = torch.linspace(0, 1, 36).reshape(3, 12)
    expected = torch.sigmoid(torch.tensor(as_array(model(x), "model(x)")))
    check(expected.isfinite().all(), "model(x) is not finite")
    assert_close(model.reconstruct(x), expected, rtol=1e-5, what="reconstruct(x)", rule="the sigmoid of model(x)")


@hint("One cost for each pixel, -(x ln p + (1 - x) ln(1 - p)), then the mean over all of them.")
def test_reconstruction_loss_of_the_worked_example(student):
    """The loss is the mean over all pixels of the binary cross-entropy."""
    loss = student.run(probes.loss_of_given, student.reconstruction_loss, E, D, X)["loss"]
    assert_close(loss, LOSS, what="loss", rule="the mean over all pixels")
    twice = student.run(probes.loss_of_given, student.reconstruction_loss, E, D, X.repeat(2, 1))["loss"]
    assert_close(twice, LOSS, what="loss of the picture twice over", rule="a mean does not grow with the batch")


@hint("Give the model x plus noise, and compare what comes out with x.")
def test_denoising_loss_of_the_worked_example(student):
    """The model sees noise, but its output is compared with the picture without noise."""
    found = student.run(probes.loss_of_given, student.denoising_loss, E, D, X, 0.1, student.device_rng(3))
    check(found["seen"], "the model was not called")
    check(not torch.equal(found["seen"][0], X), "in training mode the model got the picture without any noise")
    assert_close(found["loss"], LOSS, what="loss", rule="compared with x without noise")


@hint("Look at model.training: noise is for training mode alone.")
def test_no_noise_in_evaluation(student):
    """In evaluation mode the model sees the picture as it is."""
    rng = student.device_rng(3)
    found = student.run(probes.loss_of_given, student.denoising_loss, E, D, X, 0.1, rng, training=False)
    check(found["seen"], "the model was not called")
    assert_equal(found["seen"][0].numpy(), X.numpy(), what="what the model got in evaluation mode", rule="x itself")
    assert_close(found["loss"], LOSS, what="loss in evaluation mode")


@hint("Sum the absolute values of each sample's code, take the mean over the samples, times weight.")
def test_sparse_loss_of_the_worked_example(student):
    """The price of a code is weight times the sum of its absolute values."""
    both = torch.cat([E, -E])  # a second number in the code, -1, of which the decoder takes no notice
    decoder = torch.cat([D, torch.zeros_like(D)], dim=1)
    for batch in (X, X.repeat(3, 1)):
        loss = student.run(probes.loss_of_given, student.sparse_loss, both, decoder, batch, 0.5)["loss"]
        assert_close(loss, LOSS + 0.5 * 2, what="loss", rule="summed over the code, averaged over the samples")


@weight(2)
@hint("Train it yourself and look at reconstructions. A sigmoid too many keeps every pixel between 0.5 and 0.73.")
def test_learns_to_reconstruct_digits(student, rng, data_dir, pictures):
    """Trained on 1,000 digits, the model reconstructs unseen ones with half of the mean picture's error at most."""
    with np.load(data_dir / "digits.npz") as digits:
        images = torch.tensor(digits["images"].reshape(-1, 64) / 16.0, dtype=torch.float32)
    order = rng.permutation(len(images))
    seen, unseen = images[order[:1000]], images[order[1000:]]
    seed = int(rng.integers(1 << 30))
    model = student.run(
        probes.trained_autoencoder, student.Autoencoder, student.reconstruction_loss, seen, epochs=100, seed=seed
    )
    check(int(student.run(probes.parameter_count, model)) <= 100_000, "the model has more than 100,000 parameters")
    found = as_array(model.reconstruct(unseen), "reconstruct(x)")
    assert_shape(found, tuple(unseen.shape), "reconstruct(x)", "(N, pixels)")
    both = np.stack([unseen[:10].numpy(), np.clip(found[:10], 0, 1)])  # above each other, (2, 10, 64)
    pictures.save("digits and their reconstructions", both.reshape(2, 10, 8, 8))
    error = float(((found - unseen.numpy()) ** 2).mean())
    plain = float(((seen.mean(dim=0) - unseen) ** 2).mean())
    # Nine designs (linear to three layers, sigmoid, ReLU codes, dropout, batch norm, convolutions), three seeds each:
    # the worst of the 27, a code of sigmoids, has a ratio of 0.39, the reference 0.17.
    check(error <= 0.5 * plain, "reconstructions are too far from the pictures", f"ratio: {error / plain:.2f}")

"""Lab 3, a small convolutional network: the tests that grade."""

import numpy as np
import probes
import torch

from autograder.testing import (
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

pytestmark = question("3.4")


def digits(data_dir, rng):
    """Images (1797, 1, 8, 8) with values in [0, 1], and labels, in random order."""
    with np.load(data_dir / "digits.npz") as data:
        order = rng.permutation(len(data["labels"]))
        images = torch.tensor(data["images"][order] / 16.0, dtype=torch.float32)[:, None]
        return images, torch.tensor(data["labels"][order].astype(np.int64))


def draw(rng):
    """A seed."""
    return int(rng.integers(1 << 30))


def warmed_up(student, rng, images, labels, **keywords):
    """A model after a few steps of training, so that nothing in it is at its start."""
    model = student.run(probes.make_model, student.SmallCNN, draw(rng), **keywords)
    student.run(probes.train_classifier, model, images, labels, epochs=2, lr=0.003, batch=32, seed=draw(rng))
    return model


@limits(seconds=60)
@weight(4)
@hint("If it learns, but not enough: more filters, two convolutions, ReLU between them, and less pooling.")
def test_reads_unseen_digits(student, rng, data_dir):
    """Trained on 1,300 digits that lie on their side, the model reads at least 95 % of the others."""
    images, labels = digits(data_dir, rng)
    images = images.rot90(1, (2, 3)).contiguous()  # who brings digits along, or what was learned from them, has others
    shares = []
    for _ in range(2):  # two starts, the better one counts: nobody should lose these points to a bad start
        model = student.run(probes.make_model, student.SmallCNN, draw(rng))
        seen = images[:1300], labels[:1300]
        student.run(probes.train_classifier, model, *seen, epochs=15, lr=0.006, batch=32, seed=draw(rng))
        scores = student.run(probes.scores_in_evaluation, model, images[1300:])
        assert_shape(scores, (497, 10), "logits", "(N, classes)")
        shares.append(float((torch.as_tensor(scores).argmax(dim=1) == labels[1300:]).double().mean()))
        if shares[-1] >= 0.95:
            return
    check(False, "fewer than 95 % of the unseen digits are read", f"shares read: {shares}")


@limits(seconds=60)
@weight(1.5)
@hint("Return what the last layer gives: the loss takes the softmax itself, and negative scores are as good as others.")
def test_scores_are_no_probabilities(student, rng, data_dir):
    """What comes out are scores: neither squashed to probabilities, nor cut off at 0."""
    images, labels = digits(data_dir, rng)
    model = student.run(probes.make_model, student.SmallCNN, draw(rng))
    student.run(probes.train_classifier, model, images[:32], labels[:32], 60, 0.01, 16, draw(rng))
    scores = student.run(probes.scores_in_evaluation, model, images[:64])
    assert_shape(scores, (64, 10), "logits", "(N, classes)")
    scores = torch.as_tensor(scores).double()
    in_range = bool((scores >= 0).all() and (scores <= 1).all())
    check(not in_range, "all scores are between 0 and 1, as if a softmax or sigmoid came last")
    check(bool((scores < 0).any()), "no score is negative, as if a ReLU came last")
    loss = torch.nn.functional.cross_entropy(scores[:32], labels[:32])
    # Seven kinds of models, 20 starts each: the worst loss was 0.02. A softmax before the loss cannot get below 1.46.
    check(loss < 0.5, "the model is not sure of 32 digits that it was trained on", f"cross-entropy: {loss:.3f}")


@hint("The last layer has `classes` outputs, nowhere is a 10 written into the code.")
def test_other_numbers_of_classes(student, rng, data_dir):
    """A model for 2, 4 or 13 classes gives as many scores, and learns to tell two kinds of digits apart."""
    images, labels = digits(data_dir, rng)
    for classes in (4, 13):
        model = student.run(probes.make_model, student.SmallCNN, draw(rng), classes=classes)
        scores = student.run(probes.scores_in_evaluation, model, images[:5])
        assert_shape(scores, (5, classes), "logits", "(N, classes)")
    images, labels = images[labels < 2], labels[labels < 2]
    model = student.run(probes.make_model, student.SmallCNN, draw(rng), 2)
    student.run(probes.train_classifier, model, images[:200], labels[:200], 5, 0.006, 16, draw(rng))
    scores = student.run(probes.scores_in_evaluation, model, images[200:])
    assert_shape(scores, (len(images) - 200, 2), "logits", "(N, classes)")
    share = float((torch.as_tensor(scores).argmax(dim=1) == labels[200:]).double().mean())
    check(share >= 0.95, "fewer than 95 % of unseen zeros and ones are told apart", f"share: {share:.3f}")


@weight(1.5)
@hint("Keep the pictures apart: flatten(1), no reshape across the first axis, no mean over the batch in forward.")
def test_each_picture_by_itself(student, rng, data_dir):
    """In evaluation mode a picture's scores are the same alone, in any batch, and at any place of it."""
    images, labels = digits(data_dir, rng)
    model = warmed_up(student, rng, images[:200], labels[:200])
    together = student.run(probes.scores_in_evaluation, model, images[200:212])
    assert_shape(together, (12, 10), "logits", "(N, classes)")
    together = torch.as_tensor(together)
    check(together.std(dim=0).max() > 1e-4, "all pictures get the same scores")
    order = torch.tensor(rng.permutation(12))
    shuffled = student.run(probes.scores_in_evaluation, model, images[200:212][order])
    rule = "the scores of a picture do not depend on the rest of the batch"
    # float32: sums in another order may differ in the last digits
    assert_close(shuffled, together[order], rtol=1e-3, atol=1e-4, what="logits of the shuffled batch", rule=rule)
    for i in (0, 7):
        alone = student.run(probes.scores_in_evaluation, model, images[200 + i : 201 + i])
        assert_close(alone, together[i : i + 1], rtol=1e-3, atol=1e-4, what="logits of one picture", rule=rule)


@hint("model.eval() must reach all that is random: nn.Dropout, or F.dropout(x, p, training=self.training).")
def test_evaluation_leaves_nothing_to_chance(student, rng, data_dir):
    """After training, evaluation gives the same scores again, whatever was computed in between."""
    images, labels = digits(data_dir, rng)
    model = warmed_up(student, rng, images[:200], labels[:200])
    first = student.run(probes.scores_in_evaluation, model, images[200:220])
    assert_shape(first, (20, 10), "logits", "(N, classes)")
    student.run(probes.scores_in_evaluation, model, images[220:300] * 3 + 1)
    again = student.run(probes.scores_in_evaluation, model, images[200:220])
    assert_close(again, first, rtol=1e-5, atol=1e-6, what="logits, a second time", rule="nothing is left to chance")


@hint("Layers in a plain list are not known to the model: use nn.ModuleList, nn.Sequential or attributes.")
def test_the_model_knows_all_that_it_computes_with(student, rng, data_dir):
    """A new model that loads state_dict() of a trained one gives the same scores."""
    images, labels = digits(data_dir, rng)
    model = warmed_up(student, rng, images[:200], labels[:200])
    expected = student.run(probes.scores_in_evaluation, model, images[200:220])
    assert_shape(expected, (20, 10), "logits", "(N, classes)")
    check(torch.as_tensor(expected).std() > 1e-4, "all scores are the same")
    got = student.run(probes.scores_of_copy, student.SmallCNN, model, images[200:220])
    rule = "everything it computes with is in state_dict()"
    assert_close(got, expected, rtol=1e-4, atol=1e-5, what="logits of a copy", rule=rule)


@hint("A layer that forward does not use, detach(), .data, torch.no_grad() or requires_grad=False keep gradients away.")
def test_every_parameter_takes_part(student, rng, data_dir):
    """The gradient of the loss reaches every parameter, and the model has at most 20,000 of them."""
    images, labels = digits(data_dir, rng)
    model = student.run(probes.make_model, student.SmallCNN, draw(rng))
    check(student.run(probes.count_parameters, model) <= 20_000, "the model has more than 20,000 parameters")
    check(student.run(probes.count_convolutions, model) > 0, "no layer of the model is an nn.Conv2d")
    missing = student.run(probes.without_gradient, model, images[:64], labels[:64])
    check(not missing, "some parameters get no gradient", f"without a gradient: {missing}")


@weight(0.5)
@hint("Tensors that are no parameters belong into register_buffer; make others with device=images.device.")
def test_works_on_any_device(student, rng, data_dir):
    """A model that was moved computes where its parameters and pictures are, and leaves the pictures as they are."""
    images, _ = digits(data_dir, rng)
    images = images[:6].clone()
    before = images.clone()
    model = student.run(probes.make_model, student.SmallCNN, draw(rng))
    assert_shape(student.run(probes.scores_in_evaluation, model, images), (6, 10), "logits", "(N, classes)")
    assert_equal(images.numpy(), before.numpy(), what="images after the call", rule="as they were before")
    assert_follows_device(student, probes.scores_in_evaluation, model, images)

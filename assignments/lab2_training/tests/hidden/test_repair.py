"""Lab 2, broken training loops: the tests that grade."""

import probes
import torch
from oracles_repair import cross_entropy_step, squared_error_step

from autograder.testing import as_array, assert_close, assert_follows_device, check, hint, question, weight

pytestmark = question("2.12")


def classification(rng, sizes, features=4, classes=3):
    """A linear model's weight and bias, and batches of inputs and classes, as arrays."""
    start = rng.normal(size=(features, classes)), rng.normal(size=classes)
    return *start, [(rng.normal(size=(n, features)), rng.integers(0, classes, size=n)) for n in sizes]


def tensors(batches):
    """Batches of arrays as batches of tensors."""
    return [(torch.tensor(x), torch.tensor(y)) for x, y in batches]


def train(student, function, start, arguments, stale=0.0):
    """What a probe says about a function that trains a linear model with a learning rate of 0.3."""
    return student.run(probes.train_linear, function, *map(torch.tensor, start), 0.3, arguments, stale)


def assert_trained(found, expected, calls):
    """Fail unless weight and bias are these, and each batch has met the model in training mode, once."""
    rule = "along the gradient of each batch's own loss"
    assert_close(found["weight"], expected[0], what="the weight after training", rule=rule)
    assert_close(found["bias"], expected[1], what="the bias after training", rule=rule)
    check(all(mode for mode, *_ in found["calls"]), "the model does not train in training mode: call model.train()")
    check(len(found["calls"]) == calls, "the model is not called once for each batch")


@weight(2)
@hint("F.cross_entropy takes logits. Softmax before it makes the losses too alike and the gradients too small.")
def test_train_step(student, rng):
    """A step goes along the gradient of the cross-entropy with one softmax, and gives the loss before it."""
    for size, stale in [(6, 0.0), (1, 0.0), (5, 2.0)]:
        *start, ((x, y),) = classification(rng, [size])
        found = train(student, student.train_step, start, tensors([(x, y)])[0], stale)
        loss, *expected = cross_entropy_step(*start, x, y, 0.3)
        assert_close(found["result"], loss, what="the loss of a step", rule="one softmax, before the step")
        check(found["plain"], "the loss of a step is a tensor, expected a plain number")
        assert_trained(found, expected, 1)


@weight(2)
@hint("argmax(dim=1) goes over the classes and gives one prediction for each sample.")
def test_accuracy(student, rng):
    """Accuracy is right for more samples than classes, fewer, as many, and one."""
    for samples, classes in [(9, 4), (3, 8), (5, 5), (1, 3), (40, 2)]:
        logits = rng.normal(size=(samples, classes))
        y = rng.integers(0, classes, size=samples)
        y[::2] = logits.argmax(axis=1)[::2]
        expected = (logits.argmax(axis=1) == y).mean()
        found = student.accuracy(torch.tensor(logits), torch.tensor(y))
        assert_close(found, expected, rtol=1e-6, atol=1e-6, what="the accuracy", rule="right ones among all samples")


@weight(2)
@hint("model.eval() before, and the mode that it had after: model.train(was_training).")
def test_predict(student, rng):
    """Predictions are those of evaluation mode, whichever mode the model came in, and change nothing about it."""
    weights, mean, x = rng.normal(size=(6, 4)), rng.normal(size=6), rng.normal(size=(9, 6)) + 1
    expected = ((x - mean) @ weights).argmax(axis=1)
    for training in (True, False):
        found = student.run(probes.predict_with, student.predict, *map(torch.tensor, (weights, mean, x)), training, 3)
        for predictions in found["predictions"]:
            assert_close(
                predictions, expected, rtol=0, what="the predictions", rule="without dropout or batch statistics"
            )
        check(found["kept"], "predicting changes the running statistics of batch norm")
        check(
            all(mode == training for mode in found["modes"]), "the model or a part of it is not in the mode it came in"
        )
    one = student.run(probes.predict_with, student.predict, *map(torch.tensor, (weights, mean, x[:1])), True, 1)
    assert_close(one["predictions"][0], expected[:1], rtol=0, what="the prediction for a single sample")


@weight(2)
@hint("loss.item() is a number. Adding tensors up keeps the graph of every batch until the epoch's end.")
def test_mean_loss(student, rng):
    """An epoch's loss is a plain number, the mean over samples, and no batch's graph is kept for it."""
    *start, batches = classification(rng, [5, 5, 2, 7, 1, 5, 5, 3])
    found = train(student, student.mean_loss, start, [tensors(batches)])
    total, after = 0.0, start
    for x, y in batches:
        loss, *after = cross_entropy_step(*after, x, y, 0.3)
        total += loss * len(y)
    assert_close(found["result"], total / 33, what="the loss of an epoch", rule="the mean over all samples")
    assert_trained(found, after, len(batches))
    check(found["plain"], "the loss of an epoch is a tensor, expected a plain number")
    # A loop's variables may hold the batch before, and no more.
    check(max(alive for *_, alive in found["calls"]) <= 2, "the graphs of earlier batches are kept: use loss.item()")


@weight(2)
@hint("order = torch.randperm(len(x), generator=rng) once, then x[order] and y[order].")
def test_shuffled_batches(student, rng):
    """Inputs keep their labels, each sample is there once, and every call gives an order of its own."""
    for samples, size in [(23, 5), (8, 4), (3, 10)]:
        x, y = torch.tensor(rng.normal(size=(samples, 2, 3))), torch.tensor(rng.permutation(samples))
        before = x.clone(), y.clone()
        seed = int(rng.integers(10**6))
        calls = student.run(probes.batches_of, student.shuffled_batches, x, y, size, seed, 4)
        (again,) = student.run(probes.batches_of, student.shuffled_batches, x, y, size, seed, 1)
        orders = []
        for batches in calls:
            sizes = [len(a) for a, _ in batches]
            full, rest = divmod(samples, size)
            check(
                sizes == [size] * full + [rest] * (rest > 0), "the batches do not have the right sizes, the last less"
            )
            labels = torch.cat([b for _, b in batches])
            check(sorted(labels.tolist()) == list(range(samples)), "not every sample is there exactly once")
            place = torch.argsort(before[1])  # where each label stands in y
            assert_close(
                torch.cat([a for a, _ in batches]),
                as_array(before[0][place[labels]]),
                what="the inputs",
                rule="in the order of their labels",
            )
            orders.append(labels.tolist())
        check(torch.equal(x, before[0]) and torch.equal(y, before[1]), "x or y was changed")
        if samples > 5:
            check(y.tolist() not in orders, "the samples are in their old order")
            check(len({tuple(order) for order in orders}) > 1, "every call gives the same order")
            same = torch.cat([b for _, b in again]).tolist() == orders[0]
            check(same, "another generator of the same seed gives another order: draw from rng alone")


@weight(2)
@hint("optimizer.zero_grad() for every batch: backward adds to the gradients that are there.")
def test_train_epoch(student, rng):
    """Each step goes along the gradient of its own batch, whatever the gradients held before."""
    for stale in (0.0, 3.0):
        start = rng.normal(size=(4, 2)), rng.normal(size=2)
        batches = [(rng.normal(size=(n, 4)), rng.normal(size=(n, 2))) for n in (6, 6, 1, 3)]
        found = train(student, student.train_epoch, start, [tensors(batches)], stale)
        after = start
        for x, y in batches:
            after = squared_error_step(*after, x, y, 0.3)
        assert_trained(found, after, len(batches))


@weight(0.5)
@hint("Leave results where the model makes them; a tensor of your own needs device=x.device.")
def test_predictions_on_another_device(student, rng):
    """A model and inputs on a GPU give predictions that are there, too."""
    weights, x = torch.tensor(rng.normal(size=(4, 3))), torch.tensor(rng.normal(size=(5, 4)))
    model = student.run(probes.linear_model, weights, torch.zeros(3).double())
    expected = (x @ weights).argmax(dim=1)
    assert_close(student.predict(model, x), as_array(expected), rtol=0, what="the predictions on the CPU")
    assert_follows_device(student, student.predict, model, x)

"""Lab 2, training with early stopping: the tests that grade."""

import numpy as np
import probes
import pytest
import torch
from oracles_training import linear, stopped

from autograder.testing import as_array, assert_close, check, hint, limits, question, weight

pytestmark = question("2.9")

LOSSES = {"rtol": 1e-5, "atol": 1e-5}  # sums and means may be taken in float32


def batches(rng, sizes, features=1):
    """Batches of random samples with labels of 0."""
    return [(torch.tensor(rng.normal(size=(size, features))), torch.zeros(size).double()) for size in sizes]


def history(found):
    """The history of a run, which must be a dict with the names of both losses."""
    kept = found["history"]
    check(kept is not None, 'fit does not return a dict with the keys "train_loss" and "val_loss"')
    return kept


def run(student, rng, script, epochs, patience, train=(3, 3, 2), val=(4,), **keywords):
    """fit on a model whose validation loss follows a script, up to a number that is the same in every epoch."""
    train_batches, val_batches = batches(rng, train), batches(rng, val)
    found = student.run(
        probes.fit_script, student.fit, script, train_batches, val_batches, epochs, patience, **keywords
    )
    every = torch.cat([x for x, _ in val_batches]).mean().item()
    return found, [value + every for value in script]


CURVES = {
    "never_better": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
    "always_better": [6.0, 5.0, 4.0, 3.0, 2.0, 1.0],
    "up_and_down": [6.0, 7.0, 5.0, 6.0, 5.5, 4.0, 8.0, 8.0, 8.0, 1.0],
    "better_than_before_only": [6.0, 3.0, 5.0, 4.0, 3.5, 2.0, 1.0],
    "ties": [4.0, 3.0, 3.0, 3.0, 3.0, 3.0, 2.0],
    "better_at_the_last_moment": [4.0, 5.0, 5.0, 3.0, 5.0, 5.0, 2.0, 5.0],
    "below_zero": [-1.0, -2.0, -1.5, -1.0, -3.0],
    "large": [4e6, 3e6, 5e6, 2e6, 3e6, 3e6, 1e6],
}


@weight(0.5)
@hint("Compare with the lowest loss of all epochs so far, with <. Stop when the epochs since then are `patience`.")
@pytest.mark.parametrize("name", CURVES)
def test_the_last_epoch(student, rng, name):
    """Training ends after `patience` epochs in a row that were not the best so far, not earlier and not later."""
    script = CURVES[name]
    for patience in (1, 2, 3):
        found, curve = run(student, rng, script, len(script), patience)
        last, _ = stopped(script, len(script), patience)
        losses = history(found)["val_loss"]
        check(
            len(losses) == last,
            f"training runs for too {'many' if len(losses) > last else 'few'} epochs",
            f"script {script}, patience {patience}: expected {last} epochs, got {len(losses)}",
        )
        assert_close(losses, curve[:last], **LOSSES, what="the validation losses", rule="one for each epoch")
        check(len(history(found)["train_loss"]) == last, "there is not one training loss for each epoch")


@hint("A copy, made when the epoch ends: state_dict() itself goes on changing. Load it also when epochs run out.")
def test_the_state_of_the_best_epoch(student, rng):
    """The model ends with the parameters and buffers of its best epoch, whether training was stopped or ran out."""
    for script in CURVES.values():
        for patience in (1, 2, 20):
            found, _ = run(student, rng, script, len(script), patience)
            _, best = stopped(script, len(script), patience)
            assert_close(found["steps"], 3.0 * best, what="the parameter in the end", rule="as after the best epoch")
            assert_close(found["seen"], 3.0 * best, what="the buffer in the end", rule="as after the best epoch")
            check(not found["training"], "the model is in training mode in the end: call model.eval()")
            check(found["same"], "the model's parameter is another object than before: the optimizer has lost it")


@hint("A loss that is NaN compares false with everything: ask whether it is lower, not whether it is higher.")
def test_a_validation_loss_of_nan(student, rng):
    """An epoch whose validation loss is NaN is not the best so far, and counts for `patience`."""
    for script, last, best in [
        ([3.0, 2.0, np.nan, np.nan, 1.0], 4, 2),
        ([3.0, 2.0, np.nan, 1.0, 4.0, np.nan, 0.5], 6, 4),
    ]:
        found, curve = run(student, rng, script, len(script), 2)
        assert_close(
            history(found)["val_loss"], curve[:last], **LOSSES, what="the validation losses", rule="NaN is not lower"
        )
        assert_close(found["steps"], 3.0 * best, what="the parameter in the end", rule="as after the best epoch")


@weight(1.5)
@hint("Weigh each batch's loss by its number of samples, and begin every epoch's sum at 0.")
def test_means_over_samples(student, rng):
    """An epoch's losses are means over its samples, however these are shared out to batches."""
    for train, val in [((5, 1, 3), (6, 6, 1)), ((1,), (1, 9)), ((2, 7), (4, 4, 4))]:
        train_batches, val_batches = batches(rng, train), batches(rng, val)
        script = [3.0, 2.0, 1.0]
        found = history(student.run(probes.fit_script, student.fit, script, train_batches, val_batches, 3, 3))
        every = torch.cat([x for x, _ in val_batches]).mean().item()
        rule = "a mean over samples"
        assert_close(
            found["val_loss"], [value + every for value in script], **LOSSES, what="the validation losses", rule=rule
        )
        # A training batch that comes after k steps has its loss lowered by k.
        expected = [
            sum(x.sum().item() - len(x) * (epoch * len(train) + k) for k, (x, _) in enumerate(train_batches))
            / sum(train)
            for epoch in range(3)
        ]
        assert_close(
            found["train_loss"], expected, **LOSSES, what="the training losses", rule=f"{rule}, in training mode"
        )


@weight(1.5)
@hint("train() at the start of every epoch, not once; eval() and no_grad() around the validation batches.")
def test_modes_of_every_epoch(student, rng):
    """Every epoch trains in training mode with gradients and validates in evaluation mode without, one call a batch."""
    for training in (True, False):
        found, _ = run(student, rng, [4.0, 3.0, 2.0], 3, 2, train=(2, 2), val=(3, 1, 2), training=training)
        calls = [tuple(call) for call in found["calls"]]
        seen = f"(training mode?, gradients on?) for each call: {calls}"
        check(len(calls) == 15, "the model is not called once for each batch of each epoch", seen)
        for start in range(0, 15, 5):
            check(
                all(mode for mode, _ in calls[start : start + 2]), "training batches meet a model in evaluation", seen
            )
            check(
                not any(mode for mode, _ in calls[start + 2 : start + 5]),
                "validation batches meet a model in training mode",
                seen,
            )
            check(
                not any(gradients for _, gradients in calls[start + 2 : start + 5]),
                "gradients are recorded for validation batches: use torch.no_grad()",
                seen,
            )


@hint("for x, y in train_batches once an epoch, and likewise for validation: no copy of the first epoch's batches.")
def test_batches_are_gone_through_anew(student, rng):
    """Every epoch goes through both kinds of batches again, once, so that a loader can shuffle."""
    found, _ = run(student, rng, [4.0, 3.0, 2.0, 5.0], 4, 3, loader=True)
    for kind in ("train", "val"):
        check(
            found["begun"][kind] == 4,
            f"{kind}_batches are not gone through once in each epoch",
            f"expected 4 times, got {found['begun'][kind]}",
        )


@weight(0.5)
@hint("optimizer.zero_grad() belongs before backward: somebody may have called backward before fit.")
def test_gradients_from_before(student, rng):
    """Gradients that the parameters already have when fit is called have no part in the first step."""
    found, _ = run(student, rng, [3.0, 2.0, 1.0], 3, 3, left_over=8.0)
    assert_close(found["steps"], 9.0, what="the parameter in the end", rule="each of the 9 steps adds 1")


@weight(1.5)
@hint("optimizer.zero_grad(), loss.backward(), optimizer.step(), in this order, for every batch.")
def test_each_step_follows_its_own_batch(student, rng):
    """Each step is along the gradient of one training batch alone: validation batches and other steps have no part."""
    true = rng.normal(size=4)

    def regression(sizes):
        inputs = [rng.normal(size=(size, 4)) for size in sizes]
        return [(x, x @ true + 1 + 0.3 * rng.normal(size=len(x))) for x in inputs]

    train, val = regression([6, 6, 3]), regression([5, 2])
    epochs = 4
    states, train_losses, val_losses = linear(train, val, 0.05, epochs)
    tensors = [[(torch.tensor(x), torch.tensor(y).unsqueeze(1)) for x, y in part] for part in (train, val)]
    found = student.run(probes.fit_network, student.fit, "linear", *tensors, epochs, epochs, 0.05, 0)
    assert_close(
        history(found)["train_loss"], train_losses, **LOSSES, what="the training losses of a linear regression"
    )
    assert_close(history(found)["val_loss"], val_losses, **LOSSES, what="the validation losses of a linear regression")
    weights, bias = states[int(np.argmin(val_losses))]
    assert_close(found["state"]["0.weight"], weights[None], what="the weights of a linear regression")
    assert_close(found["state"]["0.bias"], [bias], what="the bias of a linear regression")


@hint("Copy state_dict(), not parameters() alone: a batch norm's running statistics belong to the best epoch, too.")
def test_running_statistics_go_back_too(student, rng):
    """With batch norm, all of the model's state is that of the best epoch, running statistics included."""

    def noise(sizes):
        return [(torch.tensor(rng.normal(size=(n, 5))), torch.tensor(rng.normal(size=(n, 1)))) for n in sizes]

    # Labels are noise, so that the validation loss soon rises; what the best epoch was is read from the history.
    found = student.run(probes.fit_network, student.fit, "batch_norm", noise([8, 8, 4]), noise([7, 3]), 12, 3, 0.1, 3)
    losses = history(found)["val_loss"]
    check(len(found["states"]) == len(losses), "val_batches are not gone through once in each epoch")
    best = found["states"][int(np.argmin(losses))]
    for name, value in best.items():
        assert_close(found["state"][name], as_array(value), what=f"{name} in the end", rule="as after the best epoch")


@limits(seconds=20)
@hint("If the loops are right and this fails, look at the modes, at zero_grad and at what is loaded in the end.")
def test_digits(student, rng, data_dir):
    """A network with dropout learns to read digits, and is handed back as it was at its best."""
    digits = np.load(data_dir / "digits.npz")
    order = rng.permutation(len(digits["labels"]))[:900]
    images = torch.tensor(digits["images"][order].reshape(900, 64) / 16.0).float()
    labels = torch.tensor(digits["labels"][order].astype(np.int64))
    train = list(zip(images[:600].split(50), labels[:600].split(50), strict=True))
    val = list(zip(images[600:].split(128), labels[600:].split(128), strict=True))  # the last one has 44
    found = student.run(probes.fit_network, student.fit, "classifier", train, val, 25, 3, 0.005, 5)
    losses, scores = history(found)["val_loss"], torch.cat(list(found["outputs"]))
    accuracy = (scores.argmax(1) == labels[600:]).float().mean().item()
    # The reference: 0.92 at worst over 20 seeds; without zero_grad: 0.67 to 0.88 over 6.
    check(accuracy > 0.85, "the network has hardly learned to read digits", f"accuracy {accuracy:.3f}")
    own = torch.nn.functional.cross_entropy(scores.double(), labels[600:]).item()
    what, rule = "the validation loss of the model that is handed back", "the lowest of the history"
    assert_close(own, min(losses), rtol=1e-4, what=what, rule=rule)  # float32 sums

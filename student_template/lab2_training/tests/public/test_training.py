"""Lab 2, training with early stopping: the tests that you have."""

import probes
import torch

from autograder.testing import assert_close, check, hint, question

pytestmark = question("2.9")


def batches(*groups):
    """Batches of samples with one number each; all labels are 0."""
    columns = [torch.tensor(group, dtype=torch.float64).unsqueeze(1) for group in groups]
    return [(column, torch.zeros(len(column), dtype=torch.float64)) for column in columns]


def history(found):
    """The history of a run, which must be a dict with the names of both losses."""
    kept = found["history"]
    check(kept is not None, 'fit does not return a dict with the keys "train_loss" and "val_loss"')
    return kept


def run(student, script, epochs, patience, **keywords):
    """fit on a model whose validation loss follows a script; two training batches and one for validation."""
    train, val = batches([0.0, 0.0], [0.0, 0.0]), batches([0.0, 0.0, 0.0])
    return student.run(probes.fit_script, student.fit, script, train, val, epochs, patience, **keywords)


@hint("Count epochs in a row that were not the best; the count goes back to 0 at each new lowest loss.")
def test_when_to_stop(student):
    """Training ends after `patience` epochs in a row without a new lowest validation loss."""
    rule = "one number for each epoch that was run, and none after that"
    found = run(student, [5.0, 4.0, 4.0, 6.0, 1.0], epochs=5, patience=2)
    assert_close(history(found)["val_loss"], [5.0, 4.0, 4.0, 6.0], what="the validation losses", rule=rule)
    found = run(student, [5.0, 6.0, 3.0, 4.0, 2.0, 3.0], epochs=6, patience=2)
    assert_close(history(found)["val_loss"], [5.0, 6.0, 3.0, 4.0, 2.0, 3.0], what="the validation losses", rule=rule)


@hint("copy.deepcopy(model.state_dict()) when an epoch is the best so far; load_state_dict after the last one.")
def test_the_best_epoch_is_kept(student):
    """Afterwards the model has the parameters of its best epoch, and is in evaluation mode."""
    found = run(student, [5.0, 4.0, 3.0, 6.0, 7.0, 8.0], epochs=6, patience=2)
    # Two steps an epoch, and each adds 1 to the parameter; the third epoch is the best.
    assert_close(found["steps"], 6.0, what="the parameter in the end", rule="as after the best epoch")
    check(not found["training"], "the model is in training mode in the end: call model.eval()")


@hint("Multiply each batch's loss by its number of samples, add up, and divide by the number of all samples.")
def test_means_over_samples(student):
    """Both losses of an epoch are means over samples, so that a smaller batch counts for less."""
    train, val = batches([1.0, 2.0, 3.0], [10.0]), batches([1.0, 2.0, 3.0], [10.0])
    found = student.run(probes.fit_script, student.fit, [5.0], train, val, 1, 1)
    assert_close(history(found)["val_loss"], [9.0], what="the validation loss", rule="a mean over samples")
    # The second batch comes after one step, when each prediction is smaller by 1: (1 + 2 + 3 + 9) / 4.
    assert_close(history(found)["train_loss"], [3.75], what="the training loss", rule="a mean over samples")


@hint("loss.item() is a plain number; a tensor in the history keeps all that was computed for it in memory.")
def test_the_history_holds_numbers(student):
    """The history holds plain numbers, no tensors."""
    found = run(student, [2.0, 1.0], epochs=2, patience=1)
    history(found)
    check(found["plain"], "the history holds tensors, expected plain numbers")


@hint("model.train() at the beginning of each epoch, model.eval() and torch.no_grad() for the validation batches.")
def test_modes(student):
    """Each epoch trains in training mode and validates in evaluation mode, without gradients."""
    found = run(student, [3.0, 2.0], epochs=2, patience=2, training=False)
    one_epoch = [(True, True), (True, True), (False, False)]
    check(
        [tuple(call) for call in found["calls"]] == 2 * one_epoch,
        "the model is not called in the right modes: once for each training batch in training mode with gradients, "
        "then once for each validation batch in evaluation mode without them",
        f"(training mode?, gradients on?) for each call: {found['calls']}",
    )

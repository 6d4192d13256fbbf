"""Lab 2, broken training loops: the tests that you have."""

import probes
import torch

from autograder.testing import assert_close, check, hint, question

pytestmark = question("2.12")


@hint("Over which axis are the classes? The result of argmax must have one number for each sample.")
def test_accuracy_of_four_samples(student):
    """Accuracy counts the samples whose largest score is that of their class."""
    logits = torch.tensor([[5.0, 1.0, 2.0], [9.0, 8.0, 7.0], [0.0, 4.0, 1.0], [1.0, 2.0, 3.0]])
    assert_close(student.accuracy(logits, torch.tensor([0, 1, 1, 2])), 0.75, what="the accuracy")


@hint("Which function turns scores into probabilities, and is it called more often than once?")
def test_the_loss_of_zeros(student):
    """With logits of ln 3 and 0, the loss of a step is that of the probabilities 3/4 and 1/4."""
    weight, bias = torch.zeros(2, 2).double(), torch.tensor([3.0, 1.0]).double().log()
    batch = [torch.ones(1, 2).double(), torch.tensor([0])]
    found = student.run(probes.train_linear, student.train_step, weight, bias, 0.1, batch)
    assert_close(found["result"], 0.2876820724517809, what="the loss of a step", rule="cross-entropy of the logits")


@hint("Draw one order, and take inputs and labels in this one.")
def test_labels_stay_with_their_inputs(student):
    """After shuffling, label i is still that of input i."""
    x = torch.arange(7.0).unsqueeze(1)
    (batches,) = student.run(probes.batches_of, student.shuffled_batches, x, torch.arange(7), 3, 1, 1)
    check([len(a) for a, _ in batches] == [3, 3, 1], "the batches do not have the right sizes, the last one less")
    check(all(torch.equal(a[:, 0].long(), b) for a, b in batches), "a label is no longer that of its input")

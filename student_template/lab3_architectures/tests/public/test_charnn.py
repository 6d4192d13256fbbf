"""Lab 3, a character model: the tests that you have."""

import math

import numpy as np
import probes
import torch

from autograder.testing import assert_close, assert_equal, assert_shape, check, hint, question

pytestmark = question("3.11")

PAD, START, END = 0, 1, 2
A, B, C = 3, 4, 5


@hint("Put START in front of the targets, and leave out their last row.")
def test_teacher_inputs_of_the_worked_example(student):
    """The decoder is fed START, then each right token one step late."""
    targets = torch.tensor([[A, C], [B, END], [END, PAD]])
    expected = np.array([[START, START], [A, C], [B, END]])
    assert_equal(student.teacher_inputs(targets), expected, what="teacher_inputs", rule="one step late, START first")


@hint("Average over the targets that are not PAD; an END is one of them.")
def test_loss_counts_every_token_but_padding(student):
    """The loss is the mean over all tokens but PAD, with END among them."""
    targets = torch.tensor([[A, C], [B, END], [END, PAD]])
    logits = torch.zeros(3, 2, 6, dtype=torch.float64)
    assert_close(student.sequence_loss(logits, targets), math.log(6), what="loss of equal scores", rule="ln V")
    logits[2, 0, END] = math.log(5)  # this END is now as likely as not
    logits[2, 1] = torch.tensor([9.0, -9.0, 3.0, 5.0, 0.0, 1.0])  # under the padding
    expected = (4 * math.log(6) + math.log(2)) / 5
    assert_close(student.sequence_loss(logits, targets), expected, what="loss", rule="the mean over 5 tokens")


def script(*texts, tokens=6, length=6):
    """Scores that write these texts, whatever is fed: (N, length, V, V)."""
    scores = torch.zeros(len(texts), length, tokens, tokens)
    for row, text in enumerate(texts):
        for step, token in enumerate(text):
            scores[row, step, :, token] = 1.0
    return scores


@hint("A text stops at its END, which is no part of it; the others go on.")
def test_texts_end_at_their_end(student):
    """Each text ends with its own END, and decoding with the last one."""
    scripts = script([A, B, END], [C, END, A], [END, A, B])
    texts, fed, _ = student.run(probes.decode_script, student.greedy_decode, scripts, 6)
    assert_equal(texts, [[A, B], [C], []], what="the texts", rule="up to END, and without it")
    check(len(fed) == 3, "step is not called exactly until the last text has ended")


@hint("Stop after max_length tokens, and never feed anything but START first and the own last token then.")
def test_a_text_without_end_is_cut(student):
    """A text that never ends has max_length tokens, and each token is fed to the next step."""
    texts, fed, states = student.run(probes.decode_script, student.greedy_decode, script([A, B, C, A, B]), 4)
    assert_equal(texts, [[A, B, C, A]], what="the text", rule="cut at max_length")
    assert_equal([int(tokens[0]) for tokens in fed], [START, A, B, C], what="what step was fed", rule="START first")
    assert_equal(list(states), [0, 1, 2, 3], what="the states that step was given", rule="each from the step before")


@hint("forward(source, targets) gives logits for every step of targets; step gives (logits, state).")
def test_shapes(student):
    """forward gives scores for every target, and step for the next token."""
    model = student.Seq2Seq(7, 12)
    source = torch.tensor([[A, B, C], [B, END, 6], [END, PAD, END]])
    targets = torch.tensor([[B, B, 6], [A, END, C], [A, PAD, C], [END, PAD, END]])
    assert_shape(model(source, targets), (4, 3, 7), "model(source, targets)", "(T, N, V)")
    logits, _ = model.step(torch.tensor([START, START, START]), model.encode(source))
    assert_shape(logits, (3, 7), "the logits of step", "(N, V)")

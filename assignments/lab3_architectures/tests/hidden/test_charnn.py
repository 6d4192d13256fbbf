"""Lab 3, a character model: the tests that grade."""

import numpy as np
import probes
import torch
from oracles_generative import sequence_cross_entropy

from autograder.testing import (
    as_array,
    assert_close,
    assert_equal,
    assert_follows_device,
    check,
    hint,
    question,
    weight,
)

pytestmark = question("3.11")

PAD, START, END = 0, 1, 2


def words(rng, count, tokens=9, longest=6):
    """Words of 1 to `longest` letters; the first has `longest`, so that a shorter one is padded."""
    lengths = [longest, *rng.integers(1, longest + 1, size=count - 1)]
    return [[int(letter) for letter in rng.integers(3, tokens, size=length)] for length in lengths]


def model_of(student, rng, tokens=9, hidden=20):
    """A model whose weights are drawn anew."""
    return student.run(probes.seeded, student.Seq2Seq, tokens, hidden, seed=int(rng.integers(1 << 30)))


@hint("torch.cat of a row of START and targets[:-1]; look at shapes (T, N) with T = 1 and N = 1.")
def test_teacher_inputs(student, rng):
    """The inputs are the targets one step late, for any T and N, and the targets stay as they are."""
    for length, count in ((5, 3), (1, 4), (4, 1), (1, 1)):
        targets = torch.tensor(rng.integers(2, 9, size=(length, count)))
        before = targets.clone()
        found = student.teacher_inputs(targets)
        expected = np.concatenate([np.full((1, count), START), before.numpy()[:-1]])
        assert_equal(found, expected, what="teacher_inputs", rule="START, then targets[:-1]")
        check(as_array(found).dtype == np.int64, "teacher_inputs are not int64")
        assert_equal(targets.numpy(), before.numpy(), what="targets after the call", rule="as they were before")


@weight(1.5)
@hint("Select the targets that are not PAD, then one mean over all of them; END counts.")
def test_sequence_loss(student, rng):
    """Loss and gradient are those of the mean cross-entropy over all tokens that are not PAD."""
    for count, longest in ((7, 6), (1, 4), (3, 1)):
        targets = probes.as_column(words(rng, count, longest=longest))
        logits = torch.tensor(rng.normal(scale=2.0, size=(*targets.shape, 9)))
        expected, gradient = sequence_cross_entropy(logits.numpy(), targets.numpy())
        loss, found = student.run(probes.loss_and_gradient, student.sequence_loss, logits, targets)
        assert_close(loss, expected, what="loss", rule="the mean over all tokens but PAD")
        check(found is not None, "no gradient reaches the logits")
        assert_close(found, gradient, what="the gradient by the logits", rule="0 where the target is PAD")


@weight(1.5)
@hint("Feed START first, then each text its own last token; hand on the state that step gave.")
def test_greedy_decoding(student, rng):
    """Every text follows its own largest scores, step by step, up to its END or max_length."""
    for count, longest, tokens in ((5, 7, 6), (1, 4, 5), (6, 1, 5)):
        scripts = torch.tensor(rng.normal(size=(count, longest, tokens, tokens)))
        expected = []
        for script in scripts.numpy():
            text, last = [], START
            for scores in script:
                last = int(scores[last].argmax())
                if last == END:
                    break
                text.append(last)
            expected.append(text)
        texts, fed, states = student.run(probes.decode_script, student.greedy_decode, scripts, longest)
        assert_equal(texts, expected, what="the texts", rule="always the largest score, up to END or max_length")
        steps = max(len(text) + (len(text) < longest) for text in expected)  # with the step that gives END
        check(len(fed) == steps, "step is not called exactly until all texts have ended, or max_length times")
        assert_equal(
            list(states), list(range(steps)), what="the states given to step", rule="each from the step before"
        )
        for row, text in enumerate(expected):
            own = [int(tokens[row]) for tokens in fed][: len(text) + 1]
            assert_equal(own, [START, *text][: len(own)], what="what step is fed for a text", rule="its own last token")


@hint("Remember which texts have ended: what a text says after its END does not count, an END even less.")
def test_texts_of_different_lengths(student):
    """A text that has ended stays ended while others go on, and one that begins with END is empty."""
    tokens, longest = 6, 6
    wanted = [[3, 4, END, 5, END, 3], [END, 3, 4, 5, 3, 4], [5, 5, 5, 5, 5, 5], [4, PAD, START, END, 4, 4]]
    scripts = torch.zeros(len(wanted), longest, tokens, tokens)
    for row, text in enumerate(wanted):
        for step, token in enumerate(text):
            scripts[row, step, :, token] = 1.0
    texts, _, _ = student.run(probes.decode_script, student.greedy_decode, scripts, longest)
    expected = [[3, 4], [], [5] * 6, [4, PAD, START]]
    assert_equal(texts, expected, what="the texts", rule="up to the first END of each")
    texts, fed, _ = student.run(probes.decode_script, student.greedy_decode, scripts[:2], longest)
    assert_equal(texts, expected[:2], what="the texts", rule="up to the first END of each")
    check(len(fed) == 3, "step is called after all texts have ended")


@weight(1.5)
@hint("logits[t] come from START, targets[0], ..., targets[t - 1]: shift the targets before you feed them.")
def test_teacher_forcing(student, rng):
    """forward gives what step gives when it is fed the right tokens one step late."""
    model = model_of(student, rng)
    source, targets = probes.as_column(words(rng, 5)), probes.as_column(words(rng, 5, longest=4))
    forced, stepped = student.run(probes.teacher_and_steps, model, source, targets)
    # float32 through up to 6 recurrent steps
    assert_close(
        forced, as_array(stepped), rtol=1e-4, atol=1e-5, what="model(source, targets)", rule="as step gives it"
    )


@hint("The scores of step t may depend on targets before t, and on none from t on.")
def test_no_look_into_the_future(student, rng):
    """The scores of a step depend on the targets before it, and not on its own or later ones."""
    model = model_of(student, rng)
    source = probes.as_column(words(rng, 4))
    targets = torch.tensor(rng.integers(3, 9, size=(6, 4)))
    before = as_array(student.run(probes.scores_of, model, source, targets), "model(source, targets)")
    for step in (0, 3, 5):
        other = targets.clone()
        other[step] = 3 + (other[step] - 3 + 1) % 6
        after = as_array(student.run(probes.scores_of, model, source, other))
        rule = "scores of a step may not depend on its own target"
        assert_close(
            after[: step + 1], before[: step + 1], rtol=1e-4, atol=1e-5, what="scores up to a changed target", rule=rule
        )
        if step < 5:
            moved = np.abs(after[step + 1] - before[step + 1]).max(axis=1)
            check(np.all(moved > 1e-6), "the scores after a changed target do not change: it was not fed")


@weight(1.5)
@hint("Take the encoder's state at each text's END (gather, packed sequences, or a mask), not after the padding.")
def test_padding_of_the_source_has_no_influence(student, rng):
    """A text is read the same alone, beside a longer one, and with any number of PAD behind it."""
    model = model_of(student, rng)
    given, wanted = words(rng, 5), words(rng, 5)
    source, targets = probes.as_column(given), probes.as_column(wanted)
    together = as_array(student.run(probes.scores_of, model, source, targets), "model(source, targets)")
    rule = "what a text is padded with changes nothing"
    for row in range(5):
        alone = probes.as_column(given[row : row + 1])
        found = as_array(student.run(probes.scores_of, model, alone, targets[:, row : row + 1]))
        what = "the scores of a text without its padding"
        assert_close(found[:, 0], together[:, row], rtol=1e-4, atol=1e-5, what=what, rule=rule)
    more = torch.cat([source, torch.full((3, 5), PAD)])
    found = student.run(probes.scores_of, model, more, targets)
    assert_close(found, together, rtol=1e-4, atol=1e-5, what="the scores with more padding", rule=rule)


@hint("Different texts give different states, and each column of the batch is a text of its own.")
def test_every_letter_of_the_source_counts(student, rng):
    """A change of any letter of one text changes the scores of that text, and of no other."""
    model = model_of(student, rng)
    source = torch.cat([torch.tensor(rng.integers(3, 9, size=(4, 3))), torch.full((1, 3), END)])
    targets = torch.tensor(rng.integers(3, 9, size=(2, 3)))
    before = as_array(student.run(probes.scores_of, model, source, targets), "model(source, targets)")
    for place in range(4):
        other = source.clone()
        other[place, 1] = 3 + (other[place, 1] - 3 + 1) % 6
        after = as_array(student.run(probes.scores_of, model, other, targets))
        check(np.abs(after[:, 1] - before[:, 1]).max() > 1e-6, "a letter of the source has no influence")
        rest = "the scores of the other texts"
        assert_close(after[:, [0, 2]], before[:, [0, 2]], rtol=1e-4, atol=1e-5, what=rest, rule="texts stand alone")


@hint("Return a new state; do not keep one in the model, and do not change the one that you were given.")
def test_a_step_can_be_taken_again(student, rng):
    """Two steps from one state with the same tokens give the same scores."""
    model = model_of(student, rng)
    tokens = torch.tensor([START, 3, 4])
    first, second = student.run(probes.step_twice, model, probes.as_column(words(rng, 3)), tokens)
    assert_close(second, as_array(first), rtol=1e-4, atol=1e-5, what="the scores of the second step")


@weight(2)
@hint(
    "Try it with a single word first; then look at the loss. If it falls and answers are wrong, look at the decoding."
)
def test_learns_to_write_words_backwards(student, rng):
    """Trained on 300 batches, the model writes at least 80 % of new words backwards."""
    batches = []
    for _ in range(300):
        batch = words(rng, 64, longest=4)
        batches.append((probes.as_column(batch), probes.as_column([word[::-1] for word in batch])))
    model = model_of(student, rng, 9, 64)
    losses = student.run(probes.trained_seq2seq, model, student.sequence_loss, batches)
    new = words(rng, 200, longest=4)
    found = student.run(probes.answers, model, student.greedy_decode, probes.as_column(new), 10)
    right = sum(answer == word[::-1] for word, answer in zip(new, found, strict=True)) / len(new)
    # Five designs (GRU, LSTM, plain RNN, cells in a loop, a small embedding), two seeds each: 96 % at least.
    check(right >= 0.8, "less than 80 % of the words are right", f"right: {right:.3f}, last loss {losses[-1]:.3f}")


@weight(0.5)
@hint("Make new tensors where the arguments are: torch.full_like, tensor.new_zeros, device=tokens.device.")
def test_works_on_any_device(student, rng):
    """Inputs, loss and model stay on the device of their tensors."""
    model = model_of(student, rng)
    source, targets = probes.as_column(words(rng, 3)), probes.as_column(words(rng, 3))
    logits = torch.tensor(rng.normal(size=(*targets.shape, 9)))
    expected, _ = sequence_cross_entropy(logits.numpy(), targets.numpy())
    assert_close(student.sequence_loss(logits, targets), expected, what="loss")
    assert_follows_device(student, student.teacher_inputs, targets)
    assert_follows_device(student, student.sequence_loss, logits, targets)
    assert_follows_device(student, probes.scores_of, model, source, targets)

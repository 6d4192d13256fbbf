"""Lab 3, a character model: one recurrent network reads a text, another one writes the answer."""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

# Texts are columns of tokens: (T, N), int64, the time first. A column holds a text's characters, then END, then as many
# PAD as it takes to be as long as the longest. START stands in none of them: it is the decoder's first input.
PAD, START, END = 0, 1, 2  # the characters follow: 3, 4, ...


# ---- Question 3.11: A character model from sequence to sequence ----
def teacher_inputs(targets: Tensor) -> Tensor:
    """What the decoder is fed while it learns: at each step the right token of the step before, and START at the first.

    Args:
        targets: shape (T, N), int64, T at least 1; not changed.

    Returns:
        shape (T, N), int64, on the device of `targets`.
    """
    raise NotImplementedError("Question 3.11: A character model from sequence to sequence")


def sequence_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy, the mean over all tokens of the batch that are not PAD; an END counts like any character.

    Args:
        logits: shape (T, N, V), float: scores of all V tokens at each step of each text. Finite up to +-1e4.
        targets: shape (T, N), int64, in [0, V): the right tokens; at least one is not PAD.

    Returns:
        shape (), in nats. Scores at steps whose target is PAD have no influence, and get a gradient of 0.
    """
    raise NotImplementedError("Question 3.11: A character model from sequence to sequence")


def greedy_decode(
    step: Callable[[Tensor, Any], tuple[Tensor, Any]], state: Any, n: int, max_length: int, device: str = "cpu"
) -> list[list[int]]:
    """Write `n` texts, one token after the other, always taking the token with the largest score.

    The first tokens fed to `step` are START, each later one is what its own text took in the step before. A text ends
    with its first END, or with its `max_length`-th token. `step` is not called any more once all texts have ended.

    Args:
        step: `step(tokens, state)`, with tokens of shape (n,), int64, gives logits of shape (n, V) and the next state.
            It is always called for all n texts; what it is fed for those that have ended does not matter.
        state: handed to the first call of `step` as it is; later calls get the state that the call before gave.
        n: how many texts, at least 1.
        max_length: the largest number of tokens of a text, END not counted, at least 1; `step` is called at most that
            often.
        device: where the tokens for `step` are made.

    Returns:
        n lists of ints, one for each text: its tokens up to, and without, the END. A text may be empty. PAD and START
        are tokens like any other here.
    """
    raise NotImplementedError("Question 3.11: A character model from sequence to sequence")


class Seq2Seq(nn.Module):
    """An encoder that reads a text into a state, and a decoder that writes another one from it.

    Layers, their sizes and their names are yours (`nn.Embedding`, `nn.GRU`, `nn.LSTM` and their like are welcome), as
    long as it learns to write short words backwards: after 300 batches of 64 words, each of 1 to 4 out of 6 letters,
    with hidden = 64, Adam with learning rate 0.005 and gradients clipped to norm 1, at least 80 % of new words are
    right. Texts of a batch do not influence each other.
    """

    def __init__(self, tokens: int, hidden: int) -> None:
        """Make the layers.

        Args:
            tokens: V, the number of tokens, PAD, START and END among them.
            hidden: how many numbers the state has for each text.
        """
        super().__init__()
        raise NotImplementedError("Question 3.11: A character model from sequence to sequence")

    def encode(self, source: Tensor) -> Any:
        """Read the texts.

        Args:
            source: shape (S, N), int64: each column is a text, its END, and PAD, however many. How many changes
                nothing: a text is read the same alone and beside a longer one.

        Returns:
            the state for the first `step`, in whatever form you like.
        """
        raise NotImplementedError("Question 3.11: A character model from sequence to sequence")

    def step(self, tokens: Tensor, state: Any) -> tuple[Tensor, Any]:
        """One step of the decoder.

        Args:
            tokens: shape (N,), int64: what was written last, START in the first step.
            state: from `encode`, or from the step before.

        Returns:
            logits: shape (N, V): scores of the token that comes next.
            state: for the next step. The given one still holds what it did: a step can be taken again from it.
        """
        raise NotImplementedError("Question 3.11: A character model from sequence to sequence")

    def forward(self, source: Tensor, targets: Tensor) -> Tensor:
        """The scores with teacher forcing: at each step the decoder is fed the right token of the step before.

        Args:
            source: shape (S, N), int64, as in `encode`.
            targets: shape (T, N), int64: the answers, with END and PAD.

        Returns:
            logits: shape (T, N, V). `logits[t]` are the scores for `targets[t]`, what `step` gives when it is fed
                START, targets[0], ..., targets[t - 1] one after the other.
        """
        raise NotImplementedError("Question 3.11: A character model from sequence to sequence")

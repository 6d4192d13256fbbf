"""Lab 3, REINFORCE: a policy that learns from what its actions paid."""

import torch
from torch import Tensor


# ---- Question 3.13: REINFORCE ----
def returns(rewards: Tensor, gamma: float, done: Tensor | None = None) -> Tensor:
    """The return of each step: its reward, and the later ones of the same episode, each discounted by its distance.

    Args:
        rewards: shape (T,), float, T at least 1; several thousand steps are no trouble. Not changed.
        gamma: the discount factor, in [0, 1].
        done: shape (T,), bool, True at the last step of each episode; the rewards of several episodes stand one behind
            the other, and none counts for another episode. The last episode may be cut off, without a True: no reward
            is added for what would have come. None: all steps are one episode.

    Returns:
        shape (T,), with the dtype and the device of `rewards`. Not normalised.
    """
    raise NotImplementedError("Question 3.13: REINFORCE")


def reinforce_loss(log_probs: Tensor, returns: Tensor, baseline: Tensor | None = None) -> Tensor:
    """A loss whose gradient is that of REINFORCE: minus the log-probabilities, weighted by the advantages.

    The advantage of a step is its return, minus its baseline if there is one; it is used as it is, without being
    normalised. The loss is the mean over the T steps of -log_prob * advantage.

    Args:
        log_probs: shape (T,), float: the logarithm of the probability of the action taken, from the policy.
        returns: shape (T,), float.
        baseline: shape (T,), float: what some other network expected as the return; or None.

    Returns:
        shape (). Its gradient reaches `log_probs`, and neither `returns` nor `baseline`.
    """
    raise NotImplementedError("Question 3.13: REINFORCE")

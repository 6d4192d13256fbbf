"""Lab 2, a training loop that knows when to stop."""

import copy
from collections.abc import Callable, Iterable

import torch


# ---- Question 2.9: Training with early stopping ----
def fit(
    model: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    loss_fn: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    train_batches: Iterable[tuple[torch.Tensor, torch.Tensor]],
    val_batches: Iterable[tuple[torch.Tensor, torch.Tensor]],
    epochs: int,
    patience: int,
) -> dict[str, list[float]]:
    """Train `model` in place until its validation loss has stopped falling, and leave it as it was at its best.

    One epoch is: the model in training mode, and one step of the optimizer for each training batch, along the gradient
    of this batch's loss alone; after that the model in evaluation mode, and its loss on all validation batches, with
    gradients off (torch.no_grad or torch.inference_mode). Validation batches train nothing.

    The validation loss of an epoch is the mean over all *samples*: batches may have different sizes, and a small one
    counts for less. The training loss of an epoch is the mean over all samples likewise, of the losses that the
    training steps were made of: no second pass through the training batches.

    An epoch is the best so far if its validation loss is lower than those of all epochs before it; an equal one is not
    lower, and NaN is not lower either. Training ends after `epochs` epochs, or earlier: as soon as `patience` epochs in
    a row were not the best so far. With patience = 2, validation losses of 5, 4, 4, 6 end it after epoch 4, and epoch
    2 is the best. The first epoch's validation loss is a number.

    Afterwards `model` is in evaluation mode, and its whole state (all that `model.state_dict()` lists: parameters, and
    buffers such as a batch norm's running statistics) is what it was at the end of the best epoch. Its parameters are
    still the same objects, so that `optimizer` still belongs to them.

    Args:
        model: gives predictions, `model(x)`. It may come in either mode.
        optimizer: one for the model's parameters, whose `.grad` may hold something already.
        loss_fn: `loss_fn(model(x), y)` is the mean loss over the samples of a batch, a tensor of one number.
        train_batches: pairs (x, y), whose first axis is the samples, at least one: x.shape[0] == y.shape[0]. All
            batches are on the model's device. Go through them once in each epoch, in their order. They need not be a
            list: they may be a DataLoader that shuffles anew each time that one goes through it.
        val_batches: likewise.
        epochs: how many epochs there may be, at least 1.
        patience: at least 1.

    Returns:
        {"train_loss": [...], "val_loss": [...]}: plain numbers, not tensors, one for each epoch that was run.
    """
    raise NotImplementedError("Question 2.9: Training with early stopping")

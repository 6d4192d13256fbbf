"""Lab 3, a small convolutional network that learns to read digits."""

import torch
from torch import nn


# ---- Question 3.4: A small convolutional network ----
class SmallCNN(nn.Module):
    """Convolutions, pooling and a linear layer: pictures of 8 x 8 pixels in, a score for each class out.

    Which layers there are, how many, how large and what they are called is yours, with these conditions:

    - at least one layer is an `nn.Conv2d`,
    - for ten classes there are at most 20,000 parameters; the model knows all of them (`model.parameters()`), and each
      has a part in the scores and can be trained,
    - whatever else the model computes with is in `model.state_dict()`, too, and moves along with `model.to(device)`,
    - in evaluation mode (`model.eval()`) the scores of a picture depend on that picture and on what was learned alone:
      not on the other pictures of the batch, nor on chance. In training mode (`model.train()`) they may, as with
      dropout and batch normalisation.

    The tests train the model with `train_classifier` of `probes.py`: 15 times through 1,300 digits with values in
    [0, 1], in batches of 32, with cross-entropy from the scores and Adam, whose learning rate falls from 0.006. It then
    reads at least 95 % of the digits that it has not seen.
    """

    def __init__(self, classes: int = 10) -> None:
        """Make the layers.

        Args:
            classes: how many classes there are to tell apart, at least 2.
        """
        super().__init__()
        raise NotImplementedError("Question 3.4: A small convolutional network")

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """The scores of every class, before any softmax; `images` are not changed.

        Args:
            images: shape (N, 1, 8, 8), float32, on the device of the parameters. N is at least 1 in evaluation mode,
                and at least 2 in training mode.

        Returns:
            logits: shape (N, classes), float32: any numbers, also negative ones, on the device of `images`.
        """
        raise NotImplementedError("Question 3.4: A small convolutional network")

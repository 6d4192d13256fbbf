"""Functions that the tests of Lab 3 run beside your code, and that you may use in your own scripts.

None of them knows an answer to a question: they train your models, and call your functions one after the other.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch


def pool_and_back(
    pool: Callable[..., Any], back: Callable[..., Any], x: torch.Tensor, dout: torch.Tensor, size: Any, stride: Any
) -> tuple[torch.Tensor, torch.Tensor]:
    """What pooling gives, and its gradient by `x` for the gradient `dout` by what it gives."""
    out, cache = pool(x, size, stride)
    return out, back(dout, cache)


def pool_all_then_back(
    pool: Callable[..., Any], back: Callable[..., Any], layers: Sequence[tuple[torch.Tensor, torch.Tensor, Any, Any]]
) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    """Several layers (x, dout, size, stride) forward, and only then all of them backward, the last one first."""
    results = [pool(x, size, stride) for x, _, size, stride in layers]
    gradients = [back(dout, cache) for (_, dout, _, _), (_, cache) in zip(layers[::-1], results[::-1], strict=True)]
    return [out for out, _ in results], gradients[::-1]


def make_model(kind: Callable[..., torch.nn.Module], seed: int, *arguments: Any, **keywords: Any) -> torch.nn.Module:
    """A model whose first weights are drawn after `torch.manual_seed(seed)`, tried once on two blank digits."""
    torch.manual_seed(seed)
    model = kind(*arguments, **keywords)
    with torch.no_grad():  # layers that find out their own sizes do it now
        model.eval()(torch.zeros(2, 1, 8, 8))
    return model


def train_classifier(
    model: torch.nn.Module, images: torch.Tensor, labels: torch.Tensor, epochs: int, lr: float, batch: int, seed: int
) -> list[float]:
    """Train with Adam on shuffled batches; the mean cross-entropy of each epoch.

    The learning rate falls from `lr` in equal parts with every epoch. A last batch of one picture is left out.
    """
    torch.manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    history = []
    model.train()
    for epoch in range(epochs):
        losses = []
        optimizer.param_groups[0]["lr"] = lr * (1 - epoch / epochs)
        for chosen in torch.randperm(len(images)).split(batch):
            if len(chosen) == 1:
                continue
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(model(images[chosen]), labels[chosen])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        history.append(sum(losses) / len(losses))
    return history


def scores_in_evaluation(model: torch.nn.Module, images: torch.Tensor) -> torch.Tensor:
    """What a model gives in evaluation mode."""
    model.eval()
    with torch.no_grad():
        return model(images)


def scores_in_training(model: torch.nn.Module, images: torch.Tensor) -> torch.Tensor:
    """What a model gives in training mode."""
    model.train()
    with torch.no_grad():
        return model(images)


def scores_of_copy(kind: Callable[..., torch.nn.Module], model: torch.nn.Module, images: torch.Tensor) -> torch.Tensor:
    """What a new model gives in evaluation mode after it has loaded all that `model` has saved."""
    copy = make_model(kind, 12345)
    copy.load_state_dict(model.state_dict())
    return scores_in_evaluation(copy, images)


def count_parameters(model: torch.nn.Module) -> int:
    """How many numbers a model learns or keeps as parameters."""
    return sum(parameter.numel() for parameter in model.parameters())


def count_convolutions(model: torch.nn.Module) -> int:
    """How many layers of a model are an `nn.Conv2d`."""
    return sum(isinstance(layer, torch.nn.Conv2d) for layer in model.modules())


def without_gradient(model: torch.nn.Module, images: torch.Tensor, labels: torch.Tensor) -> list[str]:
    """The names of the parameters that no gradient of the loss reaches."""
    model.train()
    model.zero_grad(set_to_none=True)
    torch.nn.functional.cross_entropy(model(images), labels).backward()
    missing = [name for name, parameter in model.named_parameters() if parameter.grad is None]
    model.zero_grad(set_to_none=True)
    return missing

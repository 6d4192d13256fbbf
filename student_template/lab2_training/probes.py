"""Functions that the tests of Lab 2 run beside your code, and that you may use in your own scripts.

None of them knows an answer to a question.
"""

import contextlib
import fnmatch
import gc
import sys
import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch


def call_each(function: Callable[..., Any], arguments: Sequence[Sequence[Any]]) -> list[Any]:
    """Call `function` once for each list of arguments and hand back all results together, after the last call."""
    return [function(*values) for values in arguments]


# ---- questions 2.4 to 2.6: normalization


def default_dtype() -> str:
    """The type that torch gives to numbers here unless it is told another one, "torch.float32" if nobody changed it."""
    return str(torch.get_default_dtype())


def set_tensors(layer: Any, **values: torch.Tensor) -> None:
    """Write into a layer's tensors in place, by their names; they may be parameters or plain tensors."""
    with torch.no_grad():
        for name, value in values.items():
            getattr(layer, name).copy_(value)


def normalize_once(BatchNorm: Any, x: torch.Tensor) -> torch.Tensor:
    """What a new layer of x's device and dtype makes of a batch."""
    return BatchNorm(x.shape[1], device=x.device, dtype=x.dtype)(x)


def batch_norm_gradients(
    layer: Any, x: torch.Tensor, dy: torch.Tensor
) -> tuple[torch.Tensor | None, torch.Tensor | None, torch.Tensor | None, list[str]]:
    """Let autograd go back through a layer from the upstream gradient dy.

    Gives the gradients by x, gamma and beta, None where autograd found no way, and the names of the running statistics
    that require a gradient afterwards.
    """
    x = x.clone().requires_grad_()
    leaves = [x, layer.gamma.requires_grad_(), layer.beta.requires_grad_()]
    y = layer(x)
    gradients = torch.autograd.grad(y, leaves, dy, allow_unused=True) if y.requires_grad else (None, None, None)
    kept = [name for name in ("running_mean", "running_var") if getattr(layer, name).requires_grad]
    return *gradients, kept


# ---- question 2.7: optimizers


def follow(
    kind: Callable[..., Any],
    starts: Sequence[torch.Tensor],
    gradients: Sequence[Sequence[torch.Tensor | None]],
    *,
    same: bool = False,
    **options: Any,
) -> tuple[list[list[torch.Tensor]], bool]:
    """Give an optimizer these gradients, one list a step; with `same`, each parameter's always in the same tensor.

    Gives the parameters after each step, and whether every gradient is afterwards what it was.
    """
    params = [start.clone().requires_grad_() for start in starts]
    with _without_torch_optim():
        optimizer = kind(iter(params), **options)  # params may be gone through once only
    history, kept = [], True
    for step in gradients:
        for p, gradient in zip(params, step, strict=True):
            if same and p.grad is not None and gradient is not None:
                p.grad.copy_(gradient)
            else:
                p.grad = None if gradient is None else gradient.clone()
        with _without_torch_optim():
            optimizer.step()
        for p, gradient in zip(params, step, strict=True):
            kept &= (p.grad is None) == (gradient is None) and (gradient is None or torch.equal(p.grad, gradient))
        history.append([p.detach().clone() for p in params])
    return history, kept


def two_at_a_time(
    kind: Callable[..., Any], start: torch.Tensor, gradients: Sequence[torch.Tensor], **options: Any
) -> tuple[torch.Tensor, torch.Tensor]:
    """Two optimizers of one kind, stepping in turn on parameters of their own, the second with gradients reversed."""
    first, second = start.clone().requires_grad_(), start.clone().requires_grad_()
    with _without_torch_optim():
        optimizers = kind([first], **options), kind([second], **options)
        for ahead, back in zip(gradients, list(gradients)[::-1], strict=True):
            first.grad, second.grad = ahead.clone(), back.clone()
            for optimizer in optimizers:
                optimizer.step()
    return first.detach(), second.detach()


def one_step(kind: Callable[..., Any], start: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
    """A parameter after one step, for any device."""
    p = start.clone().requires_grad_()
    p.grad = gradient
    with _without_torch_optim():
        optimizer = kind([p], lr=0.1)
        optimizer.step()
    return p.detach()


def train_quadratic(kind: Callable[..., Any], steps: int, **options: Any) -> float:
    """How far an optimizer gets on a narrow valley: the loss after these steps, 1 at the start."""
    p = torch.tensor([1.0, 1.0], dtype=torch.float64, requires_grad=True)
    scale = torch.tensor([1.0, 0.02], dtype=torch.float64)
    with _without_torch_optim():
        optimizer = kind([p], **options)
        for _ in range(steps):
            p.grad = None
            (scale * p**2).sum().backward()
            optimizer.step()
    return float((scale * p.detach() ** 2).sum() / scale.sum())


def clip_gradients(
    clip_grad_norm: Callable[..., Any], gradients: Sequence[torch.Tensor | None], max_norm: float, once: bool = False
) -> tuple[Any, list[torch.Tensor | None], bool, bool]:
    """Clip parameters that have these gradients; where `once`, through an iterator that can be gone through once.

    Gives what the function returned, the gradients now, whether they are still the same tensors, and whether the
    parameters have kept their values.
    """
    parameters = _with_gradients(gradients)
    before = [parameter.detach().clone() for parameter in parameters]
    with _without_files("torch/nn/utils/clip_grad.py"):
        norm = clip_grad_norm(iter(parameters) if once else parameters, max_norm)
    same = all(p.grad is gradient for p, gradient in zip(parameters, gradients, strict=True))
    kept = all(torch.equal(p, then) for p, then in zip(parameters, before, strict=True))
    return norm, [p.grad for p in parameters], same, kept


def clipped(
    clip_grad_norm: Callable[..., Any], gradients: Sequence[torch.Tensor], max_norm: float
) -> list[torch.Tensor | None]:
    """The gradients after clipping, and nothing that looks at their values."""
    parameters = _with_gradients(gradients)
    with _without_files("torch/nn/utils/clip_grad.py"):
        clip_grad_norm(parameters, max_norm)
    return [parameter.grad for parameter in parameters]


def _with_gradients(gradients: Sequence[torch.Tensor | None]) -> list[torch.nn.Parameter]:
    parameters = []
    for gradient in gradients:
        parameter = torch.nn.Parameter(torch.ones(2) if gradient is None else torch.ones_like(gradient))
        parameter.grad = gradient
        parameters.append(parameter)
    return parameters


class ForbiddenOperation(RuntimeError):
    """A function of torch's that the question is to be done without."""


def _without_torch_optim() -> contextlib.AbstractContextManager[None]:
    """Refuse the optimizers of torch.optim; their base class, which computes nothing, may be used."""
    return _without_files("/torch/optim/*.py", but="/torch/optim/optimizer.py")


@contextlib.contextmanager
def _without_files(end: str, but: str = "") -> Iterator[None]:
    """While the block runs, functions of torch's source files whose paths end like this raise when they are called."""

    def look(frame: Any, event: str, argument: Any) -> None:
        del argument
        path = frame.f_code.co_filename.replace("\\", "/")
        if event == "call" and fnmatch.fnmatchcase(path, f"*{end}") and not (but and path.endswith(but)):
            name = path.rpartition("/")[2].removesuffix(".py")
            raise ForbiddenOperation(f"`{name}` is not allowed in this question")

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        yield
    finally:
        sys.setprofile(before)


class ScriptedModel(torch.nn.Module):
    """A model with one parameter, which counts steps, and with a validation loss that follows a script.

    x has two columns, and the second one tells training batches (1) from validation batches (0). For the former, the
    prediction is the first column less the number of steps so far; with `scripted_loss` and a learning rate of 1, each
    step adds 1 to the parameter, whatever x is. For the latter, it is the first column plus the number that the script
    has for the epoch: the steps so far, divided by `steps_per_epoch`.
    """

    def __init__(self, script: Sequence[float], steps_per_epoch: int) -> None:
        super().__init__()
        self.steps = torch.nn.Parameter(torch.zeros((), dtype=torch.float64))
        self.register_buffer("seen", torch.zeros((), dtype=torch.float64))  # training batches so far
        self.script = list(script)
        self.steps_per_epoch = steps_per_epoch
        self.calls: list[tuple[bool, bool]] = []  # for each call: training mode? gradients on?

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.calls.append((self.training, torch.is_grad_enabled()))
        if x[0, 1] == 1:
            self.seen += 1
            return x[:, 0] - self.steps
        epoch = round(self.steps.item() / self.steps_per_epoch)
        return x[:, 0] + self.script[max(1, min(epoch, len(self.script))) - 1] + 0 * self.steps


def scripted_loss(prediction: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """The mean of prediction - y."""
    return (prediction - y).mean()


class Batches:
    """Batches that one can go through again and again, and that have no length; they tell when somebody begins to."""

    def __init__(self, batches: Sequence[tuple[torch.Tensor, torch.Tensor]], begin: Callable[[], Any]) -> None:
        self.__batches = batches
        self.__begin = begin

    def __iter__(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        self.__begin()
        yield from self.__batches


def fit_script(
    fit: Callable[..., Any],
    script: Sequence[float],
    train_batches: Sequence[tuple[torch.Tensor, torch.Tensor]],
    val_batches: Sequence[tuple[torch.Tensor, torch.Tensor]],
    epochs: int,
    patience: int,
    training: bool = True,
    left_over: float = 0.0,
    loader: bool = False,
) -> dict[str, Any]:
    """Run `fit` with a ScriptedModel that comes in this mode and with this gradient, and tell how it went.

    `train_batches` and `val_batches` have inputs of one column; the second one is added here. They are lists, or with
    `loader` something that has neither a length nor an index, as some loaders have none. Gives the history, and
    whether it holds plain numbers; the parameter, the buffer and the mode in the end; all calls of the model, each as
    whether it was in training mode and whether gradients were on; how often both kinds of batches were gone through;
    and whether the model's parameter is still the same object.
    """
    model = ScriptedModel(script, len(train_batches)).to(train_batches[0][0].device).train(training)
    parameter = model.steps
    parameter.grad = torch.full_like(parameter, left_over) if left_over else None
    begun = {"train": 0, "val": 0}

    def counted(kind: str, batches: Sequence[tuple[torch.Tensor, torch.Tensor]]) -> Any:
        mark = float(kind == "train")
        batches = [(torch.cat([x, torch.full_like(x, mark)], dim=1), y) for x, y in batches]
        return Batches(batches, lambda: begun.update({kind: begun[kind] + 1})) if loader else batches

    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    history = fit(
        model,
        optimizer,
        scripted_loss,
        counted("train", train_batches),
        counted("val", val_batches),
        epochs,
        patience,
    )
    return {
        "history": plain_history(history),
        "plain": plain_history(history) is not None
        and not any(isinstance(value, torch.Tensor) for name in ("train_loss", "val_loss") for value in history[name]),
        "steps": model.steps.item(),
        "seen": model.seen.item(),
        "training": model.training,
        "calls": model.calls,
        "begun": begun,
        "same": model.steps is parameter,
    }


def plain_history(history: Any) -> dict[str, list[float]] | None:
    """The history as a dict of lists of plain numbers; None if it is no dict with these names."""
    if not isinstance(history, dict) or {"train_loss", "val_loss"} - set(history):
        return None
    return {name: [float(value) for value in history[name]] for name in ("train_loss", "val_loss")}


def fit_network(
    fit: Callable[..., Any],
    kind: str,
    train_batches: Sequence[tuple[torch.Tensor, torch.Tensor]],
    val_batches: Sequence[tuple[torch.Tensor, torch.Tensor]],
    epochs: int,
    patience: int,
    learning_rate: float,
    seed: int,
) -> dict[str, Any]:
    """Run `fit` with a small network, and tell how it went.

    `kind` is "linear" (one output, mean squared error, plain SGD from weights of 0), "batch_norm" (the same loss, with
    momentum, a hidden layer and batch norm) or "classifier" (cross-entropy, Adam, a hidden layer with dropout).
    Gives the history, the state in the end, the states at the moments when somebody began to go through `val_batches`
    (kept for "batch_norm" only, whose `val_batches` have no length), and the mode in the end.
    """
    torch.manual_seed(seed)
    example = train_batches[0][0]
    features = example.shape[1]
    loss_fn: torch.nn.Module = torch.nn.MSELoss()
    if kind == "linear":
        model = torch.nn.Sequential(torch.nn.Linear(features, 1)).to(example)
        torch.nn.init.zeros_(model[0].weight)
        torch.nn.init.zeros_(model[0].bias)
        optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    elif kind == "batch_norm":
        model = torch.nn.Sequential(
            torch.nn.Linear(features, 8), torch.nn.BatchNorm1d(8), torch.nn.ReLU(), torch.nn.Linear(8, 1)
        ).to(example)
        optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate, momentum=0.9)
    else:
        model = torch.nn.Sequential(
            torch.nn.Linear(features, 64), torch.nn.ReLU(), torch.nn.Dropout(0.25), torch.nn.Linear(64, 10)
        ).to(example.device)
        optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
        loss_fn = torch.nn.CrossEntropyLoss()
    states: list[dict[str, torch.Tensor]] = []
    watched = Batches(val_batches, lambda: states.append(_state(model))) if kind == "batch_norm" else val_batches
    history = fit(model, optimizer, loss_fn, train_batches, watched, epochs, patience)
    return {
        "history": plain_history(history),
        "state": _state(model),
        "states": states,
        "training": model.training,
        "outputs": [model.eval()(x).detach() for x, _ in val_batches],
    }


def _state(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    """A copy of all that the model's state_dict lists."""
    return {name: value.detach().clone() for name, value in model.state_dict().items()}


def sample_many(sample: Callable[..., Any], space: dict[str, Any], rng: Any, count: int) -> list[Any]:
    """What `count` calls of `sample` with the same generator give."""
    return [sample(space, rng) for _ in range(count)]


def linear_model(weight: torch.Tensor, bias: torch.Tensor, stale: float = 0.0) -> torch.nn.Module:
    """x @ weight + bias as a network, (features, outputs) and (outputs,); where `stale`, with gradients of it."""
    model = torch.nn.Sequential(torch.nn.Linear(*weight.shape)).to(weight)
    with torch.no_grad():
        model[0].weight.copy_(weight.T)
        model[0].bias.copy_(bias)
    if stale:
        for parameter in model.parameters():
            parameter.grad = torch.full_like(parameter, stale)
    return model


class Watched(torch.nn.Module):
    """A network whose calls are written down: in training mode? gradients on? how many earlier outputs are alive?"""

    def __init__(self, inner: torch.nn.Module) -> None:
        super().__init__()
        self.inner = inner
        self.calls: list[tuple[bool, bool, int]] = []
        self.alive: list[weakref.ref[torch.Tensor]] = []

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        gc.collect()
        alive = sum(reference() is not None for reference in self.alive)
        self.calls.append((self.training, torch.is_grad_enabled(), alive))
        hidden = self.inner(x)
        if hidden.requires_grad:
            # What the graph saves for the backward pass of this product lives as long as the graph does.
            kept = torch.ones_like(hidden)
            self.alive.append(weakref.ref(kept))
            return _Times.apply(hidden, kept)
        return hidden


class _Times(torch.autograd.Function):
    """A product that keeps its second factor until its graph is gone, whether or not backward has been called."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, kept: torch.Tensor) -> torch.Tensor:
        ctx.kept = kept
        return x * kept

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor, None]:
        return gradients[0] * ctx.kept, None


def train_linear(
    function: Callable[..., Any],
    weight: torch.Tensor,
    bias: torch.Tensor,
    learning_rate: float,
    arguments: Sequence[Any],
    stale: float = 0.0,
) -> dict[str, Any]:
    """Call function(model, optimizer, *arguments) with a linear model that comes in evaluation mode, and plain SGD.

    Gives what it returned, as a number if it is one, and whether it is a plain one; weight and bias after it; and the
    model's calls: each as whether it was in training mode, whether gradients were on, and how many graphs of earlier
    calls were still there.
    """
    model = Watched(linear_model(weight, bias, stale)).eval()
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    result = function(model, optimizer, *arguments)
    after_weight, after_bias = (parameter.detach().clone() for parameter in model.parameters())
    return {
        "result": None if result is None else float(result),
        "plain": not isinstance(result, torch.Tensor),
        "weight": after_weight.T,
        "bias": after_bias,
        "calls": model.calls,
    }


def predict_with(
    predict: Callable[..., Any], weight: torch.Tensor, mean: torch.Tensor, x: torch.Tensor, training: bool, times: int
) -> dict[str, Any]:
    """Call predict(model, x) some times, with batch norm, dropout and a linear layer as a model that is in this mode.

    Batch norm has the running mean `mean`, and a variance of 1. Gives the predictions, the running mean in the end,
    the modes of the model and of its parts in the end, and the model's calls.
    """
    torch.manual_seed(0)
    model = Watched(
        torch.nn.Sequential(
            torch.nn.BatchNorm1d(len(mean)),
            torch.nn.Dropout(0.5),
            linear_model(weight, torch.zeros(weight.shape[1], dtype=weight.dtype)),
        ).to(weight)
    ).train(training)
    with torch.no_grad():
        model.inner[0].running_mean.copy_(mean)
    before = model.inner[0].running_mean.clone()
    predictions = [predict(model, x) for _ in range(times)]
    return {
        "predictions": predictions,
        "kept": torch.equal(before, model.inner[0].running_mean),
        "modes": [module.training for module in model.modules()],
        "calls": model.calls,
    }


def batches_of(
    shuffled_batches: Callable[..., Any], x: torch.Tensor, y: torch.Tensor, batch_size: int, seed: int, times: int
) -> list[list[tuple[torch.Tensor, torch.Tensor]]]:
    """The batches of some calls with the same generator."""
    rng = torch.Generator().manual_seed(seed)
    return [[(a, b) for a, b in shuffled_batches(x, y, batch_size, rng)] for _ in range(times)]


# ---- Speed checks


def steps_of(
    kind: Callable[..., Any], params: Sequence[torch.Tensor], gradients: Sequence[Sequence[torch.Tensor]], lr: float
) -> list[torch.Tensor]:
    """A new optimizer, and a step for each list of gradients: the parameters after them. Nothing given is changed."""
    own = [torch.nn.Parameter(p.clone()) for p in params]
    optimizer = kind(own, lr=lr)
    for step in gradients:
        for p, gradient in zip(own, step, strict=True):
            p.grad = gradient
        optimizer.step()
    return [p.detach() for p in own]


def augment_batch(
    augment: Callable[..., Any], x: torch.Tensor, y: torch.Tensor, seed: torch.Tensor, padding: int, strength: float
) -> Any:
    """One batch in training, its generator seeded with `seed`."""
    return augment(x, y, torch.Generator().manual_seed(int(seed)), True, padding=padding, strength=strength)

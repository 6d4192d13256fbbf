"""Functions that the tests of Lab 3 run beside your code, and that you may use in your own scripts.

None of them knows an answer to a question: they are small models to hand over, and loops of many steps.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from torch import Tensor, nn


def leaf(values: Tensor) -> Tensor:
    """A copy of `values` that collects a gradient."""
    return values.clone().requires_grad_()


def gradients(function: Callable[..., Tensor], tensors: Sequence[Tensor], upstream: Tensor | None = None) -> list[Any]:
    """The value of `function(*tensors)`, then the gradient by each of the tensors of the sum of value * upstream.

    A tensor that gets no gradient has None; no `upstream` means ones, and a value without a history gives None for all.
    """
    leaves = [leaf(values) for values in tensors]
    value = function(*leaves)
    if value.requires_grad:
        (value if upstream is None else value * upstream).sum().backward()
    return [value.detach(), *(values.grad for values in leaves)]


def loss_and_gradient(loss: Callable[..., Tensor], scores: Tensor, *arguments: Any) -> tuple[Tensor, Tensor | None]:
    """`loss(scores, *arguments)` and its gradient by the scores; None if there is none."""
    scores = leaf(scores)
    value = loss(scores, *arguments)
    if value.requires_grad:
        value.backward()
    return value.detach(), scores.grad


def train(
    model: nn.Module, criterion: Callable[[Tensor], Tensor], batches: Iterable[Tensor], lr: float, clip: float = 0.0
) -> list[float]:
    """Train by Adam on `criterion(batch)` in training mode, then leave the model in evaluation mode; all losses.

    `clip`, unless 0, is the largest norm that the gradient of all parameters together may have.
    """
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    model.train()
    losses = []
    for batch in batches:
        optimizer.zero_grad()
        loss = criterion(batch)
        loss.backward()
        if clip:
            nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()
        losses.append(float(loss.detach()))
    model.eval()
    return losses


def shuffled_batches(data: Tensor, epochs: int, size: int, seed: int) -> Iterable[Tensor]:
    """The rows of `data` in batches, in a new order in each epoch."""
    rng = torch.Generator().manual_seed(seed)
    for _ in range(epochs):
        yield from data[torch.randperm(len(data), generator=rng)].split(size)


def parameter_count(model: nn.Module) -> int:
    """How many numbers training may change."""
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)


# ---- autoencoders (3.9)


class GivenAutoencoder(nn.Module):
    """Two matrices as an autoencoder with code tanh(E x) and logits D code; it remembers every input."""

    def __init__(self, E: Tensor, D: Tensor) -> None:  # (code, pixels), (pixels, code)
        super().__init__()
        self.E, self.D = nn.Parameter(E.clone()), nn.Parameter(D.clone())
        self.seen: list[Tensor] = []

    def encode(self, x: Tensor) -> Tensor:
        self.seen.append(x.detach().clone())
        return torch.tanh(x @ self.E.T)

    def decode(self, code: Tensor) -> Tensor:
        return code @ self.D.T

    def forward(self, x: Tensor) -> Tensor:
        return self.decode(self.encode(x))


def loss_of_given(
    loss: Callable[..., Tensor], E: Tensor, D: Tensor, x: Tensor, *options: Any, training: bool = True
) -> dict[str, Any]:
    """What `loss(model, x, *options)` gives for a `GivenAutoencoder`.

    Returns:
        loss, the gradients dE and dD, the inputs that the model has seen, and whether its mode is what it was.
    """
    model = GivenAutoencoder(E, D).train(training)
    value = loss(model, x, *options)
    value.backward()
    return {
        "loss": value.detach(),
        "dE": model.E.grad,
        "dD": model.D.grad,
        "seen": model.seen,
        "mode kept": model.training == training,
    }


def numbers_drawn(rng: torch.Generator, action: Callable[[], Any]) -> tuple[bool, bool]:
    """Run `action`; whether it drew from `rng`, and whether it drew from torch's global generator."""
    before, before_globally = rng.get_state(), torch.get_rng_state()
    action()
    return not torch.equal(before, rng.get_state()), not torch.equal(before_globally, torch.get_rng_state())


def draws_of_denoising(loss: Callable[..., Tensor], E: Tensor, D: Tensor, x: Tensor, training: bool) -> Any:
    """Whether `denoising_loss` draws from the generator that it is given, and whether from torch's global one."""
    rng = torch.Generator(x.device).manual_seed(5)
    model = GivenAutoencoder(E, D).train(training)
    return numbers_drawn(rng, lambda: loss(model, x, 0.5, rng))


def trained_autoencoder(
    make: Callable[[], nn.Module],
    criterion: Callable[[nn.Module, Tensor], Tensor],
    images: Tensor,
    epochs: int,
    seed: int,
) -> nn.Module:
    """A new autoencoder, trained on images (N, pixels) to make `criterion(model, batch)` small."""
    torch.manual_seed(seed)
    model = make().to(images.device)
    train(model, lambda batch: criterion(model, batch), shuffled_batches(images, epochs, 100, seed), lr=0.003)
    return model


def out_of_reach(model: nn.Module, criterion: Callable[[nn.Module, Tensor], Tensor], x: Tensor) -> list[str]:
    """The names of the parameters that make the code of `x` and get no gradient of `criterion(model, x)`."""
    model.train()
    code = model.encode(x)
    if not code.requires_grad:
        return ["all"]
    code.sum().backward()
    making = [(name, parameter) for name, parameter in model.named_parameters() if parameter.grad is not None]
    model.zero_grad(set_to_none=True)
    loss = criterion(model, x)
    if loss.requires_grad:
        loss.backward()
    return [name for name, parameter in making if parameter.grad is None]


# ---- variational autoencoders (3.10)


def trained_vae(
    make: Callable[[], nn.Module], loss: Callable[..., Tensor], images: Tensor, epochs: int, seed: int
) -> nn.Module:
    """A new variational autoencoder, trained on images (N, pixels) to make `loss(x, *model(x, rng))` small."""
    torch.manual_seed(seed)
    model = make().to(images.device)
    rng = torch.Generator(images.device).manual_seed(seed)
    train(model, lambda x: loss(x, *model(x, rng)), shuffled_batches(images, epochs, 100, seed), lr=0.003)
    return model


def draws_of_reparameterize(function: Callable[..., Tensor], mu: Tensor, logvar: Tensor) -> Any:
    """Whether it draws from the generator that it is given, and whether from torch's global one."""
    rng = torch.Generator(mu.device).manual_seed(5)
    return numbers_drawn(rng, lambda: function(mu, logvar, rng))


def reparameterize_gradients(function: Callable[..., Tensor], mu: Tensor, logvar: Tensor, upstream: Tensor) -> Any:
    """z, and the gradients by mu and logvar of the sum of z * upstream."""
    rng = torch.Generator(mu.device).manual_seed(5)
    return gradients(lambda *tensors: function(*tensors, rng), [mu, logvar], upstream)


def vae_forward(model: nn.Module, x: Tensor, rng: torch.Generator) -> Any:
    """What the model gives for pictures."""
    return model(x, rng)


def vae_samples(model: nn.Module, n: int, rng: torch.Generator) -> Tensor:
    """New pictures of the model."""
    return model.sample(n, rng)


# ---- sequence to sequence (3.11)


def as_column(words: Sequence[Sequence[int]], end: int = 2, pad: int = 0) -> Tensor:
    """Words as columns of tokens (T, N): the letters, `end`, then `pad` up to the longest."""
    length = max(len(word) for word in words) + 1
    columns = [[*word, end, *[pad] * (length - len(word) - 1)] for word in words]
    return torch.tensor(columns).T.contiguous()


def decode_script(
    greedy_decode: Callable[..., list[list[int]]], scripts: Tensor, max_length: int
) -> tuple[list[list[int]], list[Tensor], list[int]]:
    """Decode texts whose scores are given for each step and each token before, and write down what `step` is fed.

    Args:
        greedy_decode: the function.
        scripts: shape (N, T, V, V): scores of the next token, by text, step, and the token before.
        max_length: the most tokens of a text.

    Returns:
        the texts; the tokens of each call of `step`, (n,); and the state of each call, which counts from 0.
    """
    fed, states = [], []
    rows = torch.arange(len(scripts), device=scripts.device)

    def step(tokens: Tensor, state: int) -> tuple[Tensor, int]:
        fed.append(tokens.detach().clone())
        states.append(state)
        return scripts[rows, state, tokens], state + 1

    return greedy_decode(step, 0, len(scripts), max_length), fed, states


def teacher_and_steps(model: nn.Module, source: Tensor, targets: Tensor, start: int = 1) -> tuple[Tensor, Tensor]:
    """The scores (T, N, V) of `model(source, targets)`, and those of `model.step` fed with the same tokens by hand."""
    model.eval()
    with torch.no_grad():
        state = model.encode(source)
        tokens, scores = torch.full_like(targets[0], start), []
        for target in targets:
            logits, state = model.step(tokens, state)
            scores.append(logits)
            tokens = target
        return model(source, targets), torch.stack(scores)


def scores_of(model: nn.Module, source: Tensor, targets: Tensor) -> Tensor:
    """The scores (T, N, V) of `model(source, targets)` in evaluation mode."""
    model.eval()
    with torch.no_grad():
        return model(source, targets)


def step_twice(model: nn.Module, source: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor]:
    """The scores of two steps that are taken from one and the same state, with the same tokens."""
    model.eval()
    with torch.no_grad():
        state = model.encode(source)
        first = model.step(tokens, state)[0].clone()
        return first, model.step(tokens, state)[0]


def seeded(make: Callable[..., nn.Module], *arguments: Any, seed: int) -> nn.Module:
    """`make(*arguments)` with torch's global generator at `seed`, from which layers draw their weights."""
    torch.manual_seed(seed)
    return make(*arguments)


def trained_seq2seq(
    model: nn.Module,
    sequence_loss: Callable[[Tensor, Tensor], Tensor],
    batches: Iterable[tuple[Tensor, Tensor]],
) -> list[float]:
    """Train with teacher forcing on pairs (source, targets) of tokens; all losses."""
    return train(model, lambda pair: sequence_loss(model(*pair), pair[1]), batches, lr=0.005, clip=1.0)


def answers(model: nn.Module, greedy_decode: Callable[..., list[list[int]]], source: Tensor, max_length: int) -> Any:
    """What a model writes for the texts of `source`."""
    model.eval()
    with torch.no_grad():
        return greedy_decode(model.step, model.encode(source), source.shape[1], max_length)


# ---- generative adversarial networks (3.12)


def linear(weight: Tensor, flat: bool = False) -> nn.Module:
    """A linear layer without a bias, weight (outputs, inputs); `flat` makes its single output (N,), not (N, 1)."""
    layer = nn.Linear(weight.shape[1], weight.shape[0], bias=False, dtype=weight.dtype, device=weight.device)
    with torch.no_grad():
        layer.weight.copy_(weight)
    return nn.Sequential(layer, nn.Flatten(0)) if flat else layer


def discriminator_gradients(
    loss: Callable[..., Tensor], weight: Tensor, real: Tensor, generator: Tensor, noise: Tensor, flat: bool = False
) -> dict[str, Any]:
    """`discriminator_loss` of a linear D and the samples of a linear G: the loss, the gradients of D, G and `real`."""
    D, G = linear(weight, flat), linear(generator)
    value = loss(D, real, G(noise))
    value.backward()
    return {"loss": value.detach(), "D": next(D.parameters()).grad, "G": next(G.parameters()).grad}


def generator_gradients(
    loss: Callable[..., Tensor], weight: Tensor, generator: Tensor, noise: Tensor, flat: bool = False
) -> dict[str, Any]:
    """`generator_loss` of a linear D and the samples of a linear G: the loss, and the gradient of G."""
    D, G = linear(weight, flat), linear(generator)
    value = loss(D, G(noise))
    value.backward()
    return {"loss": value.detach(), "G": next(G.parameters()).grad}


def gan_steps(
    train_step: Callable[..., tuple[float, float]],
    weight: Tensor,
    generator: Tensor,
    batches: Sequence[tuple[Tensor, Tensor]],
    lr: float,
    left_over: float = 0.0,
) -> dict[str, Any]:
    """Steps of a linear D and a linear G with plain gradient descent; what came of it.

    Each of `batches` is (real, noise). `left_over` stands in every gradient before the first step.
    """
    D, G = linear(weight), linear(generator)
    optimizers = [torch.optim.SGD(model.parameters(), lr=lr) for model in (G, D)]
    for model in (D, G):
        model.weight.grad = torch.full_like(model.weight, left_over)
    calls = [0, 0]
    for which, optimizer in enumerate(optimizers):
        optimizer.register_step_post_hook(lambda *_, which=which: calls.__setitem__(which, calls[which] + 1))
    losses = [[float(loss) for loss in train_step(G, D, *optimizers, *batch)] for batch in batches]
    return {
        "D": D.weight.detach(),
        "G": G.weight.detach(),
        "losses": losses,
        "steps": calls,
        "require grad": bool(D.weight.requires_grad and G.weight.requires_grad),
    }


class Shift(nn.Module):
    """A generator that can only move its noise: noise + shift."""

    def __init__(self) -> None:
        super().__init__()
        self.shift = nn.Parameter(torch.zeros(1))

    def forward(self, noise: Tensor) -> Tensor:
        return noise + self.shift


def shift_learned_by_gan(train_step: Callable[..., tuple[float, float]], centre: float, steps: int, seed: int) -> float:
    """The mean shift over the last third of the steps, where the real samples are normal around `centre`."""
    torch.manual_seed(seed)
    G, D = Shift(), nn.Linear(1, 1)
    # A discriminator that forgets, by weight decay, keeps the two from circling around each other.
    optimizers = (
        torch.optim.SGD(G.parameters(), lr=0.2),
        torch.optim.SGD(D.parameters(), lr=0.1, weight_decay=0.5),
    )
    shifts = []
    for _ in range(steps):
        train_step(G, D, *optimizers, centre + torch.randn(64, 1), torch.randn(64, 1))
        shifts.append(float(G.shift.detach()))
    return sum(shifts[-steps // 3 :]) / len(shifts[-steps // 3 :])


# ---- reinforcement learning (3.13)


def reinforce_gradients(
    loss: Callable[..., Tensor], log_probs: Tensor, returns: Tensor, baseline: Tensor | None = None
) -> list[Any]:
    """The loss, and the gradients by the log-probabilities, the returns and the baseline; None where there is none."""
    given = [log_probs, returns] if baseline is None else [log_probs, returns, baseline]
    return gradients(loss, given)


def policy_gradient(
    loss: Callable[..., Tensor], scores: Tensor, actions: Tensor, returns: Tensor
) -> tuple[Tensor, Tensor | None]:
    """The loss of a policy softmax(scores), shape (A,), that took `actions`, shape (T,), and its gradient by scores."""
    return loss_and_gradient(lambda s: loss(torch.log_softmax(s, dim=0)[actions], returns), scores)


def bandit(loss: Callable[..., Tensor], payoffs: Tensor, steps: int, seed: int) -> Tensor:
    """The probabilities of the actions after learning which of them pays; rewards are the payoffs plus noise."""
    rng = torch.Generator(payoffs.device).manual_seed(seed)
    scores = torch.zeros(len(payoffs), device=payoffs.device, requires_grad=True)
    optimizer = torch.optim.SGD([scores], lr=0.5)
    for _ in range(steps):
        log_probs = torch.log_softmax(scores, dim=0)
        actions = torch.multinomial(log_probs.detach().exp(), 32, replacement=True, generator=rng)
        rewards = payoffs[actions] + 0.5 * torch.randn(32, generator=rng, device=payoffs.device)
        optimizer.zero_grad()
        loss(log_probs[actions], rewards, rewards.mean().expand(32)).backward()
        optimizer.step()
    return torch.softmax(scores.detach(), dim=0)


def weighted_sum(y: Tensor, weights: Tensor) -> tuple[float, Tensor]:
    """The sum of y * weights, whose gradient by `y` is `weights`: any upstream gradient can be asked for."""
    return float((y * weights).sum()), weights.clone()


def squared_error(y: Tensor, targets: Tensor) -> tuple[float, Tensor]:
    """The mean over all elements of (y - targets)^2, and its gradient by `y`; both have the same shape."""
    difference = y - targets
    return float((difference**2).mean()), 2 * difference / difference.numel()


def given_gradient(y: Tensor, gradient: Tensor) -> tuple[float, Tensor]:
    """A loss of 0 with any gradient by `y` that one wants; no value is looked at, so this works on every device."""
    return 0.0, gradient.expand_as(y)


def forward_then_backward(
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    calls: Sequence[tuple[tuple[Tensor, ...], Tensor, Tensor]],
) -> tuple[list[Any], list[Any]]:
    """Run a recurrent layer forward several times, and only then all calls backward, the last one first.

    Each of `calls` is (arguments of forward, dy, dhn). Gives (y, hn) of each call, and the gradients of each.
    """
    results = [forward(*arguments) for arguments, _, _ in calls]
    pairs = list(zip(calls, results, strict=True))
    gradients = [backward(dy, dhn, cache) for (_, dy, dhn), (_, _, cache) in reversed(pairs)]
    return [(y, hn) for y, hn, _ in results], gradients[::-1]


def results_and_gradients(
    function: Callable[..., Any], arguments: Sequence[Any], upstream: Sequence[Tensor]
) -> tuple[list[Tensor], list[Tensor | None]]:
    """What `function(*arguments)` gives, and where autograd gets from there.

    The arguments, and what the function gives, are tensors, other values, and tuples of these. Tensors are listed in
    the order in which they stand there; `upstream` holds the gradient of a loss by each of the results.

    Returns:
        results: the tensors that the function gave.
        gradients: the gradient of that loss by each float tensor among the arguments; None where autograd gets to none.
    """
    leaves: list[Tensor] = []
    results = _tensors(function(*_with_leaves(arguments, leaves)))
    if len(results) != len(upstream):
        raise ValueError(f"the result holds {len(results)} tensors, expected {len(upstream)}")
    for result, gradient in zip(results, upstream, strict=True):
        if result.shape != gradient.shape:
            raise ValueError(f"a result has shape {tuple(result.shape)}, expected {tuple(gradient.shape)}")
    reached = [(result, gradient) for result, gradient in zip(results, upstream, strict=True) if result.requires_grad]
    gradients: Sequence[Tensor | None] = [None] * len(leaves)
    if reached:
        outputs, weights = zip(*reached, strict=True)
        gradients = torch.autograd.grad(outputs, leaves, weights, allow_unused=True)
    return [result.detach() for result in results], list(gradients)


def _with_leaves(values: Any, leaves: list[Tensor]) -> Any:
    """The same values, where each float tensor is a new leaf, which is added to `leaves`."""
    if isinstance(values, (tuple, list)):
        return tuple(_with_leaves(value, leaves) for value in values)
    if isinstance(values, Tensor) and values.is_floating_point():
        leaves.append(values.detach().clone().requires_grad_())
        return leaves[-1]
    return values


def _tensors(values: Any) -> list[Tensor]:
    """All tensors in nested tuples, in order."""
    if isinstance(values, Tensor):
        return [values]
    return [tensor for value in values for tensor in _tensors(value)] if isinstance(values, (tuple, list)) else []


def call_each(function: Callable[..., Any], arguments: Sequence[Sequence[Any]]) -> list[Any]:
    """Call `function` once for each list of arguments and hand back all results together, after the last call."""
    return [function(*values) for values in arguments]


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


# ---- Speed checks


def pool_both_ways(
    max_pool2d: Callable[..., tuple[Tensor, Any]],
    max_pool2d_backward: Callable[..., Tensor],
    avg_pool2d: Callable[..., tuple[Tensor, Any]],
    avg_pool2d_backward: Callable[..., Tensor],
    x: Tensor,
    dmax: Tensor,
    davg: Tensor,
    size: int,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Both poolings forward and backward: the largest and its dx, the mean and its dx."""
    largest, cache = max_pool2d(x, size, size)
    dx_max = max_pool2d_backward(dmax, cache)
    mean, cache = avg_pool2d(x, size, size)
    return largest, dx_max, mean, avg_pool2d_backward(davg, cache)

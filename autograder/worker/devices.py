"""Whether code follows its arguments' device, told without a GPU: it runs on fakes that have a shape and no values.

The fakes say that they are on the device "meta". Code that makes its own tensors on the CPU either mixes both, which
raises, or returns something that is not there. Imported only where torch is in use.
"""

from __future__ import annotations

import copy
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch._subclasses.fake_tensor import FakeTensor, FakeTensorMode

_ELSEWHERE = torch.device("meta")
_MIXES = ("same device", "is not on the expected device", "different devices")
_NAMES_ONE = ("not linked with support for", "not compiled with CUDA enabled")


def follows(function: Callable[..., Any], arguments: tuple[Any, ...], keywords: dict[str, Any]) -> tuple[str, str]:
    """Run a function with its tensors elsewhere.

    Returns:
        "yes", "no" or "unknown", and for "no" what it does instead. Unknown is what needs values (`.item()`, a branch
        on a tensor) or gives no tensor back.
    """
    mode = FakeTensorMode(allow_non_fake_inputs=True)
    moved, moved_keywords = _elsewhere((arguments, keywords), mode)
    with mode:
        try:
            result = function(*moved, **moved_keywords)
            devices = {tensor.device.type for tensor in _tensors(result)}
        except Exception as problem:
            if isinstance(problem, NotImplementedError) and not _is_torchs(problem):
                raise  # a stub
            text = str(problem)
            if any(sign in text for sign in _MIXES):
                return "no", "it mixes tensors of its own, on the CPU, with its arguments"
            if any(sign in text for sign in _NAMES_ONE):
                return "no", "it asks for a device by name"
            return "unknown", ""
    if not devices:
        return "unknown", ""
    return (
        ("yes", "") if devices == {_ELSEWHERE.type} else ("no", "its result is on the CPU, not where its arguments are")
    )


def _is_torchs(problem: Exception) -> bool:
    """Whether an exception comes out of torch itself, say for an operation that has no fakes."""
    places = [frame.f_code.co_filename for frame, _ in traceback.walk_tb(problem.__traceback__)]
    return Path(places[-1]).is_relative_to(Path(torch.__file__).parent)


def _elsewhere(value: Any, mode: FakeTensorMode) -> Any:
    """A copy with fakes for tensors; modules and containers are gone through."""
    if isinstance(value, torch.Tensor):
        fake = FakeTensor(mode, torch.empty_like(value, device="meta"), _ELSEWHERE)
        return fake.requires_grad_(value.requires_grad)
    if isinstance(value, torch.nn.Module):
        module = copy.deepcopy(value)
        for part in module.modules():
            for name, parameter in part._parameters.items():
                if parameter is not None:
                    part._parameters[name] = torch.nn.Parameter(
                        _elsewhere(parameter.detach(), mode), requires_grad=parameter.requires_grad
                    )
            for name, buffer in part._buffers.items():
                if buffer is not None:
                    part._buffers[name] = _elsewhere(buffer, mode)
        return module
    if isinstance(value, dict):
        return {key: _elsewhere(item, mode) for key, item in value.items()}
    if type(value) in (list, tuple):
        return type(value)(_elsewhere(item, mode) for item in value)
    return value


def _tensors(value: Any, depth: int = 0) -> Iterator[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, dict | list | tuple) and depth < 5:
        for item in value.values() if isinstance(value, dict) else value:
            yield from _tensors(item, depth + 1)

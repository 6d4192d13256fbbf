"""Torch tensors on the wire: a dtype, a shape and bytes. Imported only where torch is in use.

A tensor on the CPU shares its memory with a NumPy array, so views, overlaps and write-back work as they do for
arrays. A tensor that requires grad has a history in its own process: the student's comes back as a handle, and the
suite's is refused, since the gradient of a copy would never arrive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from autograder.errors import ProtocolFault
from autograder.wire.frames import ProtocolError

if TYPE_CHECKING:
    from autograder.wire.memory import Array
    from autograder.wire.pack import Packer
    from autograder.wire.unpack import Unpacker

_DTYPES = {str(dtype).removeprefix("torch."): dtype for dtype in vars(torch).values() if isinstance(dtype, torch.dtype)}


def pack(packer: Packer, value: Any) -> Any:
    """The node for a tensor, size, dtype or device; None for anything else and for tensors that need a handle."""
    kind = type(value)
    if kind is torch.Tensor or kind is torch.nn.Parameter:
        if value.requires_grad or value.layout is not torch.strided or value.device.type == "meta":
            return None
        array = as_array(value)
        packer.remember(value)
        place = packer.view(array)
        part = ["view", *place] if place is not None else ["array", packer.add(array)]
        return ["tensor", value.dtype is torch.bfloat16, part]
    if kind is torch.Size:
        return ["torch", "size", list(value)]
    if kind is torch.dtype:
        return ["torch", "dtype", str(value).removeprefix("torch.")]
    if kind is torch.device:
        return ["torch", "device", str(value)]
    return None


def refuse_grad(value: Any) -> None:
    """Refuse a suite's tensor that requires grad.

    Raises:
        ProtocolFault: saying what to do instead.
    """
    if isinstance(value, torch.Tensor) and value.requires_grad:
        raise ProtocolFault(
            "a tensor that requires grad would be copied, and its .grad would never arrive: "
            "use student.put(tensor), which makes the tensor beside the student's code"
        )


def as_array(value: torch.Tensor) -> Array:
    """The tensor's values; on the CPU the array shares its memory. bfloat16 comes as int16 of the same bits."""
    plain = torch.Tensor.detach(value).resolve_conj().resolve_neg().cpu()
    array: Array = (plain.view(torch.int16) if plain.dtype is torch.bfloat16 else plain).numpy()
    return array


def unpack(unpacker: Unpacker, node: list[Any]) -> Any:
    """The value of a node that `pack` made."""
    if node[0] == "torch":
        _, kind, text = node
        if kind == "size":
            return torch.Size(text)
        if kind == "dtype":
            return _DTYPES[text]
        if kind == "device":
            return torch.device(str(text))
        raise ProtocolError("a bad torch value")
    _, bfloat16, part = node
    array = unpacker.array(part)
    if any(stride < 0 for stride in array.strides):
        raise ProtocolError("a tensor with a negative stride")
    if not array.flags.writeable:  # torch has no read-only tensors
        array = array.copy()
    tensor = torch.from_numpy(array)
    tensor = tensor.view(torch.bfloat16) if bfloat16 else tensor
    return unpacker.keep(tensor.to(unpacker.device, copy=True) if unpacker.device else tensor)

"""Torch tensors over the wire: by value without a history, as handles with one."""

import numpy as np
import pytest

from autograder.errors import ProtocolFault
from autograder.model import Limits
from autograder.remote import Handle, InlineLink, ProcessLink, Student
from autograder.worker.launch import WarmParent

torch = pytest.importorskip("torch")

SUBMISSION = """
import torch

def ident(x):
    return x

def add_one(x):
    x += 1
    return x

def view(x):
    return x[1:]

def loss(w, x):
    return (w * x).sum()

def half():
    return torch.ones(2, dtype=torch.bfloat16) / 2

class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = torch.nn.Linear(3, 1)

    def forward(self, x):
        return self.linear(x)

class Loud(torch.Tensor):
    pass

def loud():
    return torch.ones(2).as_subclass(Loud)

def on_meta():
    return torch.ones(2, device="meta")
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("student")
    (folder / "model.py").write_text(SUBMISSION)
    return folder


@pytest.fixture(scope="module")
def warm():
    parent = WarmParent(["torch"])
    yield parent
    parent.close()


@pytest.fixture(params=["process", "inline"])
def student(request, folder, warm):
    limits = Limits(memory_bytes=2 << 30)
    link = ProcessLink(warm.start(folder, limits), limits) if request.param == "process" else InlineLink()
    student = Student(link, limits)
    student.open(folder, "model.py")
    student.link.allow(60, "these tests")
    yield student
    student.link.close()


def test_a_tensor_crosses_by_dtype_shape_and_bytes(student):
    """Every dtype comes back the same, bfloat16 too."""
    for dtype in (
        torch.float16,
        torch.float32,
        torch.float64,
        torch.int64,
        torch.bool,
        torch.complex64,
        torch.bfloat16,
    ):
        sent = torch.tensor([[0, 1], [1, 0], [1, 1]]).to(dtype)
        back = student.ident(sent.clone())
        assert back.dtype is dtype
        assert torch.equal(back, sent)
    assert student.half().tolist() == [0.5, 0.5]


def test_a_tensor_changed_by_a_call_is_changed_for_the_caller(student):
    """An in-place operation reaches the caller's tensor, which is also what is returned."""
    x = torch.zeros(3)
    assert student.add_one(x) is x
    assert x.tolist() == [1, 1, 1]


def test_a_returned_view_shares_memory(student):
    """A view of an argument is a view of the caller's tensor."""
    x = torch.zeros(3)
    student.view(x)[0] = 5
    assert x.tolist() == [0, 5, 0]


def test_autograd_runs_beside_the_student(student):
    """A tensor put there keeps its history, and its gradient reads normally."""
    x = torch.tensor([1.0, 2.0, 3.0])
    w = student.put(torch.ones(3))
    w.requires_grad_(True)
    loss = student.loss(w, x)
    assert isinstance(loss, Handle)
    loss.backward()
    assert torch.equal(w.grad, x)
    assert loss.item() == 6.0
    assert loss < 7
    assert f"{loss:.1f}" == "6.0"


def test_torch_functions_take_a_handle_by_value(student):
    """torch.allclose and torch.stack read a handle; an operator goes to the worker."""
    w = student.put(torch.ones(3))
    w.requires_grad_(True)
    assert torch.allclose(w, torch.ones(3))
    assert torch.stack([w, w]).shape == (2, 3)
    assert isinstance(torch.ones(3) * w, Handle)


def test_a_tensor_that_requires_grad_is_refused_as_an_argument(student):
    """Its gradient would never arrive."""
    with pytest.raises(ProtocolFault, match=r"use student\.put"):
        student.ident(torch.ones(2, requires_grad=True))


def test_a_module_is_a_handle(student):
    """Parameters, modes and outputs of an nn.Module read as usual."""
    model = student.Model()
    assert sum(int(p.numel()) for p in model.parameters()) == 4
    assert not model.eval().training
    out = model(torch.ones(2, 3))
    assert out.shape == torch.Size([2, 1])


def test_a_subclass_is_a_handle_and_reads_as_a_plain_tensor(student):
    """No method of a student's subclass runs on this side."""
    loud = student.loud()
    assert isinstance(loud, Handle)
    assert np.asarray(loud).tolist() == [1.0, 1.0]


def test_a_meta_tensor_has_no_values(student):
    """It comes as a handle."""
    assert isinstance(student.on_meta(), Handle)

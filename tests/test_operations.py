"""Torch in a question: operations that it does without, and code that is tied to the CPU."""

import pytest

from autograder.feedback import Ran, explain
from autograder.model import Limits, Outcome, Question, Submission
from autograder.remote import InlineLink, ProcessLink, Student, StudentError
from autograder.testing import CheckFailed, assert_follows_device
from autograder.worker.launch import WarmParent

torch = pytest.importorskip("torch")

LIMITS = Limits(memory_bytes=2 << 30)
SUBMISSION = """
import functools
from concurrent.futures import ThreadPoolExecutor

import torch
import torch.nn.functional as F
from torch import nn

X, W = torch.ones(1, 1, 4, 4), torch.ones(1, 1, 3, 3)
CHECKED_AT_IMPORT = F.conv2d(X, W).shape
GRADIENT_AT_IMPORT = torch.autograd.grad((V := torch.ones(2, requires_grad=True)).sum(), V)[0]

def by_functional(): return F.conv2d(X, W)
def by_torch(): return torch.conv2d(X, W)
def by_module(): return nn.Conv2d(1, 1, 3)(X)
def by_aten(): return torch.ops.aten.convolution(X, W, None, [1, 1], [0, 0], [1, 1], False, [0, 0], 1)
def by_transposed(): return F.conv_transpose2d(X, W)
def by_getattr(): return getattr(F, "conv" + "2d")(X, W)
def caught():
    try:
        return F.conv2d(X, W)
    except RuntimeError:
        return F.unfold(X, 3).sum()
def by_thread():
    with ThreadPoolExecutor() as pool: return pool.submit(F.conv2d, X, W).result()
def by_frame():
    import probes
    names = {"torch": torch, "X": X, "W": W}
    exec(compile("y = torch.conv2d(X, W)", probes.__file__, "exec"), names)
    return names["y"]
def by_probes_names():
    import probes
    exec("def f(x, w): return torch.conv2d(x, w)", vars(probes))
    return probes.f(X, W)
def by_compiler(): return torch.jit.CompilationUnit("def f(x: Tensor, w: Tensor): return torch.conv2d(x, w)").f(X, W)
alias = torch.conv2d
partial = functools.partial(F.conv2d, X, W)
def by_gru_script():
    @torch.jit.script
    def step(x, h, wi, wh): return torch.gru_cell(x, h, wi, wh)
    return step(torch.ones(1, 2), torch.ones(1, 3), torch.ones(9, 2), torch.ones(9, 3))
def by_thread_of_own():
    with ThreadPoolExecutor() as pool: return pool.submit(by_unfold).result()
def by_unfold(): return F.unfold(X, 3).sum(1)
def by_lstm(): return nn.LSTM(2, 3)(torch.ones(4, 1, 2))[0]

def w(): return torch.ones(3, requires_grad=True)
def by_backward(): v = w(); (v * v).sum().backward(); return v.grad
def by_autograd_backward(): v = w(); torch.autograd.backward((v * v).sum()); return v.grad
def by_grad(): v = w(); return torch.autograd.grad((v * v).sum(), v)[0]
def by_engine():
    v = w()
    torch.autograd.Variable._execution_engine.run_backward(((v * v).sum(),), (torch.ones(()),), False, False, (), True)
    return v.grad
def by_thread_backward():
    with ThreadPoolExecutor() as pool: return pool.submit(by_backward).result()
def by_func(): return torch.func.grad(lambda v: (v * v).sum())(torch.ones(3))
def by_vjp(): return torch.func.vjp(lambda v: v * v, torch.ones(3))[1](torch.ones(3))[0]
def by_jvp(): return torch.func.jvp(lambda v: v * v, (torch.ones(3),), (torch.ones(3),))[1]
def by_jacobian(): return torch.autograd.functional.jacobian(lambda v: (v * v).sum(), torch.ones(3))
def square(x): return x * x

def tied_buffer(x):
    out = torch.zeros(x.shape)
    for i in range(len(x)):
        out[i] = x[i] * 2
    return out
def tied_mask(x): return x.masked_fill(torch.ones(3).bool(), 0.0)
def tied_cat(x): return torch.cat([x, torch.zeros(3)])
def tied_name(x): return x.to("cuda")
def free(x): return x + torch.ones(3, device=x.device) + torch.arange(3).to(x) * torch.tensor(2.0)
def free_index(x): return x[torch.arange(2)]
def reads(x): return x * float(x.sum())
def branches(x): return x if x.sum() > 0 else -x
def stub(x): raise NotImplementedError("Question 1: One")
def by_numpy(x): return torch.from_numpy(x.numpy() * 2)
class Layer:
    def __init__(self, n): self.w = torch.ones(n)
    def __call__(self, x): return {"y": [x * self.w]}
class Net(nn.Module):
    def __init__(self): super().__init__(); self.linear = nn.Linear(3, 2); self.register_buffer("b", torch.ones(2))
    def forward(self, x): return self.linear(x) + self.b
class Tied(Net):
    def forward(self, x): return super().forward(x) * torch.ones(2)
"""
PROBES = """
import torch

def gradient(function):
    x = torch.ones(3, requires_grad=True)
    function(x).sum().backward()
    return x.grad

def convolve(x):
    return torch.nn.functional.conv1d(x.reshape(1, 1, -1), torch.ones(1, 1, 2))

def use(kind, x):
    return kind(3)(x)

def forward(net, x):
    return net(x)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("student")
    (folder / "work.py").write_text(SUBMISSION)
    (folder / "probes.py").write_text(PROBES)
    return folder


@pytest.fixture(scope="module")
def warm():
    parent = WarmParent(["torch"])
    yield parent
    parent.close()


@pytest.fixture(params=["process", "inline"])
def make(request, folder, warm, probes):
    made = []

    def start(*without):
        link = ProcessLink(warm.start(folder, LIMITS), LIMITS) if request.param == "process" else InlineLink()
        student = Student(link, LIMITS)
        made.append(student)
        student.open(folder, "work.py", without=without, probes=folder / "probes.py")
        student.link.allow(60, "these tests")
        return student

    yield start
    for student in made:
        student.link.close()


@pytest.fixture
def probes(monkeypatch, folder):
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.delitem(__import__("sys").modules, "probes", raising=False)
    import probes

    return probes


CONVOLUTIONS = ["by_functional", "by_torch", "by_module", "by_aten", "by_transposed", "by_getattr"]
DETOURS = ["by_thread", "by_frame", "by_probes_names"]
DERIVATIVES = ["by_backward", "by_autograd_backward", "by_grad", "by_func", "by_vjp", "by_jvp", "by_jacobian"]


def test_every_way_to_a_forbidden_operation_raises(make):
    """By whatever name it is called; and what is not forbidden works."""
    student = make("*conv*")
    for name in CONVOLUTIONS:
        with pytest.raises(StudentError, match=r"`\w*conv\w*` is not allowed") as caught:
            getattr(student, name)()
        assert caught.value.type_name == "ForbiddenOperation"
        assert caught.value.frames[-1].function == name
    assert student.by_unfold().shape == (1, 4)
    assert student.caught() == 36
    assert student.by_backward().tolist() == [2, 2, 2]


@pytest.mark.parametrize("name", DETOURS)
def test_a_detour_to_a_forbidden_operation_raises(make, name):
    """Another thread, and code that claims to be of the lab's probes."""
    with pytest.raises(StudentError, match="`conv2d` is not allowed") as caught:
        getattr(make("*conv*"), name)()
    assert caught.value.type_name == "ForbiddenOperation"


def test_an_operation_under_a_name_of_the_students_raises(make):
    """`conv2d = torch.conv2d` has no line of the student's on the way."""
    student = make("*conv*")
    for call in (lambda: student.alias(student.X, student.W), lambda: student.partial()):
        with pytest.raises(StudentError, match="`conv2d` is not allowed"):
            call()


@pytest.mark.filterwarnings("ignore:`torch.jit.script")
def test_functions_for_torchscript_are_seen_through(make):
    """They stay plain functions; a compiler of one's own is refused."""
    student = make("*gru*", "*conv*")
    with pytest.raises(StudentError, match="`gru_cell` is not allowed"):
        student.by_gru_script()
    with pytest.raises(StudentError, match="`CompilationUnit` is not allowed"):
        student.by_compiler()


def test_what_runs_at_import_answers_no_test(make):
    """A comparison with torch's own function that was left in a file costs nothing."""
    student = make("*conv*", "autograd")
    assert tuple(student.CHECKED_AT_IMPORT) == (1, 1, 2, 2)
    assert student.GRADIENT_AT_IMPORT.tolist() == [1, 1]


def test_the_rules_end_with_the_session(make):
    """A self-check in process leaves threads, TorchScript and autograd as they were."""
    import _thread
    import threading

    before = threading._start_new_thread, _thread.start_new_thread, torch.jit.CompilationUnit
    engine = torch.autograd.Variable._execution_engine
    student = make("*conv*", "autograd")
    assert student.by_thread_of_own().shape == (1, 4)
    student.link.close()
    assert (threading._start_new_thread, _thread.start_new_thread, torch.jit.CompilationUnit) == before
    assert torch.autograd.Variable._execution_engine is engine


def test_what_torch_takes_apart_early_is_seen_too(make):
    """The dispatcher never sees an operation called lstm."""
    with pytest.raises(StudentError, match="`lstm` is not allowed"):
        make("*lstm*").by_lstm()


def test_every_way_to_derivatives_raises(make):
    """And probes may still use autograd on what the student wrote."""
    student = make("autograd")
    for name in [*DERIVATIVES, "by_engine", "by_thread_backward"]:
        with pytest.raises(StudentError, match="`autograd` is not allowed"):
            getattr(student, name)()


def test_probes_may_do_what_the_student_may_not(make, probes):
    """The innermost frame of the two decides."""
    student = make("autograd", "*conv*")
    assert student.run(probes.gradient, student.square).tolist() == [2, 2, 2]
    assert student.run(probes.convolve, torch.ones(3)).tolist() == [[[2, 2]]]


@pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated")
def test_without_rules_nothing_is_refused(make):
    """No mode is on."""
    student = make()
    for name in [*CONVOLUTIONS[:3], *DERIVATIVES]:
        getattr(student, name)()


def test_the_message_names_the_operation_if_the_question_does():
    """A name that no pattern fits is the worker's own invention, and is not repeated."""
    question = Question("1", "One", 1.0, "work.py", Limits(), forbidden_operations=("*conv*",))
    ran = Ran(Submission("ada", {"work.py": b"x = 1\n"}), question, Limits())
    for said, shown in (("conv2d", "`conv2d`"), ("secret_4711", "an operation of torch's")):
        problem = StudentError()
        problem.type_name, problem.message = "ForbiddenOperation", f"`{said}` is not allowed in this question"
        problem.frames, problem.stage = (), "call"
        outcome, feedback = explain(problem, ran, proven=True)
        assert outcome is Outcome.ERROR
        assert feedback.message == f"uses {shown}, which this question is to be done without"


@pytest.mark.parametrize(
    ("name", "answer", "instead"),
    [
        ("tied_buffer", "no", "its result is on the CPU"),
        ("tied_mask", "no", "mixes tensors of its own"),
        ("tied_cat", "no", "mixes tensors of its own"),
        ("tied_name", "no", "asks for a device by name"),
        ("free", "yes", ""),
        ("free_index", "yes", ""),
        ("reads", "unknown", ""),
        ("branches", "unknown", ""),
        ("by_numpy", "unknown", ""),
    ],
)
def test_code_that_is_tied_to_the_cpu_is_told_without_a_gpu(make, name, answer, instead):
    """What needs values stays unknown, and loses nothing."""
    student = make()
    found = student.follows(student[name], torch.ones(3))
    assert found[0] == answer
    assert instead in found[1]
    if answer == "no":
        with pytest.raises(CheckFailed, match="does not work on the device of its arguments"):
            assert_follows_device(student, student[name], torch.ones(3))
    else:
        assert_follows_device(student, student[name], torch.ones(3))


def test_a_stub_is_no_unknown(make):
    """It raises, as it does on the CPU."""
    student = make()
    with pytest.raises(NotImplementedError):
        assert_follows_device(student, student.stub, torch.ones(3))


def test_classes_and_modules_are_followed_through_probes(make, probes):
    """A module is moved as a whole, its parameters and buffers too; the original stays where it is."""
    student = make()
    assert student.follows(probes.use, student.Layer, torch.ones(3))[0] == "no"
    net = student.Net()
    assert student.follows(probes.forward, net, torch.ones(2, 3)) == ("yes", "")
    assert student.follows(probes.forward, student.Tied(), torch.ones(2, 3))[0] == "no"
    assert torch.as_tensor(student.run(probes.forward, net, torch.ones(2, 3)).detach()).shape == (2, 2)

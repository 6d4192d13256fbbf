"""A course with one speed check on torch tensors, and submissions that want time credit which they have not earned.

The tests grade them with a stand-in for a GPU; `make gpu` grades them on a real one.
"""

from pathlib import Path

ASSIGNMENT = """title: Products
seed: 5
preload: [numpy, torch]
limits: {{seconds: 10, import_seconds: 20, memory: 2 GiB}}
questions:
  - id: "1"
    title: Products
    file: work.py
    points: 10
    speed: {{device: {device}, full: {full}, zero: 4, sizes: {{size: 96}}, cuda_sizes: {{size: {size}}}}}
"""
SOLUTION = '''"""Products."""


# ---- Question 1: Products ----
def chain(x):
    """x to the power of 11, by ten products."""
    # BEGIN SOLUTION
    y = x
    for _ in range(10):
        y = y @ x
    return y
    # END SOLUTION
'''
TEST = '''import torch

from autograder.testing import assert_close, question


@question("1")
def test_chain(student):
    """The identity times 2."""
    assert_close(student.chain(2 * torch.eye(3)), 2048 * torch.eye(3).numpy())
'''
SPEED = """import numpy as np
import torch

from autograder.workloads import Workload


def inputs(rng, size):
    return [torch.from_numpy(rng.standard_normal((size, size), dtype=np.float32) / size**0.5)]


def power(x):
    y = x
    for _ in range(10):
        y = y @ x
    return y


WORKLOADS = [Workload("1", "ten products", inputs, "chain", oracle=power, yardstick=power)]
"""
CHAIN = """
def compute(x, extra=0):
    y = x
    for _ in range(10):
        y = y @ x
    for _ in range(extra):
        x @ x
    return y
"""


def work(body: str, head: str = "") -> str:
    """A submission whose `chain` has this body; `compute(x)` is the honest work."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return f"import torch\n{CHAIN}\n{head}\n\ndef chain(x):\n{lines}\n"


HONEST = work("return compute(x)")
SLOWER = work("return compute(x, extra=30)")  # four times the work
LAZY = """
from torch.utils._pytree import tree_map

class Lazy(torch.Tensor):
    @staticmethod
    def __new__(cls, x):
        made = torch.Tensor._make_wrapper_subclass(cls, x.shape, dtype=x.dtype, device=x.device)
        made.x = x
        return made

    @classmethod
    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
        now = lambda value: compute(value.x, 30) if isinstance(value, Lazy) else value
        return func(*tree_map(now, args), **tree_map(now, kwargs or {}))
"""
BURN = """
import threading
def burn():
    waste = torch.ones(1 << 22)
    while True:
        waste.add_(1)
for _ in range(3):
    threading.Thread(target=burn, daemon=True).start()
"""
# What must come of each: "wrong" (no time is looked at), "no faster" (than it is), "no points".
CHEATS = {
    "a view of a cached result": (
        work("if not kept:\n    kept.append(compute(x))\nreturn kept[0].view(x.shape)[:]", "kept = []"),
        "wrong",
    ),
    "memory by address": (
        work(
            "if x.data_ptr() not in kept:\n    kept[x.data_ptr()] = compute(x)\nreturn kept[x.data_ptr()]", "kept = {}"
        ),
        "wrong",
    ),
    "memory by address and version": (
        work("k = x.data_ptr(), x._version\nif k not in kept:\n    kept[k] = compute(x)\nreturn kept[k]", "kept = {}"),
        "no faster",  # whether a version tells of new values depends on where they are written
    ),
    "a lazy tensor, four times as slow": (work("return Lazy(x)", LAZY), "no points"),
    "a lazy tensor that never computes": (
        work("return Lazy(x)", LAZY.replace("compute(value.x, 30)", "torch.zeros_like(value.x)")),
        "wrong",
    ),
    "a slow warm-up": (
        work("calls.append(1)\nreturn compute(x, 100 if len(calls) < 60 else 0)", "calls = []"),
        "no points",
    ),
    "threads that slow the reference": (work("return compute(x, extra=30)", BURN), "no points"),
    "half precision": (work("return compute(x.bfloat16()).float()"), "wrong"),
    "uninitialised memory": (work("return torch.empty_like(x)"), "wrong"),
    "answers later, from a thread": (
        work(
            "out = torch.zeros_like(x)\nthreading.Thread(target=lambda: out.copy_(compute(x, 30))).start()\nreturn out",
            "import threading",
        ),
        "wrong",
    ),
}
_LEFT = "torch.cuda._sleep(200_000_000)"  # about a tenth of a second
ON_A_GPU = {
    "TF32": (
        work("torch.backends.cuda.matmul.allow_tf32 = True\ntorch.backends.cudnn.allow_tf32 = True\nreturn compute(x)"),
        "no faster",  # it is settled by the environment; or the result is wrong
    ),
    "a side stream": (
        work("with torch.cuda.stream(side):\n    return compute(x, 30)", "side = torch.cuda.Stream()"),
        "no points",
    ),
    "no synchronisation": (
        work(
            "return compute(x, 30)",
            "torch.cuda.synchronize = lambda *a: None\ntorch._C._cuda_synchronize = lambda: None",
        ),
        "no points",
    ),
    "kernels left behind": (
        work(
            f"y = compute(x, 30)\ntorch._C._cuda_synchronize()\n{_LEFT}\nreturn y.cpu()",
            "torch.cuda.synchronize = lambda *a: None",
        ),
        "no points",
    ),
}


def write_course(folder: Path, device: str = "cuda", full: float = 1.5, size: int = 256) -> Path:
    """Write the course; returns the folder of course.yaml."""
    content = {
        "assignments/course.yaml": "title: Speed\nassignments: [products]\n",
        "assignments/products/assignment.yaml": ASSIGNMENT.format(device=device, full=full, size=size),
        "assignments/products/tests/public/test_work.py": TEST,
        "assignments/products/tests/public/speed.py": SPEED,
        "solutions/products/work.py": SOLUTION,
    }
    for name, text in content.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder / "assignments"

"""Which GPU this machine has, and whether anybody else uses it: asked of the driver, never of torch.

The trusted side alone asks. `nvidia-smi` knows most; where it is missing, the device nodes and /proc tell that there is
a GPU, and the note says what could not be told.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from autograder.worker.layers.gpu import ENVIRONMENT
from autograder.worker.messages import Gpu

NO_TOOL = "nvidia-smi is not there or does not answer, so nobody can tell whether the GPU is idle"
IDLE_PERCENT = 5  # of the time of the last look; what a display or a monitor takes
LOOKS, PAUSE_S = 8, 0.5  # the tool's own average goes back about a second: to our own last kernels
_TIMEOUT_S = 20.0


class Seen(msgspec.Struct, frozen=True):
    """What the tool says of one GPU."""

    number: int
    uuid: str
    name: str
    driver: str
    busy_percent: int | None = None
    clocks: str = ""  # e.g. "1980 MHz, memory 2619 MHz"


def look() -> list[Seen] | None:
    """All GPUs in the order of their buses, as `nvidia-smi` sees them; None if it cannot be asked."""
    try:
        run = subprocess.run(["nvidia-smi", "-q", "-x"], capture_output=True, timeout=_TIMEOUT_S, check=True)
        return read(run.stdout.decode("utf-8", "replace"))
    except (OSError, subprocess.SubprocessError, ElementTree.ParseError, ValueError):
        return None


def read(text: str) -> list[Seen]:
    """The GPUs in what `nvidia-smi -q -x` writes.

    Raises:
        ElementTree.ParseError, ValueError: it is nothing of the kind.
    """
    root = ElementTree.fromstring(text)  # noqa: S314
    driver = root.findtext("driver_version", "").strip()
    found = []
    for place, entry in enumerate(root.findall("gpu")):
        number = re.search(r"\d+", entry.findtext("minor_number", "")) or re.match(r"\d+", str(place))
        busy = re.match(r"\d+", entry.findtext("utilization/gpu_util", ""))
        clocks = entry.findtext("clocks/sm_clock", ""), entry.findtext("clocks/mem_clock", "")
        found.append(
            Seen(
                number=int(number[0]) if number is not None else place,
                uuid=entry.findtext("uuid", "").strip(),
                name=entry.findtext("product_name", "GPU").strip(),
                driver=driver,
                busy_percent=int(busy[0]) if busy is not None else None,
                clocks=f"{clocks[0]}, memory {clocks[1]}" if all(clocks) else "",
            )
        )
    return found


def find(
    look: Callable[[], Sequence[Seen] | None] = look, nodes: Path = Path("/dev"), facts: Path = Path("/proc")
) -> Gpu | None:
    """The GPU to use: the first that CUDA_VISIBLE_DEVICES names, or the first that has a node; None if there is none.

    Args:
        look: what the tool says.
        nodes: where device nodes lie.
        facts: where the driver tells of itself.
    """
    numbers = sorted(int(path.name[6:]) for path in nodes.glob("nvidia[0-9]*") if path.name[6:].isdecimal())
    wanted = os.environ.get(ENVIRONMENT)
    if not numbers or wanted in ("", "-1"):
        return None
    first = (wanted or "").partition(",")[0].strip()
    seen = look()
    if seen is None:
        alone = len(numbers) == 1
        number = int(first) if first.isdecimal() and not alone and int(first) in numbers else numbers[0]
        known_as = first if first and not (alone and first.isdecimal()) else "0" if alone else str(number)
        return Gpu(number, known_as, _model(facts), _driver(facts), note=NO_TOOL)
    usable = [entry for entry in seen if entry.number in numbers]
    if first.isdecimal():
        usable = [entry for entry in seen[int(first) : int(first) + 1] if entry in usable]
    elif first:
        usable = [entry for entry in usable if entry.uuid.startswith(first)]
    if not usable:
        return None
    chosen = usable[0]
    return Gpu(chosen.number, chosen.uuid, chosen.name, chosen.driver)


def busy(
    gpu: Gpu,
    look: Callable[[], Sequence[Seen] | None] = look,
    pause: Callable[[float], None] = time.sleep,
) -> str:
    """Who else uses the GPU, while none of our workers runs; empty if nobody does, or nobody can tell.

    Args:
        gpu: which.
        look: what the tool says.
        pause: waits so many seconds between two looks.
    """
    if gpu.number is None or gpu.note:
        return ""
    percent = None
    for _ in range(LOOKS):
        entry = next((entry for entry in look() or () if entry.number == gpu.number), None)
        percent = None if entry is None else entry.busy_percent
        if percent is None or percent <= IDLE_PERCENT:
            return ""
        pause(PAUSE_S)
    return f"the GPU is in use: {percent} % of the time, and not by the speed checks"


def described(gpu: Gpu, look: Callable[[], Sequence[Seen] | None] = look) -> str:
    """The GPU, its driver and, where the tool tells them, its clocks now: what a result is stored with."""
    seen = None if gpu.number is None or gpu.note else look()
    entry = next((entry for entry in seen or () if entry.number == gpu.number), None)
    parts = [gpu.name, f"driver {gpu.driver}" if gpu.driver else "", entry.clocks if entry is not None else ""]
    return ", ".join(filter(None, parts))


def _model(facts: Path) -> str:
    """The first GPU's name, from /proc."""
    for path in sorted(facts.glob("driver/nvidia/gpus/*/information")):
        found = re.search(r"Model:\s*(.+)", path.read_text("utf-8", "replace"))
        if found is not None:
            return found[1].strip()
    return "GPU"


def _driver(facts: Path) -> str:
    try:
        found = re.search(r"\b(\d+\.\d+(\.\d+)?)\b", (facts / "driver/nvidia/version").read_text())
    except OSError:
        return ""
    return found[1] if found is not None else ""

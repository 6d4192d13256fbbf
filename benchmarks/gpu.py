"""Everything that needs a GPU, in one run of under ten minutes: `make gpu` writes docs/gpu-results.md.

The references of Labs 2 and 3 on the device, their speed checks there, the tables that say whether these can be trusted
(A/A, 1.1, 1.5 and 2 times the work), and the clock cheats. Each part has its share of the time and says how far it got.

It installs nothing. What Python lacks may be brought along in the folder that WHEELS names; RESULTS names another file
to write. `--rehearse` runs all of it on the CPU, with a stand-in for the GPU, to find mistakes in this script: it needs
RESULTS, and its figures say nothing of GPUs.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import platform
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
NEEDED = ("torch", "numpy", "pytest", "click", "rich", "msgspec", "jinja2", "markupsafe", "yaml")
NO_GPU = 3  # exit code
SHARES = {"suites": 130.0, "speed": 150.0, "cheats": 90.0, "trust": 140.0}  # seconds, of under ten minutes
TRUST = {"the same": (0, 70.0), "1.1 times the work": (1, 20.0), "1.5 times the work": (5, 40.0), "2 times": (10, 10.0)}
# Sizes for a GPU, by arithmetic: about 10 million numbers a call, which the trusted side draws in a tenth of a second.
SIZES: dict[str, dict[str, int]] = {
    "2.5": {"samples": 128, "features": 64, "side": 24},
    "2.6": {"samples": 128, "channels": 64, "side": 32},
    "2.7": {"width": 640},
    "2.10": {"samples": 256, "side": 32},
    "3.1": {"samples": 128, "channels": 64, "filters": 128},
    "3.2": {"samples": 128, "channels": 64, "filters": 128},
    "3.3": {"samples": 64, "channels": 64, "side": 48},
    "3.6": {"steps": 64, "samples": 128, "inputs": 256, "units": 512},
    "3.7": {"steps": 64, "samples": 128, "inputs": 256, "units": 512},
    "3.8": {"samples": 32, "length": 512, "width": 256},
}
LABS = ("lab2_training", "lab3_architectures")
PRODUCTS = 2048  # rows of the matrices of the trust tables and the cheats


def bring_along() -> None:
    """Let this process and its workers find what lies in WHEELS, and whatever lies beside Python's own folders."""
    libraries = [str(Path(os.environ["WHEELS"]).resolve())] if os.environ.get("WHEELS") else []
    sys.path[:0] = [*libraries, str(ROOT), str(ROOT / "tests")]
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        stop(
            f"this Python ({platform.python_version()}) lacks {', '.join(missing)}. Where there is a network, "
            "`make wheels` puts what is small into build/wheels; bring that along and say WHEELS=build/wheels"
        )
    known = {Path(prefix).resolve() for prefix in (sys.prefix, sys.base_prefix, "/usr")}
    for name in NEEDED:
        spec = importlib.util.find_spec(name)
        assert spec is not None
        folder = Path(str(spec.origin)).resolve().parents[1]
        if not known & {folder, *folder.parents} and str(folder) not in libraries and folder != ROOT:
            libraries.append(str(folder))
    os.environ["AUTOGRADER_ENGINE"] = str(ROOT)
    os.environ["AUTOGRADER_LIBRARIES"] = os.pathsep.join(libraries)


def stop(why: str) -> None:
    print(why, file=sys.stderr)
    sys.exit(NO_GPU)


class Report:
    """The page, written again after each part: what was found is kept, whatever comes later."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._text = ""

    def add(self, text: str) -> None:
        print(text, flush=True)
        self._text += text + "\n"
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(self._text)


def table(head: str, rows: list[str]) -> str:
    columns = head.count("|") - 1
    return "\n".join([head, "|" + "---|" * columns, *rows])


# ---- parts


def describe(gpu: Any, held: Any, *, rehearsal: bool) -> str:
    """Date, device, driver, versions, walls."""
    import numpy
    import torch

    from autograder import __version__
    from autograder.worker import gpus

    title = "# A rehearsal on the CPU: nothing here is about a GPU" if rehearsal else "# What a GPU has run"
    reasons = "; ".join(f"not {grade}: {reason}" for grade, reason in held.reasons.items())
    walls = f"{held.grade}, {held.warning or 'nothing missing'}{f' ({reasons})' if reasons else ''}"
    lines = [
        f"| date | {datetime.now(UTC):%Y-%m-%d %H:%M} UTC |",
        f"| device | {gpus.described(gpu)} |",
        f"| CUDA | {torch.version.cuda or 'none'}; cuDNN {torch.backends.cudnn.version() or 'none'} |",
        f"| versions | engine {__version__}, Python {platform.python_version()}, torch {torch.__version__}, "
        f"NumPy {numpy.__version__} |",
        f"| machine | {platform.platform()}, {os.cpu_count()} cores |",
        f"| walls around student code | {walls} |",
        f"| whether the GPU is idle | {gpu.note or gpus.busy(gpu) or 'it is'} |",
        f"| memory of speed checks | {_memory(gpu)} |",
    ]
    return f"{title}\n\nWritten by `make gpu`.\n\n" + table("| | |", lines)


def _memory(gpu: Any) -> str:
    from autograder.worker import device_memory

    try:
        device_memory.make(1 << 20, gpu.device).close()
    except OSError as problem:
        return f"copied through the host inside the clock, since the driver does not share it: {problem}"
    return "on the device, shared with the workers"


def suites(gpu: Any, held: Any, deadline: float) -> str:
    """The references' cases, with all tensors on the device."""
    from autograder import rounding
    from autograder.course import load_assignment, load_course
    from autograder.grading import reference_submission
    from autograder.model import Outcome
    from autograder.remote.workers import ProcessWorkers
    from autograder.suite import with_suite

    rows, failed = [], []
    for lab in LABS:
        assignment = load_assignment(load_course(ROOT / "assignments"), lab)
        counted: Counter[str] = Counter()
        half = time.monotonic() + (deadline - time.monotonic()) / (2 if lab == LABS[0] else 1)

        def run(
            suite: Any, lab: str = lab, assignment: Any = assignment, counted: Any = counted, half: float = half
        ) -> int:
            suite.proven = frozenset(case.name for case in suite.cases)
            for result in suite.run(reference_submission(assignment)):
                counted["passed" if result.outcome in (Outcome.PASSED, Outcome.SKIPPED) else "failed"] += 1
                if result.outcome not in (Outcome.PASSED, Outcome.SKIPPED):
                    said = f"{result.feedback.message} {result.feedback.detail}".replace("\n", " ")[:240]
                    failed.append(f"| {lab[:4]} | {result.name} | {said.replace('|', '/')} |")
                if time.monotonic() > half:
                    break
            return len(suite.cases)

        started = time.monotonic()
        with rounding.on_gpu():
            cases = with_suite(assignment, ProcessWorkers(assignment, held.grade, gpu=gpu), run)
        ran = sum(counted.values())
        late = "" if ran == cases else ", stopped: out of time"
        rows.append(
            f"| {assignment.title} | {cases} | {ran}{late} | {counted['passed']} | {counted['failed']} | "
            f"{time.monotonic() - started:.0f} s |"
        )
    text = table("| lab | cases | ran | passed | did not pass | took |", rows)
    if failed:
        text += "\n\nDid not pass (tests that bring tensors of their own mix devices; anything else is a mistake):\n\n"
        text += table("| lab | case | said |", failed)
    return f"## The references on the device\n\n{text}"


def speed(gpu: Any, held: Any, deadline: float, *, rehearsal: bool) -> str:
    """Each speed check's reference against itself, and its yardstick against it."""
    from autograder.course import load_assignment, load_course, reference_files
    from autograder.model import Submission
    from autograder.speed.checker import Checker
    from autograder.speed.load import load_workloads
    from autograder.speed.policy import Policy, ratios
    from autograder.speed.table import yardstick_submission

    rows = []
    for lab in LABS:
        assignment = on_gpu(load_assignment(load_course(ROOT / "assignments"), lab), {} if rehearsal else SIZES)
        reference = Submission("reference", reference_files(assignment))
        works = load_workloads(assignment)
        checker = Checker(assignment, works, held.grade, reference, Policy(budget_s=4.0, most_pairs=25), gpu)
        try:
            for question in (question for question in assignment.questions if question.speed is not None):
                if time.monotonic() > deadline:
                    rows.append(f"| {question.id} | out of time | | | | |")
                    continue
                try:
                    empty_s, call_s = checker.empty_s(question.id)
                    said = [f"{call_s * 1e3:.2f} ms", f"{call_s / empty_s:.0f}"]
                    yard = works[question.id].yardstick
                    for submission, call in ((reference, ""), (yardstick_submission(assignment, question.id), yard)):
                        times = checker.times(submission, question.id, call.__name__ if call else "")
                        found = ratios(times.students, times.references)
                        said.append(_ratio(found, len(times.students)))
                    rows.append(f"| {question.id} | {works[question.id].title} | {' | '.join(said)} |")
                except Exception as problem:
                    said = f"{type(problem).__name__}: {problem}"[:300].replace("|", "/").replace("\n", " ")
                    rows.append(f"| {question.id} | {said} | | | | |")
        finally:
            checker.close()
    head = (
        "| question | what | one call | times an empty one | reference against itself | yardstick against reference |"
    )
    return f"## Speed checks of Labs 2 and 3\n\nRatios with their 99 % interval.\n\n{table(head, rows)}"


def _ratio(found: Any, pairs: int) -> str:
    from math import exp

    return f"{exp(found.middle):.3f} ({exp(found.low):.3f} to {exp(found.high):.3f}, {pairs} pairs)"


def on_gpu(assignment: Any, sizes: dict[str, dict[str, int]]) -> Any:
    """The assignment with every speed check on the GPU."""
    import msgspec

    questions = tuple(
        question
        if question.speed is None
        else msgspec.structs.replace(
            question,
            speed=msgspec.structs.replace(question.speed, device="cuda", cuda_sizes=sizes.get(question.id, {})),
        )
        for question in assignment.questions
    )
    return msgspec.structs.replace(assignment, questions=questions)


def _products(folder: Path, gpu: Any, held: Any, full: float, *, rehearsal: bool) -> Any:
    from clock_cheats import write_course

    from autograder.course import load_assignment, load_course, reference_files
    from autograder.model import Submission
    from autograder.speed.checker import Checker
    from autograder.speed.load import load_workloads
    from autograder.speed.policy import Policy

    written = write_course(folder, full=full, size=320 if rehearsal else PRODUCTS)
    assignment = load_assignment(load_course(written), "products")
    reference = Submission("reference", reference_files(assignment))
    return Checker(assignment, load_workloads(assignment), held.grade, reference, Policy(budget_s=6.0), gpu)


def trust(gpu: Any, held: Any, *, rehearsal: bool) -> str:
    """A/A, and copies that do more work."""
    from clock_cheats import work

    from autograder.model import Outcome, Submission
    from autograder.speed.preflight import Preflight

    rows = []
    with tempfile.TemporaryDirectory() as folder:
        checker = _products(Path(folder), gpu, held, 1.2, rehearsal=rehearsal)
        try:
            empty_s, call_s = checker.empty_s("1")
            found = checker.preflight("1")
            head = (
                f"One call takes {call_s * 1e3:.2f} ms, {call_s / empty_s:.0f} times an empty one. Preflight: "
                f"{found.low:.3f} to {found.high:.3f}, twice {found.twice:.2f}. {found.problem or 'Quiet enough'}. "
                "`full` is 1.2, `zero` 4."
            )
            checker.preflight = lambda _question: Preflight(1.0, 1.0, 2.0)
            for name, (extra, share_s) in TRUST.items():
                counted: Counter[str] = Counter()
                ratios = []
                submission = Submission("copy", {"work.py": work(f"return compute(x, {extra})").encode()})
                until = time.monotonic() + share_s
                while not counted or time.monotonic() < until:
                    verdict = checker.check(submission, "1")
                    if verdict.outcome is Outcome.AMBIGUOUS:
                        verdict = checker.check(submission, "1", final=True)
                    if verdict.speed is None:
                        counted["pending" if verdict.outcome is Outcome.PENDING else str(verdict.outcome)] += 1
                        continue
                    ratios.append(verdict.speed.ratio)
                    counted["all" if verdict.speed.earned >= 1 else "less"] += 1
                middle = f"{sorted(ratios)[len(ratios) // 2]:.3f}" if ratios else ""
                odd = ", ".join(
                    f"{many} {kind}" for kind, many in counted.items() if kind not in ("all", "less", "pending")
                )
                rows.append(
                    f"| {name} | {counted.total()} | {counted['all']} | {counted['less']} | {counted['pending']} | "
                    f"{middle} | {odd} |"
                )
        finally:
            checker.close()
    columns = "| copy | checks | all points | told apart | pending | median ratio | else |"
    return f"## Whether to trust them\n\n{head}\n\n{table(columns, rows)}"


def cheats(gpu: Any, held: Any, deadline: float, *, rehearsal: bool) -> str:
    """Every clock cheat, what came of it, and whether it gained anything."""
    from clock_cheats import CHEATS, ON_A_GPU

    from autograder.model import Submission
    from autograder.speed.preflight import Preflight

    rows = []
    with tempfile.TemporaryDirectory() as folder:
        checker = _products(Path(folder), gpu, held, 1.5, rehearsal=rehearsal)
        checker.preflight = lambda _question: Preflight(1.0, 1.0, 2.0)
        try:
            for name, (source, expected) in {**CHEATS, **({} if rehearsal else ON_A_GPU)}.items():
                if time.monotonic() > deadline:
                    rows.append(f"| {name} | out of time | | |")
                    continue
                verdict = checker.check(Submission("cheat", {"work.py": source.encode()}), "1")
                speed = verdict.speed
                gained = speed is not None and (
                    expected == "wrong" or (speed.ratio < 0.8 if expected == "no faster" else speed.earned > 0.6)
                )
                shown = "" if speed is None else f"{speed.ratio:.2f}, earns {speed.earned:.0%}"
                said = verdict.feedback.message.replace("|", "/")[:120]
                rows.append(f"| {name} | {verdict.outcome}: {said} | {shown} | {'**YES**' if gained else 'no'} |")
        finally:
            checker.close()
    return f"## Clock cheats\n\n{table('| cheat | came to | ratio | gained |', rows)}"


def parts(gpu: Any, held: Any, *, rehearsal: bool) -> Iterator[str]:
    """Each part of the page, as it is done."""
    yield describe(gpu, held, rehearsal=rehearsal)
    yield suites(gpu, held, time.monotonic() + SHARES["suites"])
    yield speed(gpu, held, time.monotonic() + SHARES["speed"], rehearsal=rehearsal)
    yield cheats(gpu, held, time.monotonic() + SHARES["cheats"], rehearsal=rehearsal)
    yield trust(gpu, held, rehearsal=rehearsal)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rehearse", action="store_true", help="on the CPU, with a stand-in for the GPU")
    rehearsal = parser.parse_args().rehearse
    if rehearsal and not os.environ.get("RESULTS"):
        parser.error("--rehearse needs RESULTS: the page in docs/ is for what a GPU has run")
    bring_along()
    from autograder.speed.freezing import go_first
    from autograder.speed.lock import lock_file, machine_lock
    from autograder.worker import gpus
    from autograder.worker.isolation import isolation
    from autograder.worker.layers.gpu import choose
    from autograder.worker.messages import Gpu, Grade

    gpu = Gpu(None, name="a stand-in on the CPU", device="cpu:0") if rehearsal else gpus.find()
    if gpu is None:
        stop("no GPU: there is no device node of an NVIDIA GPU, or CUDA_VISIBLE_DEVICES hides it. Nothing was run")
        return
    if not rehearsal:
        choose(gpu.number, alone=False, known_as=gpu.known_as)  # before CUDA is initialised here
        import torch

        if torch.version.cuda is None or not torch.cuda.is_available():
            stop(f"no GPU that torch can use: {gpu.name} is there, torch {torch.__version__} does not reach it")
    report = Report(Path(os.environ.get("RESULTS") or ROOT / "docs" / "gpu-results.md"))
    started = time.monotonic()
    with machine_lock(lock_file("cpu"), lambda: print("waiting: another program checks speed on this machine")):
        held = isolation(Grade.FULL, None if rehearsal else gpu)
        go_first()
        for text in parts(gpu, held, rehearsal=rehearsal):
            report.add(f"{text}\n")
    report.add(f"All of it took {(time.monotonic() - started) / 60:.1f} minutes.")


if __name__ == "__main__":
    main()

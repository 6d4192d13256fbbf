"""Grades a class of hostile submissions through the command line, and says of each whether it was safe.

`python tests/attack_suite.py [full] [restricted] [bwrap]` prints the table, and exits with 1 if one is not. A probe lies in
`tests/attacks/probes/<group>/`: a file or a folder, whose docstring says what it tries, which layer is to stop it and
what must come of it. What it tries to reach on the host is set up by `attack_targets`; archives are made by
`attack_archives`.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from attack_archives import archives
from attack_pages import page_problems, terminal_problems
from attack_targets import Targets
from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.course import load_assignment, load_course
from autograder.gradebook import Gradebook
from autograder.model import Grade, Outcome
from autograder.worker.isolation import try_grade
from autograder.worker.messages import Grade as Sandbox

HERE = Path(__file__).parent
PROBES = HERE / "attacks" / "probes"
GROUPS = {  # group: question, outcomes, words
    "escape": ("2", ["failed"], "^refused"),
    "exfiltrate": ("2", ["failed"], "^refused"),
    "tamper": ("1", ["failed"], ""),
    "confuse": ("1", ["error"], ""),
    "deny": ("2", ["failed"], ""),
    "archives": ("1", ["error"], ""),
    "inject": ("2", ["error"], ""),
    "clock": ("2", ["failed"], ""),
    "honest": ("1", ["passed"], ""),
}
LABELS = {"full": "full", "bwrap": "bwrap", "restricted": "restricted", "limits": "no sandbox"}


class Probe(NamedTuple):
    """One attack, and what must come of it."""

    group: str
    name: str
    title: str
    layer: str = ""
    restricted_layer: str = ""
    question: str = "2"
    outcome: tuple[str, ...] = ()
    says: str = ""
    points: float = 0.0
    walls_off: bool = False  # whether it reaches its target where there is no sandbox

    @property
    def student(self) -> str:
        """The name under which it is handed in."""
        return self.name if self.group == "honest" else f"{self.group}-{self.name}"

    def stopped_by(self, grade: str) -> str:
        """The layer that is to stop it."""
        return self.restricted_layer or self.layer if grade == "restricted" else self.layer


class Verdict(NamedTuple):
    """What came of one attack."""

    probe: Probe
    outcomes: tuple[str, ...]
    said: str
    points: float
    problems: tuple[str, ...]  # why it is not safe; none if it is


class Batch(NamedTuple):
    """What came of all of them."""

    grade: str
    verdicts: list[Verdict]
    problems: list[str]  # what no single attack can be blamed for


def probes() -> list[Probe]:
    """Those that lie in files, and the archives."""
    found = [_read(path) for path in sorted(PROBES.glob("*/*")) if path.suffix == ".py" or path.is_dir()]
    for name, archive in archives().items():
        outcome = ("passed",) if archive.points else ("error",)
        found.append(Probe("archives", name, archive.title, "archive", "", "1", outcome, archive.says, archive.points))
    return found


def _read(path: Path) -> Probe:
    source = (path / "work.py" if path.is_dir() else path).read_text()
    document = re.match(r'"""(.*?)"""', source, re.DOTALL)
    if document is None:
        raise ValueError(f"{path}: has no docstring")
    title, _, rest = document[1].partition("\n\n")
    fields: dict[str, Any] = yaml.safe_load(rest) or {}
    question, outcome, says = GROUPS[path.parent.name]
    fields = {"question": question, "outcome": outcome, "says": says, **fields}
    fields["outcome"] = tuple([fields["outcome"]] if isinstance(fields["outcome"], str) else fields["outcome"])
    return Probe(path.parent.name, path.stem, " ".join(title.split()), **fields)


# ---- a class of them


def run_batch(grade: str, chosen: Sequence[Probe]) -> Batch:
    """Grade these through the command line, in the sandbox `grade`: "full", "bwrap", "restricted" or "limits" for none."""
    folder = Path(tempfile.mkdtemp(prefix="autograder-attacks-"))
    folder.chmod(0o755)
    try:
        with Targets(folder, ordinary_user=grade == "restricted") as targets:
            hand_in(folder, chosen, targets.intel())
            run = _grade(folder, grade, targets)
            return Batch(grade, *_judge(folder, grade, chosen, targets, run))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def hand_in(folder: Path, chosen: Sequence[Probe], intel: str) -> None:
    """Lay the submissions out as a class, with the attackers' tools beside each."""
    made = archives()
    for probe in chosen:
        place = folder / "inbox" / probe.student
        if probe.group == "archives":
            archive = made[probe.name]
            place.with_name(place.name + archive.ending).write_bytes(archive.content)
            continue
        source = PROBES / probe.group / probe.name
        if source.is_dir():
            shutil.copytree(source, place)
        else:
            place.mkdir()
            shutil.copyfile(source.with_suffix(".py"), place / "work.py")
        shutil.copyfile(HERE / "attacks" / "tools.py", place / "tools.py")
        (place / "intel.py").write_text(intel)
        if probe.name == "links_in_the_submission":
            (place / "tests_link.py").symlink_to(folder / "course/assignments/attacked/tests/hidden/test_attacks.py")
            (place / "folder_link").symlink_to(folder / "course/assignments/attacked/tests/hidden")
            (place / "student_link").symlink_to(folder / "inbox" / "zoe")


def _grade(folder: Path, grade: str, targets: Targets) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "autograder", "grade", "attacked", str(folder / "inbox")]
    command += ["--course", str(folder / "course"), "--out", str(folder / "out")]
    command += ["--unsafe-no-sandbox"] if grade == "limits" else ["--sandbox", grade]
    return targets.run(command, timeout_s=3000)  # for a machine as busy as can be; none of the class is to last so long


def _judge(
    folder: Path, grade: str, chosen: Sequence[Probe], targets: Targets, run: subprocess.CompletedProcess[bytes]
) -> tuple[list[Verdict], list[str]]:
    text = run.stdout + run.stderr
    problems = (
        [f"grade ended with exit code {run.returncode}: {text[-2000:]!r}"] if run.returncode not in (0, 1) else []
    )
    problems += targets.problems()
    if not (folder / "out" / "gradebook.db").is_file():
        return [], problems
    assignment = load_assignment(load_course(folder / "course" / "assignments"), "attacked")
    with Gradebook.open(folder / "out" / "gradebook.db") as book:
        recorded = list(book.current(assignment))
    grades = {entry.grade.student: entry.grade for entry in recorded}
    if len(recorded) != len(chosen):
        problems.append(f"{len(recorded)} grades of {len(chosen)} submissions")
    problems += [f"isolation: {entry.isolation['grade']}" for entry in recorded if entry.isolation["grade"] != grade][
        :1
    ]
    if run.returncode != 0:
        problems.append(f"grade ended with exit code {run.returncode}: something needs a person")
    problems += targets.leaks(folder / "out", text)
    problems += page_problems(folder / "out" / "report")
    problems += terminal_problems(text.decode("utf-8", "replace"), assignment, list(grades.values()))
    return [_verdict(probe, grades.get(probe.student)) for probe in chosen], problems


def _verdict(probe: Probe, grade: Grade | None) -> Verdict:
    if grade is None:
        return Verdict(probe, (), "", 0.0, ("there is no grade",))
    cases = [case for entry in grade.questions for case in entry.cases]
    asked = [case for case in cases if case.question == probe.question]
    outcomes = tuple(dict.fromkeys(case.outcome.value for case in asked))
    texts = [text for case in asked for text in (case.feedback.detail, case.feedback.message, case.feedback.error)]
    texts += [*grade.notes, *(case.feedback.output for case in asked)]
    problems = []
    if any(case.outcome is Outcome.GRADER_ERROR for case in cases) or grade.open_points:
        faults = [case.feedback for case in cases if case.outcome is Outcome.GRADER_ERROR]
        problems.append(f"points held open: {faults[0].message if faults else ''} {faults[0].detail if faults else ''}")
    if abs(grade.points - probe.points) > 1e-9:  # sums of a few shares
        problems.append(f"{grade.points:g} points, not {probe.points:g}")
    if not set(outcomes) <= set(probe.outcome):
        problems.append(f"{', '.join(outcomes)}, not {' or '.join(probe.outcome)}")
    if probe.says and not any(re.search(probe.says, text) for text in texts):
        problems.append(f"nobody says {probe.says!r}")
    problems += [f"says {text[:200]}" for case in cases for text in _told(case.feedback) if "ESCAPED" in text][:1]
    problems += [
        f"tells a hidden input: {case.feedback.message}" for case in cases if "271828" in case.feedback.message
    ]
    failed = next((case for case in asked if case.outcome is not Outcome.PASSED), None)
    said = "" if failed is None else failed.feedback.detail or failed.feedback.message
    if failed is not None and not said.startswith("refused"):
        said = failed.feedback.message
    return Verdict(probe, outcomes, said, grade.points, tuple(problems))


def _told(feedback: Any) -> tuple[str, str]:
    return feedback.detail, feedback.error


# ---- for people


def table(batch: Batch) -> Table:
    """One line for each attack."""
    shown = Table(title=f"Attacks in the grade {LABELS[batch.grade]}", title_justify="left", box=None, pad_edge=False)
    for heading in ("attack", "stopped by", "outcome", "it says"):
        shown.add_column(heading, overflow="fold" if heading == "attack" else "ellipsis", no_wrap=heading != "attack")
    shown.add_column("points", justify="right")
    shown.add_column("")
    group = ""
    for verdict in batch.verdicts:
        if verdict.probe.group != group:
            group = verdict.probe.group
            shown.add_row(Text(group, "bold"))
        safe = Text("unsafe", "bold red") if verdict.problems else Text("safe", "green")
        said = "".join(letter if letter.isprintable() else "?" for letter in verdict.said.partition("\n")[0][:60])
        shown.add_row(
            Text(f"  {verdict.probe.title}"),
            Text(verdict.probe.stopped_by(batch.grade)),
            Text(", ".join(verdict.outcomes)),
            Text(said),
            f"{verdict.points:g}",
            safe,
        )
    return shown


def problems(batch: Batch) -> Iterator[str]:
    """Everything that is not safe, one line each."""
    yield from batch.problems
    for verdict in batch.verdicts:
        for problem in verdict.problems:
            yield f"{verdict.probe.group}/{verdict.probe.name}: {problem}"


def main() -> int:
    """All grades, or those named; 1 if an attack is not safe."""
    console = Console(width=150 if not sys.stdout.isatty() else None)
    names = sys.argv[1:] or ["full", "restricted", "bwrap"]
    unsafe = 0
    for grade in names:
        reason = "" if grade == "restricted" else try_grade(Sandbox(grade))
        if reason:
            console.print(f"{grade}: not on this host ({reason})", markup=False)
            continue
        batch = run_batch(grade, probes())
        console.print(table(batch))
        found = list(problems(batch))
        for line in found:
            console.print(f"unsafe: {line[:600]}", style="red", markup=False)
        hostile = [verdict for verdict in batch.verdicts if verdict.probe.group != "honest"]
        safe = sum(not verdict.problems for verdict in hostile)
        console.print(f"{LABELS[grade]}: {safe} of {len(hostile)} attacks are safe\n")
        unsafe += len(found)
    return int(unsafe > 0)


if __name__ == "__main__":
    sys.exit(main())

"""Rewrites `expected.yaml` of the known submissions from a real grading run: `python tests/record_expected.py LAB`.

For use after a suite changed. Read the diff: every line of it is a claim about what a submission deserves.
`why` and `says` are kept as they are.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Any

import yaml

from autograder.worker.isolation import isolation

HERE = Path(__file__).parent


def grade_known(
    lab: str, folder: Path, names: Collection[str] | None = None, *options: str, env: dict[str, str] | None = None
) -> dict[str, dict[str, Any]]:
    """A lab's known submissions of these names, or all, graded by the command line: each one's line of JSON, by name."""
    handed_in = folder / "submissions"
    without = shutil.ignore_patterns("expected.yaml")  # no student hands that in
    for path in (HERE / "submissions" / lab).iterdir():
        if names is None or path.name in names:
            shutil.copytree(path, handed_in / path.name, symlinks=True, ignore=without)
    command = [str(Path(sys.executable).with_name("autograder")), "grade", lab, str(handed_in)]
    command += ["--unsafe-no-sandbox"] if isolation().grade == "limits" else []
    run = subprocess.run(
        [*command, *options, "--json", "--out", str(folder / "out")],
        capture_output=True,
        text=True,
        cwd=HERE.parent,
        env=env,
        check=False,
    )
    if run.returncode != 0:
        raise RuntimeError(f"exit code {run.returncode}: {run.stderr}{run.stdout[-2000:]}")
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    return {line["student"]: line for line in lines if line["event"] == "grade"}


def summary(grade: dict[str, Any]) -> dict[str, Any]:
    """What `expected.yaml` holds besides `why` and `says`."""
    return {
        "points": round(grade["points"], 6),
        "open_points": round(grade["open_points"], 6),
        "questions": {
            question["id"]: {
                "points": round(question["points"], 6),
                **dict(sorted(Counter(case["outcome"] for case in question["cases"]).items())),
            }
            for question in grade["questions"]
        },
    }


def main() -> None:
    lab = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        graded = grade_known(lab, Path(folder))
    for name, grade in sorted(graded.items()):
        path = HERE / "submissions" / lab / name / "expected.yaml"
        kept = yaml.safe_load(path.read_text()) if path.is_file() else {}
        content = {"why": kept.get("why", ""), "says": kept.get("says", []), **summary(grade)}
        path.write_text(
            yaml.safe_dump(content, sort_keys=False, width=120, allow_unicode=True, default_flow_style=None)
        )


if __name__ == "__main__":
    main()

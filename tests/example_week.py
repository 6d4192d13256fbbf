"""Writes what a week in docs/instructors.md begins with: a platform's download of three students, and its grade file."""

import sys
from pathlib import Path

import platforms

folder = Path(sys.argv[1])
right = {path.name: path.read_bytes() for path in (folder / "solutions" / "lab1_mini").glob("*.py")}
wrong = {**right, "means.py": b"def mean(x):\n    return sum(x) / len(x)\n"}
students = [
    platforms.Student("Ada", "Byron", 1, dict(right)),
    platforms.Student("Emil", "Post", 2, dict(wrong)),
    platforms.Student("Rózsa", "Péter", 3, dict(right), late=True),
]
platforms.moodle_zip(folder / "submissions.zip", students)
platforms.moodle_worksheet(folder / "worksheet.csv", [*students, platforms.Student("Kurt", "Gödel", 4)])

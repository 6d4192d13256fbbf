"""A made-up class, and what each platform lets an instructor download of it: submissions and grade files.

The layouts follow the platforms' own code and documentation, as far as these are public; each function names its source.
"""

import csv
import io
import itertools
import random
import unicodedata
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

FIRST = ["Jane", "José", "Ólafur", "李", "Anne-Marie", "D'Arcy", "Nguyễn", "van", "Ada", "Zoë", "=SUM(A1)", "Mei_Lin"]
LAST = [
    "Doe",
    "Álvarez",
    "Jónsdóttir",
    "小龙",
    "O'Brien-Smith",
    "Müller",
    "Thị Hương",
    "der Berg",
    "Smith",
    "@home",
    "Li",
]


@dataclass
class Student:
    """One student as all platforms know them."""

    first: str
    last: str
    number: int
    files: dict[str, bytes] = field(default_factory=dict)
    late: bool = False

    @property
    def name(self):
        return f"{self.first} {self.last}"

    @property
    def sortable(self):
        return f"{self.last}, {self.first}"

    @property
    def login(self):
        return f"u{self.number:05d}"

    @property
    def email(self):
        return f"{self.login}@example.org"

    @property
    def canvas(self):
        return str(70_000 + self.number)

    @property
    def moodle(self):
        return str(500_000 + 7 * self.number)

    @property
    def sis(self):
        return f"{self.number:04d}"  # leading zeros, which a YAML or spreadsheet reader likes to eat


def a_class(count, works, seed=0):
    """`count` students with names that make trouble; each gets one of `works`, files by name."""
    rng = random.Random(seed)
    names = list(itertools.product(FIRST, LAST))
    students = []
    for number in range(1, count + 1):
        first, last = names[(number * 37) % len(names)]  # with more students than names, some have the same
        students.append(Student(first, last, number, dict(works[number % len(works)]), rng.random() < 0.1))
    return students


def _zip(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return path


def packed(files):
    """Files as the bytes of a zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def canvas_zip(path, students, *, resubmitted=()):
    """canvas-lms app/models/content_zipper.rb: sortable name without what is no letter, `_LATE`, user, attachment."""
    files, number = [], 900_000
    for student in students:
        plain = "".join(c for c in unicodedata.normalize("NFC", student.sortable).lower() if c.isalnum())
        for name, content in student.files.items():
            number += 1
            stem, dot, kind = name.partition(".")
            name = f"{stem}-1{dot}{kind}" if student.login in resubmitted else name
            late = "_LATE" if student.late else ""
            files.append((f"{plain}{late}_{student.canvas}_{number}_{name}", content))
    return _zip(path, files)


def moodle_zip(path, students, *, folders=True):
    """mod/assign/locallib.php download_submissions: full name, participant, plugin; folders are the default."""
    files = []
    for student in students:
        start = f"{student.name.replace('/', '_')}_{student.moodle}_assignsubmission_file"
        for name, content in student.files.items():
            files.append((f"{start}/{name}" if folders else f"{start}_{name}", content))
        if folders:
            text = f"{student.name}_{student.moodle}_assignsubmission_onlinetext/onlinetext.html"
            files.append((text, b"<p>see my files</p>"))
    return _zip(path, files)


def blackboard_zip(path, students, *, title="Lab 1_ sums", attempts=1):
    """Blackboard Learn's Assignment File Download: title, user, `attempt`, time, file; a text file for each attempt."""
    files = []
    for student in students:
        for attempt in range(attempts):
            moment = f"2026-10-{2 if student.late else 1:02d}-{20 + attempt:02d}-59-30"
            start = f"{title}_{student.login}_attempt_{moment}"
            files.append((f"{start}.txt", f"Name: {student.name} ({student.login})\n".encode()))
            for name, content in student.files.items():
                last = attempt == attempts - 1
                files.append((f"{start}_{name}", content if last else b"raise NotImplementedError\n"))
    return _zip(path, files)


def gradescope_zip(path, students, *, groups=(), clutter=True):
    """Gradescope's Export Submissions: metadata with Ruby's symbols as keys, a folder for each submission."""
    lines, files = [], []
    by_login = {student.login: student for student in students}
    members = {login for group in groups for login in group[1:]}
    for student in students:
        if student.login in members:
            continue
        group = next((group for group in groups if group[0] == student.login), (student.login,))
        number = 1_000_000 + student.number
        lines.append(f"submission_{number}:\n  :submitters:")
        for login in group:
            member = by_login[login]
            name = member.name.replace('"', '\\"')
            lines.append(f'  - :name: "{name}"\n    :sid: {member.sis}\n    :email: {member.email}')
        day = 2 if student.late else 1
        lines.append(
            f"  :created_at: 2026-10-{day:02d} 20:59:30.540516000 Z\n  :score: 0.0\n  :status: processed\n  :history: []"
        )
        files += [
            (f"assignment_77_export/submission_{number}/{name}", content) for name, content in student.files.items()
        ]
    if clutter:
        files.append(("__MACOSX/assignment_77_export/._submission_metadata.yml", b"\0"))
    files.append(("assignment_77_export/submission_metadata.yml", "\n".join(lines).encode()))
    return _zip(path, files)


def folders(path, students):
    """A folder for each student, named by login."""
    for student in students:
        for name, content in student.files.items():
            target = path / student.login / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    return path


def repositories(path, students, *, slug="dl-lab1"):
    """Clones as `gh classroom clone` leaves them: the assignment's name, then the student's."""
    for student in students:
        for name, content in {**student.files, ".git/HEAD": b"ref: refs/heads/main\n"}.items():
            target = path / f"{slug}-{student.login}" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    return path


# ---- grade files


def write_csv(path, rows, *, encoding="utf-8-sig", delimiter=","):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    Path(path).write_bytes(text.getvalue().encode(encoding))
    return path


def canvas_gradebook(path, students, title="Lab 1 (4711)", points=10):
    """canvas-lms lib/gradebook_exporter.rb: the header, `Manual Posting`, `    Points Possible`, a row each."""
    rows = [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", title, "Quiz (4712)", "Final Score"],
        ["", "", "", "", "", "Manual Posting", "", ""],
        ["    Points Possible", "", "", "", "", str(points), "5", "(read only)"],
    ]
    rows += [[s.sortable, s.canvas, s.sis, s.login, "Section 1", "", "3", ""] for s in students]
    rows.append(["Student, Test", "1", "", "", "Section 1", "", "", ""])
    return write_csv(path, rows)


MOODLE_COLUMNS = [
    "Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade", "Grade can be changed",
    "Last modified (submission)", "Last modified (grade)", "Feedback comments",
]  # fmt: skip


def moodle_worksheet(path, students, points=10):
    """mod/assign/feedback/offline: the worksheet for offline grading."""
    rows = [MOODLE_COLUMNS]
    for student in students:
        moment = f"{'Friday, 2' if student.late else 'Thursday, 1'} October 2026, 10:59 PM"
        state = "Submitted for grading - Not graded"
        rows.append(
            [
                f"Participant {student.moodle}",
                student.name,
                student.email,
                state,
                "",
                f"{points:.2f}",
                "Yes",
                moment,
                "-",
                "",
            ]
        )
    return write_csv(path, rows)


def blackboard_gradebook(path, students, title="Lab 1 [Total Pts: 10 Score] |574283"):
    """Blackboard Learn's Download Grades: tabs, UTF-16."""
    rows = [["Last Name", "First Name", "Username", "Student ID", "Availability", title]]
    rows += [[s.last, s.first, s.login, s.sis, "Yes", ""] for s in students]
    return write_csv(path, rows, encoding="utf-16", delimiter="\t")


def own_roster(path, students):
    """An instructor's own list."""
    rows = [["student", "email", "login", "sis"], *([s.name, s.email, s.login, s.sis] for s in students)]
    return write_csv(path, rows, encoding="utf-8")

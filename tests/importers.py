"""Small importers that follow the platforms' own rules: what they would take from a file, and what they refuse."""

import csv
import io
import re
import zipfile


def canvas_import(content, known):
    """canvas-lms lib/gradebook_importer.rb: grades by Canvas user id.

    Args:
        content: the bytes uploaded.
        known: (id, sis id, login, name) of the course's students.
    """
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    header = rows[0]
    assert len(header) >= 4, "at least four columns"
    assert "Student" in header[0]
    assert header[1] == "ID"
    last = header.index("Section")
    (title,) = header[last + 1 :]
    assignment = re.search(r"\((\d+)\)$", title)[1]
    grades = {}
    for row in rows[1:]:
        if re.match(r"^\s*Points Possible", row[0]) or row[0].strip() == "Manual Posting":
            continue
        match = next((s for s in known if s[0] == row[1]), None) or next((s for s in known if s[3] == row[0]), None)
        assert match is not None, f"a row of nobody: {row}"
        value = row[-1].strip()
        assert value, "a blank cell would delete a grade"
        grades[match[0]] = value if value == "EX" else float(value)
    return assignment, grades


def moodle_import(content, participants, *, maximum, changed="-"):
    """mod/assign/feedback/offline/importgradesform.php: grades by participant, and the rows it would skip."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    header = rows[0]
    for needed in ("Identifier", "Grade", "Last modified (grade)"):
        assert needed in header, needed
    grades, feedback, skipped = {}, {}, []
    for cells in rows[1:]:
        row = dict(zip(header, cells, strict=True))
        participant = int(row["Identifier"].removeprefix("Participant "))
        value = row["Grade"].strip()
        stale = row["Last modified (grade)"] != changed
        if participant not in participants or not value or stale or not 0 <= float(value.replace(",", ".")) <= maximum:
            skipped.append(participant)
            continue
        grades[participant] = float(value)
        feedback[participant] = row["Feedback comments"]
    return grades, feedback, skipped


def blackboard_import(content, users):
    """Learn's upload: tabs in UTF-16, users by name, columns by the number behind the bar."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-16")), delimiter="\t"))
    header = rows[0]
    column = header[-1]
    assert re.search(r"\|\d+$", column), "a column without an id becomes a text column of 0 points"
    user = header.index("Username")
    for row in rows[1:]:
        assert row[user] in users, row
    return {row[user]: float(row[-1]) for row in rows[1:]}


def moodle_feedback(content, participants):
    """mod/assign/feedback/file/importziplib.php: each file's participant."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            parts = name.split("_", 4)
            assert len(parts) == 5, name
            assert parts[1].isdigit(), name
            participant = int(parts[1])
            assert participant in participants, name
            assert participant not in found, name
            found[participant] = archive.read(name).decode()
    return found


def canvas_feedback(content, attachments):
    """submissions_upload: the numbers of user and attachment in each file's name."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            match = re.fullmatch(r"[^/]*?_(\d+)_(\d+)_(.+)", name)
            assert match, name
            assert (match[1], match[2]) in attachments, name
            found[match[1]] = archive.read(name).decode()
    return found

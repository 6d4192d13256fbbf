"""One submission, read into memory: its root, its notebook, and what the student is told about both."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping

import msgspec

from autograder.archive import limits
from autograder.archive.containers import Collected, collect_file, collect_folder, open_archive
from autograder.archive.find import Entry
from autograder.archive.names import ARCHIVES, NOTEBOOK, ending, lab_name, plain_word
from autograder.archive.parts import collect_parts
from autograder.errors import SubmissionError
from autograder.model import Assignment, Cell, Submission
from autograder.notebook import ignores_cells, plain_text, read_notebook, uses_cells


def read_submission(entry: Entry, assignment: Assignment) -> Submission:
    """Read one submission; what the student is to blame for is its `problem`.

    Raises:
        SubmissionError: this machine cannot read it, so no student must pay for it.
    """
    try:
        submission = _assemble(entry.student, _open_nested(_collect(entry), assignment), assignment)
    except SubmissionError as problem:
        return Submission(entry.student, notes=entry.notes, problem=str(problem))
    except OSError as problem:
        raise SubmissionError(f"{problem.filename or entry.path}: cannot be read: {problem.strerror}") from None
    return msgspec.structs.replace(submission, notes=(*entry.notes, *submission.notes)) if entry.notes else submission


def read_files(student: str, files: Mapping[str, bytes], assignment: Assignment) -> Submission:
    """A submission of files that lie in memory, by their paths; what is wrong with it is its `problem`."""
    collected = Collected()
    try:
        for path, content in files.items():
            if kept := collected.accept(path):
                collected.add(kept, io.BytesIO(content))
        return _assemble(student, collected, assignment)
    except SubmissionError as problem:
        return Submission(student, problem=str(problem))


def _collect(entry: Entry) -> Collected:
    """Everything that counts at an entry's place.

    Raises:
        SubmissionError: something in it is refused.
        OSError: this machine cannot read it.
    """
    if entry.in_class and entry.path.is_symlink():
        raise SubmissionError("a link was found instead of a folder or file; hand in the files themselves")
    if entry.parts:
        return collect_parts(entry.path, entry.parts)
    collected = Collected()
    if entry.loose:
        for file in entry.loose:
            collect_file(collected, file, file.name)
    elif entry.path.is_dir():
        collect_folder(collected, entry.path)
    elif ending(entry.path.name, (NOTEBOOK,)):
        collect_file(collected, entry.path, entry.path.name)
    else:
        limits.check_total(entry.path.stat().st_size)
        collected = open_archive(entry.path.read_bytes())
    return collected


def _open_nested(collected: Collected, assignment: Assignment) -> Collected:
    """The archive in the archive or folder, if that is all there is to grade; one level deep."""
    archives = [path for path in collected.files if ending(path, ARCHIVES)]
    if len(archives) != 1 or _roots(collected.files, assignment):
        return collected
    try:
        nested = open_archive(collected.files[archives[0]])
    except SubmissionError as problem:
        raise SubmissionError(f"{plain_text(archives[0])}, inside: {problem}") from None
    nested.notes = [*collected.notes, f"opened {plain_text(archives[0])}, which was inside"]
    return nested


def _assemble(student: str, collected: Collected, assignment: Assignment) -> Submission:
    """The files below the submission's root, and the cells of its notebook.

    Raises:
        SubmissionError: there is nothing to grade.
    """
    roots = _roots(collected.files, assignment)
    if not roots:
        names = sorted(collected.files)
        found = ", ".join(map(plain_text, names[:5])) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
        raise SubmissionError(
            f"none of the lab's files is in it: looked for {', '.join(assignment.files)} or a notebook; "
            f"found {found or 'nothing'}"
        )
    root = roots[0]
    notes = list(collected.notes)
    if root:
        notes.append(f"found your files in {plain_text(root)}")
    notes += [
        f"the lab's files are in {plain_text(other) or 'the top folder'}, too; those were not used"
        for other in roots[1:4]
    ]
    inside = {path.removeprefix(root): content for path, content in collected.files.items() if path.startswith(root)}
    files = {path: content for path, content in inside.items() if not ending(path, (NOTEBOOK,))}
    notebooks = {path: content for path, content in inside.items() if "/" not in path and ending(path, (NOTEBOOK,))}
    cells: tuple[Cell, ...] = ()
    if notebooks:
        cells = _use_notebook(notebooks, files, notes, assignment)
    return Submission(student, files, cells, tuple(notes))


def _roots(files: Iterable[str], assignment: Assignment) -> list[str]:
    """Folders ("" or ending in a slash) that hold the lab's files or a notebook; the one to grade first.

    That is the shallowest; of several, the one with most of the lab's files, then the one named like the lab.
    """
    held: dict[str, int] = {}
    for path in files:
        if ending(path, (NOTEBOOK,)):
            held.setdefault(path[: path.rfind("/") + 1], 0)
        for file in assignment.files:
            if path == file or path.endswith("/" + file):
                root = path.removesuffix(file)
                held[root] = held.get(root, 0) + 1
    lab = lab_name(assignment)
    return sorted(held, key=lambda root: (root.count("/"), -held[root], lab not in plain_word(root), root))


def _use_notebook(
    notebooks: dict[str, bytes], files: dict[str, bytes], notes: list[str], assignment: Assignment
) -> tuple[Cell, ...]:
    """The cells of the notebook to grade; adds the files that it writes to `files`.

    Raises:
        SubmissionError: it cannot be read or holds no code, and there is none of the lab's files beside it.
    """
    name = _pick_notebook(notebooks, assignment)
    if len(notebooks) > 1:
        notes.append(f"of {len(notebooks)} notebooks, {plain_text(name)} was used")
    covered = [file for file in assignment.files if file in files]
    try:
        notebook = read_notebook(notebooks[name])
        if not notebook.cells and not notebook.files:
            raise SubmissionError("the notebook holds no code")
    except SubmissionError as problem:
        if not covered:
            raise SubmissionError(f"{plain_text(name)}: {problem}") from None
        notes.append(f"{plain_text(name)} was not used: {problem}")
        return ()
    notes += [f"{plain_text(name)}: {note}" for note in notebook.notes]
    for path, content in notebook.files.items():
        if path in files:
            notes.append(f"{plain_text(path)} was used as handed in, not as the notebook writes it")
        else:
            files[path] = content
    notes += _which_counts(Submission("", files, notebook.cells), plain_text(name), assignment)
    return notebook.cells


def _pick_notebook(notebooks: dict[str, bytes], assignment: Assignment) -> str:
    """The notebook named for the lab, or with its number; otherwise the largest."""
    number = re.search(r"\d+", assignment.id)
    pattern = re.compile(rf"(?<!\d){number[0]}(?!\d)" if number else r"(?!)")

    def rank(name: str) -> tuple[bool, bool, int, str]:
        named = plain_word(assignment.id) in plain_word(name) or lab_name(assignment) in plain_word(name)
        return (not named, pattern.search(name) is None, -len(notebooks[name]), name)

    return min(notebooks, key=rank)


def _which_counts(submission: Submission, notebook: str, assignment: Assignment) -> list[str]:
    """What the student is told of questions for which the notebook counts, or does not though it has work on them."""
    if not submission.cells or not any(file in submission.files for file in assignment.files):
        return []
    said: dict[str, list[str]] = {}
    for question in assignment.questions:
        file = question.file
        if file not in submission.files:
            note = f"{notebook} counts; there is no {file}"
        elif uses_cells(submission, question, assignment):
            note = f"{notebook} counts; {file} is still the stub there"
        elif ignores_cells(submission, question, assignment):
            note = f"{file} counts, and what {notebook} has does not: the file wins where both have code"
        else:
            continue
        said.setdefault(note, []).append(question.id)
    return [f"{', '.join(questions)}: {note}" for note, questions in said.items()]

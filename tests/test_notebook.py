"""Notebooks: what is code stays as it is, what is not is left out, and nothing odd gets past."""

import json

import pytest

from autograder.errors import SubmissionError
from autograder.model import Cell, Limits, Question
from autograder.notebook import MAX_CODE_CHARACTERS, cells_for, plain_path, plain_text, read_notebook


def notebook(*sources, **extra):
    """The bytes of a notebook of format 4 with these code cells."""
    cells = [{"cell_type": "code", "source": source} for source in sources]
    return json.dumps({"nbformat": 4, "cells": cells, **extra}).encode()


def code(source):
    """What remains of one cell."""
    cells = read_notebook(notebook(source)).cells
    return cells[0].source if cells else ""


def test_format_4():
    """Code cells come in order, with their numbers among all cells; sources are lists of lines or text."""
    cells = [
        {"cell_type": "markdown", "source": "# Title"},
        {"cell_type": "code", "source": ["x = 1\n", "y = 2"], "outputs": [{"text": "x = 3"}]},
        {"cell_type": "raw", "source": "z"},
        {"cell_type": "code", "source": "  \n"},
        {"cell_type": "code", "source": "y\r\nx"},
    ]
    content = read_notebook(json.dumps({"cells": cells}).encode())
    assert content.cells == (Cell(2, "x = 1\ny = 2"), Cell(5, "y\nx"))
    assert (content.files, content.notes) == ({}, ())


def test_format_3():
    """Format 3 has worksheets, and its code is called `input`."""
    cells = [{"cell_type": "heading", "source": "T"}, {"cell_type": "code", "input": ["x = 1"], "language": "python"}]
    document = {"nbformat": 3, "worksheets": [{"cells": cells}, {"cells": cells}]}
    assert read_notebook(json.dumps(document).encode()).cells == (Cell(2, "x = 1"), Cell(4, "x = 1"))


def test_byte_order_mark():
    """Some editors put a byte order mark before the JSON."""
    assert read_notebook(b"\xef\xbb\xbf" + notebook("x")).cells == (Cell(1, "x"),)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("%matplotlib inline\nx = 1", "# %matplotlib inline\nx = 1"),
        ("!pip install 'x\nx = 1", "# !pip install 'x\nx = 1"),
        ("?print\nprint?\nnp.sum??\nx = 1", "# ?print\n# print?\n# np.sum??\nx = 1"),
        ("files = !ls\nt = %timeit -o f()\nx = 1", "# files = !ls\n# t = %timeit -o f()\nx = 1"),
        ("if x:\n    !ls\ny = 1", "if x:\n    pass  # !ls\ny = 1"),
        ("!a \\\n  b\nx = 1", "# !a \\\n#   b\nx = 1"),
        ("%cd a\nfrom __future__ import annotations", "# %cd a\nfrom __future__ import annotations"),
        ("%time x = f(1)\n", "x = f(1)\n"),
        ("if a:\n    %time x = f(1)\n", "if a:\n    x = f(1)\n"),
        ("%%time\nx = 1", "# %%time\nx = 1"),
        ("\n%%capture out\n%%time\n!ls\nx = 1", "\n# %%capture out\n# %%time\n# !ls\nx = 1"),
        ("# only\n%matplotlib inline", "# only\n# %matplotlib inline"),
    ],
)
def test_what_is_not_python_becomes_a_comment(source, expected):
    """Each line keeps its number, so that a traceback points to what the student sees."""
    assert code(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        "s = '''\n%keep\n!keep\nkeep?\n'''\n",
        "x = (7\n%b)\n",
        "x = 7 \\\n  %b\n",
        "x = [\n  a\n  %b\n]\n",
        "x != y\n",
        "x %= 3\n",
        "def broken(:\n  s = '''\n%keep\n'''\n  x = (a\n    %b)\n  y = 1 \\\n    %b\n  # '''\n  t = 'it\\'s' # (\n",
    ],
)
@pytest.mark.parametrize("before", ["", "%matplotlib inline\n"])
def test_python_is_never_touched(before, source):
    """A line inside a string, brackets or a continued line is Python whatever it begins with, magics or not above."""
    assert code(before + source).removeprefix("# ") == before + source


@pytest.mark.parametrize("comment", ["# it's (", "x = 1  # '''", "# [ \\"])
def test_comments_open_nothing(comment):
    """Quotes, brackets and backslashes in a comment do not hide the magics below it."""
    assert code(f"{comment}\n%cd b\n") == f"{comment}\n# %cd b\n"


def test_unclosed_string_ends_with_its_line():
    """A student's unclosed quote does not hide the magics below it."""
    assert code("x = 'a\n%cd b\n") == "x = 'a\n# %cd b\n"


def test_lines_left_out_are_counted():
    """One note says how many lines, and in which cells."""
    content = read_notebook(notebook("!a\n!b\nx = 1", "y = 2", "%c\nz = 3"))
    assert content.notes == ("3 lines are not Python (%..., !... or ?...) and left out, in cells 1, 3",)


def test_files_written_by_cells():
    """`%%writefile` gives a file, `-a` adds to it, and later cells win."""
    content = read_notebook(
        notebook(
            "%%writefile a.py\nx = 1", "%%writefile -a a.py\ny = 2\n", "%%file 'pkg/b c.py'\nz", "%%writefile d.py\n"
        )
    )
    assert content.files == {"a.py": b"x = 1\ny = 2\n", "pkg/b c.py": b"z\n", "d.py": b"\n"}
    assert content.cells == ()
    assert content.notes[0] == "cell 1 writes a.py"


@pytest.mark.parametrize("name", ["../a.py", "/etc/a.py", "C:\\a.py", "a/../../b.py"])
def test_files_outside(name):
    """A cell cannot write out of the folder."""
    content = read_notebook(notebook(f"%%writefile '{name}'\nx = 1"))
    assert content.files == {}
    assert content.notes[0].startswith("cell 1 was left out: the name ")
    assert content.notes[0].endswith("leads out of its folder; use plain relative names")


@pytest.mark.parametrize("line", ["", " a.py b.py", " 'a.py"])
def test_writefile_without_one_name(line):
    """What names no file, or two, is left out with a note."""
    content = read_notebook(notebook(f"%%writefile{line}\nx = 1"))
    assert content.files == {}
    assert content.notes == ("cell 1 was left out: %%writefile needs one file name",)


@pytest.mark.parametrize("magic", ["timeit", "bash", "html"])
def test_other_cell_magics(magic):
    """A cell that is not plain Python is left out by name."""
    content = read_notebook(notebook(f"%%{magic} -n 3\nx = 1", "y = 2"))
    assert content.cells == (Cell(2, "y = 2"),)
    assert content.notes == (f"cell 1 was left out: it is a %%{magic} cell, not plain Python",)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the notebook is an empty file; save it again and hand it in again"),
        (b"{", "the notebook is damaged: it is not JSON; save it again and hand it in again"),
        (b'{"cells": "\xff"}', "the notebook is damaged: it is not JSON; save it again and hand it in again"),
        (b'{"cells": "\\ud800"}', "the notebook is damaged: it is not JSON; save it again and hand it in again"),
        (b"[" * 100_000, "the notebook is damaged: it is not JSON; save it again and hand it in again"),
        (b"[]", "this is not a notebook: its JSON has no cells"),
        (b"{}", "this is not a notebook of format 3 or 4: it has no list of cells"),
        (b'{"cells": {}}', "this is not a notebook of format 3 or 4: it has no list of cells"),
        (b'{"cells": [1]}', "the notebook is damaged: cell 1 is not a cell"),
        (b'{"cells": [{"cell_type": "code"}]}', "the notebook is damaged: the code of cell 1 is not text"),
        (
            b'{"cells": [{"cell_type": "code", "source": [1]}]}',
            "the notebook is damaged: the code of cell 1 is not text",
        ),
        (b'{"worksheets": [{}]}', "the notebook is damaged: a worksheet has no list of cells"),
        (
            notebook("x", metadata={"kernelspec": {"language": "R\n"}}),
            "the notebook is written in R?, not in Python",
        ),
        (
            notebook("x" * MAX_CODE_CHARACTERS, "y"),
            "the notebook's cells hold more than 262,144 characters of code",
        ),
    ],
)
def test_malformed(content, message):
    """Whatever is wrong with it is one line."""
    with pytest.raises(SubmissionError) as caught:
        read_notebook(content)
    assert str(caught.value) == message


@pytest.mark.parametrize("metadata", [None, 3, {}, {"kernelspec": 3}, {"kernelspec": {"language": 3}}])
def test_odd_metadata(metadata):
    """Metadata is not needed, so nothing in it can break the reading."""
    assert read_notebook(notebook("x", metadata=metadata)).cells == (Cell(1, "x"),)


@pytest.mark.parametrize(
    "source", ["!a\n" + "(" * 5000, "!a\n" + "-" * 100_000 + "1", "!a\nx = '\0'", "!a\n" + "a." * 9999]
)
def test_code_that_breaks_parsers(source):
    """Nesting and characters that no parser takes are the student's to see, not the grader's to die of."""
    assert code(source) == "# " + source


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("a/b.py", "a/b.py"),
        ("a\\b.py", "a/b.py"),
        ("./a//b.py", "a/b.py"),
        ("e\u0301.py", "\xe9.py"),
        (".", ""),
        ("..a", "..a"),
    ],
)
def test_plain_paths(name, path):
    """Names come out relative, with forward slashes, composed."""
    assert plain_path(name) == path


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("../a", 'the name "../a" leads out of its folder; use plain relative names'),
        ("a/..", 'the name "a/.." leads out of its folder; use plain relative names'),
        ("a\\..\\..\\b", 'the name "a\\\\..\\\\..\\\\b" leads out of its folder; use plain relative names'),
        ("/a", 'the name "/a" leads out of its folder; use plain relative names'),
        ("\\a", 'the name "\\\\a" leads out of its folder; use plain relative names'),
        ("c:a", 'the name "c:a" leads out of its folder; use plain relative names'),
        ("a\n.py", 'the name "a\\n.py" holds invisible control characters; rename the file'),
        ("a\0.py", 'the name "a\\x00.py" holds invisible control characters; rename the file'),
        ("a\u202eyp.py", 'the name "a\\u202eyp.py" holds invisible control characters; rename the file'),
        ("a\udcff", 'the name "a\\udcff" holds invisible control characters; rename the file'),
        ("x" * 256, 'the name "' + "x" * 40 + '..." is too long; rename the file'),
        ("x/" * 513, 'the name "' + "x/" * 20 + '..." is too long; rename the file'),
    ],
)
def test_names_that_are_refused(name, message):
    """A refused name is shown with its odd characters spelled out."""
    with pytest.raises(SubmissionError) as caught:
        plain_path(name)
    assert str(caught.value) == message


def test_plain_text():
    """What is quoted from a submission cannot break a line or fill a page."""
    assert plain_text("a\nb\u202e") == "a?b?"
    assert plain_text("x" * 61) == "x" * 57 + "..."


QUESTIONS = [Question(i, f"Q{i}", 1.0, file, Limits()) for i, file in (("1", "a.py"), ("2", "b.py"), ("3", "a.py"))]


@pytest.mark.parametrize(
    ("headings", "first", "second"),
    [
        ("1 2", "1", "1 2"),  # what the second defines under the same name must not hide the first's
        ("- 1 2 - 3", "- 1 2 - 3", "- 1 2 -"),
        ("2 1 -", "2 1 -", "2 -"),
        ("- -", "- -", "- -"),  # a notebook without headings: everything
        ("2", "2", "2"),  # nothing for this file: its functions may stand anywhere
    ],
)
def test_the_cells_of_a_question(headings, first, second):
    """All but those of other files after its own last one; cells without a heading always."""
    cells = [
        Cell(number, f"# ---- Question {name}: Q{name} ----\nx = {number}" if name != "-" else "y = 1")
        for number, name in enumerate(headings.split())
    ]
    names = dict(enumerate(headings.split()))
    for question, expected in ((QUESTIONS[0], first), (QUESTIONS[1], second)):
        assert " ".join(names[cell.number] for cell in cells_for(cells, question, QUESTIONS)) == expected

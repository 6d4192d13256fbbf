"""The generated notebook, and the zip that students receive."""

import io
import json
import re
import zipfile

import pytest
from student_lab import README, RIGHT, SOLUTIONS, build, load, write_course

from autograder.headings import questions_in
from autograder.notebook import read_notebook
from autograder.release import build_template
from autograder.release.notebook import build_notebook


@pytest.fixture
def assignment(make_course):
    return load(write_course(make_course))


@pytest.fixture
def notebook(assignment):
    return build_template(assignment)["tiny.ipynb"]


def sources(content, kind="code"):
    return ["".join(cell["source"]) for cell in json.loads(content)["cells"] if cell["cell_type"] == kind]


def test_the_document_is_valid_in_format_4_5(notebook):
    """Ids are unique and of allowed characters, code cells have all their keys, and no line lacks its end."""
    document = json.loads(notebook)
    assert (document["nbformat"], document["nbformat_minor"]) == (4, 5)
    assert document["metadata"]["kernelspec"] == {"display_name": "Python 3", "language": "python", "name": "python3"}
    identifiers = [cell["id"] for cell in document["cells"]]
    assert len(set(identifiers)) == len(identifiers)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", identifier) for identifier in identifiers)
    keys = {"markdown": {"cell_type", "id", "metadata", "source"}}
    keys["code"] = keys["markdown"] | {"execution_count", "outputs"}
    for cell in document["cells"]:
        assert cell.keys() == keys[cell["cell_type"]]
        assert all(line.endswith("\n") for line in cell["source"][:-1])
        assert not cell["source"][-1].endswith("\n")


def test_each_question_has_its_code_and_its_check_in_the_assignments_order(notebook):
    """The heading that grading looks for stands in each question's cell."""
    code = sources(notebook)
    headed = [questions_in(source) for source in code]
    assert headed == [["1.1"], [], ["1.2"], [], ["1.3"], [], ["1.4"], [], ["1.5"], []]
    assert [source for source in code if "autograder.check(" in source] == [
        f'import autograder\n\nautograder.check("1.{number}")' for number in range(1, 6)
    ]


def test_the_handout_stands_around_the_questions(notebook):
    """What introduces them comes first, what follows comes last; a question without a part of it gets its title."""
    text = sources(notebook, "markdown")
    assert text == [
        "# Sums and means\n\nTake your time.",
        "## 1.1 Total",
        "## 1.2 Row sums",
        "## 1.3 A stable mean\n\nAdd pairs.",
        "## 1.4 Scaling",
        "## 1.5 In place",
        "## Appendix\n\nThat was it.",
    ]
    assert all(part.strip() in README for part in (text[0], text[3], text[6]))


def test_run_in_order_the_cells_define_what_the_files_define(notebook):
    """Imports of a file come with each of its questions; file docstrings stay out."""
    names = {}
    for source in sources(notebook):
        if "autograder.check(" not in source:
            exec(compile(source, "cell", "exec"), names)
    files = {}
    for source in RIGHT.values():
        exec(source, files)
    assert files.keys() - {"__doc__"} <= names.keys()
    with pytest.raises(NotImplementedError, match=r"Question 1\.3: A stable mean"):
        names["mean"]([1.0])
    assert (
        sum(source.count("import numpy") for source in sources(notebook)) == 3
    )  # 1.1 and 1.2 of sums.py, and means.py
    assert not any('"""Sums."""' in source for source in sources(notebook))


def test_each_questions_cell_runs_alone(notebook):
    """Whoever begins with the second question of a file needs no other cell."""
    for source in sources(notebook):
        if "autograder.check(" not in source:
            exec(compile(source, "cell", "exec"), {})


def test_what_a_file_has_above_its_headings_comes_once_but_for_imports(assignment):
    """A class that stands there would otherwise be another class in each cell."""
    above = "import numpy as np\n\nArray = np.ndarray\n\n\nclass Box:\n    pass\n\n\n"
    stubs = {file: RIGHT[file] for file in assignment.files}
    stubs["sums.py"] = above + stubs["sums.py"][stubs["sums.py"].index("# ----") :].replace("(x)", "(x: Array)")
    first, second = [source for source in sources(build_notebook(assignment, "", stubs)) if "Array =" in source]
    assert "class Box" in first
    assert second.startswith("import numpy as np\nArray = np.ndarray\n\n# ---- Question 1.2")


def test_the_same_sources_give_the_same_bytes(assignment, make_course):
    """Notebook and zip, whenever they are made; nothing in the zip is newer than 1980."""
    assert build_template(assignment) == build_template(assignment)
    course = write_course(make_course)
    first = build(course)
    assert build(course) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_solved_notebook_grades_like_files(assignment, notebook):
    """The cells as grading reads them are the code cells, numbered as they stand."""
    content = read_notebook(notebook)
    assert content.notes == ()
    assert [cell.source for cell in content.cells] == sources(notebook)


def test_no_solution_is_in_the_notebook(notebook):
    """Neither markers nor what stands between them."""
    text = notebook.decode()
    assert "SOLUTION" not in text
    for source in SOLUTIONS.values():
        for block in re.findall(r"# BEGIN SOLUTION\n(.*?)\n *# END", source, re.DOTALL):
            assert block.strip() not in text


@pytest.mark.parametrize(
    ("handout", "order"),
    [
        (
            "# T\n\n## 1.4 Scaling\n\nA.\n\n## Notes\n\n## 1.1 Total\n\nB.\n\n## End\n",
            ["1.2", "1.3", "1.4", "1.1", "1.5"],
        ),
        ("# T\n\n## 1.2 Row sums\n\nA.\n\n## 1.2 again\n\nB.\n", ["1.1", "1.2", "1.3", "1.4", "1.5"]),
        ("", ["1.1", "1.2", "1.3", "1.4", "1.5"]),
        ("## Notes\n\n## 9.9 Of another lab\n", ["1.1", "1.2", "1.3", "1.4", "1.5"]),
    ],
)
def test_every_question_comes_once_whatever_the_handout_has(assignment, handout, order):
    """Another order, a part twice, sections in between, nothing at all; no text is lost."""
    stubs = {file: RIGHT[file] for file in assignment.files}
    content = build_notebook(assignment, handout, stubs)
    assert [found for source in sources(content) for found in questions_in(source)] == order
    identifiers = [cell["id"] for cell in json.loads(content)["cells"]]
    assert len(set(identifiers)) == len(identifiers)
    text = "\n\n".join(sources(content, "markdown"))
    assert all(part.strip() in text for part in handout.split("\n\n"))


def test_the_zip_holds_the_template_and_the_originals(assignment, make_course):
    """All in one folder named after the lab; the data only once."""
    with zipfile.ZipFile(io.BytesIO(build(write_course(make_course)))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    template = build_template(assignment)
    originals = {name: content for name, content in template.items() if not name.startswith("data/")}
    assert files == {f"tiny/{name}": content for name, content in template.items()} | {
        f"tiny/.autograder/original/{name}": content for name, content in originals.items()
    }

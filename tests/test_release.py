"""Templates: stubs made from solutions, drift, and what must never get out."""

import shutil
from pathlib import Path

import msgspec
import pytest

from autograder.course import load_assignment, load_course
from autograder.errors import ReleaseError
from autograder.model import Assignment, Limits, Question
from autograder.release import build_template, check_template, render_stub, write_template

MINI = Path(__file__).parent / "courses" / "mini"
ONE = "# ---- Question 1: One ----\n"
TWO = '# ---- Question 2: The "second" ----\n'
LAB = Assignment(
    "lab",
    "Lab",
    Path("assignments/lab"),
    Path("solutions/lab"),
    Path("student_template/lab"),
    (Question("1", "One", 1, "a.py", Limits()), Question("2", 'The "second"', 1, "b.py", Limits())),
)


@pytest.fixture
def mini(tmp_path):
    """A copy of the small course's assignment."""
    folder = shutil.copytree(MINI, tmp_path / "mini", ignore=shutil.ignore_patterns("__pycache__"))
    return load_assignment(load_course(folder), "lab1")


def block(code, indent=""):
    """A solution block."""
    lines = ["# BEGIN SOLUTION", *code.splitlines(), "# END SOLUTION"]
    return "".join(f"{indent}{line}\n" if line else "\n" for line in lines)


FUNCTION = "def f(x):\n" + block("return x + 1", "    ")


def test_function_body():
    """A block in a function becomes a `raise` that names the question; all around stays."""
    source = ONE + 'def f(x):\n    """Doc."""\n    y = x\n' + block("z = y\nreturn z", "    ") + "\n\nA = 1\n"
    assert render_stub(source, LAB, "a.py") == (
        ONE + 'def f(x):\n    """Doc."""\n    y = x\n    raise NotImplementedError("Question 1: One")\n\n\nA = 1\n'
    )


def test_stub_raises_its_question():
    """Run, a stub says which question is not done, whatever characters the title has."""
    names = {}
    exec(render_stub(TWO + FUNCTION, LAB, "b.py"), names)
    with pytest.raises(NotImplementedError, match=r'^Question 2: The "second"$'):
        names["f"](1)


def test_several_blocks_raise_once():
    """Only the first block of a function raises; the others go."""
    source = ONE + "def f(x):\n" + block("y = x", "    ") + "    # then\n" + block("return y", "    ")
    assert render_stub(source, LAB, "a.py") == (
        ONE + 'def f(x):\n    raise NotImplementedError("Question 1: One")\n    # then\n'
    )


def test_module_and_class_level():
    """Outside of functions a block goes without a trace, surplus blank lines included."""
    source = (
        ONE
        + "A = 1\n\n\n"
        + block("def helper():\n    return 1")
        + "\n\nclass C:\n    B = 2\n\n"
        + block("D = 3", "    ")
        + "\n    def f(self):\n"
        + block("return helper()", "        ")
    )
    assert render_stub(source, LAB, "a.py") == (
        ONE
        + "A = 1\n\n\nclass C:\n    B = 2\n\n    def f(self):\n"
        + '        raise NotImplementedError("Question 1: One")\n'
    )


def test_blank_line_below_a_removed_block_stays():
    """If nothing blank stands above the block, what follows keeps its distance."""
    source = ONE + FUNCTION + "A = 1\n" + block("B = 2") + "\n\nC = 3\n"
    assert render_stub(source, LAB, "a.py").endswith("A = 1\n\n\nC = 3\n")


def test_nested_functions():
    """The innermost function counts: each raises for itself; a class inside a function is no function."""
    source = (
        ONE
        + "def f():\n    def g():\n"
        + block("return 1", "        ")
        + "    class C:\n        a = 1\n"
        + block("b = 2", "        ")
        + "        c = 3\n"
        + block("return g", "    ")
    )
    assert render_stub(source, LAB, "a.py") == (
        ONE
        + 'def f():\n    def g():\n        raise NotImplementedError("Question 1: One")\n'
        + '    class C:\n        a = 1\n        c = 3\n    raise NotImplementedError("Question 1: One")\n'
    )


def test_markers_in_strings_are_text():
    """Only comments are markers and headings."""
    source = ONE + FUNCTION + 'S = """\n# BEGIN SOLUTION\n# ---- Question 9: No ----\n"""\n'
    assert render_stub(source, LAB, "a.py").endswith('S = """\n# BEGIN SOLUTION\n# ---- Question 9: No ----\n"""\n')


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("def f(:\n", "1: not Python: "),
        ("A = 1\n", '1: question 1 has no solution block; put its solution between "# BEGIN SOLUTION"'),
        (FUNCTION, '2: a solution block before any heading; put "# ---- Question 1.6: Its title ----" above it'),
        (ONE + "# BEGIN SOLUTION\nA = 1\n", '2: "# BEGIN SOLUTION" without "# END SOLUTION"'),
        (ONE + "A = 1\n# END SOLUTION\n", '3: "# END SOLUTION" without "# BEGIN SOLUTION"'),
        (
            ONE + "# BEGIN SOLUTION\nA = 1\n# BEGIN SOLUTION\n# END SOLUTION\n",
            "4: a solution block begins inside the one of line 2; end that first",
        ),
        (
            ONE + "def f():\n    # BEGIN SOLUTION\n    return 1\n# END SOLUTION\n",
            "5: the markers of a block (line 3) must be indented alike",
        ),
        (ONE + "### BEGIN SOLUTION\n", '2: write the marker as "# BEGIN SOLUTION", on a line of its own'),
        (ONE + "# end solution\n", '2: write the marker as "# END SOLUTION", on a line of its own'),
        (ONE + "A = 1  # BEGIN SOLUTION\n", '2: write the marker as "# BEGIN SOLUTION", on a line of its own'),
        (ONE + "# BEGIN SOLUTION: easy\n", '2: write the marker as "# BEGIN SOLUTION", on a line of its own'),
        (ONE + block("# later"), "2: an empty solution block; put the solution in it, or remove it"),
        (ONE + block(f"A = 1\n{ONE}"), "2: a heading inside this solution block; end the block before it"),
        ("# ---- Question 3: One ----\n" + FUNCTION, "1: no question 3 in assignment.yaml; it has 1, 2"),
        (
            "# ---- Question 1: Won ----\n" + FUNCTION,
            '1: the title in assignment.yaml is another: write "# ---- Question 1: One ----"',
        ),
        (ONE + FUNCTION + TWO, "6: question 2 belongs into b.py, says assignment.yaml"),
        (
            ONE + FUNCTION + "\n\nclass C:\n" + block("a = 1", "    ") + "\n\nB = 1\n",
            "14: without its solution blocks this is not Python (expected an indented block after class definition); "
            "leave a statement outside",
        ),
    ],
)
def test_mistakes_in_solutions(source, message):
    """Each is one line that begins with file and line."""
    with pytest.raises(ReleaseError) as caught:
        render_stub(source, LAB, "a.py")
    assert str(caught.value).startswith(f"solutions/lab/a.py:{message}")
    assert "\n" not in str(caught.value)


def test_template_holds_everything_public(mini):
    """Students get stubs, helpers, public tests, probes, data and the handout, and nothing else."""
    template = build_template(mini)
    assert sorted(template) == [
        "README.md",
        "assignment.yaml",
        "data/numbers.csv",
        "helpers.py",
        "lab1_mini.ipynb",
        "means.py",
        "probes.py",
        "sums.py",
        "tests/public/test_sums.py",
    ]
    assert template["helpers.py"] == (mini.solutions / "helpers.py").read_bytes()
    assert b"SOLUTION" not in template["means.py"] + template["sums.py"]
    assert template["means.py"].count(b"raise NotImplementedError") == 1


def test_committed_template_of_the_test_course():
    """The small course's own template is up to date."""
    assert check_template(load_assignment(load_course(MINI), "lab1")) == []


def test_drift_is_named_and_mended(mini):
    """Missing, changed and extra files are one line each; writing mends all three, and leaves hidden files alone."""
    write_template(mini)
    (mini.template / "sums.py").write_text("x")
    (mini.template / "means.py").unlink()
    (mini.template / "old.py").touch()
    (mini.template / ".keep").touch()
    place, remedy = "student_template/lab1_mini", "run `autograder release lab1_mini`"
    assert check_template(mini) == [
        f"{place}/means.py: is missing; {remedy}",
        f"{place}/old.py: is no part of the template; {remedy}",
        f"{place}/sums.py: differs from its source; {remedy}",
    ]
    write_template(mini)
    assert check_template(mini) == []
    assert (mini.template / ".keep").exists()


def test_unchanged_files_are_not_written_again(mini):
    """Writing twice leaves time stamps alone."""
    write_template(mini)
    before = {path: path.stat().st_mtime_ns for path in mini.template.rglob("*")}
    write_template(mini)
    assert {path: path.stat().st_mtime_ns for path in mini.template.rglob("*")} == before


@pytest.mark.parametrize("target", ["folder", "solutions"])
def test_sources_are_never_overwritten(mini, target):
    """A template folder that is, holds or lies in a source folder is refused before anything is written."""
    source = getattr(mini, target)
    for folder in (source, source.parent, source / "template"):
        with pytest.raises(ReleaseError, match=r"the template would overwrite .*; change `template` in course\.yaml"):
            write_template(msgspec.structs.replace(mini, template=folder))


def test_missing_solution(mini):
    """Without the solution there is no stub."""
    (mini.solutions / "sums.py").unlink()
    with pytest.raises(ReleaseError, match=r"sums\.py missing; stubs are made from the solutions"):
        build_template(mini)


def test_two_sources_of_one_file(mini):
    """Two files cannot have the same place in the template."""
    (mini.solutions / "README.md").touch()
    with pytest.raises(ReleaseError, match=r"README\.md: README\.md comes from another place, too; rename one"):
        build_template(mini)


def test_solution_that_is_not_text(mini):
    """A source must be UTF-8."""
    (mini.solutions / "helpers.py").write_bytes(b"\xff")
    with pytest.raises(ReleaseError, match=r"helpers\.py:1: is not text in UTF-8"):
        build_template(mini)


@pytest.mark.parametrize("name", ["tests/public/test_more.py", "data/a.txt"])
def test_hidden_test_in_the_template(mini, name):
    """A hidden file under another name is refused, copied or linked."""
    hidden = mini.folder / "tests" / "hidden" / "test_means.py"
    (mini.folder / name).symlink_to(hidden)
    with pytest.raises(
        ReleaseError, match=r"is the same as tests/hidden/test_means\.py, and students would receive it"
    ):
        build_template(mini)


@pytest.mark.parametrize("content", ["", "import pytest\n"])
def test_shared_files_are_not_hidden_ones(mini, content):
    """`conftest.py`, `__init__.py` and empty files may be alike in public and hidden tests."""
    for folder in ("public", "hidden"):
        (mini.folder / "tests" / folder / "conftest.py").write_text(content)
        (mini.folder / "tests" / folder / "__init__.py").write_text(content)
        (mini.folder / "tests" / folder / "empty.py").write_text("")
    assert "tests/public/conftest.py" in build_template(mini)


def solve(mini, code):
    """Put this code in the block of question 1.1."""
    source = (mini.solutions / "sums.py").read_text()
    before, _, rest = source.partition("    # BEGIN SOLUTION\n")
    after = rest.partition("    # END SOLUTION\n")[2]
    (mini.solutions / "sums.py").write_text(f"{before}    # BEGIN SOLUTION\n{code}    # END SOLUTION\n{after}")


def test_copied_solution_in_a_public_test(mini):
    """Three lines of a solution in a row are a leak, however they are indented and spaced."""
    solve(mini, "    first = x[:, 0] * 1.0\n    # why\n    second = x[:, 1:].sum(1)\n    return first + second\n")
    build_template(mini)
    copy = "first = x[:, 0]  * 1.0\nsecond = x[:, 1:].sum(1)\n\n    return first + second\n"
    (mini.folder / "tests" / "public" / "oracle.py").write_text(f"def oracle(x):\n    {copy}")
    with pytest.raises(ReleaseError, match=r'tests/public/oracle\.py: shows a piece of a solution, from "first = x'):
        build_template(mini)


def test_single_lines_in_public_files_are_no_leak(mini):
    """A handout may print a formula that is the code, and a test may call as the solution does."""
    solve(mini, "    velocity = mu * velocity + gradient\n    other = row_sums(np.ones((2, 3)))\n    return other\n")
    (mini.folder / "README.md").write_text("Use\n\n    velocity = mu * velocity + gradient\n")
    (mini.folder / "probes.py").write_text("other = row_sums(np.ones((2, 3)))\nassert other\n")
    build_template(mini)


def test_solution_line_that_also_stands_outside(mini):
    """What students are given anyway is no secret, in any file of the solutions."""
    solve(mini, "    scale = largest(x)\n    return x.sum(1) / scale * scale\n")
    build_template(mini)


def test_stub_that_shows_a_solution_line(mini, monkeypatch):
    """If rendering ever left a line of a block, the template would be refused."""
    monkeypatch.setattr(
        "autograder.release.template.render_stub", lambda source, *_: source.replace("# BEGIN SOLUTION", "")
    )
    with pytest.raises(ReleaseError, match=r"shows a piece of a solution, from "):
        build_template(mini)

"""The labs' suites against known mistakes and other right ways; and the files that hold them.

What a variant is, and how it is written down, stands in autograder/variants.py; `autograder verify` does the same as the
first of these tests, under as many seeds as one likes.
"""

import ast
import functools
from pathlib import Path

import pytest
import yaml

from autograder.batch import LocalExecutor
from autograder.course import load_assignment, load_course
from autograder.errors import CourseError
from autograder.variants import load_equivalents, load_mutants
from autograder.verify import judge, run_trials, variants_of

COURSE = load_course(Path(__file__).parents[1] / "assignments")
LABS = {name: load_assignment(COURSE, name) for name in COURSE.assignments}
LAB_OF = {question.id: lab for lab in LABS.values() for question in lab.questions}
QUESTIONS = list(LAB_OF)
MUTANTS = {
    f"{identifier}-{mutant.name}": mutant
    for identifier, lab in LAB_OF.items()
    for mutant in load_mutants(lab, identifier)
}
EQUIVALENTS = {
    f"{identifier}-{name}": (identifier, source)
    for identifier, lab in LAB_OF.items()
    for name, source in load_equivalents(lab, identifier).items()
}
WHERE = "assignments/tiny/mutants/1.yaml: "


# ---- the suites


def cost(identifier):
    """How long a question's variants take: those of the first lab belong to every test run, the others to `make prove`."""
    return pytest.mark.slow if LAB_OF[identifier].id == COURSE.assignments[0] else pytest.mark.proof


@functools.cache
def reports(name):
    """What a lab's trials under its own seed came to, by question; they are run when the first is asked for."""
    lab = LABS[name]
    trials = run_trials(COURSE, lab, variants_of(lab), [lab.seed], LocalExecutor(2))
    return {report.question.id: report for report in judge(lab, trials)}


@pytest.mark.parametrize("identifier", [pytest.param(name, marks=cost(name)) for name in QUESTIONS])
def test_a_suite_is_proven(identifier):
    """The reference and every equivalent earn everything, the stub nothing, every mutant loses points in the test that
    is named for it, and every test fails a mutant."""
    report = reports(LAB_OF[identifier].id)[identifier]
    assert [str(finding) for finding in report.findings] == []
    assert (report.killed, report.right) == (report.mutants, report.equivalents)
    assert report.mutants >= 6
    assert report.equivalents >= 2


@pytest.mark.parametrize("identifier", QUESTIONS)
def test_no_two_mistakes_are_the_same(identifier):
    """No two in code, and none is the reference; those that share their words, since no test tells them apart, share all."""
    mutants = load_mutants(LAB_OF[identifier], identifier)
    lab = LAB_OF[identifier]
    reference = (lab.solutions / lab.question(identifier).file).read_text()
    trees = [ast.dump(ast.parse(mutant.source)) for mutant in mutants]
    assert len({*trees, ast.dump(ast.parse(reference))}) == len(mutants) + 1
    words = {mutant.misconception for mutant in mutants}
    assert len({(mutant.misconception, mutant.hint) for mutant in mutants}) == len(words) > len(mutants) / 2


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mistake_is_told_in_one_line(name):
    """The misconception completes a sentence, the hint is one or more of its own."""
    mutant = MUTANTS[name]
    assert "\n" not in mutant.misconception + mutant.hint
    assert not mutant.misconception.endswith(".")
    assert mutant.hint.endswith(".")


@pytest.mark.parametrize("name", EQUIVALENTS)
def test_another_right_way_says_what_is_different(name):
    """In one line, its docstring."""
    docstring = ast.get_docstring(ast.parse(EQUIVALENTS[name][1]))
    assert docstring
    assert "\n" not in docstring


# ---- the files


@pytest.fixture
def tiny(make_course):
    """The tiny course's lab, whose file work.py holds question 1 and 2."""
    return load_assignment(load_course(make_course()), "tiny")


def entry(**changes):
    """A file of one mistake as YAML; None leaves a key out."""
    keys = {"name": "half", "misconception": "it is halved", "hint": "Leave it.", "caught_by": "hidden/test_work.py::t"}
    keys |= {"edits": [["1.0 * 1", "0.5"]]} if "source" not in changes else {}
    return yaml.safe_dump([{key: value for key, value in {**keys, **changes}.items() if value is not None}])


def write(lab, name, content):
    """Write a file below the lab's folder."""
    path = lab.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def loaded(lab, content):
    """The mistakes of question 1, from a file with this content."""
    write(lab, "mutants/1.yaml", content)
    return load_mutants(lab, "1")


def problem(lab, content):
    """The message of the error, which must be one line."""
    with pytest.raises(CourseError) as caught:
        loaded(lab, content)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_edits_change_the_reference(tiny):
    """Everything else stays as it is."""
    (mutant,) = loaded(tiny, entry())
    reference = (tiny.solutions / "work.py").read_text()
    assert mutant.source == reference.replace("1.0 * 1", "0.5")
    assert (mutant.question, mutant.name, mutant.misconception) == ("1", "half", "it is halved")
    assert (mutant.hint, mutant.caught_by) == ("Leave it.", "hidden/test_work.py::t")


def test_edits_are_made_one_after_the_other(tiny):
    """A later one may change what an earlier one wrote."""
    (mutant,) = loaded(tiny, entry(edits=[["1.0 * 1", "one"], ["return one", "return 3"]]))
    assert "    return 3\n" in mutant.source


def test_lines_of_an_edit_are_indented_like_its_first(tiny):
    """In the text that is looked for and in the one that replaces it; empty lines stay empty."""
    old = "return x + x\n# END SOLUTION\n"
    (mutant,) = loaded(tiny, entry(edits=[[old, "if x:\n    x = 1\n\nreturn x\n"]]))
    assert mutant.source.endswith("    if x:\n        x = 1\n\n    return x\n")


def test_an_edit_may_start_from_an_equivalent(tiny):
    """The one that `base` names."""
    write(tiny, "equivalents/1/other.py", "def one():\n    return 1\n")
    (mutant,) = loaded(tiny, entry(base="other", edits=[["1", "2"]]))
    assert mutant.source == "def one():\n    return 2\n"


def test_a_mistake_may_be_a_whole_file(tiny):
    """As it stands in `source`."""
    (mutant,) = loaded(tiny, entry(source="def one():\n    return 2\n"))
    assert mutant.source == "def one():\n    return 2\n"


def test_mistakes_keep_their_order(tiny):
    """That of the file."""
    assert [mutant.name for mutant in loaded(tiny, entry(name="b") + entry(name="a"))] == ["b", "a"]


def test_a_question_may_have_none(tiny):
    """Neither mistakes nor other right ways, with or without folders."""
    assert (load_mutants(tiny, "1"), load_equivalents(tiny, "1")) == ((), {})
    write(tiny, "mutants/2.yaml", "[]")
    write(tiny, "equivalents/2/other.py", "")
    assert (load_mutants(tiny, "1"), load_equivalents(tiny, "1")) == ((), {})


def test_equivalents_are_whole_files_by_name(tiny):
    """In alphabetical order; what is not Python is left out."""
    for name in ("b.py", "a.py", "notes.txt"):
        write(tiny, f"equivalents/1/{name}", f"# {name}\n")
    assert list(load_equivalents(tiny, "1").items()) == [("a", "# a.py\n"), ("b", "# b.py\n")]


@pytest.mark.parametrize("load", [load_mutants, load_equivalents])
def test_there_must_be_such_a_question(tiny, load):
    """Asking for another one is the caller's mistake."""
    with pytest.raises(KeyError):
        load(tiny, "3")


@pytest.mark.parametrize(
    ("load", "name", "expected"),
    [(load_mutants, "mutants/3.yaml", "1.yaml, 2.yaml"), (load_equivalents, "equivalents/3/other.py", "1, 2")],
)
def test_what_belongs_to_no_question_is_named(tiny, load, name, expected):
    """It would be left out silently; what the system leaves behind is."""
    for hidden in (".hidden", "__pycache__"):
        write(tiny, str(Path(name).parts[0]) + f"/{hidden}/x", "")
    assert not load(tiny, "1")
    write(tiny, name, "[]")
    stray = "/".join(Path(name).parts[:2])
    with pytest.raises(CourseError) as caught:
        load(tiny, "1")
    assert str(caught.value) == f"assignments/tiny/{stray}: belongs to no question; expected {expected}"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("- name: half\n  hint: 'open\n", "line 3: found unexpected end of stream"),
        (b"- name: \xe9\n", "is not a text file in UTF-8"),
        ("name: half\n", 'must be a list; begin each mistake with "- name: ..."'),
        ("", 'must be a list; begin each mistake with "- name: ..."'),
        ("- half\n", "[0]: must have keys and values"),
        (entry(hnit="Leave it."), 'half: hnit: unknown key. Did you mean "hint"?'),
        (entry(xyz="3"), "half: xyz: unknown key."),
        (entry(name=None), "[0]: name: is missing"),
        (entry(hint=None), "half: hint: is missing"),
        (entry(name=5), "[0]: name: must be text; put it in quotes"),
        (entry(hint=5), "half: hint: must be text; put it in quotes"),
        (entry(base=5), "half: base: must be text; put it in quotes"),
        (
            entry(edits=[["1.0 * 1", 0.5]]),
            'half: edits[0][1]: must be text; an edit is a list of two texts in quotes, ["old", "new"]',
        ),
        (
            entry(edits=[["1.0", "2", "3"]]),
            'half: edits[0]: must be text; an edit is a list of two texts in quotes, ["old", "new"]',
        ),
        (
            entry(edits="1.0"),
            'half: edits: must be text; an edit is a list of two texts in quotes, ["old", "new"]',
        ),
        *[(entry(**{key: " "}), f"half: {key}: is empty") for key in ("misconception", "hint", "caught_by")],
        (entry(name=" "), " : name: is empty"),
        (entry(edits=None), 'half: needs either "edits" or "source"'),
        (entry(source="one = 2\n", edits=[["1.0", "2"]]), 'half: needs either "edits" or "source"'),
        (
            entry(source="one = 2\n", base="other"),
            'half: base: goes with "edits" only, since "source" is the whole file',
        ),
        (entry() * 2, "half: is there twice; give each mistake a name of its own"),
        (entry(source="def one(:\n"), "half: gives no Python: invalid syntax, line 1"),
        (entry(base="other"), 'half: base: no equivalent is named "other"; there are: none'),
        (
            entry(edits=[["2.0", "3"]]),
            "half: edits: this text stands not in the reference's work.py, and must stand there once: '2.0'",
        ),
        (
            entry(edits=[["return", "yield"]]),
            "half: edits: this text stands 2 times in the reference's work.py, and must stand there once: 'return'",
        ),
        (
            entry(edits=[["", "3"]]),
            "half: edits: this text stands not in the reference's work.py, and must stand there once: ''",
        ),
    ],
)
def test_what_is_wrong_in_a_file_is_named(tiny, content, expected):
    """The file, the entry and the key, in one line."""
    assert problem(tiny, content) == WHERE + expected


def test_edits_of_an_equivalent_name_it(tiny):
    """Both where there is another one, and where the text is not in it."""
    write(tiny, "equivalents/1/loop.py", "def one():\n    return 1\n")
    assert problem(tiny, entry(base="lop")) == WHERE + 'half: base: no equivalent is named "lop"; there are: loop'
    message = "half: edits: this text stands not in equivalents/1/loop.py, and must stand there once: '1.0 * 1'"
    assert problem(tiny, entry(base="loop")) == WHERE + message

"""Similar submissions: what is found however it is disguised, what the task explains, and pages that stay text."""

import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.cli import main
from autograder.similarity import compare, read_source, write_similarity
from autograder.similarity.winnow import GRAM, WINDOW, fingerprints

ROOT = Path(__file__).parents[1]
LAB1 = ROOT / "solutions" / "lab1_nn_basics"
ORIGINAL = (LAB1 / "autograd.py").read_text()
OTHERS = [
    (ROOT / "solutions" / "lab3_architectures" / name).read_text()
    for name in ("vae.py", "charnn.py", "autoencoders.py")
]
NOW = datetime(2026, 10, 5, tzinfo=UTC)


def students_of(groups):
    return [group.students for group in groups]


def renamed(text):
    """Other names, other texts, other comments, other layout, a function moved to the front."""
    text = re.sub(r"\bself\b", "this", re.sub(r"\bvalue\b", "number", text))
    text = re.sub(r"#.*", "", text).replace("    ", "\t")
    return "# mine\nimport math\n\n\n" + re.sub(r"\b(grad|data|topo)\b", r"\1_of_mine", text)


def test_a_copy_is_found_however_it_is_renamed():
    """Names, comments, texts and layout do not count."""
    sources = [read_source("ann", {"a.py": ORIGINAL}), read_source("bob", {"b.py": renamed(ORIGINAL)})]
    sources += [read_source(f"s{index}", {"a.py": text}) for index, text in enumerate(OTHERS)]
    (group,) = compare(sources)
    assert group.students == ("ann", "bob")
    assert group.share > 0.8


def test_starter_code_does_not_count():
    """Two who changed little of what they were given share nothing of their own."""
    starter = read_source("", {"s.py": ORIGINAL})
    sources = [read_source(name, {"a.py": ORIGINAL + f"\n\nx_{name} = {n}\n"}) for n, name in enumerate(("ann", "bob"))]
    assert compare(sources, starter.marks) == []
    assert students_of(compare(sources)) == [("ann", "bob")]


def test_what_most_of_the_class_has_does_not_count():
    """The one obvious way of doing it is no copy; two who share more than that are told of."""
    common = [read_source(f"s{n:02d}", {"a.py": OTHERS[0], "b.py": f"x = {n}\n"}) for n in range(20)]
    assert compare(common) == []
    pair = [read_source(name, {"a.py": OTHERS[0], "b.py": ORIGINAL}) for name in ("ann", "bob")]
    assert students_of(compare([*common, *pair])) == [("ann", "bob")]


def test_three_who_share_are_one_group():
    """Linked through the second."""
    parts = ORIGINAL.split("\n")
    half = len(parts) // 2
    first, second = "\n".join(parts[:half]), "\n".join(parts[half:])
    sources = [
        read_source("ann", {"a.py": first + OTHERS[0][:500]}),
        read_source("bob", {"a.py": ORIGINAL}),
        read_source("cem", {"a.py": "if True:\n    pass\n" + second}),
    ]
    found = students_of(compare(sources, ()))
    assert ("ann", "bob") in found or ("ann", "bob", "cem") in found


def test_a_shared_run_is_always_found():
    """The promise of winnowing: a run of GRAM + WINDOW - 1 tokens leaves a common fingerprint, wherever it stands."""
    run = " + ".join(["f(x)"] * 6) + "\n"  # 29 tokens
    assert len(re.findall(r"f|\(|x|\)|\+", run)) >= GRAM + WINDOW - 1
    for before in range(12):
        one = {mark for mark, *_ in fingerprints("a = [1, 2]\n" * before + run)}
        other = {mark for mark, *_ in fingerprints("while b:\n    pass\n" * (before + 3) + run)}
        assert one & other, before


@pytest.mark.parametrize("text", ["", "x = (", "'''", "\tif", "\0", "def f(:\n  pass", "\ud800 = 1"])
def test_code_that_does_not_parse_is_no_problem(text):
    """It counts as far as it goes."""
    read_source("ann", {"a.py": text})
    assert read_source("ann", {"a.py": ORIGINAL + text}).marks


def test_pages_show_the_evidence_as_text(tmp_path):
    """Both sides with line numbers; names and code stay text; a later run removes old pages."""
    hostile = "<script>alert(1)</script>"
    sources = [
        read_source(hostile, {f"{hostile}.py": ORIGINAL + f"\n# {hostile}\n"}),
        read_source("bob", {"b.py": ORIGINAL}),
    ]
    index = write_similarity(tmp_path, "Lab 1", compare(sources), 2, generated_at=NOW)
    page = (tmp_path / "group-1.html").read_text()
    assert "<script" not in page + index.read_text()
    assert "&lt;script&gt;" in page
    assert re.search(r'<li value="\d+" class="shared">', page)
    assert json.loads((tmp_path / "groups.json").read_text())[0]["students"] == sorted([hostile, "bob"])
    write_similarity(tmp_path, "Lab 1", [], 2, generated_at=NOW)
    assert not (tmp_path / "group-1.html").exists()
    assert "Nothing that the task and the starter code do not explain." in index.read_text()


def test_the_command_compares_files_and_the_class_page_links_to_it(tmp_path, monkeypatch):
    """The reference under two names, beside two of the stubs; stubs share nothing of their own."""
    monkeypatch.chdir(tmp_path)
    for name in ("ann", "bob"):
        shutil.copytree(LAB1, tmp_path / "in" / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("cem", "dee"):
        shutil.copytree(ROOT / "student_template" / "lab1_nn_basics", tmp_path / "in" / name)
    result = CliRunner().invoke(main, ["similarity", "lab1", "in", "--course", str(ROOT / "assignments")])
    assert result.exit_code == 0, result.output
    assert result.output.splitlines() == [
        "100 %  ann, bob",
        "4 compared, 1 groups: grades/report/lab1_nn_basics/similarity/index.html",
    ]

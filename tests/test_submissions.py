"""Known submissions, graded through the real entry point: each gets what it deserves, in words that help."""

import importlib.util
from pathlib import Path

import pytest
import yaml

HERE = Path(__file__).parent
_SPEC = importlib.util.spec_from_file_location("record_expected", HERE / "record_expected.py")
record_expected = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(record_expected)

CASES = sorted((path.parent.name, path.name) for path in (HERE / "submissions").glob("*/*"))


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    return {
        lab: record_expected.grade_known(lab, tmp_path_factory.mktemp("grades"))
        for lab in sorted({lab for lab, _ in CASES})
    }


@pytest.mark.parametrize(("lab", "name"), CASES, ids=[f"{lab}-{name}" for lab, name in CASES])
def test_a_known_submission_gets_what_it_deserves(graded, lab, name):
    """Points and outcomes of every question, and the words in `says`."""
    expected = yaml.safe_load((HERE / "submissions" / lab / name / "expected.yaml").read_text())
    assert expected.pop("why")
    said = [*graded[lab][name]["notes"]]
    said += [case["message"] for question in graded[lab][name]["questions"] for case in question["cases"]]
    for words in expected.pop("says"):
        assert any(words in text for text in said), (words, sorted(set(said)))
    assert record_expected.summary(graded[lab][name]) == expected


def test_there_are_enough_of_them(graded):
    """Of every lab all kinds of them, and every one of them is graded."""
    fewest = {"lab1_nn_basics": 50, "lab2_training": 24, "lab3_architectures": 20}
    for lab, results in graded.items():
        assert len(results) >= fewest[lab]
        assert set(results) == {name for other, name in CASES if other == lab}


def test_what_we_expect_is_not_handed_in(graded, tmp_path_factory):
    """No student has a file expected.yaml."""
    folders = tmp_path_factory.getbasetemp().glob("grades*/submissions")
    assert [file for folder in folders for file in folder.rglob("expected.yaml")] == []

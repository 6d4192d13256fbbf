"""Known submissions, graded through the real entry point: each gets what it deserves, in words that help."""

import importlib.util
from pathlib import Path

import pytest
import yaml

HERE = Path(__file__).parent
_SPEC = importlib.util.spec_from_file_location("record_expected", HERE / "record_expected.py")
record_expected = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(record_expected)

FEWEST = {"lab1_nn_basics": 50, "lab2_training": 24, "lab3_architectures": 20}
# Of the labs that train networks, those that are soon graded; `make prove` grades all.
QUICK = {
    "lab2_training": {
        "cheat_tensor_subclass",
        "half_done",
        "keras_habits",
        "nan_everywhere",
        "notebook_cs231n",
        "stub",
    },
    "lab3_architectures": {"cheat_tensor_subclass", "forbidden_by_detour", "half_done", "nan_answers", "stub"},
}
CASES = sorted((path.parent.name, path.name) for path in (HERE / "submissions").glob("*/*"))
PARAMETERS = [
    pytest.param(lab, name, id=f"{lab}-{name}", marks=[] if name in QUICK.get(lab, {name}) else pytest.mark.proof)
    for lab, name in CASES
]


@pytest.fixture(scope="module")
def graded(request, tmp_path_factory):
    """Those that tests of this run ask for, by lab and name."""
    wanted = {}
    for item in request.session.items:
        if item.path == request.path and hasattr(item, "callspec"):
            wanted.setdefault(item.callspec.params["lab"], set()).add(item.callspec.params["name"])
    return {
        lab: record_expected.grade_known(lab, tmp_path_factory.mktemp("grades"), names)
        for lab, names in sorted(wanted.items())
    }


@pytest.mark.parametrize(("lab", "name"), PARAMETERS)
def test_a_known_submission_gets_what_it_deserves(graded, lab, name):
    """Points and outcomes of every question, and the words in `says`."""
    expected = yaml.safe_load((HERE / "submissions" / lab / name / "expected.yaml").read_text())
    assert expected.pop("why")
    said = [*graded[lab][name]["notes"]]
    said += [case["message"] for question in graded[lab][name]["questions"] for case in question["cases"]]
    for words in expected.pop("says"):
        assert any(words in text for text in said), (words, sorted(set(said)))
    assert record_expected.summary(graded[lab][name]) == expected


def test_there_are_enough_of_them():
    """Of every lab; and those that are named above are there."""
    for lab, fewest in FEWEST.items():
        names = {name for other, name in CASES if other == lab}
        assert len(names) >= fewest
        assert names >= QUICK.get(lab, set())


def test_what_we_expect_is_not_handed_in(graded, tmp_path_factory):
    """No student has a file expected.yaml."""
    folders = tmp_path_factory.getbasetemp().glob("grades*/submissions")
    assert [file for folder in folders for file in folder.rglob("expected.yaml")] == []

"""The class page in a browser: sorting, filtering and links by real clicks, with names that make trouble."""

import time
from datetime import UTC, datetime
from pathlib import Path

import browser
import pytest
from msgspec.structs import replace

from autograder.model import Assignment, CaseResult, Deduction, Feedback, Limits, Outcome, Question, Visibility
from autograder.report.folder import write_reports
from autograder.report.strength import strengths
from autograder.scoring import score

pytestmark = pytest.mark.skipif(browser.PROGRAM is None, reason="needs Chromium (Debian: apt-get install chromium)")

QUESTIONS = tuple(Question(f"1.{n}", f"Topic {n}", 10.0, "a.py", Limits()) for n in range(1, 12))
LAB = Assignment("lab1", "Lab 1: basics", Path("a"), Path("s"), Path("t"), QUESTIONS)
HOSTILE = "<img src=x onerror=alert(1)>'\"</script><script>document.title='owned'</script>"


def a_grade(number, count, tests=4):
    """Student `number` of `count`: the higher, the better; everybody has a name of their own."""
    cases = []
    for index, question in enumerate(QUESTIONS):
        for test in range(tests):
            passes = (number * 13 + index * 7 + test * 3) % count < number
            outcome = Outcome.PASSED if passes else Outcome.FAILED
            cases.append(
                CaseResult(
                    question.id,
                    f"test_{index}_{test}",
                    f"Fact {test} of topic {index}",
                    Visibility.HIDDEN,
                    outcome,
                    feedback=Feedback(message="x is wrong"),
                )
            )
    name = HOSTILE if number == 1 else f"Student {number:04d}"
    grade = score(LAB, name, cases)
    if number == 2:
        grade = replace(grade, points=grade.points - 1, deductions=(Deduction(1.0, "handed in 1 hour late"),))
    return grade


def write_class(folder, count, tests=4):
    grades = [a_grade(number, count, tests) for number in range(1, count + 1)]
    write_reports(folder, LAB, grades, generated_at=datetime(2026, 10, 5, tzinfo=UTC), isolation="", absent=["Cem <b>"])
    return grades


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    grades = write_class(folder, 40)
    with browser.Browser() as opened:
        yield opened, folder, grades


NAMES = "[...document.querySelectorAll('.students tbody tr')].filter(r => !r.hidden).map(r => r.cells[0].innerText)"
POINTS = "[...document.querySelectorAll('.students tbody tr')].filter(r => !r.hidden).map(r => parseFloat(r.cells[1].innerText))"


def test_a_class_can_be_sorted_and_filtered_by_hand(page):
    """Clicks on heads sort both ways, typed words and the choice filter, links lead to pages; nothing hostile runs."""
    opened, folder, grades = page
    opened.open(folder / "index.html")
    assert len(opened.js(NAMES)) == 40
    points = opened.js(POINTS)
    opened.click(".students thead th button", 1)
    assert opened.js(POINTS) == sorted(points)
    opened.click(".students thead th button", 1)
    assert opened.js(POINTS) == sorted(points, reverse=True)
    assert opened.js("document.querySelector('.students th[aria-sort]').getAttribute('aria-sort')") == "descending"
    opened.click(".students thead th button", 0)
    assert opened.js(NAMES)[1:] == [f"Student {number:04d}" for number in range(2, 41)]

    opened.click(".controls input", 0)
    opened.type("student 001")
    assert opened.js(NAMES) == [f"Student {number:04d}" for number in range(10, 20)]
    assert opened.js("document.querySelector('.controls output').textContent") == "10 of 40"
    opened.js("document.querySelector('.controls input').value = ''")
    opened.js(
        "(() => { const s = document.querySelector('.controls select'); s.value = 'late'; s.dispatchEvent(new Event('change')) })()"
    )
    assert opened.js(NAMES) == ["Student 0002"]

    opened.click(".students tbody tr:not([hidden]) a")
    time.sleep(0.5)
    assert opened.js("document.querySelector('h1').innerText") == "Student 0002"
    assert "handed in 1 hour late" in opened.js("document.body.innerText")
    assert opened.js("document.title").startswith(f"{grades[1].points:g} of 110 ")
    assert opened.errors == []


def test_tests_can_be_found_and_sorted_by_how_they_tell_students_apart(page):
    """The column holds the difference between strong and weak."""
    opened, folder, grades = page
    opened.open(folder / "index.html")
    heads = opened.js("[...document.querySelectorAll('.tests.judged')][0].tHead.innerText")
    assert "Strong / weak" in heads
    column = "[...document.querySelector('.tests.judged').tBodies[0].rows].map(r => parseFloat(r.cells[3].dataset.v))"
    before = opened.js(column)
    expected = [strength.difference for strength in strengths(grades).values()]
    assert sorted(before) == pytest.approx(sorted(expected))
    opened.click(".tests.judged thead th button", 2)
    assert opened.js(column) == sorted(before)
    opened.click(".controls input", 1)
    opened.type("test_3_")
    shown = "[...document.querySelectorAll('.tests.judged tbody tr')].filter(r => !r.hidden).map(r => r.innerText)"
    assert len(opened.js(shown)) == 4
    assert all("test_3_" in text for text in opened.js(shown))


def test_hostile_names_stay_text(page):
    """Not one alert, error or changed title."""
    opened, folder, _ = page
    opened.open(folder / "index.html")
    assert opened.js("document.title") == "Lab 1: basics – the class"
    assert opened.js("document.querySelectorAll('img').length") == 0
    assert HOSTILE[:20] in opened.js("document.querySelector('.students').innerText")
    assert opened.errors == []


def test_the_page_reads_without_its_script(page):
    """Everything is there, in the first order; controls that would do nothing are not."""
    opened, folder, _ = page
    opened.send("Emulation.setScriptExecutionDisabled", value=True)
    try:
        opened.open(folder / "index.html")
        assert len(opened.js(NAMES)) == 40
        assert opened.js("[...document.querySelectorAll('.controls')].every(c => c.offsetHeight === 0)")
        assert opened.js("document.querySelectorAll('.students button').length") == 0
    finally:
        opened.send("Emulation.setScriptExecutionDisabled", value=False)


def test_it_prints(page, tmp_path):
    """Without controls, over several pages."""
    opened, folder, _ = page
    opened.open(folder / "index.html")
    opened.send("Emulation.setEmulatedMedia", media="print")
    assert opened.js("getComputedStyle(document.querySelector('.controls')).display") == "none"
    opened.send("Emulation.setEmulatedMedia", media="")
    opened.pdf(tmp_path / "class.pdf")
    assert (tmp_path / "class.pdf").read_bytes().startswith(b"%PDF")


def test_a_large_class_is_laid_out_in_part_until_asked(page, tmp_path):
    """200 rows of 260 at first, sorted and filtered over all; a button shows the rest, and print has everybody."""
    opened, *_ = page
    write_class(tmp_path, 260, tests=1)
    opened.open(tmp_path / "index.html")
    visible = "[...document.querySelectorAll('.students tbody tr')].filter(r => r.offsetHeight).length"
    assert opened.js(visible) == 200
    opened.click(".students thead th button", 0)
    opened.click(".students thead th button", 0)
    assert opened.js(NAMES)[0] == "Student 0260"
    opened.click(".controls input", 0)
    opened.type("0003")
    assert opened.js(NAMES) == ["Student 0003"]
    opened.js(
        "(() => { const i = document.querySelector('.controls input'); i.value = ''; i.dispatchEvent(new Event('input')) })()"
    )
    assert opened.js(visible) == 200
    opened.send("Emulation.setEmulatedMedia", media="print")
    assert opened.js(visible) == 260
    opened.send("Emulation.setEmulatedMedia", media="")
    opened.click(".more")
    assert opened.js(visible) == 260
    assert opened.errors == []

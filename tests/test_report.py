"""Reports: what students and staff read, and that nothing a student wrote can do harm there."""

import base64
import hashlib
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from autograder.errors import AutograderError
from autograder.model import (
    Assignment,
    CaseResult,
    Feedback,
    FeedbackLevel,
    Frame,
    Limits,
    Outcome,
    Question,
    Visibility,
)
from autograder.report import figures, text
from autograder.report.folder import write_reports
from autograder.report.html import class_page, page_name, student_page
from autograder.report.safe import MAX_MARKS, excerpt, name, number, safe, safe_block, short
from autograder.scoring import score
from autograder.speed_rules import SpeedResult

NOW = datetime(2026, 3, 1, 12, 5, tzinfo=UTC)
MOMENT = {"generated_at": NOW, "isolation": "no sandbox"}
FULL, HINT, NAME = FeedbackLevel.FULL, FeedbackLevel.HINT, FeedbackLevel.NAME

LOSS = Question("1.5", "Binary cross-entropy", 6.0, "losses.py", Limits())
MLP = Question("1.7", "A multi-layer perceptron", 4.0, "network.py", Limits())
BONUS = Question("1.11", "A gradient checker", 3.0, "gradcheck.py", Limits(), bonus=True)
LAB = Assignment("lab1", "Lab 1: Basics", Path("lab1"), Path("s"), Path("t"), (LOSS, MLP, BONUS))


def case(question="1.5", outcome=Outcome.PASSED, test="test_a", title="A title", hidden=True, seconds=0.1, **feedback):
    visibility = Visibility.HIDDEN if hidden else Visibility.PUBLIC
    return CaseResult(question, test, title, visibility, outcome, 1.0, seconds, Feedback(**feedback))


def passing():
    return [case("1.5"), case("1.7"), case("1.11")]


def grade(student="ada", cases=None, notes=()):
    return score(LAB, student, passing() if cases is None else cases, notes)


def failing(student="ada", **changes):
    """Question 1.5 has a failed case, the others passed."""
    feedback = {"message": "loss is wrong", "detail": "loss: expected 0.5, got 0.25", "hint": "Divide once."}
    failed = case(
        **{"outcome": Outcome.FAILED, "test": "test_mean", "title": "The loss is a mean", **feedback, **changes}
    )
    return grade(student, [failed, *passing()[1:]])


class Page(HTMLParser):
    """The text, tags, ids and links of a page; fails on tags that do not nest."""

    VOID = frozenset({"meta", "br", "rect", "line", "input"})
    APART = frozenset({"br", "td", "th", "tr", "p", "li", "h1", "h2"})

    def __init__(self, source):
        super().__init__()
        self.text, self.tags, self.attributes, self.open = "", [], [], []
        self.source = source
        self.feed(source)
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes
        self.text += " " * (tag in self.APART)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "script"):
            self.text += data

    @property
    def words(self):
        return " ".join(self.text.split())

    def values(self, attribute):
        return [value for key, value in self.attributes if key == attribute]


def student(grade, level=FULL):
    return Page(student_page(LAB, grade, level, **MOMENT))


def staff(*grades):
    return Page(class_page(LAB, grades, **MOMENT))


def terminal(renderable, width=120):
    console = Console(width=width, highlight=False, force_terminal=False)
    with console.capture() as captured:
        console.print(renderable)
    return captured.get()


# ---- numbers and texts


@pytest.mark.parametrize(
    ("value", "shown"), [(7.5, "7.5"), (10.0, "10"), (10 / 3, "3.33"), (0.0, "0"), (-0.001, "0"), (100.0, "100")]
)
def test_numbers_have_up_to_two_decimals(value, shown):
    """Trailing zeros are left out, but not those of 10 and 100."""
    assert number(value) == shown


HOSTILE = {
    "a script": "<script>alert(1)</script>",
    "an attribute": '"><img src=x onerror=alert(1)>',
    "a closing tag": "</pre></main></body></style>",
    "a template": "{{ 7 * 7 }}{% raw %}",
    "rich markup": "[red]x[/red][link=file:///etc/passwd]y[/link]",
    "NUL": "a\0b",
    "terminal colours": "\x1b[31mred\x1b[0m",
    "a terminal title": "\x1b]0;title\x07",
    "an 8-bit escape": "\x9b2J",
    "a carriage return": "0 points\r100 points",
    "backspaces": "0\b\b100",
    "half of a pair": "\ud800 and \udcff",
    "a bidi override": "abc\u202egnp.exe\u2066\u2069\u200f",
    "a line separator": "a\u2028b\u2029c\x85d",
    "zero width": "a\u200bb\ufeffc\u00add",
    "a tower of accents": "Z" + "\u0334\u0321" * 200,
    "a megabyte": "x" * 1_000_000,
    "a million lines": "x\n" * 1_000_000,
    "a code mark": "`<b>`",
}
UNSAFE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_safe_text_moves_nothing(hostile):
    """Control characters, bidi overrides and lone surrogates become visible; one line stays one line."""
    assert not UNSAFE.search(safe_block(hostile))
    assert not UNSAFE.search(safe(hostile))
    assert "\n" not in safe(hostile)
    assert safe_block(hostile).encode("utf-8")


def test_what_was_hidden_becomes_visible():
    """Nothing is dropped silently: each control character has a picture or a code."""
    assert safe_block("a\0\x1b[m\x7f\x9b\u202e\ud800\r") == "a␀␛[m␡\\x9b\\u202e\\ud800␍".replace("\\x9b", "\\u009b")
    assert safe("a\nb\tc") == "a␊b c"
    assert safe_block("a\r\nb\n\tc") == "a\nb\n    c"


@pytest.mark.parametrize("text", ["José Ángel", "王小明", "محمد", "می‌خواهم", "👩‍🔬", "हिन्दी", "e\u0301"])
def test_people_write_in_all_scripts(text):
    """Names in any script come through unchanged, joiners too."""
    assert safe(text) == text


def test_accents_do_not_pile_up():
    """A letter keeps as many marks as languages need, so that no name climbs over other lines."""
    assert safe("Z" + "\u0301" * 50 + "a") == "Z" + "\u0301" * MAX_MARKS + "a"


def test_long_texts_are_cut_and_say_so():
    """An excerpt keeps both ends."""
    assert excerpt("short\ntext") == "short\ntext"
    assert excerpt("\n".join(map(str, range(100))), lines=4) == "0\n1\n[96 lines left out]\n98\n99"
    assert (
        excerpt("a" * 50 + "b" * 5000 + "c" * 50, characters=100)
        == f"{'a' * 50}\n[5,000 characters left out]\n{'c' * 50}"
    )
    assert short("abcdef", 4) == "abc…"


@pytest.mark.parametrize(("student", "shown"), [("", "(no name)"), (" \t", "(no name)"), ("x" * 300, "x" * 47 + "…")])
def test_every_name_can_be_seen(student, shown):
    """An empty name would be a link that nobody can see."""
    assert name(student) == shown


# ---- hostile text in the reports


def everywhere(hostile):
    """A grade with the text in every place that a student can reach."""
    frames = (Frame(hostile, 3, hostile, hostile),)
    feedback = {"message": hostile, "detail": hostile, "hint": hostile, "error": hostile, "output": hostile}
    return grade(
        hostile,
        [
            case(outcome=Outcome.ERROR, title=hostile, frames=frames, **feedback),
            case("1.7", Outcome.GRADER_ERROR, **feedback),
            case("1.11", output=hostile),
        ],
        notes=[hostile],
    )


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_only_text_on_pages(hostile):
    """No tag, attribute, control character or megabyte gets from a student into a page."""
    harmless = everywhere("harmless")
    for page, expected in (
        (student(everywhere(hostile)), student(harmless)),
        (staff(everywhere(hostile)), staff(harmless)),
    ):
        assert [tag for tag in page.tags if tag != "code"] == [tag for tag in expected.tags if tag != "code"]
        assert {key for key, _ in page.attributes} == {key for key, _ in expected.attributes}
        assert not UNSAFE.search(page.source)
        assert len(page.source) < len(expected.source) + 60_000
        page.source.encode("utf-8")


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_only_text_in_the_terminal(hostile):
    """No escape sequence, markup or megabyte gets from a student into the terminal."""
    for width in (60, 200):
        shown = terminal(text.render_summary([everywhere(hostile)]), width)
        shown += terminal(text.render_student(LAB, everywhere(hostile), FULL), width)
        assert not UNSAFE.search(shown)
        assert len(shown) < 100_000
        shown.encode("utf-8")


def test_names_are_not_markup():
    """Brackets in a name are brackets, in the table as on the student's own report."""
    assert "[red]x[/red]" in terminal(text.render_summary([grade("[red]x[/red]")]))
    assert "[red]x[/red]" in terminal(text.render_student(LAB, grade("[red]x[/red]"), FULL))


def test_escape_sequences_do_not_reach_a_colour_terminal():
    """What the console itself writes are its own colours; the student's escape is shown as a picture."""
    console = Console(force_terminal=True, color_system="truecolor", width=100)
    with console.capture() as captured:
        console.print(text.render_student(LAB, failing(output="\x1b]0;title\x07\x1b[2J"), FULL))
    assert "\x1b]" not in captured.get()
    assert "\x1b[2J" not in captured.get()
    assert "␛]0;title␇␛[2J" in captured.get()


def test_pages_load_nothing_and_run_nothing_of_others():
    """No link or image; should escaping ever fail, the policy in the page forbids them too."""
    assert "script" not in student(failing()).tags
    for page in (student(failing()), staff(failing())):
        assert not {"link", "img", "iframe", "form", "base"} & set(page.tags)
        assert "default-src 'none'" in " ".join(page.values("content"))
        assert not re.search(r"url\(|@import|https?:", page.source)


def test_the_class_page_runs_its_own_script_alone():
    """The policy names the script's hash, so that no other runs; no text of a student's stands in it."""
    page = staff(failing("</script><script>alert(1)</script>"))
    (script,) = re.findall(r"<script>(.*?)</script>", page.source, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    (policy,) = [value for value in page.values("content") if "default-src" in value]
    assert policy.endswith(f"; script-src 'sha256-{digest}'")
    assert "innerHTML" not in script
    assert page.tags.count("script") == 1


# ---- a student's page


def test_a_students_page_says_who_what_and_how_many():
    """Name, lab, points and date."""
    page = student(failing("Ada"))
    assert "Lab 1: Basics Ada 7 of 10 points 3 of them are bonus points." in page.words
    assert "Written 1 March 2026, 12:05 UTC. Isolation: no sandbox." in page.words


def test_a_students_page_says_what_to_do_next():
    """The first failed case with its message, its hint and a link to it."""
    page = student(failing())
    begin = page.words.index("What to do next")
    following = page.words[begin : page.words.index("Points Question")]
    assert "Question 1.5, Binary cross-entropy: The loss is a mean" in following
    assert "loss is wrong" in following
    assert "Divide once." in following
    assert "#q1-1" in page.values("href")
    assert "q1-1" in page.values("id")


def test_the_line_of_a_public_test_is_named():
    """Where the student finds it; a test that passed needs none."""
    place = "tests/public/test_losses.py:27"
    failed = case(outcome=Outcome.FAILED, hidden=False, message="wrong")
    failed = msgspec.structs.replace(failed, feedback=msgspec.structs.replace(failed.feedback, test=place))
    passed = msgspec.structs.replace(failed, outcome=Outcome.PASSED)
    for shown, there in ((failed, True), (passed, False)):
        graded = grade(cases=[shown, *passing()[1:]])
        assert (f"The test is {place}" in student(graded).words) is there
        assert (place in terminal(text.render_student(LAB, graded, FULL))) is there


def test_a_known_mistake_is_named():
    """As a sentence, before the hint against it; of an exception it is not the result."""
    page = student(failing(misconception="the `mean` is taken twice"))
    assert page.source.count("Your result is what one gets when the <code>mean</code> is taken twice.") == 2
    raised = failing(misconception="x is halved", outcome=Outcome.ERROR)
    assert "This is what one gets when x is halved." in student(raised).source
    shown = terminal(text.render_student(LAB, raised, HINT))
    assert shown.count("This is what one gets when x is halved.") == 2
    assert "x is halved" not in student(raised, NAME).source


def test_the_class_page_counts_known_mistakes():
    """The commonest first, each student once, with links."""
    twice = [
        case(outcome=Outcome.FAILED, test=name, misconception="the <mean> is taken twice")
        for name in ("test_a", "test_b")
    ]
    other = case("1.7", Outcome.ERROR, misconception="the last layer has a ReLU")
    grades = [grade("ada", [other]), grade("bob", twice), grade("cyd", [*twice, other]), grade("dan", twice), grade()]
    assert [(entry.question.id, entry.students) for entry in figures.misconceptions(grades)] == [
        ("1.5", ["bob", "cyd", "dan"]),
        ("1.7", ["ada", "cyd"]),
    ]
    page = class_page(LAB, grades, **MOMENT)
    assert page.index("the &lt;mean&gt; is taken twice") < page.index("the last layer has a ReLU")
    assert "Misconceptions" not in class_page(LAB, [grade()], **MOMENT)


def test_who_passed_has_nothing_to_do():
    """All passed: the page says so."""
    assert "Nothing: every test that counts has passed." in student(grade()).words


def test_points_held_back_are_not_lost():
    """A grader error is named as what holds points back, and asks nothing of the student."""
    page = student(grade(cases=[case(outcome=Outcome.GRADER_ERROR), *passing()[1:]]))
    assert "Up to 6 more are held back by 1 grader error. They are not lost" in page.words
    assert "Nothing for now: no test asks for a change of yours" in page.words
    assert "0 of 6 6 held back" in page.words


def test_a_lost_submission_is_open_as_a_whole():
    """Without any case, the page still stands, and says that nothing is lost."""
    page = student(grade(cases=[], notes=["the grader failed"]))
    assert "Up to 13 more are held back by 3 questions without a result" in page.words
    assert page.words.count("No test of this question has given a result yet.") == 3
    assert "the grader failed" in page.words


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_has_a_word_and_a_symbol(outcome):
    """Colour never stands alone, on a page or in the terminal."""
    shown = grade(cases=[case(outcome=outcome)])
    word = figures.WORDS[outcome]
    assert f"{word.symbol} {word.word} A title" in student(shown).words
    assert f"{word.symbol} {word.word}" in terminal(text.render_student(LAB, shown, FULL))


SECRETS = {"detail": "expected 0.123", "error": "ValueError: 0.456", "output": "printed 0.789"}


def test_hidden_values_are_shown_only_as_allowed():
    """`name`: nothing but title and outcome; `hint`: message, hint and lines; `full`: all. Public cases show all."""
    frames = (Frame("losses.py", 12, "bce", "return loss / n"),)
    hidden = failing(frames=frames, **SECRETS)
    shown = {
        level: student(hidden, level).words + terminal(text.render_student(LAB, hidden, level))
        for level in FeedbackLevel
    }
    assert not re.search(r"0\.123|0\.456|0\.789|Divide once|losses\.py:12|loss is wrong", shown[NAME])
    assert "The loss is a mean" in shown[NAME]
    assert not re.search(r"0\.123|0\.456|0\.789", shown[HINT])
    for part in ("loss is wrong", "Divide once", "losses.py:12", "return loss / n"):
        assert shown[HINT].count(part) >= 2
    for part in ("0.123", "0.456", "0.789"):
        assert shown[FULL].count(part) == 2
    assert "0.123" in student(failing(hidden=False, **SECRETS), NAME).words


def test_the_page_says_what_it_keeps_back():
    """Where a hidden case failed, students read why they see no values."""
    assert "but none of the values" in student(failing(), HINT).words
    assert "none of the values" not in student(failing(), FULL).words
    assert "none of the values" not in student(grade(), HINT).words


def test_a_deep_traceback_shows_its_inner_end():
    """Of a recursion's frames the last eight are shown."""
    frames = tuple(Frame("a.py", line, "f", "f()") for line in range(1, 101))
    page = student(failing(frames=frames))
    assert "92 calls further out are left out" in page.words
    assert "a.py:93" in page.words
    assert "a.py:92 " not in page.words


def test_names_in_backticks_are_code():
    """Hints may name functions as they stand in the code, and stay escaped."""
    assert "<code>a &lt; b</code>" in student(failing(hint="Write `a < b`.")).source


def test_a_message_is_not_repeated():
    """An exception's text is left out where the message holds it already, and a stub's own error always."""
    assert figures.raised(case(outcome=Outcome.ERROR, message="raised ValueError", error="ValueError")) == ""
    assert figures.raised(case(outcome=Outcome.ERROR, message="raised", error="ValueError: x")) == "ValueError: x"
    assert figures.raised(case(outcome=Outcome.NOT_IMPLEMENTED, error="NotImplementedError: Question 1.5")) == ""


# ---- accessibility


def test_pages_have_landmarks_and_one_first_heading():
    """A screen reader finds header, main and footer, one h1, and every label that is referred to."""
    for page in (student(failing()), staff(failing(), grade("bob", [case(outcome=Outcome.GRADER_ERROR)]))):
        assert [page.tags.count(tag) for tag in ("header", "main", "footer", "h1", "title")][:4] == [1, 1, 1, 1]
        assert "h3" not in page.tags
        ids = page.values("id")
        assert len(ids) == len(set(ids))
        assert set(page.values("aria-labelledby")) <= set(ids)
        assert {link[1:] for link in page.values("href") if link.startswith("#")} <= set(ids)
        assert page.values("lang") == ["en"]


def contrast(one, other):
    """WCAG 2 contrast ratio of two #rrggbb colours, 1 to 21."""

    def luminance(colour):
        digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
        parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_text_has_contrast_in_light_dark_and_print():
    """Every text colour reaches 4.5:1 on both backgrounds (WCAG AA), and bars 3:1 on the page."""
    blocks = re.findall(r":root \{(.*?)\}", student(grade()).source, re.DOTALL)
    assert len(blocks) == 3
    for block in blocks:
        colours = dict(re.findall(r"--(\w+): (#\w+);", block))
        for text_colour in ("ink", "soft", "link", "good", "bad", "wait"):
            for background in ("paper", "wash"):
                assert contrast(colours[text_colour], colours[background]) >= 4.5, (text_colour, background)
        assert contrast(colours["fill"], colours["paper"]) >= 3


# ---- the class


def test_the_class_page_has_a_row_for_each_student():
    """Points, each question, remarks, and a link to the student's own page."""
    page = staff(failing("bob"), grade("Ada", [case(outcome=Outcome.TIMEOUT), *passing()[1:]]), grade("cyd"))
    assert f"students/{page_name('bob')}" in page.values("href")
    rows = page.words[page.words.index("Student Points 1.") :]
    assert "1.5 1.7 1.11 Remarks possible 10 6 4 3 Ada 7 0 4 3 1 test timed out bob 7 0 4 3 cyd 13 6 4 3" in rows
    assert "3 students, median 7 and mean 9 of 10 points" in page.words


def test_grader_errors_come_first():
    """Their own section, before anything else, with the reason and whose points wait; no section without one."""
    lost = grade("eve", [], ["the suite process was lost"])
    broken = grade(
        "bob", [case(outcome=Outcome.GRADER_ERROR, message="the test failed", detail="data.npz"), *passing()[1:]]
    )
    page = staff(grade(), broken, lost)
    section = page.words[page.words.index("Grader errors") :]
    assert page.values("aria-labelledby")[0] == "faults"
    assert page.words.index("Grader errors") < page.words.index("Questions Question")
    assert "Question 1.5, Binary cross-entropy test_a the test failed data.npz 1 student: bob" in section
    assert "Whole submission the suite process was lost 1 student: eve" in section
    assert "2 grades are not settled" in page.words
    assert "Grader errors" not in staff(grade()).words


def test_the_same_fault_is_told_once():
    """One row for all students, even where details differ; more than twenty names are counted."""
    grades = [
        grade(f"s{n:02}", [case(outcome=Outcome.GRADER_ERROR, message="fork failed", detail=f"pid {n}")])
        for n in range(25)
    ]
    page = staff(*grades)
    assert page.words.count("fork failed") == 1
    assert "25 students:" in page.words
    assert "and 5 more" in page.words


def test_what_must_only_be_rerun_is_no_grader_error():
    """Pending and ambiguous cases have a section of their own."""
    page = staff(grade(cases=[case(outcome=Outcome.PENDING, message="needs a GPU"), *passing()[1:]]))
    assert "Grader errors" not in page.words
    assert "To be run again Question 1.5, Binary cross-entropy test_a needs a GPU 1 student: ada" in page.words


def test_tests_are_listed_hardest_first():
    """By share passed; what was skipped or is open judges nobody."""

    def one(outcome):
        return grade(cases=[case(test="easy"), case(test="hard", outcome=outcome), case(test="half", outcome=outcome)])

    grades = [one(Outcome.FAILED), one(Outcome.ERROR), one(Outcome.GRADER_ERROR), one(Outcome.SKIPPED)]
    grades.append(grade(cases=[case(test="half")]))
    listed = [(entry.case.name, entry.passed, entry.judged, entry.others) for entry in figures.difficulties(grades)]
    others = "1 failed, 1 ended in an error"
    assert listed == [("hard", 0, 2, others), ("half", 1, 3, others), ("easy", 4, 4, "")]
    assert "1 test that everybody passes" in staff(*grades).words


def test_a_questions_share_leaves_out_open_points():
    """Whose points are open neither raises nor lowers the class's share."""
    grades = [grade(), failing("bob"), grade("cyd", [case(outcome=Outcome.GRADER_ERROR)])]
    assert figures.question_share(LOSS, grades) == 0.5
    assert figures.question_share(LOSS, grades[2:]) is None
    assert "–" in staff(grades[2]).words


def test_the_histogram_counts_everybody():
    """Ten bins up to the maximum; full points and bonus points beyond them are in the last."""

    def with_points(points):
        return msgspec.structs.replace(grade(), points=points)

    bins = figures.histogram([with_points(points) for points in (0.0, 0.99, 1.0, 3.0, 9.9, 10.0, 13.0)], 10.0)
    assert [entry.students for entry in bins] == [2, 1, 0, 1, 0, 0, 0, 0, 0, 3]
    assert (bins[0].low, bins[-1].high) == (0, 10)
    assert "Students by points: 0 to 1: 0" in staff(grade()).words


def test_the_slowest_tests_are_named():
    """Median and longest run, and whose it was."""
    grades = [
        grade(name, [case(test="slow", seconds=seconds)]) for name, seconds in (("a", 1.0), ("b", 5.0), ("c", 1.5))
    ]
    (entry,) = figures.slowest(grades)
    assert (entry.median_s, entry.longest_s, entry.student) == (1.5, 5.0, "b")
    assert "1.5 s 5 s b" in staff(*grades).words


def test_an_empty_class_has_a_page():
    """Nobody has a grade yet: no division by nobody."""
    assert "Nobody has a grade yet." in staff().words


# ---- remarks


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([Outcome.PASSED, Outcome.FAILED, Outcome.SKIPPED], []),
        ([Outcome.TIMEOUT, Outcome.TIMEOUT], ["2 tests timed out"]),
        ([Outcome.CRASHED, Outcome.OUT_OF_MEMORY], ["1 test ran out of memory", "1 test crashed"]),
        ([Outcome.GRADER_ERROR, Outcome.PASSED], ["held back 3: 1 grader error"]),
        ([Outcome.PENDING, Outcome.AMBIGUOUS], ["held back 6: 1 test waiting for another run and 1 test to be rerun"]),
        ([Outcome.NOT_IMPLEMENTED, Outcome.ERROR], ["1 test ended in an error", "1 test not done yet"]),
    ],
)
def test_remarks_tell_what_stands_out(outcomes, expected):
    """Wrong answers show in the points; the rest is counted in words."""
    cases = [case(outcome=outcome, test=str(number)) for number, outcome in enumerate(outcomes)]
    assert figures.remarks(grade(cases=[*cases, *passing()[1:]])) == expected


def test_a_submission_that_cannot_be_graded_has_one_remark():
    """The same problem in every case is told once, in its own words."""
    cases = [case(outcome=Outcome.ERROR, test=str(number), message="the archive is empty") for number in range(3)]
    lost = grade(cases=[*cases, case("1.7", Outcome.ERROR, message="the archive is empty")])
    assert "the archive is empty" in figures.remarks(lost)
    assert not any("ended in an error" in remark for remark in figures.remarks(lost))


def test_a_question_that_cannot_be_graded_has_one_remark():
    """Its reason is told once, shortly; its cases are not counted among the others', and its points not listed."""
    why = "data.py is missing from the submission (found: a.py)"
    gone = [case("1.5", Outcome.ERROR, test=str(number), message=why) for number in range(3)]
    lost = grade(
        cases=[*gone, case("1.7", Outcome.ERROR, test="a", message="raised x"), case("1.7", test="b"), case("1.11")]
    )
    assert figures.remarks(lost) == ["1.5: data.py is missing from the submission", "1 test ended in an error"]
    assert "1.5 0/" not in terminal(text.render_summary([lost]), 55)


def test_many_questions_that_cannot_be_graded_are_few_words():
    """Two reasons, then the numbers of the others."""
    questions = [question.id for question in LAB.questions]
    cases = [case(q, Outcome.ERROR, test=str(n), message=f"{q}.py is gone") for q in questions for n in range(2)]
    said = [f"{question}: {question}.py is gone" for question in questions[: figures.LOST_NAMED]]
    others = ", ".join(questions[figures.LOST_NAMED :])
    assert figures.remarks(grade(cases=cases)) == [*said, f"{others}: likewise not to be graded"]


# ---- the terminal


def test_the_summary_has_questions_where_there_is_room():
    """Wide: a column for each question. Narrow: the questions below full points, in the remarks."""
    grades = [failing("bob"), grade("Ada", [case(outcome=Outcome.GRADER_ERROR), *passing()[1:]])]
    wide, narrow = terminal(text.render_summary(grades), 120), terminal(text.render_summary(grades), 55)
    assert re.search(r"student +points +1\.5 +1\.7 +1\.11 +remarks", wide)
    assert re.search(r"Ada +7/10 +0\+\? +4 +3 +held back 6: 1 grader error", wide)
    assert wide.index("Ada") < wide.index("bob")
    assert re.search(r"student +points +remarks", narrow)
    assert re.search(r"bob +7/10 +1\.5 0/6", narrow)
    assert all(len(line) <= 55 for line in narrow.splitlines())


def test_the_summary_of_nobody_is_a_header():
    """No grades, no crash."""
    assert terminal(text.render_summary([])).split() == ["student", "points", "remarks"]


def test_the_terminal_shows_one_student_in_full():
    """Total, held points, notes, each question, and what to do next with its hint."""
    cases = [failing().questions[0].cases[0], case("1.7", Outcome.AMBIGUOUS), case("1.11")]
    shown = terminal(text.render_student(LAB, grade("Ada", cases, ["found in lab1/"]), FULL))
    assert "3 of 10 points; up to 4 more are held back by 1 test to be rerun" in shown
    assert "note: found in lab1/" in shown
    assert "1.7 A multi-layer perceptron  0/4 (4 held back)" in shown
    assert "1.11 A gradient checker (bonus)  3/3" in shown
    assert re.search(r"next: 1\.5 The loss is a mean\s+hint: Divide once\.", shown)


# ---- the files


def write(folder, *grades, **options):
    return write_reports(folder, LAB, grades, **{**MOMENT, **options})


def pages(folder):
    return sorted(path.name for path in (folder / "students").iterdir())


NAMES = [
    *("ada", "Ada", "ADA ", "a/b", "a\\b", "..", "../../etc/passwd", "/etc/passwd", "", " ", ".", "con", "nul.html"),
    *(
        "\0",
        "\ud800",
        "\udcff",
        "x" * 300,
        "x" * 301,
        "😀",
        "😁",
        "é",
        "e\u0301",
        "index.html",
        "a\nb",
        "王小明",
        "-",
        "--",
    ),
]


def test_every_name_has_a_page_of_its_own(tmp_path):
    """Whatever names hold, pages stay in their folder, get plain names, and no two share one, whatever the case."""
    index = write(tmp_path / "report", *[grade(name) for name in NAMES])
    names = pages(tmp_path / "report")
    assert len({name.lower() for name in names}) == len(NAMES)
    assert all(re.fullmatch(r"[a-z0-9-]{1,61}\.html", name) for name in names)
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == sorted([*names, "index.html"])
    linked = {link for link in Page(index.read_text(encoding="utf-8")).values("href") if link.startswith("students/")}
    assert linked == {f"students/{name}" for name in names}


def test_a_page_keeps_its_name():
    """Links that were sent to students stay valid: the name depends on nothing but the student's."""
    assert page_name("Ada Lovelace") == "ada-lovelace-76740216171591903cdb.html"


def test_stale_pages_are_removed_if_they_are_ours(tmp_path):
    """A page of a student who has no grade any more goes; what others put there stays."""
    write(tmp_path, grade("ada"), grade("bob"))
    ours_by_name = tmp_path / "students" / f"notes-{'0' * 20}.html"
    ours_by_name.write_text("<p>my own notes</p>")
    by_hand = tmp_path / "students" / "mine.html"
    by_hand.write_text('<meta name="generator" content="autograder">')
    (tmp_path / "students" / f"link-{'0' * 20}.html").symlink_to(tmp_path / "index.html")
    write(tmp_path, grade("ada"))
    assert pages(tmp_path) == sorted([page_name("ada"), ours_by_name.name, by_hand.name, f"link-{'0' * 20}.html"])


def test_pages_are_replaced_in_one_step(tmp_path, monkeypatch):
    """When writing fails half-way, the old page stands whole, and nothing is left over."""
    index = write(tmp_path, grade("ada"))
    before = index.read_text(encoding="utf-8")
    replace = Path.replace

    def fails(self, target):
        if target.name == "index.html":
            raise OSError(28, "No space left on device", str(target))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fails)
    with pytest.raises(AutograderError, match=r"index\.html: the report cannot be written: No space left on device"):
        write(tmp_path, failing("ada"), failing("bob"))
    assert index.read_text(encoding="utf-8") == before
    assert not [path for path in tmp_path.rglob("*") if path.name.startswith(".")]


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path):
    """A file stands where the report should be."""
    (tmp_path / "report").write_text("")
    with pytest.raises(AutograderError, match="the report cannot be written"):
        write(tmp_path / "report", grade())


def test_students_see_what_the_assignment_allows(tmp_path):
    """Before the due date hints, after it everything, unless a level is asked for."""
    lab = msgspec.structs.replace(LAB, due=datetime(2026, 3, 1, 13, 0, tzinfo=UTC))
    path = tmp_path / "students" / page_name("ada")

    def shows_values(**options):
        write_reports(tmp_path, lab, [failing()], **{**MOMENT, **options})
        return "expected 0.5" in path.read_text(encoding="utf-8")

    assert not shows_values()
    assert shows_values(generated_at=datetime(2026, 3, 1, 13, 0, tzinfo=UTC))
    assert shows_values(level=FULL)


def test_a_speed_check_shows_what_was_measured():
    """Ratio, interval, pairs, times, device and thresholds, on the page and in the terminal, passed or not."""
    speed = SpeedResult(1.834, 1.8, 1.871, 18, "cpu", 0.0184, 0.01, 1.25, 4.0, 0.66)
    for outcome in (Outcome.PASSED, Outcome.FAILED):
        timed = msgspec.structs.replace(case(outcome=outcome, message="is slow"), speed=speed)
        shown = grade("ada", [timed, *passing()[1:]])
        page = Page(student_page(LAB, shown, NAME, **MOMENT)).words
        for text_ in (page, " ".join(terminal(text.render_student(LAB, shown, NAME)).split())):
            assert "1.83 times the reference's time, by the median (99 % interval 1.80 to 1.87, 18 pairs," in text_
            assert "18.4 ms against 10 ms, cpu); full points up to 1.25, none from 4 on" in text_
        assert "by the mean" in figures.measured(
            msgspec.structs.replace(timed, speed=msgspec.structs.replace(speed, by_mean=True))
        )

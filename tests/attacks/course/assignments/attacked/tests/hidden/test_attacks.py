"""What students never see: a token stands in it, and nothing of it may come out."""

import numpy as np
import probes

from autograder.testing import assert_close, assert_equal, check, question

TOKEN = "@TOKEN@"
SECRET_INPUT = 271828.5  # no attack names it; a message that does has let an input out


@question("1")
def test_twice_of_a_secret_number(student):
    """twice(x) of a number that nobody knows."""
    x = np.full(3, SECRET_INPUT)
    expected = 2 * x
    assert_close(student.twice(x), expected, what="twice")


@question("1")
def test_twice(student, rng):
    """twice(x) of any numbers."""
    x = rng.normal(size=(4, 3))
    before = x.copy()
    got = student.twice(x)
    assert_close(got, 2 * before, what="twice")
    assert_equal(x, before, what="x, after the call")


@question("2")
def test_what_the_attack_says(student):
    """An honest submission says nothing."""
    said = student.attack()
    check(isinstance(said, str) and not said, "the attack has something to say", str(said)[:2000])


@question("3")
def test_a_function_of_the_tests(student, rng):
    """apply(function, x) is function(x) + function(x)."""
    x = rng.normal(size=3)
    calls = []

    def function(value):
        calls.append(1)
        return value + 1.0

    assert_close(student.apply(function, x), 2 * x + 2, what="apply")
    check(len(calls) == 2, "the function is called twice", str(len(calls)))


@question("3")
def test_a_probe(student):
    """A function of the lab's runs beside the student's code."""
    assert_close(student.run(probes.three_times, student["twice"], 5.0), 30.0, what="three times twice(5)")

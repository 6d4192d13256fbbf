"""YAML files as structs: what is wrong is found from the struct alone, at any depth."""

from enum import StrEnum

import msgspec
import pytest

from autograder.errors import CourseError
from autograder.strict_yaml import did_you_mean, read_yaml


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Wheel(msgspec.Struct, forbid_unknown_fields=True):
    radius: float
    colour: Colour = Colour.RED


class Car(msgspec.Struct, forbid_unknown_fields=True):
    wheels: list[Wheel]
    spare: Wheel | None = None
    built: str = ""


def read(tmp_path, text):
    (tmp_path / "car.yaml").write_text(text)
    return read_yaml(tmp_path / "car.yaml", "car.yaml", Car)


def test_a_file_becomes_its_struct(tmp_path):
    """With defaults, and a date as the text that it is."""
    car = read(tmp_path, "wheels: [{radius: 2, colour: blue}]\nbuilt: 2026-10-01\n")
    assert car == Car([Wheel(2.0, Colour.BLUE)], None, "2026-10-01")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("wheel: []\n", 'wheel: unknown key. Did you mean "wheels"?'),
        ("wheels: [{radius: 1}, {radios: 1}]\n", 'wheels[1].radios: unknown key. Did you mean "radius"?'),
        ("wheels: [{}]\n", "wheels[0].radius: is missing"),
        ("wheels: [{radius: 1, colour: green}]\n", 'wheels[0].colour: "green" is none of red, blue'),
        ("wheels: [{radius: wide}]\n", "wheels[0].radius: expected a number, got text"),
        ("wheels: []\nspare: 3\n", "spare: expected keys with values, got a whole number"),
        ("wheels: []\nspare: {radius: 1, colour: pink}\n", 'spare.colour: "pink" is none of red, blue'),
        ("wheels: []\nspare: {radios: 1}\n", 'spare.radios: unknown key. Did you mean "radius"?'),
    ],
)
def test_mistakes_are_named_by_their_place(tmp_path, text, message):
    """The nearest key is that of the struct in which the mistake stands, an optional one too."""
    with pytest.raises(CourseError) as caught:
        read(tmp_path, text)
    assert str(caught.value) == f"car.yaml: {message}"


def test_the_nearest_name_is_offered():
    """If one is near."""
    assert did_you_mean("meen", ["mean", "sum"]) == '. Did you mean "mean"?'
    assert did_you_mean("xyz", ["mean", "sum"]) == "."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("built: 0x_\n", 'line 1: "0x_" cannot be read as int; put it in quotes if it is text'),
        ("wheels: []\nbuilt: !!float wide\n", 'line 2: "wide" cannot be read as float; put it in quotes if it is text'),
        ("built: !!bool perhaps\n", 'line 1: "perhaps" cannot be read as bool; put it in quotes if it is text'),
        ("built: !!timestamp soon\n", 'line 1: "soon" cannot be read as timestamp; put it in quotes if it is text'),
        (
            f"wheels: [{{radius: {'9' * 5000}}}]\n",
            f'line 1: "{"9" * 40}" cannot be read as int; put it in quotes if it is text',
        ),
        ("[" * 1500, "is nested too deeply"),
        ("a: {" * 1000, "is nested too deeply"),
    ],
)
def test_values_that_yaml_itself_stumbles_over(tmp_path, text, message):
    """Are errors of the file, not of the program."""
    with pytest.raises(CourseError) as caught:
        read(tmp_path, text)
    assert str(caught.value) == f"car.yaml: {message}"

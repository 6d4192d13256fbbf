"""YAML files as structs, strictly: an unknown, missing, doubled or mistyped key is one line that names it.

`assignments/lab1_nn_basics/assignment.yaml: questions[3].point: unknown key. Did you mean "points"?`
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml
from msgspec import inspect

from autograder.errors import CourseError

Parsed = TypeVar("Parsed", bound=msgspec.Struct)

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")  # of a path like `questions[3].id`
_KINDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "keys with values",
    "null": "nothing",
}


def read_yaml(path: Path, where: str, kind: type[Parsed]) -> Parsed:
    """Read a file as `kind`, a struct with `forbid_unknown_fields`; date-times stay the text they are.

    Args:
        path: the file.
        where: how messages call it, e.g. "assignments/course.yaml".
        kind: what it must hold.

    Raises:
        CourseError: it cannot be read, is not YAML, or holds something else; one line of file, key and remedy.
    """
    try:
        content = yaml.load(path.read_bytes(), _Loader)  # noqa: S506 - a SafeLoader with fewer types
    except FileNotFoundError:
        raise CourseError(f"{where}: there is no such file in {path.parent}") from None
    except OSError as problem:
        raise CourseError(f"{where}: cannot be read: {problem.strerror}") from None
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line = "" if mark is None else f"line {mark.line + 1}: "
        raise CourseError(f"{where}: {line}{problem.problem or 'not YAML'}") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise CourseError(f"{where}: is not a text file in UTF-8") from None
    except RecursionError:
        raise CourseError(f"{where}: is nested too deeply") from None
    try:
        return msgspec.convert(content, kind)
    except msgspec.ValidationError as problem:
        raise CourseError(f"{where}: {_explain(str(problem), content, kind)}") from None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of a sentence about a wrong name: the nearest of those known, if one is near, and a full stop."""
    close = difflib.get_close_matches(name, list(known), 1, 0.5)
    return f'. Did you mean "{close[0]}"?' if close else "."


class _Loader(yaml.SafeLoader):
    """Refuses duplicate keys and impossible values, and leaves date-times as the text they are."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except (ValueError, KeyError, AttributeError):  # what PyYAML raises for `!!int x`, `0x_`, numbers without end
            kind = node.tag.rpartition(":")[2]
            problem = f'"{str(node.value)[:40]}" cannot be read as {kind}; put it in quotes if it is text'
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark) from None

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[tuple[str, str]] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if (key.tag, key.value) in seen:
                    problem = f'the key "{key.value}" is there twice'
                    raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
                seen.add((key.tag, key.value))
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _explain(problem: str, content: Any, kind: type[msgspec.Struct]) -> str:
    """A validation error of msgspec's in the words of the file: `key: what is wrong. What to do`."""
    problem, _, place = problem.partition(" - at `")
    place = place.removeprefix("$").removeprefix(".").removesuffix("`")
    if match := re.fullmatch(r"Object contains unknown field `(.*)`", problem):
        expected = _type_at(kind, place)
        known = [field.encode_name for field in expected.fields] if isinstance(expected, inspect.StructType) else []
        return f"{_join(place, match[1])}: unknown key{did_you_mean(match[1], known)}"
    if match := re.fullmatch(r"Object missing required field `(.*)`", problem):
        return f"{_join(place, match[1])}: is missing"
    if match := re.fullmatch(r"Invalid enum value '(.*)'", problem):
        expected = _type_at(kind, place)
        choices = [str(member.value) for member in expected.cls] if isinstance(expected, inspect.EnumType) else []
        return f'{place}: "{match[1]}" is none of {", ".join(choices)}'
    if match := re.match(r"Expected `([^`]*)`(?:, got `([^`]*)`)?", problem):
        wanted = [part for part in match[1].split(" | ") if part != "null"]
        message = _mistyped(wanted, match[2], _value_at(content, place))
        return f"{place}: {message}" if place else message
    return f"{place}: {problem}" if place else problem


def _mistyped(wanted: list[str], found: str | None, value: Any) -> str:
    """What to say where `value` is not of one of the types that msgspec calls `wanted`."""
    if wanted == ["str"] and isinstance(value, int | float) and not isinstance(value, bool):
        return f'{value} is a number here (1.10 and 1.1 are the same); put it in quotes: "{value}"'
    expected = " or ".join(_KINDS.get(name, name) for name in wanted)
    message = f"expected {expected}, got {_KINDS.get(found, found) if found else 'something else'}"
    return f"{message}; put it in quotes" if wanted == ["str"] and found != "null" else message


def _value_at(content: Any, place: str) -> Any:
    """What stands at a path like `questions[3].id`; None if that cannot be followed."""
    for key, index in _STEP.findall(place):
        try:
            content = content[int(index)] if index else content[key]
        except (KeyError, IndexError, TypeError):
            return None
    return content


def _type_at(kind: type[msgspec.Struct], place: str) -> inspect.Type | None:
    """What `kind` wants at a path like `questions[3].id`; None if that cannot be followed."""
    expected: inspect.Type | None = inspect.type_info(kind)
    for key, index in _STEP.findall(place):
        if index and isinstance(expected, inspect.ListType | inspect.VarTupleType):
            expected = expected.item_type
        elif key and isinstance(expected, inspect.StructType):
            expected = next((field.type for field in expected.fields if field.encode_name == key), None)
        else:
            return None
        if isinstance(expected, inspect.UnionType):  # optional: what it is if it is there
            expected = next((part for part in expected.types if not isinstance(part, inspect.NoneType)), None)
    return expected


def _join(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key

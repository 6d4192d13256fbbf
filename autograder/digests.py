"""What can change one question's cases, as a digest for each question: a change elsewhere grades nothing again.

Which test file belongs to which question is read from its source (`question("1.6")`), what it depends on from its
imports. Whatever cannot be told that way counts for every question, so a digest may change too often, never too
seldom.
"""

from __future__ import annotations

import ast
import functools
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from autograder.course import reference_files, trusted_files
from autograder.model import Assignment, Question

_OF_ALL = ("seed", "preload", "forbidden_imports")  # of the assignment
_NOT_IN_CASES = ("title", "points", "bonus", "manual", "hints")  # of a question: no case depends on these


def files_digest(files: Mapping[str, bytes]) -> str:
    """SHA-256, in hexadecimal, over paths and contents, in whatever order they come."""
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name}\0{len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def question_digests(assignment: Assignment) -> dict[str, str]:
    """SHA-256, in hexadecimal, for each question's id.

    It covers the question's limits and rules, its test files with what they import, the reference for its file with
    what that imports, probes.py, data/ and the assignment's seed, preloads and forbidden imports.
    """
    trusted = dict(trusted_files(assignment))
    sources = {name: content for name, content in trusted.items() if name.startswith("tests/")}
    tests = {name: content for name, content in sources.items() if _is_test(name)}
    helpers = {name: content for name, content in sources.items() if name not in tests}
    owners = {name: _questions_of(content) for name, content in tests.items()}
    closures = {name: _closure({name}, sources, _module_names(sources)) for name in tests}
    used = set().union(*closures.values())
    shared = {name: content for name, content in helpers.items() if name not in used}
    shared |= {name: content for name, content in trusted.items() if name.startswith(("data/", "probes.py"))}
    rules = msgspec.to_builtins({name: getattr(assignment, name) for name in _OF_ALL})
    solutions = reference_files(assignment)
    solution_names = {name.removesuffix(".py").replace("/", "."): [name] for name in solutions}
    digests = {}
    for question in assignment.questions:
        mine = {name for name in tests if owners[name] is None or question.id in (owners[name] or ())}
        covered = set().union(*(closures[name] for name in mine))
        reference = _closure({question.file}, solutions, solution_names)
        files = {**shared, **{name: sources[name] for name in covered}}
        files |= {f"solutions/{name}": solutions[name] for name in reference}
        digests[question.id] = _digest([rules, _rules(question)], files)
    return digests


def _digest(rules: Any, files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256(msgspec.json.encode(rules, order="deterministic"))
    for name, content in sorted(files.items()):
        digest.update(f"\n{name}\0{len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _rules(question: Question) -> dict[str, Any]:
    fields = msgspec.to_builtins(question)
    return {name: value for name, value in fields.items() if name not in _NOT_IN_CASES}


def _is_test(name: str) -> bool:
    return Path(name).name.startswith("test_") and name.endswith(".py")


def _questions_of(source: bytes) -> frozenset[str] | None:
    """The questions that a test file names; None if it may be about any."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return None
    found = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name != "question":
            continue
        if len(node.args) != 1 or not isinstance(node.args[0], ast.Constant) or not isinstance(node.args[0].value, str):
            return None
        found.add(node.args[0].value)
    return frozenset(found) or None


def _module_names(sources: Iterable[str]) -> dict[str, list[str]]:
    """Files by the name under which tests import them: folders of tests stand on the path themselves."""
    names: dict[str, list[str]] = {}
    for name in sources:
        names.setdefault(".".join(Path(name).with_suffix("").parts[2:]), []).append(name)
    return names


def _closure(names: set[str], sources: Mapping[str, bytes], modules: Mapping[str, list[str]]) -> set[str]:
    """`names` and every file that they import, directly or not."""
    found: set[str] = set()
    waiting = [name for name in names if name in sources]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        waiting += [file for module in _imports(sources[name]) for file in modules.get(module, ())]
    return found


@functools.lru_cache(maxsize=512)
def _imports(source: bytes) -> set[str]:
    """Names of modules that a source imports, with each name's beginnings."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return set()
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.ImportFrom):
            names |= {alias.name for alias in node.names}
    return {".".join(parts[:end]) for parts in (name.split(".") for name in names) for end in range(1, len(parts) + 1)}

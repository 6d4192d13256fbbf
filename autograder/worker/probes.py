"""The lab's probes: a module that the suite's side brings, and that runs beside the student's code."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import sys
import types
from collections.abc import Iterator


def load_probes(path: str) -> tuple[types.ModuleType, dict[int, types.CodeType]]:
    """The module, and all code in it by its id: who else claims to be in that file is not in it."""
    spec = importlib.util.spec_from_file_location("probes", path)
    assert spec is not None  # noqa: S101 - a .py file always has one
    assert isinstance(spec.loader, importlib.machinery.SourceFileLoader)  # noqa: S101
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault("probes", module)
    code = spec.loader.get_code("probes")
    assert code is not None  # noqa: S101
    exec(code, module.__dict__)  # noqa: S102 - what the loader would do, had it kept the code
    return module, {id(part): part for part in _all_code(code)}


def _all_code(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for part in code.co_consts:
        if isinstance(part, types.CodeType):
            yield from _all_code(part)

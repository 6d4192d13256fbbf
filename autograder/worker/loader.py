"""The student's files and notebook cells as modules."""

from __future__ import annotations

import importlib.abc
import importlib.util
import linecache
import sys
import types
from collections.abc import Collection, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path

from autograder.model import Cell


class MissingFile(Exception):
    """The file that a question asks for is not in the submission."""


class ForbiddenImport(ImportError):
    """The assignment does not allow this module."""


class _ForbiddenFinder(importlib.abc.MetaPathFinder):
    """Refuses the imports that an assignment names: a kind word, not a wall (the wall is the sandbox).

    Only the student's own imports: a library may look whether another one is there.
    """

    def __init__(self, names: Sequence[str], folder: Path) -> None:
        self.names = frozenset(names)
        self._folder = f"{folder}/"

    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        name = fullname.partition(".")[0]
        if name in self.names and self._is_students():
            raise ForbiddenImport(f"this lab is done without `{name}`; the import is not allowed")
        return None

    def _is_students(self) -> bool:
        """Whether the nearest frame that is neither Python's import system nor generated code is the student's."""
        frame: types.FrameType | None = sys._getframe(2)
        while frame is not None:
            file = frame.f_code.co_filename
            if file.startswith((self._folder, "<cell ")):
                return True
            if not file.startswith("<") and not file.endswith(_IMPORTERS):
                return False
            frame = frame.f_back
        return False


_IMPORTERS = ("importlib/__init__.py", "importlib/util.py")  # what stands between an import and whoever asked for it


class Loader:
    """Imports from one submission, laid out in `folder`.

    `cells` are those of a notebook: they run in order in one namespace, which stands in for every question's file that
    is not there. A cell that raises doesn't take the others along.
    """

    def __init__(self, folder: Path, cells: Sequence[Cell], forbidden: Sequence[str]) -> None:
        self.folder = folder
        self._cells = cells
        self.cell_errors: list[str] = []
        self._finder = _ForbiddenFinder(forbidden, folder)
        sys.meta_path.insert(0, self._finder)
        sys.path.insert(0, str(folder))

    def load(self, file: str) -> types.ModuleType:
        """The module of a question's file, imported now.

        Raises:
            MissingFile: the submission holds neither the file nor a notebook.
            BaseException: whatever the student's code raises.
        """
        path = self.folder / file
        if path.is_file():
            return self._import(file.removesuffix(".py").replace("/", "."), path)
        if self._cells:
            return self._run_cells()
        raise MissingFile(f"{file} is missing from the submission")

    def close(self, before: Collection[str]) -> None:
        """Forget the submission's modules and paths, in a process that goes on; `before` are modules that stay."""
        sys.meta_path.remove(self._finder)
        sys.path.remove(str(self.folder))
        for name in set(sys.modules).difference(before):
            origin = getattr(sys.modules[name], "__file__", None)
            if origin is None or str(origin).startswith(str(self.folder)):
                del sys.modules[name]

    def _import(self, name: str, path: Path) -> types.ModuleType:
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            raise MissingFile(f"{path.name} is not a Python file")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        return module

    def _run_cells(self) -> types.ModuleType:
        module = types.ModuleType("notebook")
        sys.modules["notebook"] = module
        for cell in self._cells:
            name = f"<cell {cell.number}>"
            linecache.cache[name] = (len(cell.source), None, cell.source.splitlines(keepends=True), name)
            try:
                exec(compile(cell.source, name, "exec"), module.__dict__)  # noqa: S102 - this is what a worker is for
            except Exception as problem:
                self.cell_errors.append(f"cell {cell.number} failed with {type(problem).__name__}: {problem}")
        return module

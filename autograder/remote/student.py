"""The `student` of a suite: one question's file, over a link."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from autograder.model import Cell, Limits
from autograder.remote.client import Client
from autograder.remote.endings import no_valid_answer
from autograder.remote.handle import Handle, is_named
from autograder.remote.link import Link

_NOTES, _NOTE_LENGTH = 100, 2000  # of what failed while the file was imported: lines, characters


class Student:
    """What the question's file defines, by name, and a few things to do beside it.

    `student.softmax(x)` calls the student's function; `student.Tensor` is the student's class. A name that is also one
    of the methods below is reached by `student["run"]`.
    """

    def __init__(self, link: Link, limits: Limits) -> None:
        self.__link = link
        self.__limits = limits
        self.__client = Client(link, Handle)
        self.__load_notes: tuple[str, ...] = ()
        self.__found: dict[str, Handle] = {}  # functions and classes, which are asked for again and again

    @property
    def broken(self) -> bool:
        """Whether the worker can give no more answers."""
        return self.__link.broken

    @property
    def link(self) -> Link:
        """The way to the worker."""
        return self.__link

    @property
    def load_notes(self) -> tuple[str, ...]:
        """What failed while the file was imported, without stopping it: one line for each notebook cell that raised."""
        return self.__load_notes

    def open(
        self,
        folder: Path,
        file: str,
        *,
        cells: Sequence[Cell] = (),
        forbidden: Sequence[str] = (),
        without: Sequence[str] = (),
        probes: Path | None = None,
        seed: int = 0,
    ) -> None:
        """Import the question's file, with a time limit of its own.

        Raises:
            StudentError: importing it raised; every later use raises the same.
            WorkerBroke: importing it broke the worker.
            GraderFault: the probes cannot be loaded.
        """
        listed = [(cell.number, cell.source) for cell in cells]
        self.__link.allow(self.__limits.import_seconds, "importing your file")
        self.__client.ask("open", str(folder), file, listed, list(forbidden), list(without), str(probes or ""), seed)
        notes = self.__client.ask("load")
        if type(notes) is not list or not all(type(note) is str for note in notes):
            self.__link.close()
            raise no_valid_answer("what failed while it was imported is not a list of lines")
        self.__load_notes = tuple(note[:_NOTE_LENGTH] for note in notes[:_NOTES])

    def take_back_changes(self) -> None:
        """Give the test's own containers back what they held before calls changed them."""
        self.__client.take_back_changes()

    def run(self, probe: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
        """Run a function of the lab's probes beside the student's code."""
        return self.__client.ask("call", probe, arguments, keywords)

    def prepare(self, function: Any, given: list[Any], plan: dict[str, Any]) -> None:
        """Prepare a call for a speed check, see `worker.timed`."""
        self.__client.ask("prepare", function, given, plan)

    def go(self, times: int, guarded: bool) -> None:
        """Make the prepared call, see `worker.timed`."""
        self.__client.ask("go", times, guarded)

    def follows(self, function: Any, *arguments: Any, **keywords: Any) -> tuple[str, str]:
        """Whether a function follows its arguments' device: "yes", "no" or "unknown", and what it does instead."""
        answer, instead = self.__client.ask("follow", function, arguments, keywords)
        return str(answer), str(instead)

    def put(self, value: Any) -> Any:
        """Keep a value beside the student's code; a handle on it."""
        return self.__client.ask("put", value)

    def rng(self, seed: int) -> Any:
        """A NumPy generator that lives beside the student's code."""
        return self.__client.ask("rng", "numpy", seed)

    def torch_rng(self, seed: int) -> Any:
        """A torch generator that lives beside the student's code, on the CPU."""
        return self.__client.ask("rng", "torch", seed)

    def device_rng(self, seed: int) -> Any:
        """The same on the device where tensors among the arguments of calls are put: on a GPU, if one is used."""
        return self.__client.ask("rng", "device", seed)

    def __getitem__(self, name: str) -> Any:
        found = self.__found.get(name)
        if found is None or self.__link.broken:
            found = self.__client.ask("find", name, frozen=True)
            if isinstance(found, Handle) and is_named(found):
                self.__found[name] = found
        return found

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __repr__(self) -> str:
        return "<the submission>"

"""The command line: parses, calls, prints. `exits` lists the exit codes."""

from __future__ import annotations

import codecs
import difflib
import io
import sys
from typing import Any

import click

from autograder import __version__
from autograder.cli import author, instructor, share, speed, student, week
from autograder.cli.exits import INTERRUPTED
from autograder.errors import AutograderError

_STUDENT = (
    student.start,
    student.check,
    student.bench,
    student.list_questions,
    student.hint,
    student.reset,
    student.submit,
)
_INSTRUCTOR = (
    instructor.grade,
    week.status,
    instructor.report,
    week.regrade,
    week.override,
    week.history,
    share.export,
    share.similarity,
    week.erase,
    week.backup,
    instructor.release,
    instructor.doctor,
)
_AUTHOR = (author.new, author.verify, speed.speed_table)


_MEANT = dict.fromkeys(("test", "tests", "run", "watch", "debug"), "check")  # what others call it
_ASCII = {"✓": "+", "✗": "x", "○": "o", "–": "-", "−": "-", "…": "...", "×": "x", "└": "`", "─": "-", "━": "-"}


def _in_ascii(problem: UnicodeError) -> tuple[str | bytes, int]:
    """What stands in for characters that a console cannot print."""
    if not isinstance(problem, UnicodeEncodeError):
        raise problem
    found = problem.object[problem.start : problem.end]
    return "".join(_ASCII.get(character, "?") for character in found), problem.end


codecs.register_error("autograder", _in_ascii)


class _Group(click.Group):
    """Two kinds of commands, and the engine's own exceptions as one line and an exit code."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, [*args[1:2], "--help"] if args[:1] == ["help"] else args)

    def invoke(self, ctx: click.Context) -> Any:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="autograder")
        try:
            return super().invoke(ctx)
        except AutograderError as problem:
            click.echo(f"autograder: {problem}", err=True)
            ctx.exit(problem.exit_code)
        except KeyboardInterrupt:
            click.echo(err=True)  # the terminal has shown ^C on a line of its own
            ctx.exit(INTERRUPTED)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if self.get_command(ctx, args[0]) is None:
            undoes = args[0].startswith("rese")  # `reset` is not what anybody should be led to
            safe = [name for name in self.list_commands(ctx) if name != "reset" or undoes]
            close = [_MEANT[args[0]]] if args[0] in _MEANT else difflib.get_close_matches(args[0], safe, 1, 0.5)
            meant = f" Did you mean 'autograder {close[0]}'?" if close else ""
            raise click.UsageError(f"No such command {args[0]!r}.{meant}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        for title, commands in (("Students", _STUDENT), ("Instructors", _INSTRUCTOR), ("Authors of courses", _AUTHOR)):
            with formatter.section(title):
                formatter.write_dl([(command.name or "", command.get_short_help_str(90)) for command in commands])


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="autograder")
def main() -> None:
    """Check and grade deep-learning labs."""


for _command in (*_STUDENT, *_INSTRUCTOR, *_AUTHOR):
    main.add_command(_command)

"""The command line: parses, calls, prints. `exits` lists the exit codes."""

from __future__ import annotations

import difflib
from typing import Any

import click

from autograder import __version__
from autograder.cli import instructor, student
from autograder.cli.exits import INTERRUPTED
from autograder.errors import AutograderError

_STUDENT = (student.start, student.check, student.list_questions, student.hint, student.reset, student.submit)
_INSTRUCTOR = (instructor.grade, instructor.report, instructor.release, instructor.doctor)


class _Group(click.Group):
    """Two kinds of commands, and the engine's own exceptions as one line and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
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
            close = difflib.get_close_matches(args[0], self.list_commands(ctx), 1, 0.5)
            meant = f" Did you mean {close[0]!r}?" if close else ""
            raise click.UsageError(f"No such command {args[0]!r}.{meant}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        for title, commands in (("Students", _STUDENT), ("Instructors", _INSTRUCTOR)):
            with formatter.section(title):
                formatter.write_dl([(command.name or "", command.get_short_help_str(90)) for command in commands])


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="autograder")
def main() -> None:
    """Check and grade deep-learning labs."""


for _command in (*_STUDENT, *_INSTRUCTOR):
    main.add_command(_command)

"""The command line: verbs only. Each command parses, calls, renders and exits.

Commands live one to a file in ``launchbook/cli/<verb>.py`` (a group of them in a package), each exporting
``command``, and are imported only
when they are called, so that ``launchbook --help`` stays under 120 ms.
"""

from __future__ import annotations

import errno
import gc
import importlib
import os
import sys
from pathlib import Path

import click

from launchbook.errors import LaunchbookError


class LazyCommands(click.Group):
    """A group whose commands are the modules of a folder; a module is imported when its command runs.

    The one-line help of each command is the first line of its module's docstring, read without importing.
    """

    def __init__(self, *args: object, package: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._package = package
        self._folder = Path(__file__).parent.joinpath(*package.split(".")[2:])

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every public module of the folder, in alphabetical order."""
        files = [path.stem for path in self._folder.glob("*.py")]
        groups = [path.parent.name for path in self._folder.glob("*/__init__.py")]
        return sorted(name for name in files + groups if not name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module and return its ``command``; None when there is no such verb."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"{self._package}.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs with the first line of each module's docstring."""
        rows = [(name, _summary(self._folder, name)) for name in self.list_commands(ctx)]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)


def _summary(folder: Path, name: str) -> str:
    path = folder / f"{name}.py"
    if not path.exists():
        path = folder / name / "__init__.py"
    return path.read_text(encoding="utf-8").split('"""', 2)[1].strip().splitlines()[0].rstrip(".")


@click.group(
    cls=LazyCommands,
    package=__name__,
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
)
@click.version_option(package_name="launchbook", prog_name="launchbook")
def cli() -> None:
    """Say whether a system on AWS is ready to launch, and show why; run it, prove it, remove it."""


def main() -> None:
    """Entry point of the ``launchbook`` program: errors a person can act on, and exit codes 0 to 3."""
    try:
        _main()
    finally:
        gc.freeze()  # the last look for garbage, at the end of the process, passes by what there is


def _main() -> None:
    try:
        # Outside standalone mode click returns the code of ctx.exit() instead of leaving with it.
        code = cli.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except LaunchbookError as error:
        click.echo(error.render(), err=True)
        sys.exit(error.exit_code)
    except click.Abort:
        click.echo("interrupted: nothing more was done", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except KeyboardInterrupt:
        click.echo("interrupted: nothing more was done", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            click.echo(f"cannot write {error.filename or 'all of it'}: no space left on the device", err=True)
            click.echo("\nhint: make room, or send it elsewhere, and run it again", err=True)
            sys.exit(3)
        # Nobody at three in the morning is helped by a traceback; whoever mends it asks for one.
        if os.environ.get("LAUNCHBOOK_DEBUG"):
            raise
        click.echo(f"launchbook itself failed: {type(error).__name__}: {error}", err=True)
        click.echo("\nhint: run it again with LAUNCHBOOK_DEBUG=1 and report what it prints", err=True)
        sys.exit(3)

"""The command line: parse, call, exit code. Nothing heavy is imported before it is needed."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from slrdoctor._version import __version__
from slrdoctor.cli import catalogue, init, models, overfit, packs, retrain, scan, simulate
from slrdoctor.cli.exits import CANNOT, ReaderGone, cannot
from slrdoctor.cli.streams import guard

app = typer.Typer(
    name="slrdoctor",
    help="Says why a sign-language recognition or translation run does not learn.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"slrdoctor {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


app.command("scan")(scan.scan)
of_checks = typer.Typer(name="checks", no_args_is_help=False)
of_checks.callback(invoke_without_command=True)(catalogue.checks)
of_checks.command("new")(packs.new)
of_checks.command("test")(packs.run_examples_of)
app.add_typer(of_checks, name="checks")
app.command("explain")(catalogue.explain)
app.command("overfit")(overfit.overfit)
app.command("init")(init.init)
app.command("simulate")(simulate.simulate)
app.command("retrain")(retrain.retrain)
app.add_typer(models.models, name="models")


def main() -> None:
    """The console script."""
    guard()
    try:
        app()
    except OSError as error:  # the help did not fit onto a full disk
        cannot(str(error))
        sys.exit(CANNOT)
    except ReaderGone:
        sys.exit(CANNOT)

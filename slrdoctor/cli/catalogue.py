"""`slrdoctor checks` and `slrdoctor explain`."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Annotated

import typer

from slrdoctor.cli import options
from slrdoctor.cli.exits import told_plainly
from slrdoctor.cli.loading import called_checks, loaded_checks

if TYPE_CHECKING:
    from slrdoctor.core.registry import Check


class ListFormat(str, enum.Enum):
    text = "text"
    json = "json"


def checks(
    context: typer.Context,
    select: options.Select = None,
    format: Annotated[ListFormat, typer.Option("--format")] = ListFormat.text,
    checks: options.Checks = None,
    verbose: options.Tracebacks = False,
) -> None:
    """List every check by family: code, name, severity, and the fault."""
    if context.invoked_subcommand is not None:
        return
    with told_plainly(verbose):
        by_code = loaded_checks(checks)
        selected = [check for word in options.codes(select) for check in called_checks(word, by_code)]
        _show(selected or list(by_code.values()), format is ListFormat.json)


def explain(
    code: Annotated[str, typer.Argument(help="A code or a name, such as CTC401; CTC lists a family.")],
    checks: options.Checks = None,
    verbose: options.Tracebacks = False,
) -> None:
    """Explain one check: the fault, an example, why it matters, how it is judged, limits and fix."""
    with told_plainly(verbose):
        matches = called_checks(code, loaded_checks(checks))
        if len(matches) > 1:
            _show(matches, as_json=False)
            return
        from rich.console import Console

        from slrdoctor.render._catalogue import show_page

        show_page(matches[0], Console(highlight=False))


def _show(checks: list[Check], as_json: bool) -> None:
    from rich.console import Console

    from slrdoctor.render import _catalogue

    if as_json:
        typer.echo(_catalogue.as_json(checks))
    else:
        _catalogue.show_checks(checks, Console(highlight=False))

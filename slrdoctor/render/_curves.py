"""A picture of the overfit test: the loss of every attempt against the bar."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from slrdoctor.extras import needed_for
from slrdoctor.probes.bars import REPRODUCED
from slrdoctor.probes.crossover import Crossover
from slrdoctor.words.controls import one_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE = 110  # letters of a line
SUFFIXES = (".png", ".svg", ".pdf", ".jpg", ".jpeg", ".webp")


def draw_curves(answer: Crossover, path: Path) -> None:
    """Write a picture in the format of the path's suffix. Raises OSError where it cannot be written."""
    with needed_for("a picture of the curves", "matplotlib"):
        import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()  # a matplotlibrc of the current folder may ask for LaTeX
        _figure(answer).savefig(path, dpi=120)


def _figure(answer: Crossover) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.subplots()
    thin = "other learning rates"
    for number, cell in enumerate(answer.cells):
        for attempt in cell.attempts:
            steps = [step for step, _ in attempt.losses]
            losses = [max(loss, 1e-3) for _, loss in attempt.losses]
            is_best = attempt is cell.best
            axes.plot(
                steps,
                losses,
                color=f"C{number}",
                linewidth=2 if is_best else 1,
                alpha=1.0 if is_best else 0.4,
                label=f"{cell.model} on {cell.on}" if is_best else thin or None,
            )
            thin = thin if is_best else ""  # told once
    for name, value in answer.lines:
        axes.axhline(value, color="grey", linewidth=1, linestyle=":")
        _name(axes, name, value)
    axes.axhline(REPRODUCED, color="black", linewidth=1, linestyle="--")
    _name(axes, "known by heart", REPRODUCED)
    axes.set(yscale="log", xlabel="step", ylabel="loss a token (nats)")
    told = one_line(answer.told[:1].upper() + answer.told[1:])
    title = axes.set_title("\n".join(textwrap.wrap(told, TITLE)), loc="left", fontsize=9)
    title.set_parse_math(False)  # a gloss may hold a dollar sign
    axes.legend(frameon=False, fontsize=8)
    return figure


def _name(axes: Axes, name: str, value: float) -> None:
    """Beside the picture, where no curve runs through it."""
    axes.annotate(
        name, (1.01, value), xycoords=("axes fraction", "data"), ha="left", va="center", fontsize=8
    )

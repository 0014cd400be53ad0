"""A picture of the overfit test: the loss of every attempt against the bar."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from slrdoctor.extras import needed_for
from slrdoctor.words.controls import one_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE = 110  # letters of a line
SUFFIXES = (".png", ".svg", ".pdf", ".jpg", ".jpeg", ".webp")
LOWEST = 1e-3  # nats: a logarithmic axis has no zero


@dataclass(frozen=True)
class Curve:
    """Losses by step. Curves of one name have one colour; only the best of them is drawn boldly."""

    name: str
    points: Sequence[tuple[float, float]]
    is_best: bool = True


def draw_curves(
    title: str, curves: Sequence[Curve], levels: Sequence[tuple[str, float]], bar: float, path: Path
) -> None:
    """Write a picture in the format of the path's suffix. Raises OSError where it cannot be written.

    `levels` are what the losses are held against; below `bar` samples are memorised.
    """
    with needed_for("a picture of the curves", "matplotlib"):
        import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()  # a matplotlibrc of the current folder may ask for LaTeX
        _figure(one_line(title), curves, levels, bar).savefig(path, dpi=120)


def _figure(
    title: str, curves: Sequence[Curve], levels: Sequence[tuple[str, float]], bar: float
) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.subplots()
    colours = {name: f"C{place}" for place, name in enumerate(dict.fromkeys(c.name for c in curves))}
    thin = "other learning rates"
    for curve in curves:
        axes.plot(
            [step for step, _ in curve.points],
            [max(loss, LOWEST) for _, loss in curve.points],
            color=colours[curve.name],
            linewidth=2 if curve.is_best else 1,
            alpha=1.0 if curve.is_best else 0.4,
            label=curve.name if curve.is_best else thin or None,
        )
        thin = thin if curve.is_best else ""  # named once
    for name, value in levels:
        axes.axhline(value, color="grey", linewidth=1, linestyle=":")
        _name(axes, name, value)
    axes.axhline(bar, color="black", linewidth=1, linestyle="--")
    _name(axes, "memorised", bar)
    axes.set(yscale="log", xlabel="step", ylabel="loss per token (nats)")
    heading = axes.set_title("\n".join(textwrap.wrap(title, TITLE)), loc="left", fontsize=9)
    heading.set_parse_math(False)  # a gloss may hold a dollar sign
    axes.legend(frameon=False, fontsize=8)
    return figure


def _name(axes: Axes, name: str, value: float) -> None:
    """Beside the picture, where no curve runs through it."""
    axes.annotate(
        name, (1.01, value), xycoords=("axes fraction", "data"), ha="left", va="center", fontsize=8
    )

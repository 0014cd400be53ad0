"""A picture of the overfit test: the loss of every attempt against the bar."""

from __future__ import annotations

from pathlib import Path

from slrdoctor.probes.bars import REPRODUCED
from slrdoctor.probes.crossover import Crossover


def draw_curves(answer: Crossover, path: Path) -> None:
    """Write a picture in the format of the path's suffix. Raises OSError where it cannot be written."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.subplots()
    for number, cell in enumerate(answer.cells):
        for attempt in cell.attempts:
            steps = [step for step, _ in attempt.losses]
            losses = [max(loss, 1e-3) for _, loss in attempt.losses]
            is_best = attempt == cell.best
            axes.plot(
                steps,
                losses,
                color=f"C{number}",
                linewidth=2 if is_best else 1,
                alpha=1.0 if is_best else 0.4,
                label=f"{cell.model} on {cell.on}" if is_best else None,
            )
    for name, value in answer.lines:
        axes.axhline(value, color="grey", linewidth=1, linestyle=":")
        axes.annotate(name, (1, value), xycoords=("axes fraction", "data"), ha="right", va="bottom")
    axes.axhline(REPRODUCED, color="black", linewidth=1, linestyle="--")
    axes.annotate(
        "known by heart", (1, REPRODUCED), xycoords=("axes fraction", "data"), ha="right", va="bottom"
    )
    axes.set(yscale="log", xlabel="step", ylabel="loss a token (nats)")
    axes.set_title(answer.told, loc="left", wrap=True, fontsize=9)
    axes.legend(frameon=False, fontsize=8)
    figure.savefig(path, dpi=120)

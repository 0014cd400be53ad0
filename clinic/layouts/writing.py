"""Write a run in a layout, and draw layouts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from clinic.layouts import registry
from clinic.layouts.draft import Draft
from clinic.layouts.subject import Subject

Layout = dict[str, str]  # a value by axis; what is left out is as in the plain layout


def write(subject: Subject, layout: Layout, root: Path) -> None:
    """Raises DoesNotApply where a value of the layout cannot be written of this run."""
    axes = registry.load()
    whole = registry.plain_layout() | layout
    root.mkdir(parents=True, exist_ok=True)
    draft = Draft(subject, root, whole)
    for name, axis in axes.items():
        if name == "features" and not draft.holds_features:
            continue
        draft.axis = name
        axis.values[whole[name]](draft)


def name_of(layout: Layout) -> str:
    """`features=pkl,shape=points`; `plain` where nothing differs."""
    return ",".join(f"{axis}={layout[axis]}" for axis in registry.ORDER if axis in layout) or "plain"


def layout_of(name: str) -> Layout:
    return {} if name == "plain" else dict(part.split("=", 1) for part in name.split(","))


def single() -> Iterator[Layout]:
    """Every value of every axis that the plain layout does not have, alone."""
    for name, axis in registry.load().items():
        for value in axis.values:
            if value != axis.plain:
                yield {name: value}


def drawn(rng: np.random.Generator) -> Layout:
    """Other values than the plain ones on two axes or more, up to all: any number is as likely."""
    axes = registry.load()
    count = int(rng.integers(2, len(axes) + 1))
    chosen = rng.permutation(list(axes))[:count]
    others = {name: [v for v in axes[name].values if v != axes[name].plain] for name in chosen}
    return {name: str(rng.choice(others[name])) for name in registry.ORDER if name in others}

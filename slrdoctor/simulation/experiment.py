"""What a fault may change: the data, the recipe, the run that training gives, and the folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from slrdoctor.simulation.recipes import Recipe
from slrdoctor.simulation.records import Run, Style, Written
from slrdoctor.simulation.worlds import World


@dataclass
class Experiment:
    """`world` and `recipe` may be changed as they are; what comes later is asked for."""

    world: World
    recipe: Recipe
    style: Style
    convention: str
    on_run: list[Callable[[Run], None]] = field(default_factory=list)
    on_folder: list[Callable[[Written], None]] = field(default_factory=list)
    claims: list[tuple[str, Callable[[Written], bool]]] = field(default_factory=list)

    def after_training(self, change: Callable[[Run], None]) -> None:
        """Change what training gave, before it is written."""
        self.on_run.append(change)

    def after_writing(self, change: Callable[[Written], None]) -> None:
        """Change files of the folder."""
        self.on_folder.append(change)

    def claim(self, what: str, holds: Callable[[Written], bool]) -> None:
        """The artifacts must show this: where they do not, the simulation fails and says `what`."""
        self.claims.append((what, holds))

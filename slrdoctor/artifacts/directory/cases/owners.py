"""Which of several runs an artifact belongs to: by the folders around it, then by its name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from slrdoctor.artifacts.directory.cases.places import is_below
from slrdoctor.words.splits import split_of_word


class Placed(Protocol):
    """Anything found at a place in the run directory."""

    @property
    def where(self) -> str: ...


P = TypeVar("P", bound=Placed)

NOBODY = -1  # the owner of what belongs to none of the runs
# folders inside one run, which do not name it
_INSIDE = re.compile(
    r"logs?|tensorboard|tb|tb_logs|events|results?|history|histories|metrics|checkpoints?|ckpts?|weights|models?|"
    r"lightning_logs|version_\d+|outputs?|preds?|predictions?|summaries|runs?|work_dirs?|experiments?|files|config|configs|"
    r"log_?probs?|logits?|posteriors|emissions?|embeddings?|embs?|embeds?|(?:(?:global_)?step|epoch|iter|checkpoint|ckpt)[_-]?\d+"
)


@dataclass(frozen=True)
class Owners:
    """The runs of a directory: their names, and the folders that they lie in."""

    names: tuple[str, ...]
    folders: tuple[str, ...]
    mirrors: Mapping[str, str] = field(default_factory=dict)  # folders that show another one again

    def of(self, run: int, artifacts: Sequence[P]) -> tuple[P, ...]:
        """The artifacts that are this run's and no other's; NOBODY has those of no run in particular."""
        return tuple(artifact for artifact in artifacts if self._owner(artifact.where) == run)

    def sharing(self, run: int, artifacts: Sequence[P]) -> tuple[P, ...]:
        """The artifacts that may be this run's, shared with others or not."""
        return tuple(a for a in artifacts if run in self._possible(self._folder(a.where)))

    def _owner(self, where: str) -> int:
        possible = self._possible(self._folder(where))
        if len(possible) > 1:
            possible = [i for i in possible if _is_named_in(self.names[i], where)]
        return possible[0] if len(possible) == 1 else NOBODY

    def _folder(self, where: str) -> str:
        folder = run_key(where)
        shown = next((real for mirror, real in self.mirrors.items() if is_below(folder, mirror)), folder)
        return shown

    def _possible(self, folder: str) -> list[int]:
        """The runs in the same folder, else in the nearest folder around it, else those below it."""
        same = [i for i, own in enumerate(self.folders) if own == folder]
        if same:
            return same
        around = [i for i, own in enumerate(self.folders) if is_below(folder, own)]
        if around:
            deepest = max(len(self.folders[i]) for i in around)
            return [i for i in around if len(self.folders[i]) == deepest]
        below = [i for i, own in enumerate(self.folders) if is_below(own, folder)]
        return below or list(range(len(self.folders)))


def _is_named_in(run: str, where: str) -> bool:
    """Whether a path has the run's name: runs/a and weights/best_a.pt, `model=net_b` and net_b.pt."""
    label = re.split(r"[/=#]", run)[-1].lower()
    return bool(label and re.search(rf"(?<![a-z0-9]){re.escape(label)}(?![a-z0-9])", where.lower()))


def run_key(where: str) -> str:
    """The folder that names the run an artifact belongs to; "" for the run directory itself."""
    parts = where.split("/")[:-1]
    while parts and (_INSIDE.fullmatch(parts[-1].lower()) or split_of_word(parts[-1])):
        parts.pop()
    return "/".join(parts)

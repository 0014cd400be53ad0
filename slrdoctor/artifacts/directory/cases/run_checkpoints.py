"""Which checkpoints are a run's own, and which of them is judged: claims, and what decides among them.

The weightiest first: what a config or a log names, what a folder or a name puts aside, agreement
with the vocabulary, the features and the epochs, then `best` and `last`, age, and the name.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.directory.cases.surroundings import Surroundings, surroundings
from slrdoctor.artifacts.kinds.checkpoints.ends import heads, image_layers
from slrdoctor.artifacts.kinds.checkpoints.layers import first_sizes, layers_of
from slrdoctor.artifacts.kinds.checkpoints.weights import Weights, open_weights
from slrdoctor.artifacts.run import (
    EARLIER,
    OWN,
    PRETRAINED,
    AnnotationFile,
    CheckpointFile,
    Choice,
    DataSet,
    FeatureSet,
    VocabularyFile,
)
from slrdoctor.words.checkpoint_names import (
    LAST,
    NUMBERED,
    is_of_an_earlier_run,
    is_of_the_best,
    is_perhaps_pretrained,
    is_pretrained,
    is_started_from,
)

MOST_OPENED = 12  # checkpoints of a run that are opened; the others are judged by their names
MOST_TRIED = 4  # that are opened to find one with a head
NEARNESS = (OWN, EARLIER, PRETRAINED)


@dataclass(frozen=True)
class Fit:
    """Whether what a checkpoint holds agrees: 1 yes, -1 no, 0 where nothing tells."""

    head: int = 0
    first_layer: int = 0
    epoch: int = 0
    takes_images: bool = False
    stored_epoch: int = -1
    is_opened: bool = True

    @property
    def sum(self) -> int:
        return self.head + self.first_layer + self.epoch


@dataclass(frozen=True)
class Claim:
    """What speaks for one checkpoint and against it."""

    file: CheckpointFile
    standing: str  # OWN | EARLIER | PRETRAINED
    because: str  # what gave it that standing, "" where nothing speaks against it
    is_named: bool  # by a config or a log, as what training wrote
    fit: Fit

    @property
    def order(self) -> tuple[object, ...]:
        best, last, number = names_order(self.file.where)
        return (
            not self.is_named,
            NEARNESS.index(self.standing),
            not self.fit.is_opened,
            -self.fit.sum,
            best,
            last,
            number,
            -self.fit.stored_epoch,
            self.file.where.count("/"),
            self.file.where,
        )


def choose_checkpoints(
    candidates: Sequence[CheckpointFile], around: Surroundings, folder: str, is_users_choice: bool
) -> tuple[list[CheckpointFile], list[CheckpointFile], list[Choice]]:
    """The run's own checkpoints, the one to judge first; those that are not its own; and why.

    `folder` is the run's: what the folders around it are called does not count. A checkpoint
    of an earlier run is judged only where there is no other, and where it agrees. None is put
    aside where the user named the candidates.
    """
    claims = sorted(
        (_claim(file, around, folder, i < MOST_OPENED) for i, file in enumerate(_in_order(candidates))),
        key=lambda claim: claim.order,
    )
    own = [claim for claim in claims if claim.standing == OWN or is_users_choice]
    if not own:
        own = [claim for claim in claims if claim.standing == EARLIER and claim.fit.sum > 0]
    beside = [claim for claim in claims if claim not in own]
    return (
        [claim.file for claim in own],
        [replace(claim.file, standing=claim.standing) for claim in beside],
        [*_choice(own), *_left_out(beside)],
    )


def likely_own(candidates: Sequence[CheckpointFile]) -> list[CheckpointFile]:
    """The candidates that no name puts aside, the best first; told by their names alone."""
    return [
        file
        for file in _in_order(candidates)
        if not is_pretrained(file.where) and not is_of_an_earlier_run(file.where)
    ]


def outputs_of_heads(candidates: Sequence[CheckpointFile]) -> frozenset[int]:
    """The numbers of outputs of the layers that may be heads, of the likeliest of the candidates."""
    for file in likely_own(candidates)[:MOST_TRIED]:
        try:
            found = heads(layers_of(open_weights(file.path)))
        except Unreadable:
            continue
        if found:
            return frozenset(layer.outputs for layer in found)
    return frozenset()


def is_of_other_data(
    candidates: Sequence[CheckpointFile],
    features: Sequence[FeatureSet],
    annotations: Sequence[AnnotationFile],
    vocabularies: Sequence[VocabularyFile],
) -> bool:
    """Whether neither end of the likeliest model fits data: not its inputs and not its outputs."""
    data = DataSet("", Path(), tuple(features), tuple(annotations), tuple(vocabularies))
    fits = [_fit(file, surroundings(data, (), ())) for file in likely_own(candidates)[:1]]
    return any(fit.head < 0 and fit.first_layer < 0 for fit in fits)


def _in_order(candidates: Sequence[CheckpointFile]) -> list[CheckpointFile]:
    return sorted(candidates, key=lambda file: (*names_order(file.where), file.where))


def names_order(where: str) -> tuple[bool, bool, int]:
    """What sorts the best first, then the last, then the highest epoch or step, all by the name."""
    where = where.lower()
    name = where.rpartition("/")[2]
    number = NUMBERED.search(name)
    return "best" not in where, not LAST.search(name), -int(number[1] or number[2]) if number else 1


def _claim(file: CheckpointFile, around: Surroundings, folder: str, is_opened: bool) -> Claim:
    fit = _fit(file, around) if is_opened else Fit(is_opened=False)
    aside = _aside(file, folder, fit)
    key, where = _named(file, around)
    if key and is_started_from(key):
        return Claim(file, PRETRAINED, f"{key} in {where} names it", False, fit)
    if key and is_of_the_best(key):
        return Claim(file, OWN, f"{key} in {where} names it", True, fit)
    return Claim(file, *(aside or (OWN, "")), False, fit)


def _aside(file: CheckpointFile, folder: str, fit: Fit) -> tuple[str, str] | None:
    """What puts a checkpoint aside although no config says so; None where nothing does."""
    place = file.where.removeprefix(f"{folder}/") if folder else file.where
    if is_pretrained(place):
        return PRETRAINED, "its place or name says that training began with it"
    if is_of_an_earlier_run(place):
        return EARLIER, "its place or name says that it is of an earlier run"
    is_of_another_model = fit.head < 0 and fit.first_layer < 0 and fit.takes_images
    if is_of_another_model or (is_perhaps_pretrained(place) and fit.sum < 0):
        return PRETRAINED, "neither its inputs nor its outputs are those of this run"
    return None


def _named(file: CheckpointFile, around: Surroundings) -> tuple[str, str]:
    """The key and the config or log that name a checkpoint by a path that ends as its own does."""
    mine = file.where.lower().split("/")
    for path in around.named.get(mine[-1], ()):
        if _ends_alike(path.parts, mine):
            return path.key, path.where
    for path in around.named.get(mine[-2], ()) if len(mine) > 1 else ():
        if is_of_the_best(path.key) and _ends_alike(path.parts, mine[:-1]):
            return path.key, path.where
    return "", ""


def _ends_alike(one: Sequence[str], other: Sequence[str]) -> bool:
    return all(a == b for a, b in zip(reversed(one), reversed(other), strict=False))


def _fit(file: CheckpointFile, around: Surroundings) -> Fit:
    try:
        weights = open_weights(file.path)
    except Unreadable:  # which the checkpoints' own facts tell
        return Fit(is_opened=False)
    layers = layers_of(weights)
    outputs = {x.outputs for x in heads(layers)}
    taken = first_sizes(weights)
    fits_head = any(least <= n <= most for n in outputs for least, most in around.heads)
    stored = -1 if weights.parts.epoch is None else weights.parts.epoch
    return Fit(
        head=_told(fits_head, bool(outputs and around.heads)),
        first_layer=_told(not around.inputs.isdisjoint(taken), bool(taken and around.inputs)),
        epoch=-1 if _is_later(weights, around) else 0,
        takes_images=bool(image_layers(layers)),
        stored_epoch=stored,
    )


def _told(agrees: bool, is_known: bool) -> int:
    return 0 if not is_known else 1 if agrees else -1


def _is_later(weights: Weights, around: Surroundings) -> bool:
    """Whether it is of an epoch that the run's history never came to."""
    epoch = weights.parts.epoch
    return epoch is not None and not math.isnan(around.epochs) and epoch > around.epochs + 1


def _choice(own: Sequence[Claim]) -> list[Choice]:
    if len(own) < 2:
        return []
    first, second = own[:2]
    others = tuple(claim.file.where for claim in own[1:])
    how = f'[checkpoint]\npath = "{others[0]}"'
    return [Choice("checkpoint", first.file.where, others, _why(first, second), how)]


def _why(first: Claim, second: Claim) -> str:
    """What decided between the first and the second, in words."""
    name = first.file.where.lower()
    if first.is_named and not second.is_named:
        return first.because
    if first.fit.sum != second.fit.sum:
        return _agreement(first.fit, second.fit)
    if "best" in name:
        return "its name says best"
    if LAST.search(name.rpartition("/")[2]):
        return "its name says last"
    if names_order(name) != names_order(second.file.where):
        return "its number is the highest"
    if first.fit.stored_epoch != second.fit.stored_epoch:
        return f"its epoch, {first.fit.stored_epoch}, is the highest"
    return "it comes first by name"


def _agreement(first: Fit, second: Fit) -> str:
    if first.head > second.head:
        return "its number of outputs fits the vocabulary or the config"
    if first.first_layer > second.first_layer:
        return "its first layer fits the features"
    return "its epoch fits the history"


def _left_out(beside: Sequence[Claim]) -> list[Choice]:
    """What was not judged as the run's, one choice for each reason."""
    places: dict[str, list[str]] = {}
    for claim in beside:
        places.setdefault(claim.because, []).append(claim.file.where)
    return [
        Choice("checkpoint", "", tuple(wheres), because, f'[checkpoint]\npath = "{wheres[0]}"')
        for because, wheres in places.items()
    ]

"""What the stored log-probabilities say: decoding, blanks, and the loss against its floor."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from slrdoctor.arithmetic.constant_output import best_constant, grouped
from slrdoctor.arithmetic.greedy import commonest, decoded, errors_with
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.ctc.ctc_lengths import repeats_in
from slrdoctor.facts.ctc.uniform_start import uniform_losses
from slrdoctor.facts.outputs.output_pass import ENABLE, OutputPass, SplitOutputs

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
FLOOR_SAMPLES = 256  # that the floor is sought on; it is a mean, and they are spread over all
SHOWN = 10
UNTOUCHED = 1e-3  # of the loss of uniform outputs: what rounding makes of it


@dataclass(frozen=True)
class BlankScore:
    """The WER of greedy decoding when a class is dropped as the blank."""

    index: int
    token: str
    wer: float


@dataclass(frozen=True)
class LogProbs:
    """The outputs of one split, dev where it is there, against their targets.

    Arrays are [N], over the samples with a target. Losses are -ln P(target) by CTC's forward
    pass, in nats; nan where a gloss has no class, inf where T < L + R.
    """

    split: str
    ids: tuple[str, ...]
    frames: Ints  # T
    target_lengths: Ints  # L
    losses: Floats
    hypotheses: tuple[tuple[str, ...], ...]  # greedy decoding
    references: tuple[tuple[str, ...], ...]
    blank: int
    blank_token: str
    blank_known_by: str
    blank_is_certain: bool
    blank_share: float  # of the frames, by the likeliest class
    peaky_share: float  # 1 - L / T: of a model that gives each gloss one frame
    commonest_class: BlankScore  # the likeliest class of most frames
    commonest_share: float  # of the frames
    wer: float
    floor_per_token: float  # the best constant output on these samples and frames
    start_per_token: float  # uniform outputs
    by_position: bool  # nothing names the samples
    read_from: str
    targets_from: str
    train_over_floor: float = math.nan  # of the outputs on train, where they are stored too
    unreadable: int = 0  # outputs beside these that could not be read

    @property
    def per_token(self) -> float:
        """Mean over the samples of the loss over L, as torch's mean reduction has it."""
        return per_token(self.losses, self.target_lengths)

    @property
    def per_sample(self) -> float:
        good = self.losses[np.isfinite(self.losses)]
        return float(good.mean()) if len(good) else math.nan

    @property
    def over_floor(self) -> float:
        """The loss over the input-blind floor.

        nan where positions alone pair outputs and targets, and for a head that is all zeros as
        it was made: that is no model that stopped at the floor.
        """
        untouched = abs(self.per_token / self.start_per_token - 1) < UNTOUCHED
        return math.nan if self.by_position or untouched else self.per_token / self.floor_per_token

    @property
    def sentence(self) -> str:
        where = f"{len(self.ids)} {self.split} outputs".replace("  ", " ")
        where += f" ({self.unreadable} more could not be read)" if self.unreadable else ""
        words = (
            f"greedy decoding of {where} has {self.wer:.1%} WER and {self.blank_share:.1%} blank frames "
            f"({self.peaky_share:.1%} where each gloss has one frame)"
        )
        if math.isnan(self.per_token):
            return words
        return (
            f"{words}, with a loss of {self.per_token:.2f} per token ({self.floor_per_token:.2f} "
            f"without looking at the input, {self.start_per_token:.2f} untrained)"
        )


@dataclass(frozen=True)
class BlankRival:
    """The configured blank against the class that is likeliest in most frames, by decoding."""

    configured: BlankScore
    known_by: str
    likeliest: BlankScore
    share: float  # of the frames
    samples: int
    read_from: str

    @property
    def is_better(self) -> bool:
        """Whether decoding with the likeliest class as the blank makes fewer errors."""
        other = self.likeliest
        return other.index != self.configured.index and other.wer < self.configured.wer

    @property
    def sentence(self) -> str:
        blank = self.configured
        words = f"greedy decoding has {blank.wer:.1%} WER with the configured blank {blank.index}"
        other, share = self.likeliest, f"likeliest class in {self.share:.1%} of the frames"
        if other.index == blank.index:
            return f"{words}, the {share}"
        return f"{words}, and {other.wer:.1%} with class {other.index}, the {share}"


@measure
def blank_rival(outputs: LogProbs) -> BlankRival:
    if not outputs.blank_is_certain:
        raise Unavailable(
            f"nothing configures the blank: index {outputs.blank} is assumed ({outputs.blank_known_by})",
            f"give it in slrdoctor.toml: [vocabulary] blank = {outputs.blank}",
        )
    return BlankRival(
        configured=BlankScore(outputs.blank, outputs.blank_token, outputs.wer),
        known_by=outputs.blank_known_by,
        likeliest=outputs.commonest_class,
        share=outputs.commonest_share,
        samples=len(outputs.ids),
        read_from=outputs.read_from,
    )


def per_token(losses: Floats, lengths: Ints) -> float:
    """The mean of loss over length, over the samples that have a finite loss; nan without any."""
    good = np.isfinite(losses)
    return float(np.mean(losses[good] / lengths[good])) if good.any() else math.nan


@measure
def log_probs(outputs: OutputPass) -> LogProbs:
    told = [split for split in outputs.splits if any(split.glosses) and split.coding is not None]
    if not told:
        raise _without_targets(outputs.splits[0])
    train = next((split for split in told[1:] if split.split == "train"), None)
    over = math.nan
    if train is not None and not train.by_position:
        judged = _Judged(train)
        over = per_token(judged.losses, judged.lengths) / judged.anchors()[0]
    return _Judged(told[0]).fact(over)


def _without_targets(split: SplitOutputs) -> Unavailable:
    if any(split.glosses):
        return Unavailable(
            f"nothing says which of {split.axes.classes} classes each gloss is in {split.read_from}: "
            "looked for a vocabulary with the glosses of the targets",
            'give its path in slrdoctor.toml: [vocabulary] path = "gloss_dict.json"',
        )
    return Unavailable(
        f"no target for any of the {len(split.keys)} outputs in {split.read_from}: looked for their "
        "ids in the annotations and for references beside them",
        ENABLE,
    )


class _Judged:
    """The samples of a split that have a target: arrays over these."""

    def __init__(self, split: SplitOutputs) -> None:
        assert split.coding is not None
        self.split, self.coding = split, split.coding
        self.places: list[int] = [i for i, glosses in enumerate(split.glosses) if glosses]
        self.targets = self._coded(split.blank.index)
        self.frames = split.frames[self.places]
        self.lengths = np.array([len(target) for target in self.targets])
        self.losses = split.losses[self.places]
        paths = split.path_of()
        self.paths = [paths[i] for i in self.places]

    def _coded(self, blank: int) -> list[list[int]]:
        return [self.coding.classes_of(self.split.glosses[i], blank) for i in self.places]

    def _scored(self, blank: int) -> BlankScore:
        errors = errors_with(self.paths, self._coded(blank), blank)
        return BlankScore(blank, self.coding.token(blank, self.split.blank.index), errors.wer)

    def fact(self, train_over_floor: float) -> LogProbs:
        split, blank = self.split, self.split.blank.index
        floor, start = self.anchors()
        top, share = commonest(self.paths, split.axes.classes)
        said = [[self.coding.token(c, blank) for c in decoded(path, blank)] for path in self.paths]
        return LogProbs(
            split=split.split,
            ids=tuple(split.keys[i] for i in self.places),
            frames=self.frames,
            target_lengths=self.lengths,
            losses=self.losses,
            hypotheses=tuple(map(tuple, said)),
            references=tuple(split.glosses[i] for i in self.places),
            blank=blank,
            blank_token=self.coding.token(blank, blank),
            blank_known_by=split.blank.known_by,
            blank_is_certain=split.blank.certain,
            blank_share=float(np.mean(np.concatenate(self.paths) == blank)),
            peaky_share=float(1 - self.lengths.sum() / max(1, self.frames.sum())),
            commonest_class=self._scored(top),
            commonest_share=share,
            wer=self._scored(blank).wer,
            floor_per_token=floor,
            start_per_token=start,
            by_position=split.by_position,
            read_from=split.read_from,
            targets_from=split.targets_from,
            train_over_floor=train_over_floor,
            unreadable=len(split.unreadable),
        )

    def anchors(self) -> tuple[float, float]:
        """The input-blind floor and the uniform start a token, on these very frames and targets."""
        repeats = np.array([repeats_in([str(c) for c in target]) for target in self.targets])
        fits = np.flatnonzero((self.frames >= self.lengths + repeats) & ~np.isnan(self.losses))
        if not len(fits):
            return math.nan, math.nan
        frames, lengths, repeats = self.frames[fits], self.lengths[fits], repeats[fits]
        targets = [self.targets[i] for i in fits.tolist()]
        start = uniform_losses(frames, lengths, repeats, self.split.axes.classes)
        return _floor(targets, frames, lengths, repeats), float(np.mean(start / lengths))


def _floor(targets: Sequence[Sequence[int]], frames: Ints, lengths: Ints, repeats: Ints) -> float:
    """The mean loss a token of the best constant output."""
    index = {c: i for i, c in enumerate(sorted({c for target in targets for c in target}))}
    coded = [np.array([index[c] for c in target], dtype=np.int64) for target in targets]
    weights = 1.0 / lengths
    prior = np.zeros(len(index))
    for target, weight in zip(coded, weights, strict=True):
        np.add.at(prior, target, weight)
    some = np.unique(np.linspace(0, len(coded) - 1, FLOOR_SAMPLES).astype(int))
    best = best_constant(
        grouped([coded[i] for i in some.tolist()], frames[some], repeats[some], weights[some]),
        prior / prior.sum(),
        float(np.clip(1 - lengths.sum() / frames.sum(), 0.01, 0.99)),
        # of a part of the samples only the blank's share is sought, not that of hundreds of glosses
        free_shares=len(some) == len(coded),
    )
    return best.loss * float(np.mean(weights[some]))

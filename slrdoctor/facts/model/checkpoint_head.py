"""The head of a checkpoint: against the vocabulary, against the samples, and its row of the blank."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.run import TrainingRun
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.config._configured import configured
from slrdoctor.facts.labels.configured_classes import ConfiguredClasses
from slrdoctor.facts.labels.gloss_counts import GlossCounts
from slrdoctor.facts.labels.output_classes import (
    LARGER_BY,
    ROUND,
    SPECIALS,
    VocabularySize,
    padding,
)
from slrdoctor.facts.labels.samples import Samples, Targets
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.labels.vocabulary import BlankIndex
from slrdoctor.facts.model.checkpoint import Checkpoint
from slrdoctor.facts.model.checkpoint_architecture import Architecture, ModelHead
from slrdoctor.facts.model.checkpoint_updates import CheckpointPair
from slrdoctor.facts.model.optimizer_memory import OptimizerState
from slrdoctor.facts.training.score_course import ScoreCourse
from slrdoctor.words.grammar import counted
from slrdoctor.words.settings import VOCABULARY_MULTIPLE

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class HeadFit:
    """The outputs of the head, against what the vocabulary asks for."""

    layer: str
    outputs: int
    sizes: VocabularySize
    least: int  # outputs; with CTC one more than there are glosses, for the blank
    fits: bool
    because: str  # what explains a smaller or a padded head, "" where nothing does
    read_from: str
    doubt: str = ""  # why the two may not belong together, "" where they surely do
    perhaps: str = ""  # what may explain a larger head, "" where nothing does

    @property
    def sentence(self) -> str:
        outputs = f"{self.layer or 'the last layer'} in {self.read_from} has {self.outputs} outputs"
        joint = ", but" if not self.fits and not self.because else ", and"
        return f"{outputs}{joint} {self.sizes.sentence}" + (f" ({self.because})" if self.because else "")


@measure
def head_fit(
    head: ModelHead,
    sizes: VocabularySize,
    samples: Samples | None,
    targets: Targets | None,
    config: ConfiguredClasses | None,
    task: Task | None,
    checkpoint: Checkpoint | None,
    run: TrainingRun | None,
    score: ScoreCourse | None,
) -> HeadFit:
    """A list of names may be of more classes than the model was made for, and of another model.

    A larger head may be padded, and where a run learned, it did so with that head.
    """
    with_blank = sizes.glosses + 1 if task is not None and task.name == "ctc" else 0
    least = max(sizes.least, with_blank)
    fits = any(least <= outputs <= sizes.most for outputs in (head.outputs, *head.others))
    because = ""
    if not fits and head.outputs < least and _is_subset(head, samples, targets, config):
        because = "the model has only some of the classes in the vocabulary"
    doubt = ""
    if not fits and task is not None and not task.is_certain and not _is_softmax(head, checkpoint):
        doubt = f"only {sizes.read_from} says that {head.read_from} chooses among classes"
    perhaps = ""
    if not fits and head.outputs > sizes.most:
        because = _padding_in_config(head, sizes, least, run)
        perhaps = _explained(head, sizes, least, score)
    return HeadFit(
        head.layer.name, head.outputs, sizes, least, fits, because, head.read_from, doubt, perhaps
    )


def _padding_in_config(
    head: ModelHead, sizes: VocabularySize, least: int, run: TrainingRun | None
) -> str:
    """What a config says of padding, where it explains a candidate for the head, else ""."""
    for said in configured(run, VOCABULARY_MULTIPLE) if run is not None else ():
        multiple = said.as_int or 0
        if multiple > 1 and any(
            padding(outputs, least, sizes.most, (multiple,)) for outputs in (head.outputs, *head.others)
        ):
            return f"{said.read_from} {said.key} is {multiple}, which pads the head"
    return ""


def _explained(head: ModelHead, sizes: VocabularySize, least: int, score: ScoreCourse | None) -> str:
    """Why a head larger than its vocabulary may be sound, "" where nothing speaks for it."""
    for outputs in (head.outputs, *head.others):
        multiple = padding(outputs, least, sizes.most)
        if multiple:
            named = "" if outputs == head.outputs else f" of the layer with {outputs} outputs"
            more = outputs - sizes.needed
            return f"padding to a multiple of {multiple} would explain the other {more}{named}"
    if score is not None and score.beats_blind:
        return f"{score.sentence}: outputs may be spare, or those of a vocabulary that is not here"
    return _reserved(head, sizes, least) if score is None else ""


def _reserved(head: ModelHead, sizes: VocabularySize, least: int) -> str:
    """What may explain a head that is a little larger than its vocabulary, where no score is known."""
    more = head.outputs - sizes.needed
    if 0 < more < SPECIALS:
        tokens = "tokens" if more > 1 else "token"
        return f"special {tokens} that the vocabulary does not list would explain the other {more}"
    multiple = padding(head.outputs, least, sizes.most, ROUND)
    if multiple and more <= LARGER_BY * sizes.needed:
        return f"rounding up to a multiple of {multiple} would explain the other {more}"
    return ""


def _is_softmax(head: ModelHead, checkpoint: Checkpoint | None) -> bool:
    """Whether the stored model itself says that it puts out shares of classes."""
    modules = checkpoint.weights.parts.modules if checkpoint is not None else ()
    return any(
        module.kind in ("Softmax", "LogSoftmax")
        or (module.name == head.layer.name and module.settings.get("activation") == "softmax")
        for module in modules
    )


def _is_subset(
    head: ModelHead, samples: Samples | None, targets: Targets | None, config: ConfiguredClasses | None
) -> bool:
    glosses = {gloss for target in targets.glosses for gloss in target} if targets is not None else set()
    narrowed = samples is not None and samples.narrowed
    said = config is not None and any(one.value == head.outputs for one in config.counts)
    return (narrowed or said) and len(glosses) <= head.outputs


@dataclass(frozen=True)
class Capacity:
    """Parameters that are trained, for each sample that they are trained on."""

    parameters: int
    samples: int
    head: str
    head_share: float  # of the parameters; nan where there is no head
    outputs: int  # of the head, 0 where there is none
    unused: int  # outputs that no training target has
    read_from: str

    @property
    def per_sample(self) -> float:
        return self.parameters / self.samples

    @property
    def sentence(self) -> str:
        return (
            f"{self.parameters:,} parameters for {counted(self.samples, 'training sample')}: "
            f"{self.per_sample:,.0f} per sample"
        )


@measure
def capacity(
    model: Architecture,
    checkpoint: Checkpoint,
    samples: Samples,
    head: ModelHead | None,
    memory: OptimizerState | None,
    counts: GlossCounts | None,
) -> Capacity:
    """Parameters that the optimizer remembers nothing of are frozen, and do not count."""
    if samples.excerpt:
        raise Unavailable(f"{samples.excerpt}: the number of training samples is unknown")
    if not samples.training:
        raise Unavailable(f"no training samples in {samples.read_from}")
    missing = memory.missing if memory is not None else ()
    frozen = sum(math.prod(checkpoint.weights.tensors[name].shape) for name in missing)
    outputs = head.outputs if head is not None else 0
    seen = len(counts.counts) if counts is not None else outputs
    return Capacity(
        parameters=model.parameters - frozen,
        samples=len(samples.training),
        head=head.layer.name if head is not None else "",
        head_share=head.parameters / max(model.parameters - frozen, 1) if head is not None else math.nan,
        outputs=outputs,
        unused=max(outputs - seen, 0),
        read_from=f"{model.read_from} and {samples.read_from}",
    )


@dataclass(frozen=True)
class BlankRow:
    """The blank's row of the head against those of the other classes.

    The blank wins on an input h where (w_blank - w_c) h + b_blank - b_c > 0 for every class c.
    For inputs of unit size in random directions the first term has the spread
    ||w_blank - w_c||, so `reach` tells how many such spreads the bias is ahead of every class.
    """

    blank: int
    classes: int
    bias: float  # of the blank; 0 for a head without one
    next_bias: float  # the largest of the others
    reach: float  # min over c of (b_blank - b_c) / ||w_blank - w_c||
    norm: float  # of the blank's row
    next_norm: float  # the largest of the others
    read_from: str
    layer: str = ""  # the head

    @property
    def norm_ratio(self) -> float:
        return self.norm / self.next_norm if self.next_norm > 0 else 1.0

    @property
    def sentence(self) -> str:
        return (
            f"the blank's bias is {self.bias:.2f}, the largest other {self.next_bias:.2f}; "
            f"its row has {self.norm_ratio:.2f} times the norm of the longest other ({self.read_from})"
        )


@measure
def blank_row(
    head: ModelHead,
    checkpoint: Checkpoint,
    blank: BlankIndex,
    task: Task,
    pair: CheckpointPair | None = None,
) -> BlankRow:
    """Of several heads of one size, that which two checkpoints show to have been trained."""
    head = _trained_head(head, pair)
    if task.name != "ctc":
        raise Unavailable(f"the task is {task.name}, which has no blank")
    rows, bias = head_rows(head, checkpoint)
    if not 0 <= blank.index < len(rows) or len(rows) < 2:
        raise Unavailable(f"{head.sentence}, and the blank would be index {blank.index}")
    if not (np.isfinite(rows).all() and np.isfinite(bias).all()):
        raise Unavailable(f"{head.layer.name} in {head.read_from} holds values that are not finite")
    others = np.arange(len(rows)) != blank.index
    apart = np.linalg.norm(rows[others] - rows[blank.index], axis=1)
    ahead = bias[blank.index] - bias[others]
    norms = np.linalg.norm(rows, axis=1)
    return BlankRow(
        blank=blank.index,
        classes=len(rows),
        bias=float(bias[blank.index]),
        next_bias=float(bias[others].max()),
        reach=float((ahead / np.maximum(apart, 1e-12)).min()),
        norm=float(norms[blank.index]),
        next_norm=float(norms[others].max()),
        read_from=head.read_from,
        layer=head.layer.name,
    )


def _trained_head(head: ModelHead, pair: CheckpointPair | None) -> ModelHead:
    if pair is None or head.layer.weight not in pair.same:
        return head
    moved = (x for x in head.rivals if x.outputs == head.outputs and x.weight not in pair.same)
    return replace(head, layer=next(moved, head.layer))


def head_rows(head: ModelHead, checkpoint: Checkpoint) -> tuple[Floats, Floats]:
    """The head's weight [classes, features] and bias [classes] as float64."""
    weights = checkpoint.weights
    weight = bias = None
    try:
        for name in head.layer.tensors:
            if len(weights.tensors[name].shape) >= 2 and weight is None:
                weight = np.asarray(weights.load(name), np.float64)
            elif "bias" in name:
                bias = np.asarray(weights.load(name), np.float64).ravel()
    except Unreadable as error:
        raise Unavailable(f"{head.read_from}: {error}") from error
    if weight is None or not weight.size:
        raise Unavailable(f"{head.layer.name} in {head.read_from} has no weight")
    if head.layer.transposed:
        weight = weight.reshape(-1, weight.shape[-1]).T
    rows = weight.reshape(len(weight), -1)
    return rows, bias if bias is not None and len(bias) == len(rows) else np.zeros(len(rows))

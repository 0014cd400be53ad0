"""One way to handle every model in an experiment: ours by their protocol, the user's as found out."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.parameter import is_lazy

from slrdoctor.arithmetic.scales import PROBABILITIES
from slrdoctor.models.batches import Batch
from slrdoctor.models.calling import (
    INPUTS,
    POINTS,
    Calling,
    CannotCall,
    Wanted,
    call,
    find_calling,
    lengths_of,
    scores_of,
)
from slrdoctor.models.outputs import in_proportion
from slrdoctor.probes.own_steps import Outputs, find_own_steps
from slrdoctor.probes.user_code import CannotUse, build, said_of

Hypotheses = list[list[int]]


class Handle(Protocol):
    """A model that can be built anew, trained and decoded."""

    module: nn.Module
    rates: tuple[float, ...]  # learning rates to try, the likeliest first

    def fresh(self, seed: int) -> None:
        """Build the model anew, with dropout off."""

    def loss(self, batch: Batch) -> Tensor:
        """Mean loss a target token (a sample for classification and retrieval), in nats."""

    def hypotheses(self, batch: Batch) -> Hypotheses:
        """What is decoded of each sample."""


def without_dropout(module: nn.Module) -> None:
    """Regularisation fights what an overfit test wants."""
    for part in module.modules():
        if isinstance(part, nn.modules.dropout._DropoutNd):
            part.p = 0.0
        elif isinstance(part, (nn.RNNBase, nn.MultiheadAttention)):
            part.dropout = 0.0


def _copied(module: nn.Module) -> dict[str, Tensor]:
    """Its weights, but for those that get their size in the first call."""
    state = module.state_dict().items()
    return {name: value.clone() for name, value in state if not is_lazy(value)}


class ReferenceHandle:
    """A model of reference_models/, by its protocol. `statistics` are those it standardises with."""

    def __init__(
        self, file: ModuleType, dims: int, classes: int, blank: int, device: str, statistics: Any
    ) -> None:
        self._file, self._device, self._statistics = file, device, statistics
        given = {"input_size": dims, "classes": classes, "dropout": 0.0}
        if file.TASK == "ctc":
            given["blank"] = blank
        self._config = file.Config(**given)
        rate = float(file.LEARNING_RATE)
        self.rates: tuple[float, ...] = (rate, rate / 3, rate * 3)
        self.module: nn.Module = nn.Identity()

    def fresh(self, seed: int) -> None:
        torch.manual_seed(seed)
        self.module = self._file.Model(self._config)
        self.module.set_statistics(*self._statistics)  # type: ignore[operator]
        self.module.to(self._device)

    def loss(self, batch: Batch) -> Tensor:
        loss: Tensor = self._file.loss_of(
            self.module, batch.features, batch.lengths, batch.targets, batch.target_lengths
        )
        return loss

    def hypotheses(self, batch: Batch) -> Hypotheses:
        more = (batch.targets, batch.target_lengths) if self._file.TASK == "retrieval" else ()
        found: Hypotheses = self._file.decode(self.module, batch.features, batch.lengths, *more)
        return found


@dataclass(frozen=True)
class Expected:
    """What is known of the user's model by the task, the data, and the user's word."""

    classes: int
    dims: int
    trailing: tuple[int, ...]  # the axes of a stored frame
    is_sequence: bool  # CTC: scores for each frame
    takes: str = ""  # the user's word on its axes
    gives: str = ""
    device: str = "cpu"

    @property
    def wanted(self) -> Wanted:
        inputs = (self.takes,) if self.takes else INPUTS + POINTS * (len(self.trailing) == 2)
        ranks = (3,) if self.is_sequence else (2,)
        return Wanted(self._noise, (self.classes,), ranks, inputs, self.gives)

    def _noise(self, samples: int, frames: int) -> Tensor:
        generator = torch.Generator().manual_seed(0)
        axes = self.trailing if len(self.trailing) > 1 else (self.dims,)
        return torch.randn((samples, frames, *axes), generator=generator).to(self.device)


class UserHandle:
    """The user's model. With `ours`, the loss and the decoder are ours even where it has its own."""

    rates: tuple[float, ...] = (1e-3, 3e-4, 3e-3)

    def __init__(self, factory: Any, expected: Expected, blank: int) -> None:
        self._factory, self._expected, self._blank = factory, expected, blank
        self.module: nn.Module = nn.Identity()
        self._built: nn.Module = self.module
        self._weights: dict[str, Tensor] = {}
        self.fresh(0)
        self.module.eval()
        self.calling: Calling = _calling_of(self.module, expected)
        self.own = find_own_steps(self.module)
        self.ours = False

    def fresh(self, seed: int) -> None:
        torch.manual_seed(seed)
        known = {"dims": self._expected.dims, "classes": self._expected.classes, "blank": self._blank}
        # in single precision, as the features are: another one would change the verdict
        self.module = build(self._factory, known).to(self._expected.device).float()
        without_dropout(self.module)
        # one module for all attempts, as an instance in the user's file is, comes back trained
        if self.module is self._built:
            self.module.load_state_dict(self._weights, strict=False)
        else:
            self._built, self._weights = self.module, _copied(self.module)

    def given(self, batch: Batch) -> Any:
        """All that the model gives for a batch."""
        features, trailing = batch.features, self._expected.trailing
        if len(trailing) > 1:
            features = features.reshape(*features.shape[:2], *trailing)
        return call(self.module, self.calling, features, batch.lengths)

    def outputs(self, batch: Batch) -> Outputs:
        """The scores among what the model gives for a batch, with their lengths."""
        given = self.given(batch)
        scores = scores_of(given, self.calling)
        if "T" not in self.calling.layout.axes:
            return Outputs(scores, batch.lengths, None)
        frames, own = scores.shape[0], lengths_of(given, self.calling)
        # what is real of the frames is real of what is left of them after a stride
        scaled = in_proportion(batch.lengths, batch.features.shape[1], frames)
        return Outputs(scores, scaled if own is None else own.clamp(1, frames), own)

    def loss(self, batch: Batch) -> Tensor:
        if self.own.loss is not None and not self.ours:
            return self.own.loss(self, batch)
        outputs = self.outputs(batch)
        scores = self.normalised(outputs.scores.float())
        if scores.ndim == 2:
            return functional.nll_loss(scores, batch.targets[:, 0])
        return functional.ctc_loss(
            scores, batch.targets, outputs.lengths, batch.target_lengths, self._blank, "mean"
        )

    def normalised(self, scores: Tensor) -> Tensor:
        """Log-probabilities, whatever the model's scale; harmless where they are that already."""
        if self.calling.layout.scale == PROBABILITIES:
            return scores.clamp_min(1e-12).log()
        return scores.log_softmax(-1)

    @torch.no_grad()
    def hypotheses(self, batch: Batch) -> Hypotheses:
        if self.own.decode is not None and not self.ours:
            return self.own.decode(self, batch)
        outputs = self.outputs(batch)
        if outputs.scores.ndim == 2:
            return [[c] for c in outputs.scores.argmax(-1).tolist()]
        return greedy(outputs.scores, outputs.lengths, self._blank)


def greedy(scores: Tensor, lengths: Tensor, blank: int) -> Hypotheses:
    """The best class of each frame of [T, B, C], repeats merged, blanks dropped."""
    paths = scores.argmax(-1).T.tolist()
    merged = [
        [c for c, _ in itertools.groupby(p[:n])] for p, n in zip(paths, lengths.tolist(), strict=True)
    ]
    return [[c for c in path if c != blank] for path in merged]


def checked_classes(handle: UserHandle, batch: Batch, classes: int) -> None:
    """Raises CannotUse where targets are asked for that the head does not have."""
    handle.module.eval()
    with torch.no_grad():
        size = int(handle.outputs(batch).scores.shape[-1])
    most = max(itertools.chain.from_iterable(batch.references), default=0)
    if most >= size:
        raise CannotUse(
            f"the model has {size} output classes, and the targets go up to index {most}: the "
            "vocabulary "
            f"needs {classes}"
        )


def wrong_lengths(handle: UserHandle, batch: Batch) -> str:
    """What is wrong with the output lengths that the model gives; empty where nothing is."""
    with torch.no_grad():
        outputs = handle.outputs(batch)
    frames = int(outputs.scores.shape[0])
    if outputs.given is None or not bool((outputs.given > frames).any()):
        return ""
    longest = int(outputs.given.max())
    whole = int(batch.features.shape[1])
    return (
        f"it returns an input length of {longest} for an output of {frames} frames: the lengths are not "
        f"divided by the stride of {round(whole / frames)}"
    )


def _calling_of(module: nn.Module, expected: Expected) -> Calling:
    """Raises CannotUse with what is to be done where no way of calling works."""
    try:
        return find_calling(module, expected.wanted)
    except CannotCall as failed:
        if failed.gave:
            scores, axes = "[samples, classes]", "BC"
            if expected.is_sequence:
                scores, axes = "[frames, samples, classes] in any order", "TBC"
            raise CannotUse(
                f"for 3 samples of 64 frames the model gives {failed.gave}, and scores {scores} are "
                "wanted: name a function that wraps it, or say what it takes and gives in "
                f'slrdoctor.toml: [model] input = "BTD", output = "{axes}"'
            ) from failed
        said = said_of(failed.raised) if failed.raised is not None else ""
        raise CannotUse(
            f"the model could not be called with features [3, 64, {expected.dims}] in any order of "
            f"axes, with or without lengths: {said}. Where it wants more, name a function that wraps "
            "it in a module whose forward takes features and lengths"
        ) from failed

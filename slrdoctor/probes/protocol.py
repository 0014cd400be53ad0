"""What the parent of an experiment asks of its child process, and what that answers.

Importing this imports no torch: the parent needs none. `typed_json` writes and reads all of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from slrdoctor.probes.bars import REPRODUCED

REQUEST, CLIPS = "request.json", "clips.npz"
# the cells of an experiment: what a model is trained on -> how that is called in a sentence
REAL, OURS, STANDARDISED, EASY = "real", "real, our loss and decoder", "standardised", "easy"
ON = {
    REAL: "your samples",
    OURS: "your samples, our loss and decoder",
    STANDARDISED: "your samples, standardised",
    EASY: "easy samples of the same shape",
}


@dataclass(frozen=True)
class UserModel:
    """The user's own: each as path/to/file.py:name, empty where there is none."""

    spec: str
    loss: str = ""
    decode: str = ""
    input: str = ""  # how it takes its features, and gives its scores: letters of axes
    output: str = ""


@dataclass(frozen=True)
class Request:
    """One experiment: samples (their clips lie in a file beside), a model, what to do with it."""

    task: str
    classes: int  # with the blank, for CTC
    blank: int
    trailing: tuple[int, ...]  # the axes of a stored frame
    targets: tuple[tuple[int, ...], ...]  # class indices of each sample
    texts: tuple[str, ...]  # of each sample, for a tokenizer
    corpus: tuple[str, ...]  # that a tokenizer is trained on
    subwords: int
    seed: int
    device: str  # auto | cpu | cuda | mps
    seconds: float  # for each cell
    trains: bool  # false: the model is only looked at
    with_controls: bool
    stride: int = 1  # of the run's own model, as far as it is known
    reference: str = ""  # the name of a reference model, where `user` is None
    user: UserModel | None = None


@dataclass(frozen=True)
class Attempt:
    """One training on the samples with one learning rate; losses are a token's, in nats."""

    rate: float
    loss: float  # the last
    error_rate: float  # of what is decoded in eval mode, over the samples trained on
    error_rate_training: float  # in train mode
    steps: int
    seconds: float
    blank_only: bool = False  # nothing at all was decoded
    not_finite: bool = False  # the loss stopped being a number
    negative: bool = False  # a loss of probabilities never is
    unfinished: bool = False  # the time ended while the loss was still falling
    losses: tuple[tuple[int, float], ...] = ()  # (step, loss), thinned out

    @property
    def reproduced(self) -> bool:
        return self.error_rate == 0 and self.loss < REPRODUCED

    @property
    def order(self) -> tuple[bool, float, float]:
        """The best attempt is the least."""
        return (not self.reproduced, self.error_rate, self.loss)


@dataclass(frozen=True)
class Cell:
    """A model on some samples, with every learning rate that was tried."""

    model: str
    on: str
    attempts: tuple[Attempt, ...]

    @property
    def best(self) -> Attempt:
        return min(self.attempts, key=lambda attempt: attempt.order)

    @property
    def reproduced(self) -> bool:
        return self.best.reproduced

    @property
    def unfinished(self) -> bool:
        """The verdict is open: a training was still on its way when its time ended."""
        return not self.reproduced and self.best.unfinished

    @property
    def sentence(self) -> str:
        best, rates = self.best, ", ".join(f"{a.rate:g}" for a in self.attempts)
        how = "reproduced" if best.reproduced else "not reproduced"
        return (
            f"{self.model} on {self.on}: {how}, error rate {best.error_rate:.0%}, loss {best.loss:.2f} "
            f"per token after {best.steps} steps and {best.seconds:.0f} s (learning rates {rates})"
        )


@dataclass(frozen=True)
class Controls:
    """Trainings that must fail: whether the samples are known by heart, or something else is."""

    zeroed: Attempt  # without input
    error_rate_trained_zeroed: float  # of the model trained with its input, given zeros
    moved: Attempt | None = None  # targets given to the next sample; None where that cannot be tried


@dataclass(frozen=True)
class Gradients:
    """Numbers are of parameters' values, but for those of tensors."""

    parameters: int
    frozen: int
    trainable: int  # tensors of layers that are called
    without_gradient: tuple[str, ...]  # a few of those that get none, by name
    without_gradient_count: int  # tensors
    without_gradient_values: int

    @property
    def frozen_share(self) -> float:
        return self.frozen / max(self.parameters, 1)


@dataclass(frozen=True)
class Padding:
    """The shortest sample in its batch and alone."""

    largest: float = 0.0  # change of a likely class's log-probability, in nats
    padded: float = 0.0  # share of padding of the sample
    frames: float = 0.0  # share of its frames where the change is felt


@dataclass(frozen=True)
class Units:
    """A layer's units, and the share of them that never change over all frames."""

    layer: str
    dead_share: float
    count: int


@dataclass(frozen=True)
class Changes:
    """How the outputs change with the batch: the largest change of a log-probability, in nats."""

    not_a_number: bool  # of the samples themselves; the rest says nothing then
    zeroed: float  # without input
    shuffled: float  # with the frames in another order, the outputs' order left aside
    others: float  # of one sample, when the others are others
    padding: Padding
    units: tuple[Units, ...]


@dataclass(frozen=True)
class Seen:
    """What the user's model does with a batch."""

    calling: str  # how it is called and what it gives, in a sentence
    gives: str  # log-probabilities | probabilities | logits
    mixes: bool  # with random input, in every layout that works, samples touch each other
    wrong_lengths: str  # what is wrong with its output lengths; empty where nothing is
    own_loss: str  # names; empty where it has none
    own_decode: str
    own_blank: int | None  # that its loss is given
    gradients: Gradients
    changes: Changes


@dataclass(frozen=True)
class Answer:
    """What came of a request. `cells` are by REAL, OURS, STANDARDISED and EASY, as far as tried."""

    device: str
    cells: Mapping[str, Cell] = field(default_factory=dict)
    controls: Controls | None = None
    seen: Seen | None = None  # of the user's model
    stopped: str = ""  # why a control did not come to its end; empty where all did

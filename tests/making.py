"""Hand-made facts for tests: one maker a fact, sound unless the test changes a field.

What several tests need is made here and nowhere else: where a dataclass changes, so does this file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from slrdoctor.arithmetic.scales import LOG_PROBABILITIES
from slrdoctor.artifacts.run import Clip
from slrdoctor.core.engine import Abstained, Facts
from slrdoctor.core.finding import Finding
from slrdoctor.core.registry import REGISTRY
from slrdoctor.facts.ctc.ctc_lengths import CtcLengths
from slrdoctor.facts.ctc.layer_stack import LayerStack
from slrdoctor.facts.embeddings.separation import Separated
from slrdoctor.facts.evaluation.score_comparison import Comparison
from slrdoctor.facts.evaluation.shuffled_hypotheses import ShuffledHypotheses
from slrdoctor.facts.features.features import ClipRow, ClipTable, Ints
from slrdoctor.facts.training.dev_score import DevScore
from slrdoctor.facts.training.progress import Progress
from slrdoctor.facts.training.train_loss import FiniteLoss, LossBreak
from slrdoctor.probes.chosen_samples import ChosenSamples
from slrdoctor.probes.protocol import (
    ON,
    REAL,
    Attempt,
    Cell,
    Changes,
    Gradients,
    Padding,
    Seen,
)
from slrdoctor.probes.trainable import Sample, Trainable
from slrdoctor.probes.trials import ReferenceTrial, UserTrial
from slrdoctor.testing import findings, fine, not_judged

Fact = TypeVar("Fact")


@dataclass(frozen=True)
class Judge:
    """A check on facts that a test changes: `judged(epochs=3)` gives its findings.

    `given` is a fact, of which fields are changed by their names and beside which others may be
    given, or a function that makes one fact or a tuple of them.
    """

    code: str
    given: Any

    def _facts(self, more: tuple[Any, ...], changes: dict[str, Any]) -> tuple[Any, ...]:
        if not callable(self.given):
            return replace(self.given, **changes), *more
        made = self.given(*more, **changes)
        return made if isinstance(made, tuple) else (made,)

    def __call__(self, *more: Any, **changes: Any) -> tuple[Finding, ...]:
        return findings(self.code, *self._facts(more, changes))

    def fine(self, *more: Any, **changes: Any) -> str:
        """What the check says it saw; fails where it found something or did not judge."""
        return fine(self.code, *self._facts(more, changes))

    def abstained(self, *more: Any, **changes: Any) -> Abstained:
        """Why the check does not judge; fails where it does."""
        return not_judged(self.code, *self._facts(more, changes))


def measured(fact: type[Fact], *given: object) -> Fact:
    """A fact as the engine measures it from others; raises Unavailable where it cannot."""
    value = Facts(REGISTRY, given).get(fact)
    assert isinstance(value, fact)
    return value


LEARNED = Progress(
    task="ctc", floor=3.8, floor_known_by="targets", first_train=9.0, last_train=0.3, best_dev=0.4,
    last_dev=0.4, metric="wer", first_metric=1.0, best_metric=0.2, last_metric=0.2, blind_metric=1.0,
    epochs=40, learned=True, read_from="log.txt", sentence="learned",
)  # fmt: skip
FAILED = replace(
    LEARNED, floor=5.0, first_train=20.0, last_train=5.0, best_dev=5.0, last_dev=5.0, best_metric=1.0,
    last_metric=1.0, blind_metric=0.98, epochs=20, learned=False,
)  # fmt: skip
# a public run of 97 classes: train loss 4.6 to 0.13, dev 4.6 to 11, dev accuracy at chance
MEMORISED = replace(
    LEARNED, task="classification", floor=4.575, floor_known_by="ln 97", first_train=4.61,
    last_train=0.13, best_dev=4.53, last_dev=11.1, first_dev=4.57, metric="accuracy", first_metric=0.011,
    best_metric=0.043, last_metric=0.022, blind_metric=0.0103, epochs=100, learned=False,
)  # fmt: skip
# another of 97 classes that never left chance
AT_FLOOR = replace(
    MEMORISED, first_train=4.60, last_train=4.20, best_dev=4.57, last_dev=4.80, best_metric=0.022,
    epochs=18, first_dev=np.nan,
)  # fmt: skip


def dev_score(values: Sequence[float], quantity: str = "wer", **changed: Any) -> DevScore:
    """A score of dev in the epochs from 1 on."""
    at = np.arange(1.0, len(values) + 1)
    sound = DevScore(quantity, f"dev_{quantity}", "dev", at, np.array(values), "epoch", "log.txt")
    return replace(sound, **changed)


FINITE = FiniteLoss((), 80, np.nan, np.nan, "", False, False, "history.csv")
BREAK = LossBreak("train", "train_loss", "epoch", 40, 10, 31, 10, 31, "NaN", False, "history.csv")

PAIRS = ShuffledHypotheses(  # of a model whose hypotheses are those of their samples
    wer=0.25, shuffled_wer=1.0, drop=0.75, most_drop=0.8, p=0.001, rematched_wer=np.nan,
    unrelated_wer=np.nan, distinct=500, distinct_references=500, tokens=400, empty=0, mean_length=9.0,
    commonest=(("A B", 2),), samples=540, are_single=False, is_text=False, read_from="dev.json",
)  # fmt: skip
COMPARED = Comparison(  # the score that was logged
    quantity="wer", split="dev", recomputed=0.25, logged=0.25, logged_as="val_wer at 20", gap=0.0,
    kept=0.25, kept_as="val_wer at 20", gap_to_kept=0.0, allowance=0.0, explained_by="", kind="plain",
    swapped=np.nan, is_swapped=False, samples=540, whole=True, read_from="dev.json", logged_in="log.txt",
)  # fmt: skip
SEPARATED = Separated(
    what="dev embeddings", possim=0.9, negsim=0.1, centred=0.9, margin=9.0, rank=52.0, dims=64, at_1=1.0,
    at_5=1.0, guess_1=0.005, most_1=0.015, most_5=0.05, queries=1000, epochs=0,
    read_from="dev_embeddings.npy",
)  # fmt: skip


def clip_row(id: str = "clip", **changed: Any) -> ClipRow:
    """A clip of 40 frames of a body and two hands."""
    sound: dict[str, Any] = {
        "key": id, "split": "train", "shape": (40, 225), "dtype": "float32", "frames": 40, "dims": 225,
        "bad_values": 0, "first_bad_frame": -1, "bad_block": "", "constant": False, "repeated": 0.0,
        "trailing": 0, "zero_frames": 0.0, "missing": (0.0, 0.35, 0.35), "low": -0.5, "high": 1.4,
        "scale": 0.5, "digest": f"digest of {id}", "mean": 0.4, "adjacent": 0.01, "across": 0.2,
        "hands_missing": 0.07, "distinct": 500, "reader": "npy",
    }  # fmt: skip
    return ClipRow(**({"id": id} | sound | changed))


def clip_table(healthy: int = 0, sick: int = 0, table: Any = None, **changed: Any) -> ClipTable:
    """`clip_table(18, 2, constant=True)`: healthy clips and, after them, ones that differ."""
    rows = [clip_row(f"h{i}") for i in range(healthy)]
    rows += [clip_row(f"s{i}", **changed) for i in range(sick)]
    more: dict[str, Any] = {"rows": tuple(rows), "unreadable": (), "length_stored": False} | (
        table or {}
    )
    total = more.pop("total", len(rows) + len(more["unreadable"]))
    return ClipTable(read_from="features", total=total, **more)


AS_STORED = LayerStack("", 1, "nothing says the model's temporal stride", "", known=False)


def sample_lengths(
    frames: Sequence[int] | Ints,
    targets: int | Sequence[int],
    repeats: int | Sequence[int] = 0,
    stack: LayerStack = AS_STORED,
    splits: tuple[str, ...] = (),
) -> CtcLengths:
    """Of samples called s0, s1 and so on; one number is that of all of them."""
    stored, ones = np.array(frames), np.ones(len(frames), np.int64)
    return CtcLengths(
        ids=tuple(f"s{i}" for i in range(len(frames))),
        splits=splits or ("train",) * len(frames),
        frames=stored,
        input_lengths=stack.input_lengths(stored),
        target_lengths=ones * targets,
        repeats=ones * repeats,
        stack=stack,
        read_from="features",
    )


REPRODUCES = Attempt(1e-3, loss=0.04, error_rate=0.0, error_rate_training=0.0, steps=110, seconds=2.0)
FAILS = replace(REPRODUCES, loss=1.2, error_rate=0.6, error_rate_training=0.6, steps=3000)


def cell(attempt: Attempt = REPRODUCES, on: str = REAL, model: str = "your model") -> Cell:
    """One training on the samples, or on others of the protocol's names."""
    return Cell(model, ON[on], (attempt,))


def seen(**changed: Any) -> Seen:
    """What a sound model does with a batch; fields of its gradients and changes go by their names."""
    parts: dict[str, Any] = {
        "gradients": Gradients(1000, 0, 12, (), 0, 0),
        "changes": Changes(False, 1.0, 0.5, 0.0, Padding(), ()),
    }
    for name, part in parts.items():
        own = {key: changed.pop(key) for key in list(changed) if hasattr(part, key)}
        parts[name] = replace(part, **own)
    sound = Seen(
        calling="called with features [B, T, D]", gives=LOG_PROBABILITIES, mixes=False, wrong_lengths="",
        own_loss="", own_decode="", own_blank=None, **parts,
    )  # fmt: skip
    return replace(sound, **changed)


def user_trial(
    real: Attempt | None = REPRODUCES, other: dict[str, Attempt] | None = None, **of_seen: Any
) -> UserTrial:
    """The user's model on the samples, and on the `other` cells that were tried."""
    attempts = ({REAL: real} if real is not None else {}) | (other or {})
    cells = {on: cell(attempt, on) for on, attempt in attempts.items()}
    return UserTrial("train.py:build", "train.py:build", cells=cells, seen=seen(**of_seen), device="cpu")


def reference_trial(real: Attempt = REPRODUCES, easy: Attempt | None = None) -> ReferenceTrial:
    """The reference model on the samples, and on easy ones where it failed on those."""
    on_easy = None if easy is None else cell(easy, "easy", "bilstm_ctc")
    return ReferenceTrial("bilstm_ctc", cell(real, REAL, "bilstm_ctc"), on_easy, "cpu", None, "features")


def samples(count: int = 5) -> tuple[Sample, ...]:
    """Of different targets; their clips are never opened."""
    clip: Any = Clip
    return tuple(Sample(f"s{n}", "train", clip, 16, (f"G{n}",), (n + 1,)) for n in range(count))


def chosen_samples(**changed: Any) -> ChosenSamples:
    sound = ChosenSamples(samples(), of=90, refused="", refused_share=0.0, seed=0, read_from="features")
    return replace(sound, **changed)


def trainable(**changed: Any) -> Trainable:
    tokens = ("<blank>", *(f"G{n}" for n in range(5)))
    sound = Trainable("ctc", samples(), len(tokens), 0, tokens, 8, (8,), {}, "features")
    return replace(sound, **changed)

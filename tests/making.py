"""Hand-made facts for tests: one maker a fact, sound unless the test changes a field.

What an experiment finds is made here and nowhere else: where its dataclasses change, so does this file.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from slrdoctor.arithmetic.scales import LOG_PROBABILITIES
from slrdoctor.artifacts.run import Clip
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

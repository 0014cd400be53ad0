"""Faults of text decoders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from slrdoctor.simulation.experiment import Experiment
from slrdoctor.simulation.faults.ctc import zeroed
from slrdoctor.simulation.registry import fault

if TYPE_CHECKING:
    from torch import Tensor

TRANSLATION = ("translation",)
SYLLABLES = (
    "ober",
    "unter",
    "neu",
    "alt",
    "groß",
    "klein",
    "wald",
    "berg",
    "feld",
    "stein",
    "bach",
    "furt",
)


@fault("decoder-ignores-video", codes=("DEC801",), harms=True, tasks=TRANSLATION)
def decoder_ignores_video(x: Experiment) -> None:
    """The encoder sees zeros: the decoder writes the likeliest sentence for every clip."""
    x.recipe.frames = zeroed


@fault("decoder-never-ends", codes=("DEC802",), harms=True, tasks=TRANSLATION)
def decoder_never_ends(x: Experiment) -> None:
    """The decoder does not know its end token, and goes on to the maximum length in loops."""
    x.recipe.decodes = without_end


def without_end(module: Any, model: Any, features: Tensor, lengths: Tensor) -> list[list[int]]:
    """Greedy to the maximum length; the end is never taken."""
    import torch

    clip, real = model.encode(features, lengths)
    written = torch.full((len(features), 1), module.BOS)
    for _ in range(model.config.max_length):
        logits = model.write(written, clip, real)[:, -1]
        logits[:, [module.PAD, module.BOS, module.UNK, module.EOS]] = -torch.inf
        written = torch.cat([written, logits.argmax(-1)[:, None]], dim=1)
    rows: list[list[int]] = written[:, 1:].tolist()
    return rows


@fault("words-too-rare", codes=("DEC803",), harms=True, tasks=TRANSLATION)
def words_too_rare(x: Experiment) -> None:
    """Every text names towns that no other names, and the vocabulary is of whole words."""
    rng = x.world.generator(51)
    for sample in x.world.samples:
        towns = ["".join(rng.choice(SYLLABLES, 4)) for _ in range(2)]
        sample.text = f"{sample.text} von {towns[0]} bis {towns[1]}"
    x.recipe.word_level = True
    x.claim("most words occur once", lambda w: _once(w.run.rows("train")) > 0.5)


def _once(samples: list[Any]) -> float:
    _, counts = np.unique(" ".join(s.text for s in samples).split(), return_counts=True)
    return float((counts == 1).mean())

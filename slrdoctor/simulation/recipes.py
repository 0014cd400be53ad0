"""How a model is trained: the sound recipe of each reference model, every part of it changeable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from slrdoctor.models.reference import models_for
from slrdoctor.simulation import losses
from slrdoctor.simulation.signing import Clip
from slrdoctor.simulation.worlds import TASKS

# A simulated CTC run has a stride, as published pipelines have: half of the faults of CTC need one.
STRIDED = "tcn_bilstm_ctc"
FAMILIES = {task: tuple(sorted(models_for(task), key=lambda name: name != STRIDED)) for task in TASKS}


def steady(epoch: int, epochs: int) -> float:
    """The factor on the learning rate: full for most of the run, then down to a tenth."""
    return 1.0 if epoch <= 0.6 * epochs else max(0.1, 1 - 2.25 * (epoch / epochs - 0.6))


def whole(clip: Clip) -> Clip:
    return clip


def every_parameter(name: str) -> bool:
    return True


@dataclass
class Recipe:
    family: str
    epochs: int
    batch: int
    learning_rate: float
    model: dict[str, Any] = field(default_factory=dict)  # on top of the model's Config
    loss: Callable[..., Any] = losses.usual  # (module, model, batch) -> a scalar tensor
    rate: Callable[[int, int], float] = steady  # (epoch, epochs) -> factor
    prepare: Callable[[Any], None] | None = None  # changes the model before training
    trains: Callable[[str], bool] = every_parameter  # which parameters the optimizer is given
    frames: Callable[[Clip], Clip] = whole  # what the loader makes of a clip
    dev_frames: Callable[[Clip], Clip] | None = None  # the same for dev, where it differs
    at_epoch: Callable[[int, Any, Any], None] | None = None  # (epoch, model, optimizer)
    normalises: bool = True
    clip_norm: float = 5.0
    shuffles: bool = True
    finishes: bool = True  # False: it ends before its first epoch does
    swaps_the_score: bool = False  # the scorer takes the hypotheses for the references
    word_level: bool = False  # of a translation model's vocabulary
    decoding_blank: int | None = None  # where the decoder believes another blank than the loss
    decodes: Callable[..., Any] | None = (
        None  # (module, model, features, lengths) -> ids, of translation
    )
    decoding_tokens: list[str] | None = None  # where the decoder reads another vocabulary
    step_mode: bool = True  # model.train() in training


def recipe_for(family: str, blank: int = 0) -> Recipe:
    """The recipe with which the reference model learns a healthy world."""
    recipe = {
        "bilstm_ctc": Recipe(family, 20, 16, 8e-3, {"hidden_size": 48, "dropout": 0.1}),
        "tcn_bilstm_ctc": Recipe(family, 22, 16, 4e-3, {"hidden_size": 64}),
        "transformer_ctc": Recipe(family, 24, 16, 2.5e-3, {"hidden_size": 64, "layers": 2}),
        "isolated_transformer": Recipe(family, 12, 16, 1e-3, {"width": 48, "heads": 4, "layers": 2}),
        "contrastive": Recipe(
            family, 12, 64, 2e-3,
            {"width": 48, "heads": 4, "layers": 1, "embedding": 48, "loss": "supcon", "chunk": 0},
        ),
        "sign2text": Recipe(
            family, 20, 32, 2e-3,
            {"width": 64, "heads": 4, "layers": 1, "expansion": 2, "max_length": 40},
        ),
    }[family]  # fmt: skip
    if family.endswith("ctc"):
        recipe.model["blank"] = blank
    return recipe

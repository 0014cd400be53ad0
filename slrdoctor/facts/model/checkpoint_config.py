"""What the config says of the model, against the vocabulary and against the weights."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from slrdoctor.artifacts.kinds.checkpoints.layers import RECURRENT
from slrdoctor.artifacts.run import TrainingRun
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.config._configured import Configured, every_value
from slrdoctor.facts.config.model_config import ModelConfig, Said
from slrdoctor.facts.ctc.layer_stack import total_stride
from slrdoctor.facts.labels.configured_classes import ConfiguredClasses
from slrdoctor.facts.labels.output_classes import SPECIALS, VocabularySize, padding
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.model.checkpoint_architecture import Architecture, ModelHead, ModelInput
from slrdoctor.words.grammar import ordinal
from slrdoctor.words.landmark_layouts import is_landmark_size
from slrdoctor.words.settings import HIDDEN_SIZE, INPUT_SIZE

# a model inside the model, with sizes of its own
OTHER_MODEL = re.compile(
    r"decod|text|bert|gpt|teacher|backbone|pretrain|language|discrim|vit|resnet|cnn|head"
)
MODEL = re.compile(r"model|net|encoder|lstm|gru|rnn|arch")
TIMES = (0.5, 1, 2, 3, 4)  # a size may be of both directions, or stored for all gates at once


@dataclass(frozen=True)
class Claim:
    """One value of a config, and what it is held against."""

    what: str  # classes | input size | hidden size | temporal stride
    said: Said
    wanted: int
    least: int
    most: int
    against: str  # "the 64 glosses in gloss_dict.npy need 65 classes"
    read_from: str

    @property
    def fits(self) -> bool:
        return self.least <= int(self.said.value) <= self.most


@dataclass(frozen=True)
class ConfigFit:
    """Every claim of the configs that something else can confirm or contradict."""

    claims: tuple[Claim, ...]
    read_from: str

    @property
    def sentence(self) -> str:
        wrong = [claim for claim in self.claims if not claim.fits]
        parts = [f"{claim.said.sentence}, but {claim.against}" for claim in wrong[:3]]
        parts += [f"{claim.said.sentence} fits: {claim.against}" for claim in self.claims if claim.fits][
            :3
        ]
        return "; ".join(parts)


@measure
def config_fit(
    run: TrainingRun,
    config: ModelConfig | None,
    classes: ConfiguredClasses | None,
    sizes: VocabularySize | None,
    model: Architecture | None,
    head: ModelHead | None,
    taken: ModelInput | None,
    task: Task | None,
) -> ConfigFit:
    """Raises Unavailable where there is no config, or nothing to hold it against."""
    claims = list(_of_classes(classes, sizes, head, task))
    if model is not None:
        claims += _of_sizes(run, model, taken)
        claims += _of_stride(config, model)
    if not claims:
        raise Unavailable(
            "no config with num_classes, input_size, hidden_size or strides, or neither a vocabulary "
            "nor a checkpoint to compare it with",
            "add the config that the run was started with, and its vocabulary or checkpoint",
        )
    places = dict.fromkeys(claim.said.where.rpartition(" ")[0] for claim in claims)
    return ConfigFit(tuple(claims), ", ".join(places))


def _of_classes(
    classes: ConfiguredClasses | None,
    sizes: VocabularySize | None,
    head: ModelHead | None,
    task: Task | None,
) -> Iterator[Claim]:
    for said in classes.counts if classes is not None else ():
        if sizes is not None:
            against = f"the {sizes.glosses} glosses in {sizes.read_from} need {sizes.needed} classes"
            value = int(said.value)
            is_padded = head is not None and head.outputs == value
            is_padded = is_padded and padding(value, sizes.least, sizes.most) > 0
            most = value if is_padded else sizes.most
            yield Claim("classes", said, sizes.needed, sizes.least, most, against, sizes.read_from)
        if head is not None and said.value not in head.others:
            name = head.layer.name or "the head"
            added = SPECIALS if task is not None and task.name == "ctc" else 1
            if padding(head.outputs, int(said.value), int(said.value) + 1):
                added = max(added, head.outputs - int(said.value))
            yield Claim(
                "classes of the checkpoint",
                said,
                wanted=head.outputs,
                least=head.outputs - added,
                most=head.outputs + 1,
                against=f"{name} in {head.read_from} has {head.outputs} outputs",
                read_from=head.read_from,
            )


def _of_sizes(run: TrainingRun, model: Architecture, taken: ModelInput | None) -> Iterator[Claim]:
    for found in every_value(run):
        value = found.as_int or 0
        section = found.key.rpartition(".")[0].lower()
        said = Said(value, f"{found.read_from} {found.key}")
        if value < 2 or OTHER_MODEL.search(section):
            continue
        if taken is not None and INPUT_SIZE.is_named(found.name) and _is_of_model(found, section):
            against = f"{taken.layer or 'the first layer'} in {taken.read_from} takes {taken.size}"
            yield _claim("input size", said, taken.size, value in model.sizes, against, model)
        elif HIDDEN_SIZE.is_named(found.name) and (not section or MODEL.search(section)):
            carried = next(iter((*model.parts(*RECURRENT), *model.parts("attention"))), None)
            if carried is not None:
                size = carried.hidden or carried.inputs
                against = f"{carried.name or 'the first layer'} in {model.read_from} has {size}"
                fits = any(value * times in model.sizes for times in TIMES)
                yield _claim("hidden size", said, size, fits, against, model)


def _claim(what: str, said: Said, wanted: int, fits: bool, against: str, model: Architecture) -> Claim:
    """A claim that fits where its value is a size of any layer."""
    low = int(said.value) if fits else wanted
    return Claim(what, said, wanted, low, low, against, model.read_from)


def _is_of_model(found: Configured, section: str) -> bool:
    """Whether an input size is of the model's features, and not of the images they come from."""
    return bool(MODEL.search(section)) or is_landmark_size(found.as_int or 0)


def _of_stride(config: ModelConfig | None, model: Architecture) -> Iterator[Claim]:
    if config is None or not model.temporal:
        return
    stride = total_stride(model.temporal)
    for said in config.strides:
        kept = "every frame" if stride == 1 else f"every {ordinal(stride)} frame"
        against = f"the layers {model.temporal} in {model.read_from} keep {kept}"
        yield Claim("temporal stride", said, stride, stride, stride, against, model.read_from)

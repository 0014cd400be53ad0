from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from slrdoctor.artifacts.kinds.checkpoints.layers import ModelLayer
from slrdoctor.artifacts.run import ConfigFile, TrainingRun
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.config.model_config import ModelConfig, Said
from slrdoctor.facts.labels.configured_classes import ConfiguredClasses
from slrdoctor.facts.labels.output_classes import VocabularySize
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.model.checkpoint_architecture import Architecture, ModelHead, ModelInput
from slrdoctor.facts.model.checkpoint_config import Claim, ConfigFit, config_fit

VAC = VocabularySize(64, 65, 65, 66, "gloss_dict.npy")
LSTM = ModelLayer("rnn", "lstm", 63, 512, 100, hidden=256)
FC = ModelLayer("fc", "linear", 512, 25, 10)
MODEL = Architecture((LSTM, FC), 110, (("rnn", 100), ("fc", 10)), "", "best.pt")
HEAD = ModelHead(FC, (), 10, 0.1, "best.pt")
TAKEN = ModelInput("rnn", 63, (63,), "lstm", "best.pt")


def fit(config: dict[str, Any], *facts: Any, temporal: str = "") -> ConfigFit:
    """What `config` claims, with a checkpoint where `facts` has none."""
    by_type = {type(fact): fact for fact in facts}
    run = TrainingRun("", Path(), configs=(ConfigFile("c.yaml", "yaml", config),))
    model = Architecture(MODEL.layers, 110, MODEL.by_module, temporal, "best.pt")
    return config_fit(
        run,
        by_type.get(ModelConfig),
        by_type.get(ConfiguredClasses),
        by_type.get(VocabularySize),
        model,
        by_type.get(ModelHead, HEAD),
        TAKEN,
        by_type.get(Task),
    )


def classes(*counts: int) -> ConfiguredClasses:
    return ConfiguredClasses(tuple(Said(c, "c.yaml num_classes") for c in counts), "c.yaml")


def told(fit: ConfigFit) -> list[tuple[str, int, bool]]:
    return [(claim.what, claim.said.value, claim.fits) for claim in fit.claims]


def test_classes_are_held_against_vocabulary_and_head() -> None:
    assert told(fit({}, classes(65), VAC)) == [
        ("classes", 65, True),
        ("classes of the checkpoint", 65, False),
    ]
    assert told(fit({}, classes(25))) == [("classes of the checkpoint", 25, True)]


@pytest.mark.parametrize(
    ("count", "fits"), [(23, False), (24, True), (25, True), (26, True), (27, False)]
)
def test_a_head_may_have_one_class_more_or_less(count: int, fits: bool) -> None:
    assert told(fit({}, classes(count))) == [("classes of the checkpoint", count, fits)]


@pytest.mark.parametrize(("count", "fits"), [(19, False), (20, True), (26, True), (27, False)])
def test_a_ctc_head_may_add_a_blank_and_special_tokens(count: int, fits: bool) -> None:
    assert told(fit({}, classes(count), Task("ctc", "", ""))) == [
        ("classes of the checkpoint", count, fits)
    ]


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"model": {"input_size": 63}}, [("input size", 63, True)]),
        ({"model": {"input_size": 126}}, [("input size", 126, False)]),
        ({"dataset": {"input_features": 126}}, [("input size", 126, False)]),
        ({"model": {"feature_dim": 512}}, [("input size", 512, True)]),  # of another layer
        ({"input_size": 224}, []),  # of images
        ({"model": {"hidden_size": 256}}, [("hidden size", 256, True)]),
        ({"model": {"hidden_size": 512}}, [("hidden size", 512, True)]),  # both directions
        ({"model": {"hidden_size": 128}}, [("hidden size", 128, True)]),  # half of one
        ({"model": {"hidden_size": 300}}, [("hidden size", 300, False)]),
        ({"hidden_dim": "300"}, [("hidden size", 300, False)]),
        ({"decoder": {"hidden_size": 300}}, []),
        ({"model": {"bert": {"hidden_size": 768}}}, []),
        ({"optimizer": {"hidden_size": 300}}, []),
    ],
)
def test_sizes_fit_where_any_layer_has_them(
    config: dict[str, Any], expected: list[tuple[str, int, bool]]
) -> None:
    if expected:
        assert told(fit(config)) == expected
    else:
        with pytest.raises(Unavailable):
            fit(config)


def test_strides_are_held_against_layers_that_show_theirs() -> None:
    config = ModelConfig("c.yaml", strides=(Said(4, "c.yaml model.stride"),))

    assert told(fit({}, config, temporal="K5-P2-K5-P2")) == [("temporal stride", 4, True)]
    assert told(fit({}, config, temporal="K5-P2")) == [("temporal stride", 4, False)]


def test_without_anything_to_compare_it_is_said_what_was_looked_for() -> None:
    run = TrainingRun("", Path())
    with pytest.raises(Unavailable, match="no config with num_classes"):
        config_fit(run, None, classes(25), None, None, None, None, None)


def test_a_claim_fits_within_its_bounds() -> None:
    claims = [Claim("classes", Said(n, "c x"), 65, 65, 66, "", "") for n in (64, 65, 66, 67)]

    assert [claim.fits for claim in claims] == [False, True, True, False]


@pytest.mark.parametrize(
    ("outputs", "count", "fits"),
    [(16, 10, True), (16, 16, True), (48, 36, False), (16, 24, False), (8, 16, False)],
)
def test_a_config_names_the_classes_of_a_padded_head_or_those_before(
    outputs: int, count: int, fits: bool
) -> None:
    head = ModelHead(ModelLayer("fc", "linear", 512, outputs, 10), (), 10, 0.1, "best.pt")
    sizes = VocabularySize(9, 9, 10, 11, "vocab.json")

    assert all(claim.fits for claim in fit({}, classes(count), sizes, head).claims) is fits

from __future__ import annotations

import pytest

from slrdoctor.facts.model_config import ConfiguredClasses, Said
from slrdoctor.facts.output_classes import VocabularySize
from slrdoctor.testing import findings

VAC = VocabularySize(64, 65, 65, 66, "gloss_dict.npy")


def config(*counts: int) -> ConfiguredClasses:
    said = tuple(Said(c, f"c{i}.yaml model_args.num_classes") for i, c in enumerate(counts))
    return ConfiguredClasses(said, "configs")


def test_mdl607_fires_when_the_config_is_of_another_data_set() -> None:
    (finding,) = findings("MDL607", config(1296), VAC)
    assert finding.message == (
        "c0.yaml model_args.num_classes says 1296, but the 64 glosses in gloss_dict.npy need 65 classes"
    )
    assert finding.fixes[0].how == "num_classes: 65"


@pytest.mark.parametrize("classes", [64, 67])
def test_mdl607_fires_just_outside_of_what_the_vocabulary_admits(classes: int) -> None:
    assert findings("MDL607", config(classes), VAC)


@pytest.mark.parametrize("classes", [65, 66])
def test_mdl607_is_quiet_with_the_vocabulary_and_its_blank(classes: int) -> None:
    assert not findings("MDL607", config(classes), VAC)


def test_mdl607_is_quiet_when_one_of_several_configs_fits() -> None:
    assert not findings("MDL607", config(1296, 65), VAC)
    assert findings("MDL607", config(1296, 1116), VAC)

from __future__ import annotations

import pytest

from slrdoctor.facts.config.model_config import Said
from slrdoctor.facts.model.checkpoint_config import Claim, ConfigFit
from slrdoctor.testing import findings

GLOSSES = "the 64 glosses in gloss_dict.npy need 65 classes"
HEAD = "fc in best.pt has 65 outputs"


def claims(*counts: int, what: str = "classes", against: str = GLOSSES) -> list[Claim]:
    read_from = "best.pt" if against == HEAD else "gloss_dict.npy"
    return [
        Claim(what, Said(c, f"c{i}.yaml model_args.num_classes"), 65, 65, 66, against, read_from)
        for i, c in enumerate(counts)
    ]


def fit(*all_claims: Claim) -> ConfigFit:
    return ConfigFit(all_claims, "c0.yaml")


def test_mdl607_fires_when_the_config_is_of_another_data_set() -> None:
    (finding,) = findings("MDL607", fit(*claims(1296)))
    assert finding.message == (
        "c0.yaml model_args.num_classes is 1296, but the 64 glosses in gloss_dict.npy need 65 classes"
    )
    assert finding.fixes[0].how == "num_classes: 65"


def test_mdl607_fires_when_the_config_is_of_another_checkpoint() -> None:
    (finding,) = findings("MDL607", fit(*claims(65), *claims(1296, what="classes here", against=HEAD)))
    assert finding.message == "c0.yaml model_args.num_classes is 1296, but fc in best.pt has 65 outputs"


@pytest.mark.parametrize("classes", [64, 67])
def test_mdl607_fires_just_outside_of_what_the_vocabulary_admits(classes: int) -> None:
    assert findings("MDL607", fit(*claims(classes)))


@pytest.mark.parametrize("classes", [65, 66])
def test_mdl607_is_quiet_at_the_boundary_with_the_vocabulary_and_its_blank(classes: int) -> None:
    assert not findings("MDL607", fit(*claims(classes)))


def test_mdl607_is_quiet_when_one_of_several_configs_fits() -> None:
    assert not findings("MDL607", fit(*claims(1296, 65)))
    assert findings("MDL607", fit(*claims(1296, 1116)))


def test_mdl607_tells_one_config_value_once() -> None:
    both = fit(*claims(1296), *claims(1296, what="classes of the checkpoint", against=HEAD))

    assert len(findings("MDL607", both)) == 1

from __future__ import annotations

from slrdoctor.facts.checkpoint_input import InputFit
from slrdoctor.testing import findings


def test_mdl604_fires_when_the_first_layer_takes_other_features() -> None:
    fit = InputFit("lstm", 126, 63, False, "", "features/train", "best_model_2hand.pth")

    (finding,) = findings("MDL604", fit)

    assert finding.message == (
        "lstm in best_model_2hand.pth takes 126 features a frame, but features/train gives 63"
    )
    assert finding.evidence[0].limit is not None and finding.evidence[0].limit.value == 63


def test_mdl604_is_quiet_when_the_features_fit() -> None:
    fit = InputFit("lstm", 63, 63, True, "", "features", "best.pt", ("old.pt takes 126",))

    assert not findings("MDL604", fit)


def test_mdl604_is_quiet_when_a_loader_may_make_one_of_the_other() -> None:
    velocities = InputFit("lstm", 450, 225, False, "2 times as many, as with velocities", "f", "best.pt")

    assert not findings("MDL604", velocities)


def test_mdl604_at_the_boundary_one_feature_more_fires() -> None:
    assert findings("MDL604", InputFit("lstm", 226, 225, False, "", "features", "best.pt"))

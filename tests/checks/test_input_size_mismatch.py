from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

import slrdoctor
from slrdoctor.facts.model.checkpoint_input import InputFit
from slrdoctor.testing import findings, not_judged


def test_mdl604_fires_when_the_first_layer_takes_other_features() -> None:
    fit = InputFit("lstm", 126, 63, False, "", "features/train", "best_model_2hand.pth")

    (finding,) = findings("MDL604", fit)

    assert finding.message == (
        "lstm in best_model_2hand.pth expects 126 features per frame, but features/train has 63"
    )
    assert finding.evidence[0].limit is not None and finding.evidence[0].limit.value == 63


def test_mdl604_is_quiet_when_the_features_fit() -> None:
    fit = InputFit("lstm", 63, 63, True, "", "features", "best.pt", ("old.pt takes 126",))

    assert not findings("MDL604", fit)


def test_mdl604_is_quiet_when_a_loader_may_make_one_of_the_other() -> None:
    velocities = InputFit("lstm", 450, 225, False, "2 times as many, as with velocities", "f", "best.pt")

    assert not findings("MDL604", velocities)


def test_mdl604_is_not_judged_where_only_the_sizes_speak_for_a_selection() -> None:
    because = "this is the size of some of the stored landmarks"
    coordinates = InputFit("proj", 150, 225, False, because, "features", "best.pt", by_size_alone=True)

    abstained = not_judged("MDL604", coordinates)

    assert "proj in best.pt takes 150 features per frame, but features has 225" in abstained.reason
    assert "loader" in abstained.enable


def run_with_copies(folder: Path, takes: int, copies: str) -> Path:
    """A run of 225 features with a first layer of `takes`, and changed copies of its training clips."""
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    rows = []
    for i in range(24):
        split = "train" if i < 18 else "dev"
        (folder / "features" / split).mkdir(parents=True, exist_ok=True)
        x = rng.uniform(0, 1, (20, 225)).astype(np.float32)
        np.save(folder / "features" / split / f"clip_{i}.npy", x)
        rows.append((split, f"clip_{i},{'ABC'[i % 3]}\n"))
        if split == "train":
            copy = folder / copies.format(i)
            copy.parent.mkdir(parents=True, exist_ok=True)
            np.save(copy, x * 1.05)
    for split in ("train", "dev"):
        lines = "".join(line for of, line in rows if of == split)
        (folder / f"{split}.csv").write_text(f"id,label\n{lines}", encoding="utf-8")
    state = {"proj.weight": torch.zeros(32, takes), "proj.bias": torch.zeros(32)}
    state |= {"head.weight": torch.zeros(3, 32), "head.bias": torch.zeros(3)}
    torch.save({"epoch": 4, "model_state_dict": state}, folder / "best.pt")
    return folder


COPIES = (
    "features_aug/train/clip_{}_aug0.npy",
    "augmented/clip_{}.npy",
    "features/train_aug/clip_{}.npy",
)


@pytest.mark.parametrize("copies", COPIES)
def test_mdl604_fires_whatever_copies_lie_beside_the_features(copies: str, tmp_path: Path) -> None:
    report = slrdoctor.scan(run_with_copies(tmp_path, 170, copies), select=["MDL604"])

    (finding,) = report.findings
    assert "expects 170 features per frame" in finding["message"]


@pytest.mark.parametrize("copies", COPIES)
@pytest.mark.parametrize("takes", [150, 450])
def test_mdl604_does_not_pass_by_a_size_that_a_loader_may_make(
    takes: int, copies: str, tmp_path: Path
) -> None:
    report = slrdoctor.scan(run_with_copies(tmp_path, takes, copies), select=["MDL604"])

    assert not report.findings and not report.passed


def test_mdl604_at_the_boundary_one_feature_more_fires() -> None:
    assert findings("MDL604", InputFit("lstm", 226, 225, False, "", "features", "best.pt"))


@pytest.fixture
def sign2sound(shared_data: Path, tmp_path: Path) -> Path:
    """A public run of 63 features with a checkpoint of two hands beside its own."""
    source = shared_data / "Keyur-0__SIGN2SOUND_CODECREW"
    for path in sorted(p for p in source.rglob("*") if p.is_file()):
        target = tmp_path / "run" / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    return tmp_path / "run"


def add_features(folder: Path) -> None:
    """63 features a frame for 30 samples of five letters."""
    rng = np.random.default_rng(0)
    (folder / "features").mkdir()
    for i in range(30):
        np.save(folder / "features" / f"clip_{i}.npy", rng.uniform(0, 1, (30, 63)).astype(np.float32))
    rows = "".join(f"clip_{i},{'ABCDE'[i % 5]}\n" for i in range(30))
    (folder / "train.csv").write_text(f"id,label\n{rows}", encoding="utf-8")


def test_mdl604_is_quiet_about_a_real_run_as_it_lies(sign2sound: Path) -> None:
    report = slrdoctor.scan(sign2sound, select=["MDL", "LAB210", "CTC418"])

    assert not report.findings
    told = {entry.code: entry.text for entry in report.passed}
    assert told["MDL604"].endswith("checkpoints/best_model_2hand.pth takes 126")


@pytest.mark.parametrize("with_config", [True, False])
def test_mdl604_fires_for_the_two_hand_checkpoint_of_a_real_run(
    with_config: bool, sign2sound: Path
) -> None:
    add_features(sign2sound)
    assert not slrdoctor.scan(sign2sound, select=["MDL"]).findings
    if not with_config:
        (sign2sound / "training" / "hyperparams.yaml").unlink()
    (sign2sound / "slrdoctor.toml").write_text(
        '[checkpoint]\npath = "checkpoints/best_model_2hand.pth"\n', encoding="utf-8"
    )

    report = slrdoctor.scan(sign2sound, select=["MDL"])

    assert report.findings[0]["code"] == "MDL604"
    assert report.findings[0]["message"] == (
        "lstm in checkpoints/best_model_2hand.pth expects 126 features per frame, but features has 63"
    )


def test_mdl604_fires_by_the_config_where_the_features_are_elsewhere(sign2sound: Path) -> None:
    (sign2sound / "slrdoctor.toml").write_text(
        '[checkpoint]\npath = "checkpoints/best_model_2hand.pth"\n', encoding="utf-8"
    )

    found = slrdoctor.scan(sign2sound, select=["MDL"]).findings

    assert [finding["code"] for finding in found] == ["MDL604", "MDL607"]
    assert found[0]["explains"] == ["MDL607"]

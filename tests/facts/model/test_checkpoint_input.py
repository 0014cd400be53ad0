"""Which differences between stored features and a first layer a loader explains."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from slrdoctor.artifacts.run import (
    Clip,
    ConfigFile,
    DataSet,
    FeatureSet,
    SourceFile,
    Sources,
    TrainingRun,
)
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.features.features import ClipRow, ClipTable
from slrdoctor.facts.model.checkpoint import CheckpointFiles, CheckpointRow
from slrdoctor.facts.model.checkpoint_architecture import ModelInput
from slrdoctor.facts.model.checkpoint_input import InputFit, input_fit
from tests.making import clip_row

HERE = Path()


def clip(shape: tuple[int, ...], frames: int = 40) -> ClipRow:
    return clip_row("a", shape=(frames, *shape), frames=frames, dims=math.prod(shape))


def table(*shape: int, frames: tuple[int, ...] = (40, 52)) -> ClipTable:
    return ClipTable(tuple(clip(shape, n) for n in frames), (), "features", len(frames), False)


def taking(*sizes: int, kind: str = "lstm") -> ModelInput:
    return ModelInput("rnn", sizes[0], sizes, kind, "best.pt")


def row(where: str, *takes: int) -> CheckpointRow:
    return CheckpointRow(where, "state dict", 2, None, None, None, (), "", takes)


def fit(
    model: ModelInput,
    clips: ClipTable | None,
    config: dict[str, Any] | None = None,
    data: DataSet | None = None,
    sources: tuple[SourceFile, ...] = (),
    beside: tuple[CheckpointRow, ...] = (),
    others: tuple[ConfigFile, ...] = (),
) -> InputFit:
    configs = (*((ConfigFile("config.yaml", "yaml", config),) if config else ()), *others)
    return input_fit(
        model,
        CheckpointFiles((row("best.pt", *model.sizes), *beside), (), (), "best.pt"),
        TrainingRun("", HERE, configs=configs),
        data or DataSet("", HERE),
        Sources(sources),
        clips,
    )


@pytest.mark.parametrize(
    ("takes", "shape", "kind"),
    [
        (258, (225,), "lstm"),  # visibility that is not stored
        (225, (99,), "lstm"),  # hands that are not stored
        (126, (63,), "lstm"),  # a second hand that is not stored
        (512, (1662,), "lstm"),  # embeddings, not landmarks
        (1024, (2048,), "linear"),
        (512, (1024,), "conv1d"),
        (42, (51,), "linear"),
        (1000, (225,), "linear"),
        (63 * 5, (63,), "lstm"),
    ],
)
def test_what_no_loader_makes_of_the_features_does_not_fit(
    takes: int, shape: tuple[int, ...], kind: str
) -> None:
    found = fit(taking(takes, kind=kind), table(*shape))

    assert not found.fits and not found.because


@pytest.mark.parametrize(
    ("takes", "shape", "kind", "because"),
    [
        (225, (258,), "lstm", "some of the stored landmarks"),  # without visibility
        (150, (225,), "lstm", "some of the stored landmarks"),  # x and y
        (126, (1662,), "lstm", "some of the stored landmarks"),  # hands
        (63, (126,), "lstm", "some of the stored landmarks"),
        (132, (1662,), "linear", "some of the stored landmarks"),  # pose
        (276, (1662,), "linear", "the model may take 92 of the 543"),  # lips, hands and some of the pose
        (450, (225,), "linear", "2 times as many"),  # velocities
        (675, (225,), "lstm", "3 times as many"),
        (84, (42,), "lstm", "2 times as many"),
        (3, (75, 3), "linear", "one of the axes"),
        (75, (75, 3), "conv1d", "one of the axes"),
        (225 * 40, (225,), "linear", "40 frames at once"),
        (63 * 7, (63,), "linear", "7 frames at once"),
        (1, (225,), "conv1d", "frames as channels"),
    ],
)
def test_what_a_loader_may_make_of_the_features_is_explained(
    takes: int, shape: tuple[int, ...], kind: str, because: str
) -> None:
    found = fit(taking(takes, kind=kind), table(*shape))

    assert not found.fits
    assert because in found.because
    is_made = any(word in because for word in ("landmarks", "of the 543", "times as many"))
    assert found.by_size_alone == is_made


def test_frames_may_be_the_channels_of_a_convolution_where_all_clips_are_as_long() -> None:
    assert fit(taking(30, kind="conv1d"), table(225, frames=(30, 30))).because
    assert not fit(taking(31, kind="conv1d"), table(2048, frames=(30, 30))).because


@pytest.mark.parametrize("sizes", [(225,), (64, 225), (126, 99)])
def test_features_that_a_layer_or_all_streams_together_take_fit(sizes: tuple[int, ...]) -> None:
    found = fit(taking(*sizes), table(225))

    assert found.fits or "streams of the model take 126 + 99" in found.because


@pytest.mark.parametrize(
    "config",
    [{"data": {"landmark_subset": "hands"}}, {"use_face": False}, {"model": {"use_velocity": True}},
     {"feature_groups": ["hands"]}, {"modalities": ["pose"]}],
)  # fmt: skip
def test_a_config_that_chooses_among_features_explains_a_difference(config: dict[str, Any]) -> None:
    assert "config.yaml" in fit(taking(100), table(225), config).because


@pytest.mark.parametrize("config", [{"use_velocity": False}, {"epochs": 30, "delta": 0}])
def test_a_config_that_switches_a_derivation_off_explains_nothing(config: dict[str, Any]) -> None:
    assert not fit(taking(1000), table(225), config).because


@pytest.mark.parametrize(
    ("line", "explains"),
    [
        ("x = x[:, :126]", True),
        ("x = x[..., 132:]", True),
        ("v = np.diff(x, axis=0)", True),
        ("POSE_IDX = [0, 11, 12]", True),
        ("y = logits[:, 0]", False),
        ("logging.StreamHandler()", False),
        ("min_delta = 0.1", False),
    ],
)
def test_a_source_that_cuts_or_derives_features_explains_a_difference(
    line: str, explains: bool, tmp_path: Path
) -> None:
    (tmp_path / "train.py").write_text(f"import numpy as np\n{line}\n", encoding="utf-8")
    source = SourceFile("train.py", tmp_path / "train.py", "python")

    found = fit(taking(1000), table(225), sources=(source,))

    assert bool(found.because) is explains


def stored(root: Path, where: str, width: int, names: str = "abc") -> FeatureSet:
    (root / where).mkdir()
    for name in names:
        np.save(root / where / f"{name}.npy", np.ones((5, width), np.float32))
    clips = tuple(Clip(name, root / where / f"{name}.npy", "npy") for name in names)
    return FeatureSet("train", where, "npy", "file per sample", clips)


@pytest.mark.parametrize(("takes", "explains"), [(257, True), (32, True), (1000, False), (289, False)])
def test_other_features_of_the_same_samples_explain_a_size_that_they_have(
    tmp_path: Path, takes: int, explains: bool
) -> None:
    taken, other = stored(tmp_path, "pose", 225), stored(tmp_path, "rgb", 32)
    data = DataSet("", HERE, (taken,), rivals=(other,))

    found = fit(taking(takes), table(225), data=data)

    assert ("rgb" in found.because) is explains


def test_augmented_copies_of_the_same_size_explain_nothing(tmp_path: Path) -> None:
    copies = stored(tmp_path, "augmented", 225, "def")
    data = DataSet("", HERE, (stored(tmp_path, "features", 225), copies))

    assert not fit(taking(512), table(225), data=data).because


def test_a_config_that_gives_the_stored_size_to_the_model_rules_a_loader_out() -> None:
    found = fit(taking(450), table(225), {"model": {"input_size": 225}})

    assert not found.fits and not found.because
    assert fit(taking(450), table(225), {"data": {"feature_dim": 225}}).because


def test_a_config_that_gives_both_sizes_explains_the_difference() -> None:
    config = {"data": {"feature_dim": 225}, "model": {"input_dim": 1000}}

    assert (
        "model.input_dim in config.yaml has this size" in fit(taking(1000), table(225), config).because
    )


@pytest.mark.parametrize(
    ("own", "other", "explained"),
    [
        ({"model": {"input_size": 126}}, {"params": {"input_size": 1024}}, False),
        ({"net": {"in_dim": 126}}, {"feature_dim": 512, "input_dim": 225}, False),
        ({"input_features": "126"}, {"model": {"input_dim": "99"}}, False),
        ({"model": {"input_size": 126}}, {"data": {"feature_dim": 63}}, True),
        ({"data": {"feature_dim": 60}, "model": {"input_size": 126}}, {"input_size": 1024}, True),
    ],
)
def test_a_size_in_the_config_of_another_experiment_explains_nothing(
    own: dict[str, Any], other: dict[str, Any], explained: bool
) -> None:
    others = (ConfigFile("configs/baseline.yaml", "yaml", other),)
    found = fit(taking(126), table(63), own, others=others)

    assert not found.fits
    assert bool(found.because) == explained


def test_without_features_the_config_gives_the_size_of_landmarks() -> None:
    found = fit(taking(126), None, {"dataset": {"input_features": 63}, "model": {"input_size": 63}})

    assert (found.stored, found.fits, found.because) == (63, False, "")
    assert found.known_by == "model.input_size in config.yaml"


@pytest.mark.parametrize(
    "config",
    [None, {"input_size": 224}, {"feature_dim": 512}, {"input_size": 63, "model": {"in_dim": 99}}],
)
def test_without_features_other_sizes_are_not_judged(config: dict[str, Any] | None) -> None:
    with pytest.raises(Unavailable):
        fit(taking(126), None, config)


def test_checkpoints_beside_the_judged_one_are_told_and_not_judged() -> None:
    found = fit(taking(63), table(63), beside=(row("old.pt", 126), row("last.pt", 63)))

    assert found.fits
    assert found.misfits == ("old.pt takes 126",)
    assert "old.pt takes 126" in found.sentence


@pytest.mark.parametrize(
    ("takes", "frames", "explained"), [(42, 30, True), (1662, 30, True), (63, 2, False)]
)
def test_a_row_a_sample_may_hold_the_frames_one_after_the_other(
    takes: int, frames: int, explained: bool
) -> None:
    found = fit(taking(takes), table(takes * frames, frames=(1, 1)))

    assert not found.fits and (f"one row, which may be {frames} frames" in found.because) == explained
    assert "one row" not in fit(taking(takes), table(takes * frames)).because

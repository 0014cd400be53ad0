"""Axes and scale of stored outputs, in every order and on every scale."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from slrdoctor.artifacts.clip_places import Member
from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.run import Clip, OutputFile
from slrdoctor.facts.outputs._output_axes import Axes, claims_logarithms, find_axes
from slrdoctor.facts.outputs._output_sample import samples_of

RNG = np.random.default_rng(1)
CLASSES, FRAMES, SAMPLES = 11, 40, 6


def logits(*shape: int) -> NDArray[np.float32]:
    """Smooth over frames (the axis before the last), as a model's outputs are."""
    noise = RNG.normal(size=(*shape, CLASSES))
    return (np.cumsum(noise, axis=-2) + 2).astype(np.float32)


def log_softmax(values: NDArray[Any], axis: int) -> NDArray[Any]:
    return np.asarray(values - np.log(np.exp(values.astype(np.float64)).sum(axis=axis, keepdims=True)))


def stored(folder: Path, *arrays: NDArray[Any], where: str = "log_probs", **more: Any) -> OutputFile:
    clips = []
    for number, array in enumerate(arrays):
        path = folder / f"{number}.npy"
        np.save(path, array)
        clips.append(Clip(str(number), path, "npy"))
    return OutputFile(where, "npy", "log_probs", "dev", tuple(clips), **more)


def per_sample(axis: str = "tc") -> list[NDArray[Any]]:
    clips = [log_softmax(logits(FRAMES + 3 * i), -1) for i in range(4)]
    return [clip if axis == "tc" else clip.T for clip in clips]


@pytest.mark.parametrize("order", ["tc", "ct"])
@pytest.mark.parametrize("sizes", [(), (CLASSES,), (CLASSES, CLASSES + 1)])
def test_the_classes_are_found_in_a_sample(tmp_path: Path, order: str, sizes: tuple[int, ...]) -> None:
    axes = find_axes(stored(tmp_path, *per_sample(order)), sizes)

    assert (axes.order, axes.classes, axes.scale) == (order, CLASSES, "log-probabilities")


def test_the_classes_of_logits_are_the_axis_that_does_not_vary(tmp_path: Path) -> None:
    clips = [logits(FRAMES + 3 * i).T for i in range(4)]

    axes = find_axes(stored(tmp_path, *clips), ())

    assert (axes.order, axes.scale, axes.along) == ("ct", "logits", "")


@pytest.mark.parametrize("order", ["stc", "tsc", "sct", "tcs", "cts"])
@pytest.mark.parametrize("counted", [True, False])
def test_the_axes_of_a_batch_are_found(tmp_path: Path, order: str, counted: bool) -> None:
    batch = log_softmax(logits(SAMPLES, FRAMES), -1)
    turned = np.transpose(batch, ["stc".index(letter) for letter in order])
    output = stored(tmp_path, turned)

    axes = find_axes(output, (CLASSES,), (SAMPLES,) if counted else ())

    assert (axes.order, axes.classes) == (order, CLASSES)
    for place, sample in samples_of(output, axes, []):
        np.testing.assert_allclose(sample.values, batch[place], rtol=1e-5)


def test_as_many_frames_as_samples_are_told_apart_by_smoothness(tmp_path: Path) -> None:
    batch = log_softmax(logits(FRAMES, FRAMES), -1)

    assert find_axes(stored(tmp_path, batch), (CLASSES,), (FRAMES,)).order == "stc"
    assert find_axes(stored(tmp_path, batch.transpose(1, 0, 2)), (CLASSES,), (FRAMES,)).order == "tsc"


@pytest.mark.parametrize("order", ["1tc", "t1c"])
def test_a_batch_of_one_is_a_sample(tmp_path: Path, order: str) -> None:
    clips = [np.expand_dims(clip, order.index("1")) for clip in per_sample()]
    output = stored(tmp_path, *clips)

    axes = find_axes(output, ())

    assert axes.order == order
    assert [len(s.path) for _, s in samples_of(output, axes, [])] == [len(c.squeeze()) for c in clips]


@pytest.mark.parametrize("kept", [np.float16, np.float32, np.float64])
def test_the_scale_is_found_at_any_precision(tmp_path: Path, kept: type) -> None:
    logs = per_sample()

    scales = [
        find_axes(stored(tmp_path, *[f(clip).astype(kept) for clip in logs]), (CLASSES,)).scale
        for f in (lambda x: x, np.exp, lambda x: x + 3)
    ]

    assert scales == ["log-probabilities", "probabilities", "logits"]


@pytest.mark.parametrize(("axis", "along"), [(1, "frames"), (0, "samples")])
def test_a_softmax_over_the_wrong_axis_is_named(tmp_path: Path, axis: int, along: str) -> None:
    batch = log_softmax(logits(SAMPLES, FRAMES), axis)

    axes = find_axes(stored(tmp_path, batch), (CLASSES,), (SAMPLES,))

    assert (axes.order, axes.scale, axes.along) == ("stc", "logits", along)


def test_frames_behind_the_length_and_padding_are_left_out(tmp_path: Path) -> None:
    batch = log_softmax(logits(SAMPLES, FRAMES), -1)
    batch[:, 30:] = 0.0
    axes = Axes("stc", CLASSES, "", "log-probabilities", "classes")

    padded = [s for _, s in samples_of(stored(tmp_path, batch), axes, [])]
    told = [s for _, s in samples_of(stored(tmp_path, batch, lengths=(10,) * SAMPLES), axes, [])]

    assert {len(s.path) for s in padded} == {30} and {len(s.path) for s in told} == {10}
    assert not any(s.off_rows for s in padded)


def test_h5_batches_are_cut_and_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import h5py

    from slrdoctor.facts.outputs import _output_axes as output_axes

    monkeypatch.setattr(output_axes, "LARGE", 10)
    batch = log_softmax(logits(SAMPLES, FRAMES), -1)
    with h5py.File(tmp_path / "dev.h5", "w") as file:
        file["log_probs"] = batch
    output = OutputFile(
        "dev.h5",
        "h5",
        "log_probs",
        "dev",
        (Clip("dev", tmp_path / "dev.h5", "h5", Member("log_probs")),),
    )

    axes = find_axes(output, (CLASSES,), (SAMPLES,))

    assert axes.order == "stc"
    np.testing.assert_allclose([s.values for _, s in samples_of(output, axes, [])], batch, rtol=1e-5)


@pytest.mark.parametrize("shape", [(4,), (2, 3, 4, 5)])
def test_other_ranks_are_refused(tmp_path: Path, shape: tuple[int, ...]) -> None:
    with pytest.raises(Unreadable):
        find_axes(stored(tmp_path, np.zeros(shape)), (CLASSES,))


def test_a_sample_of_another_width_is_left_out_and_named(tmp_path: Path) -> None:
    output = stored(tmp_path, *per_sample(), np.zeros((5, 3)))
    unreadable: list[tuple[str, str]] = []

    kept = list(samples_of(output, Axes("tc", CLASSES, "", "logits", ""), unreadable))

    assert len(kept) == 4 and [key for key, _ in unreadable] == ["4"]


def test_nan_and_infinity_are_counted_and_do_not_crash(tmp_path: Path) -> None:
    clip = per_sample()[0].copy()
    clip[3] = np.nan
    clip[5, 2] = np.inf
    clip[7, 1:] = -np.inf  # a mask: no fault in itself

    [(_, sample)] = samples_of(
        stored(tmp_path, clip), Axes("tc", CLASSES, "", "log-probabilities", "classes"), []
    )

    assert sample.not_finite == 2 and sample.off_rows == 3
    assert np.isneginf(sample.columns(0, [1]).scores[3]).all()


def test_frames_of_minus_infinity_alone_sum_to_nothing(tmp_path: Path) -> None:
    clip = np.full((5, CLASSES), -np.inf)

    [(_, sample)] = samples_of(
        stored(tmp_path, clip), Axes("tc", CLASSES, "", "log-probabilities", "classes"), []
    )

    assert sample.not_finite == sample.off_rows == 5


@pytest.mark.filterwarnings("error")
def test_values_too_large_for_single_precision_are_counted_without_a_warning(tmp_path: Path) -> None:
    clip = np.full((5, CLASSES), 1e300)

    [(_, sample)] = samples_of(stored(tmp_path, clip), Axes("tc", CLASSES, "", "logits", ""), [])

    assert sample.not_finite == 5


@pytest.mark.filterwarnings("error")
def test_infinities_of_both_signs_are_no_distribution_and_no_warning(tmp_path: Path) -> None:
    clip = np.zeros((5, CLASSES), np.float32)
    clip[:, 0], clip[:, 1] = np.inf, -np.inf

    assert find_axes(stored(tmp_path, clip), (CLASSES,)).scale == "logits"


def test_a_clip_without_frames_among_others_does_not_crash(tmp_path: Path) -> None:
    output = stored(tmp_path, *per_sample(), np.zeros((0, CLASSES), np.float32))

    axes = find_axes(output, (CLASSES,))

    assert axes.order == "tc" and len(list(samples_of(output, axes, []))) == 5


def test_only_names_of_logarithms_claim_them(tmp_path: Path) -> None:
    assert claims_logarithms(stored(tmp_path, np.zeros((2, 2)), where="dev/log_probs"))
    assert not claims_logarithms(stored(tmp_path, np.zeros((2, 2)), where="log_probs/raw_logits.npy"))
    assert not claims_logarithms(stored(tmp_path, np.zeros((2, 2)), where="outputs/dev"))

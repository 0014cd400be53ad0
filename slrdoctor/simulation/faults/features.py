"""Faults of the features on disk."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path

import numpy as np

from slrdoctor.simulation.experiment import Experiment
from slrdoctor.simulation.faults.changing import every_clip, everywhere, some
from slrdoctor.simulation.records import Run, Written
from slrdoctor.simulation.registry import fault
from slrdoctor.simulation.signing import Clip, perform

UNSTRIDED = ("bilstm_ctc", "transformer_ctc", "isolated_transformer", "contrastive", "sign2text")
BY_ID = ("plain", "h5", "vac", "lightning")  # conventions that join features and labels by an id
LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 31000\n".format("0" * 64)


@fault("nan-in-features", codes=("FEA104",), harms=True)
def nan_in_features(x: Experiment) -> None:
    """One frame of a tenth of the clips is NaN: the loss and every weight follow."""
    for sample in everywhere(x.world, 0.1):
        sample.clip[len(sample.clip) // 2, :63] = math.nan


@fault("features-missing", codes=("FEA102",), harms=True, tasks=("ctc", "retrieval", "translation"),
       conventions=BY_ID)  # fmt: skip
def features_missing(x: Experiment) -> None:
    """Most annotated training clips have no features, and training goes on without them."""
    for sample in some(x.world, 0.85):
        sample.stored = False


@fault("ids-spelled-differently", codes=("FEA101",), harms=False, conventions=BY_ID)
def ids_spelled_differently(x: Experiment) -> None:
    """The files were renamed after the training: no annotation finds its features."""
    plan = x.world.generator(3).permutation(len(x.world.samples))

    def rename(run: Run) -> None:
        spelled = [f"clip{int(number):05d}" for number in plan]
        for sample, name in zip(run.world.samples, spelled, strict=True):
            run.renamed[sample.name] = name

    x.after_training(rename)
    x.claim("no file has an id for a name", lambda w: bool(w.run.renamed))


@fault("features-are-pointers", codes=("FEA103", "FEA101"), harms=False, conventions=("plain",))
def features_are_pointers(x: Experiment) -> None:
    """Half of the training features are Git LFS pointers that nobody pulled."""

    def unpull(written: Written) -> None:
        for sample in some(written.run.world, 0.5):
            path = written.folder / "features" / "train" / f"{sample.name}.npy"
            path.write_text(LFS, encoding="utf-8")

    x.after_writing(unpull)
    x.claim("there are pointers", lambda w: any(
        path.stat().st_size < 200 for path in (w.folder / "features" / "train").iterdir()
    ))  # fmt: skip


@fault("features-truncated", codes=("FEA103",), harms=False, conventions=("plain",))
def features_truncated(x: Experiment) -> None:
    """The disk was full: a third of the feature files end in the middle."""

    def cut(written: Written) -> None:
        for sample in some(written.run.world, 0.33):
            path = written.folder / "features" / "train" / f"{sample.name}.npy"
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])

    x.after_writing(cut)
    x.claim("files end early", lambda w: any(
        _ends_early(path) for path in (w.folder / "features" / "train").iterdir()
    ))  # fmt: skip


def _ends_early(path: Path) -> bool:
    """Whether an npy file has fewer bytes than its header says."""
    with path.open("rb") as file:
        np.lib.format.read_magic(file)
        shape, _, dtype = np.lib.format.read_array_header_1_0(file)
        return path.stat().st_size < file.tell() + math.prod(shape) * dtype.itemsize


@fault("clips-empty", codes=("FEA105",), harms=True)
def clips_empty(x: Experiment) -> None:
    """The tracker failed on four clips in five, and wrote zeros."""
    for sample in everywhere(x.world, 0.8):
        sample.clip[:] = 0


@fault("right-hand-absent", codes=("FEA106",), harms=True, tasks=("ctc", "translation", "retrieval"))
def right_hand_absent(x: Experiment) -> None:
    """The signing hand is zeros in every frame: it was never extracted."""
    rng = x.world.generator(7)
    for sample in x.world.samples:
        left = sample.clip[:, 63:]
        hidden = (left == 0).all(1)
        low = rng.normal(0, 0.006, left.shape) + np.tile((0.3, 0.9, 0.0), 21)
        left[hidden] = low[hidden]
        sample.clip[:, :63] = 0


@fault("hands-often-missing", codes=("FEA107",), harms=True, tasks=("ctc", "translation"))
def hands_often_missing(x: Experiment) -> None:
    """The tracker loses both hands for half of the time, in stretches."""
    rng = x.world.generator(4)
    for sample in x.world.samples:
        frames = len(sample.clip)
        lost = np.repeat(rng.random(frames // 6 + 1) < 0.6, 6)[:frames]
        lost[:6] = False  # no clip is without any hand
        sample.clip[lost] = 0


@fault("feature-sizes-differ", codes=("FEA109",), harms=False)
def feature_sizes_differ(x: Experiment) -> None:
    """A third of the features were extracted anew, with one hand only."""

    def narrow(run: Run) -> None:
        for sample in some(run.world, 0.33):
            sample.clip = np.ascontiguousarray(sample.clip[:, :63])

    x.after_training(narrow)
    x.claim("sizes differ", lambda w: len({s.clip.shape[1] for s in w.run.world.samples}) == 2)


@fault("frozen-frames", codes=("FEA110",), harms=True, tasks=("ctc", "translation"), families=UNSTRIDED)
def frozen_frames(x: Experiment) -> None:
    """The tracker stalls: of each stretch of twelve frames all are the first."""
    every_clip(x.world, lambda clip: clip[(np.arange(len(clip)) // 12) * 12])


@fault("scales-mixed", codes=("FEA111",), harms=True, tasks=("ctc", "translation", "retrieval"))
def scales_mixed(x: Experiment) -> None:
    """Two fifths of the clips are in pixels, the others in shares of the picture."""
    for sample in everywhere(x.world, 0.4):
        sample.clip = sample.clip * np.float32(1280)


@fault("dev-from-another-extractor", codes=("FEA112",), harms=True)
def dev_from_another_extractor(x: Experiment) -> None:
    """Dev features are centred and scaled another way than those that the model was trained on."""
    for split in ("dev", "test"):
        for sample in x.world.of(split):
            seen = sample.clip != 0
            sample.clip = np.where(seen, (sample.clip - 0.5) * 2.2, 0).astype(np.float32)


@fault("stale-cache", codes=("FEA113",), harms=True, families=UNSTRIDED)
def stale_cache(x: Experiment) -> None:
    """A cache gave the clip of one sample to most of the training samples."""
    samples = some(x.world, 0.9)
    for sample in samples:
        sample.clip = samples[0].clip.copy()


@fault("features-of-other-videos", codes=("FEA114",), harms=True, families=UNSTRIDED)
def features_of_other_videos(x: Experiment) -> None:
    """The features are of signing that has nothing to do with the labels."""
    rng = x.world.generator(5)
    names, signers = list(x.world.signs), {s.name: s for s in x.world.signers}
    for sample in x.world.samples:
        glosses = rng.choice(names, len(sample.glosses))
        signs = [x.world.signs[str(gloss)] for gloss in glosses]
        sample.clip = perform(signs, signers[sample.signer], rng)


@fault("noise-for-features", codes=("FEA114",), harms=True, families=UNSTRIDED)
def noise_for_features(x: Experiment) -> None:
    """The feature extractor was never loaded: what it gives is noise."""
    rng = x.world.generator(6)
    for sample in x.world.samples:
        sample.clip = rng.normal(0.5, 0.2, sample.clip.shape).astype(np.float32)


@fault("padding-stored", codes=("FEA115",), harms=False, tasks=("ctc", "classification"),
       families=UNSTRIDED)  # fmt: skip
def padding_stored(x: Experiment) -> None:
    """All clips are stored at one length, filled up with their last frame, and no length is kept."""
    longest = max(len(sample.clip) for sample in x.world.samples)
    every_clip(x.world, partial(_filled_up, longest=longest))
    x.claim("all have one length", lambda w: len({len(s.clip) for s in w.run.world.samples}) == 1)


def _filled_up(clip: Clip, longest: int) -> Clip:
    return np.concatenate([clip, np.repeat(clip[-1:], longest - len(clip), axis=0)])


@fault(
    "axes-swapped",
    codes=("FEA116",),
    harms=True,
    tasks=("ctc",),
    families=("bilstm_ctc", "transformer_ctc"),
)
def axes_swapped(x: Experiment) -> None:
    """Features are stored as [D, T], and the loader cuts what it takes for landmarks to one size."""
    every_clip(x.world, lambda clip: np.ascontiguousarray(clip.T))
    x.recipe.frames = _one_width


def _one_width(clip: Clip) -> Clip:
    width = 40
    return np.pad(clip[:, :width], ((0, 0), (0, max(0, width - clip.shape[1]))))


@fault("frames-dropped", codes=("FEA117",), harms=False, tasks=("ctc",), families=UNSTRIDED,
       conventions=("plain", "vac"))  # fmt: skip
def frames_dropped(x: Experiment) -> None:
    """The decoder dropped every second frame of half of the videos; the annotation counts them all."""
    for sample in x.world.samples:
        sample.frames = len(sample.clip)
    for sample in everywhere(x.world, 0.4):
        sample.clip = np.ascontiguousarray(sample.clip[::2])
    x.claim("the counts differ", lambda w: any(s.frames > len(s.clip) for s in w.run.world.samples))

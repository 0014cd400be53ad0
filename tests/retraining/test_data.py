"""Which samples are trained on, in what batches, and what the model knows of them beforehand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from slrdoctor.examination.retraining import subject_of
from slrdoctor.models.batches import statistics
from slrdoctor.models.reference import load
from slrdoctor.probes.trainable import Trainable
from slrdoctor.retraining.data import (
    MOST_CELLS,
    Reader,
    batches_of,
    in_order,
    material,
    split_samples,
)
from slrdoctor.retraining.models import build
from slrdoctor.retraining.plan import CannotRetrain

MakeRun = Callable[..., Path]
DIMS = 6


def opened(path: Path) -> Trainable:
    return subject_of(path, None, lambda line: None)[0].trainable


@pytest.mark.parametrize("samples", [1, 7, 8, 9, 90])
def test_every_sample_is_in_one_batch_of_an_epoch(samples: int) -> None:
    lengths = np.random.default_rng(0).integers(5, 300, samples).tolist()
    for batches in (batches_of(lengths, 4, 8, 0, 1), in_order(lengths, 4, 8)):
        assert sorted(i for batch in batches for i in batch) == list(range(samples))
        assert max(map(len, batches)) <= 8
        assert max(map(len, batches)) - min(map(len, batches)) <= 1


def test_batches_hold_like_lengths_and_differ_from_epoch_to_epoch() -> None:
    lengths = np.random.default_rng(0).integers(5, 300, 200).tolist()
    first, again, second = (batches_of(lengths, 4, 8, 0, epoch) for epoch in (1, 1, 2))

    padded = sum(len(batch) * max(lengths[i] for i in batch) for batch in first)
    assert padded < 1.25 * sum(lengths)
    assert first == again
    assert {frozenset(batch) for batch in first} != {frozenset(batch) for batch in second}
    longest = [max(lengths[i] for i in batch) for batch in first]
    assert longest != sorted(longest)


def test_a_batch_that_would_not_fit_into_memory_is_cut() -> None:
    batches = batches_of([1000] * 64, 6516, 64, 0, 1)

    assert max(len(batch) * 1000 * 6516 for batch in batches) <= MOST_CELLS
    assert sorted(i for batch in batches for i in batch) == list(range(64))


def test_the_normalisation_is_fitted_on_train_only(tmp_path: Path, make_run: MakeRun) -> None:
    run = make_run(tmp_path / "run", "ctc")
    for path in (run / "features" / "dev").glob("*.npy"):
        np.save(path, np.load(path) + 1000)
    trainable = opened(run)
    module = load("bilstm_ctc")
    data = material(trainable, split_samples(trainable, 0), module)
    mean, scale = statistics(Reader(DIMS).features(item.sample) for item in data.train)

    frames = np.concatenate([np.load(p) for p in sorted((run / "features" / "train").glob("*.npy"))])
    assert mean.numpy() == pytest.approx(frames.mean(0), abs=1e-5)
    assert scale.numpy() == pytest.approx(frames.std(0), abs=1e-5)


def test_statistics_keep_small_deviations_of_large_values(tmp_path: Path, make_run: MakeRun) -> None:
    run = make_run(tmp_path / "run", "ctc")
    for path in (run / "features" / "train").glob("*.npy"):
        np.save(path, np.load(path).astype(np.float64) + 1e5)
    trainable = opened(run)
    data = material(trainable, split_samples(trainable, 0), load("bilstm_ctc"))
    _, scale = statistics(Reader(DIMS).features(item.sample) for item in data.train)

    frames = np.concatenate([np.load(p) for p in (run / "features" / "train").glob("*.npy")])
    assert scale.numpy() == pytest.approx(frames.std(0), rel=0.02)


def test_without_dev_a_fixed_tenth_is_held_out_and_told(tmp_path: Path, make_run: MakeRun) -> None:
    trainable = opened(make_run(tmp_path / "run", "ctc", train=30, dev=0))
    one, same, other = (split_samples(trainable, seed) for seed in (0, 0, 1))

    assert len(one.dev) == 3 and len(one.train) == 27
    assert {s.id for s in one.train}.isdisjoint(s.id for s in one.dev)
    assert one == same and one.dev != other.dev
    assert "3 of 30 training samples, drawn by seed 0" in one.held_out


def test_a_run_with_dev_keeps_its_splits(tmp_path: Path, make_run: MakeRun) -> None:
    splits = split_samples(opened(make_run(tmp_path / "run", "ctc")), 0)

    assert [s.split for s in splits.dev] == ["dev"] * 6 and not splits.held_out


def test_no_training_samples_is_a_sentence(tmp_path: Path, make_run: MakeRun) -> None:
    trainable = opened(make_run(tmp_path / "run", "ctc", train=1, dev=0))

    with pytest.raises(CannotRetrain, match="only one training sample can be trained on"):
        split_samples(trainable, 0)


def test_the_tokenizer_learns_from_training_texts_only(tmp_path: Path, make_run: MakeRun) -> None:
    run = make_run(tmp_path / "run", "translation")
    written = (run / "dev.csv").read_text(encoding="utf-8")
    (run / "dev.csv").write_text(written.replace("rains", "zzzz"), encoding="utf-8")
    trainable = opened(run)
    data = material(trainable, split_samples(trainable, 0), load("sign2text"))

    assert not [token for token in data.tokens if token and "z" in token]
    assert all(data.spelled(item.target) == item.reference for item in data.dev)


def test_features_are_kept_up_to_a_limit(tmp_path: Path, make_run: MakeRun) -> None:
    trainable = opened(make_run(tmp_path / "run", "ctc"))
    reader = Reader(DIMS, limit=2000)
    for sample in trainable.samples:
        assert reader.features(sample).shape == (sample.frames, DIMS)

    assert 0 < reader._bytes <= 2000
    assert reader._bytes == sum(values.nbytes for values in reader._kept.values())


def test_the_stride_is_the_largest_that_fits_every_target(tmp_path: Path, make_run: MakeRun) -> None:
    trainable = opened(make_run(tmp_path / "run", "ctc"))  # five to seven frames a gloss
    module = load("tcn_bilstm_ctc")
    model = build(module, material(trainable, split_samples(trainable, 0), module))

    assert model.config.stride == 2

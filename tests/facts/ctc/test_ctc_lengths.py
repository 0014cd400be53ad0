from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from slrdoctor.artifacts.run import Clip, PredictionFile, Row, TrainingRun
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.ctc.ctc_lengths import ctc_lengths, repeats_in
from slrdoctor.facts.ctc.layer_stack import LayerStack
from slrdoctor.facts.features.features import ClipTable
from slrdoctor.facts.features.join import Join, Pair
from slrdoctor.facts.labels.samples import Samples, Targets
from slrdoctor.facts.labels.task import Task
from tests.making import AS_STORED, clip_row, sample_lengths

RUN = TrainingRun("", Path())
CTC = Task("ctc", "several glosses", "train.csv")


def case(
    rows: list[Row], clips: list[Clip], frames: list[int]
) -> tuple[Samples, Targets, Join, ClipTable]:
    stored = [clip_row(r.id, split=r.split, frames=f) for r, f in zip(rows, frames)]
    pairs = tuple(Pair(row, clip, row.split, "features") for row, clip in zip(rows, clips))
    return (
        Samples(tuple(rows), "train.csv"),
        Targets(
            tuple(r.id for r in rows),
            tuple(r.split for r in rows),
            tuple(r.glosses or () for r in rows),
            "train.csv",
        ),
        Join(pairs, (), (), (), "file names against ids", True, "train.csv", {}),
        ClipTable(tuple(stored), (), "features", len(rows), False),
    )


def row(id: str, glosses: str, frames: int | None = None, split: str = "train") -> Row:
    return Row(id, split, tuple(glosses.split()), frames=frames)


def clip(id: str, length: int | None = None) -> Clip:
    return Clip(id, Path(f"{id}.npy"), "npy", length=length)


def test_lengths_come_from_the_stored_features_and_repeats_are_counted() -> None:
    rows = [row("a", "X Y Y Y"), row("b", "X Y X")]
    samples, targets, join, table = case(rows, [clip("a"), clip("b")], [20, 9])
    measured = ctc_lengths(CTC, RUN, targets, LayerStack("S4", 4, "told", ""), samples, join, table)
    assert measured.input_lengths.tolist() == [5, 3]
    assert measured.target_lengths.tolist() == [4, 3]
    assert measured.repeats.tolist() == [2, 0]
    assert measured.infeasible.tolist() == [True, False]
    assert measured.glosses == (("X", "Y", "Y", "Y"), ("X", "Y", "X"))


def test_a_stored_real_length_counts_and_not_the_padding() -> None:
    samples, targets, join, table = case([row("a", "X Y")], [clip("a", length=6)], [50])
    assert ctc_lengths(CTC, RUN, targets, AS_STORED, samples, join, table).frames.tolist() == [6]


def test_one_id_in_two_splits_has_the_frames_of_each() -> None:
    rows = [row("a", "X Y"), row("a", "X Y", split="dev")]
    samples, targets, join, table = case(rows, [clip("a"), clip("a")], [5, 7])
    assert ctc_lengths(CTC, RUN, targets, AS_STORED, samples, join, table).frames.tolist() == [5, 7]


def test_without_features_the_annotated_frame_counts_are_taken_and_named() -> None:
    rows = [row("a", "X Y", frames=40), row("b", "X", frames=None), row("c", "X", frames=0)]
    samples, targets, _, _ = case(rows, [], [])
    measured = ctc_lengths(CTC, RUN, targets, AS_STORED, samples, None, None)
    assert measured.ids == ("a",)
    assert "annotated frame counts" in measured.read_from


def test_a_sample_without_glosses_is_left_to_another_check() -> None:
    samples, targets, _, _ = case([row("a", "", frames=9), row("b", "X", frames=9)], [], [])
    assert ctc_lengths(CTC, RUN, targets, AS_STORED, samples, None, None).ids == ("b",)


def test_an_empty_clip_is_left_to_another_check_and_spoils_no_stride() -> None:
    samples, targets, join, table = case(
        [row("a", "X Y"), row("b", "X")], [clip("a"), clip("b")], [8, 0]
    )
    measured = ctc_lengths(CTC, RUN, targets, AS_STORED, samples, join, table)
    assert (measured.ids, measured.safe_stride) == (("a",), 4)


def test_without_any_frames_it_says_what_was_looked_for() -> None:
    samples, targets, _, _ = case([row("a", "X Y")], [], [])
    with pytest.raises(Unavailable, match="frame counts in train") as missing:
        ctc_lengths(CTC, RUN, targets, AS_STORED, samples, None, None)
    assert "frames column" in missing.value.enable


def test_lengths_are_not_judged_where_the_task_is_not_ctc() -> None:
    samples, targets, _, _ = case([row("a", "X", frames=9)], [], [])
    with pytest.raises(Unavailable, match="classification"):
        ctc_lengths(Task("classification", "", ""), RUN, targets, AS_STORED, samples, None, None)


def test_single_signs_are_not_the_targets_of_a_run_that_recognises_sentences() -> None:
    samples, targets, _, _ = case([row("a", "X", frames=9)], [], [])
    sentences = PredictionFile("refs.npy", "npy", "test", ("1",), ((),), (("X", "Y"),))
    run = TrainingRun("", Path(), predictions=(sentences,))
    with pytest.raises(Unavailable, match=r"refs\.npy"):
        ctc_lengths(CTC, run, targets, AS_STORED, samples, None, None)
    assert ctc_lengths(CTC, RUN, targets, AS_STORED, samples, None, None).ids == ("a",)


def test_an_excerpt_of_a_data_set_says_nothing_of_the_lengths() -> None:
    samples, targets, _, _ = case([row("a", "X", frames=9)], [], [])
    with pytest.raises(Unavailable, match="an excerpt"):
        ctc_lengths(CTC, RUN, targets, AS_STORED, replace(samples, excerpt="an excerpt"), None, None)


def test_feasible_tight_and_comfortable_meet_at_their_exact_bounds() -> None:
    measured = sample_lengths([4, 5, 6, 7, 8], [3] * 5, [2] * 5)
    assert measured.infeasible.tolist() == [True, False, False, False, False]
    assert measured.tight.tolist() == [False, True, True, False, False]


def test_the_largest_strides_are_those_that_trying_them_all_finds() -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        targets = rng.integers(1, 12, 5)
        repeats = np.array([int(rng.integers(0, t)) for t in targets])
        frames = rng.integers(1, 200, 5)
        measured = sample_lengths(frames.tolist(), targets.tolist(), repeats.tolist())
        safe = [s for s in range(1, 201) if (frames // s >= targets + repeats).all()]
        roomy = [s for s in range(1, 201) if (frames // s >= 2 * targets + 1).all()]
        assert measured.safe_stride == max(safe, default=0)
        assert measured.comfortable_stride == max(roomy, default=0)


def test_what_does_not_fit_as_stored_has_no_safe_stride() -> None:
    assert sample_lengths([3], [5]).safe_stride == 0
    assert "No stride" in sample_lengths([3], [5]).advice


def test_an_unknown_stride_is_said_in_the_sentence() -> None:
    assert "stride is unknown" in sample_lengths([30], [5]).sentence
    assert "up to stride 6" in sample_lengths([30], [5]).sentence


@pytest.mark.parametrize(
    ("glosses", "count"), [("", 0), ("A", 0), ("A A", 1), ("A A A", 2), ("A B A", 0)]
)
def test_repeats_are_adjacent_equal_glosses(glosses: str, count: int) -> None:
    assert repeats_in(glosses.split()) == count


def test_real_annotations_without_features_are_judged_by_their_frame_counts(shared_data: Path) -> None:
    info = np.load(
        shared_data / "yulrio__VAC_CSLR_QSLR/preprocess/QSLR2024/train_info.npy", allow_pickle=True
    ).item()
    rows = [
        row(v["fileid"], v["label"], frames=int(v["num_frames"]))
        for k, v in info.items()
        if k != "prefix"
    ]
    samples, targets, _, _ = case(rows, [], [])
    measured = ctc_lengths(
        CTC, RUN, targets, LayerStack("S4", 4, "conv_type 2", ""), samples, None, None
    )
    assert len(measured.ids) == 324
    assert not measured.infeasible.any()

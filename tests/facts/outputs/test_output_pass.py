"""Which stored outputs are read, and with which targets they are paired."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from slrdoctor.artifacts.run import Clip, OutputFile, PredictionFile, Row, TrainingRun
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.labels.samples import Samples
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.labels.vocabulary import Vocabulary
from slrdoctor.facts.outputs.log_probs import LogProbs, log_probs
from slrdoctor.facts.outputs.output_pass import output_pass
from tests.facts.outputs.stored_outputs import (
    CTC,
    TOKENS,
    annotated,
    log_softmax,
    named,
    passed,
    peaky,
    run_of,
    sentences,
)


def test_targets_may_be_class_numbers(tmp_path: Path) -> None:
    targets = sentences(10)
    clips = {n: log_softmax(peaky(t, 30, 11, 0)) for n, t in targets.items()}
    numbers = {n: tuple(map(str, t)) for n, t in targets.items()}

    assert log_probs(passed(run_of(tmp_path, clips), numbers, ())).wer == 0


def test_letters_spell_words(tmp_path: Path) -> None:
    letters = ("<blank>", *"ABCDEFGHIJ")
    words = {"s0": ("BAD",), "s1": ("CAGE", "BE"), "s2": ("HIDE",)}
    clips = {
        n: log_softmax(peaky([letters.index(c) for c in "".join(w)], 30, 11, 0))
        for n, w in words.items()
    }

    assert log_probs(passed(run_of(tmp_path, clips), words, letters)).wer == 0


def test_a_gloss_without_a_class_leaves_its_sample_out_of_the_loss(tmp_path: Path) -> None:
    targets = sentences(6)
    clips = {n: log_softmax(peaky(t, 30, 11, 0)) for n, t in targets.items()}
    glosses = named(targets) | {"s0": ("G1", "UNKNOWN")}

    outputs = log_probs(passed(run_of(tmp_path, clips), glosses))

    assert math.isnan(outputs.losses[0]) and np.isfinite(outputs.losses[1:]).all()
    assert math.isfinite(outputs.per_token) and outputs.wer > 0


def test_references_stand_in_for_annotations(tmp_path: Path) -> None:
    targets = sentences(8)
    clips = {n: log_softmax(peaky(t, 30, 11, 0)) for n, t in targets.items()}
    references = tuple(named(targets).values())
    stored = PredictionFile("dev.json", "json", "dev", tuple(targets), references, references)

    outputs = log_probs(passed(run_of(tmp_path, clips, predictions=(stored,)), {}))

    assert outputs.wer == 0 and outputs.targets_from == "dev.json"


def test_outputs_without_names_are_not_held_against_the_floor(tmp_path: Path) -> None:
    """They are paired by position, and a shuffled loader would make a good model look blind."""
    targets = {f"clip_{c}": t for c, t in zip("abcdefgh", sentences(8).values())}
    batch = np.stack([log_softmax(peaky(t, 30, 11, 0)) for t in targets.values()]).astype(np.float32)
    np.save(tmp_path / "dev.npy", batch)
    clip = Clip("dev", tmp_path / "dev.npy", "npy")
    run = TrainingRun(
        "", tmp_path, outputs=(OutputFile("log_probs.npy", "npy", "log_probs", "dev", (clip,)),)
    )

    outputs = log_probs(passed(run, named(targets)))

    assert outputs.wer == 0 and outputs.by_position and math.isnan(outputs.over_floor)


def test_references_in_the_file_itself_name_its_samples_well_enough(tmp_path: Path) -> None:
    """In the loader's order, which the annotations need not have."""
    targets = {f"clip_{c}": t for c, t in zip("abcdefgh", sentences(8).values())}
    shuffled = list(targets.values())[::-1]
    batch = np.stack([log_softmax(peaky(t, 30, 11, 0)) for t in shuffled]).astype(np.float32)
    np.save(tmp_path / "dev.npy", batch)
    clip = Clip("dev", tmp_path / "dev.npy", "npy")
    labels = tuple(" ".join(glosses) for glosses in reversed(named(targets).values()))
    stored = OutputFile("log_probs.npz", "npz", "log_probs", "dev", (clip,), labels=labels)

    outputs = log_probs(passed(TrainingRun("", tmp_path, outputs=(stored,)), named(targets)))

    assert outputs.wer == 0 and not outputs.by_position and outputs.targets_from == "log_probs.npz"
    assert outputs.over_floor < 0.5


def test_outputs_of_no_split_and_without_names_are_those_of_the_split_that_has_as_many(
    tmp_path: Path,
) -> None:
    dev = {f"dev_{c}": t for c, t in zip("abcdefgh", sentences(8).values())}
    batch = np.stack([log_softmax(peaky(t, 30, 11, 0)) for t in dev.values()]).astype(np.float32)
    np.save(tmp_path / "all.npy", batch)
    clip = Clip("all", tmp_path / "all.npy", "npy")
    run = TrainingRun("", tmp_path, outputs=(OutputFile("logits.npy", "npy", "log_probs", "", (clip,)),))
    words = Vocabulary(TOKENS, (0,), "vocabulary.json")

    def outputs(train: int) -> LogProbs:
        rows = [Row(f"train_{i}", "train", ("G1",)) for i in range(train)]
        rows += [Row(name, "dev", glosses) for name, glosses in named(dev).items()]
        return log_probs(output_pass(run, CTC, Samples(tuple(rows), "csv"), words, None, None))

    assert outputs(train=20).wer == 0
    with pytest.raises(Unavailable, match="no target"):
        outputs(train=8)


def test_the_latest_epoch_and_the_dev_split_are_taken(tmp_path: Path) -> None:
    targets = sentences(6)
    found = []
    for where in ("epoch_3/dev", "epoch_12/dev", "epoch_12/train"):
        folder = tmp_path / where
        folder.mkdir(parents=True)
        clips = {n: log_softmax(peaky(t, 30, 11, 0)) for n, t in targets.items()}
        [output] = run_of(folder, clips, split=where.rpartition("/")[2]).outputs
        found.append(
            OutputFile(f"outputs/{where}/log_probs", "npy", "log_probs", output.split, output.clips)
        )

    rows = tuple(Row(n, s, g) for s in ("dev", "train") for n, g in named(targets).items())
    words = Vocabulary(TOKENS, (0,), "vocabulary.json")
    run = TrainingRun("", tmp_path, outputs=tuple(found))
    outputs = log_probs(output_pass(run, CTC, Samples(rows, "csv"), words, None, None))

    assert outputs.read_from == "outputs/epoch_12/dev/log_probs" and outputs.train_over_floor < 0.2


def test_a_skip_shows_the_line_that_dumps_outputs() -> None:
    with pytest.raises(Unavailable) as missing:
        output_pass(TrainingRun("", Path()), CTC, None, None, None, None)

    assert "slrdoctor.dump_outputs(" in missing.value.enable and "logits" in missing.value.reason


def test_outputs_without_targets_or_vocabulary_say_which_is_missing(tmp_path: Path) -> None:
    clips = {"s0": log_softmax(peaky([1], 10, 11, 0))}
    bare = output_pass(run_of(tmp_path, clips), None, None, None, None, None)
    no_words = output_pass(run_of(tmp_path, clips), CTC, annotated({"s0": ("G1",)}), None, None, None)

    with pytest.raises(Unavailable, match="no target"):
        log_probs(bare)
    with pytest.raises(Unavailable, match="which of 11 classes"):
        log_probs(no_words)


def test_long_outputs_wait_for_no_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from slrdoctor.facts.outputs import output_pass as module

    targets = sentences(9)
    clips = {n: log_softmax(peaky(t, 30, 11, 0)) for n, t in targets.items()}
    at_once = log_probs(passed(run_of(tmp_path, clips), named(targets))).losses
    monkeypatch.setattr(module, "BUFFERED_VALUES", 10)

    one_by_one = log_probs(passed(run_of(tmp_path, clips), named(targets))).losses

    np.testing.assert_allclose(one_by_one, at_once)


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    targets = sentences(6)
    run = run_of(tmp_path, {n: log_softmax(peaky(t, 30, 11, 0)) for n, t in targets.items()})
    (tmp_path / "dev_s0.npy").write_bytes(b"")

    outputs = log_probs(passed(run, named(targets)))

    assert len(outputs.ids) == 5 and "1 more could not be read" in outputs.sentence


def test_other_tasks_have_no_frames_to_decode(tmp_path: Path) -> None:
    run = run_of(tmp_path, {"s0": np.zeros((4, 11))})
    with pytest.raises(Unavailable, match="classification"):
        output_pass(run, Task("classification", "", ""), None, None, None, None)


def test_a_sample_without_numbers_from_a_frame_on_is_broken_and_not_padded(tmp_path: Path) -> None:
    targets = sentences(4)
    clips = {n: log_softmax(peaky(t, 40, 11, 0)) for n, t in targets.items()}
    clips[next(iter(clips))][30:] = np.nan

    split = passed(run_of(tmp_path, clips), named(targets)).splits[0]

    assert split.frames.tolist() == [40] * 4 and split.not_finite.sum() == 10


def test_a_batch_of_one_has_the_name_that_stands_beside_it(tmp_path: Path) -> None:
    targets = {"only": [3, 1, 2]}
    np.save(tmp_path / "dev.npy", log_softmax(peaky(targets["only"], 40, 11, 0))[np.newaxis])
    clip = Clip("dev", tmp_path / "dev.npy", "npy")
    output = OutputFile("dev.npy", "npy", "log_probs", "dev", (clip,), ids=("only",))

    said = log_probs(passed(TrainingRun("", tmp_path, outputs=(output,)), named(targets)))

    assert said.ids == ("only",) and said.wer == 0

"""A model and its loaders, examined inside a training script."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import slrdoctor
from slrdoctor.models.batches import batch_of
from slrdoctor.models.loaders import NotUnderstood, understand
from slrdoctor.models.scores import Scorer

torch = pytest.importorskip("torch")
VOCABULARY = ["<blank>", *(f"G{i}" for i in range(8))]
SIZE, FRAMES, DIMS = 8, 24, 20


def loader(batches: int, seed: int) -> list[tuple[Any, ...]]:
    """Batches of clips [B, T, D], targets one after the other, and both lengths."""
    made = torch.Generator().manual_seed(seed)
    found = []
    for _ in range(batches):
        clips = torch.randn(SIZE, FRAMES, DIMS, generator=made)
        target_lengths = torch.randint(2, 5, (SIZE,), generator=made)
        targets = torch.randint(1, 9, (int(target_lengths.sum()),), generator=made)
        lengths = torch.randint(16, FRAMES + 1, (SIZE,), generator=made)
        lengths[0] = FRAMES
        found.append((clips, targets, lengths, target_lengths))
    return found


class Recogniser(torch.nn.Module):  # type: ignore[misc,name-defined]
    def __init__(self, normalised: bool = True) -> None:
        super().__init__()
        self.head = torch.nn.Linear(DIMS, len(VOCABULARY))
        self.normalised = normalised
        self.dropout = torch.nn.Dropout(0.5)

    def forward(self, clips: Any) -> Any:
        logits = self.head(self.dropout(clips))
        return (logits.log_softmax(-1) if self.normalised else logits).transpose(0, 1)


def test_a_batch_is_told_apart_by_shape() -> None:
    clips, targets, lengths, target_lengths = loader(1, 0)[0]

    for order in ((clips, targets, lengths, target_lengths), (target_lengths, lengths, clips, targets)):
        batch = understand(order)
        assert batch.features.shape == (SIZE, FRAMES, DIMS)
        assert batch.lengths.tolist() == lengths.tolist()
        assert batch.target_lengths.tolist() == target_lengths.tolist()


def test_a_batch_is_told_apart_by_name() -> None:
    batch = understand(
        {"keypoints": np.zeros((2, 9, 4), np.float32), "label": np.array([3, 1]), "name": ["a", "b"]}
    )

    assert batch.references == [[3], [1]] and batch.ids == ("a", "b")


def test_a_batch_without_targets_is_not_guessed_at() -> None:
    with pytest.raises(NotUnderstood, match="no targets"):
        understand((np.zeros((2, 9, 4), np.float32),))


def test_what_goes_in_and_comes_out_is_judged_and_the_model_left_as_it_was() -> None:
    model = Recogniser()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}

    report = slrdoctor.examine(
        model, loader(3, 0), loader(2, 1), vocabulary=VOCABULARY, blank=0, task="ctc"
    )

    judged = {e.code for e in report.passed} | {d.check.code for d in report.diagnoses}
    assert not report.crashed
    # the model was seen to give a frame for each: CTC401 needs that
    assert {"FEA104", "LAB201", "CTC401", "CTC416"} <= judged
    assert model.training
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())


def test_features_that_are_not_finite_are_found_on_their_way_into_the_model() -> None:
    batches = loader(3, 0)
    batches[1][0][2, 5, 3] = float("nan")

    report = slrdoctor.examine(
        Recogniser(), batches, loader(2, 1), vocabulary=VOCABULARY, blank=0, task="ctc"
    )

    assert report.diagnoses[0].check.code == "FEA104"
    with pytest.raises(Exception, match="FEA104"):
        report.raise_for("blocks")


def test_only_so_many_batches_are_taken() -> None:
    taken = 0

    def endless() -> Any:
        nonlocal taken
        while True:
            taken += 1
            yield loader(1, taken)[0]

    slrdoctor.examine(Recogniser(), endless(), vocabulary=VOCABULARY, blank=0, task="ctc", batches=2)

    assert taken == 2


def split_targets(batch: tuple[Any, ...]) -> list[Any]:
    return list(torch.split(batch[1], batch[3].tolist()))


@pytest.mark.parametrize("padding", [-1, -100, 0])
def test_padding_at_the_end_of_a_target_without_a_length_is_no_class(padding: int) -> None:
    clips, _, lengths, target_lengths = batch = loader(1, 0)[0]
    padded = torch.nn.utils.rnn.pad_sequence(split_targets(batch), True, padding)

    for given in ((clips, padded), (padded, clips, lengths)):
        found = understand(given, padding={0})
        assert found.target_lengths.tolist() == target_lengths.tolist()


def test_a_list_of_targets_of_differing_lengths_is_understood() -> None:
    clips, _, lengths, target_lengths = batch = loader(1, 0)[0]

    found = understand((clips, split_targets(batch), lengths, target_lengths))

    assert found.target_lengths.tolist() == target_lengths.tolist()
    assert found.lengths.tolist() == lengths.tolist()


def test_pairs_within_a_batch_and_names_in_a_list_are_understood() -> None:
    clips, targets, lengths, target_lengths = loader(1, 0)[0]
    names = [f"clip{i}" for i in range(SIZE)]

    found = understand((names, (clips, lengths), (targets, target_lengths)))

    assert found.ids == tuple(names) and found.lengths.tolist() == lengths.tolist()


def test_numbers_of_samples_are_no_lengths_and_a_mask_is_no_target() -> None:
    clips, targets, lengths, target_lengths = loader(1, 0)[0]
    mask = (torch.arange(FRAMES)[None] < lengths[:, None]).long()

    for given in (mask, 1 - mask, mask.bool()):
        found = understand((torch.arange(SIZE), clips, given, targets, target_lengths))
        assert found.lengths.tolist() == lengths.tolist()
        assert found.target_lengths.tolist() == target_lengths.tolist()


def test_time_first_clips_are_told_by_the_number_of_samples() -> None:
    clips, targets, lengths, target_lengths = loader(1, 0)[0]

    found = understand((clips.transpose(0, 1), targets, lengths, target_lengths))

    assert found.time_first and torch.equal(found.features, clips)


class Square(torch.nn.Module):  # type: ignore[misc,name-defined]
    """Scores [B, T, C] or [T, B, C] that say whose they are, among other things."""

    def __init__(self, time_first: bool) -> None:
        super().__init__()
        self.time_first = time_first

    def forward(self, clips: Any, *, clip_lens: Any) -> dict[str, Any]:
        scores = clips[..., :9].transpose(0, 1) if self.time_first else clips[..., :9]
        return {"hidden": torch.zeros(len(clips), FRAMES, 64), "logits": scores, "lens": clip_lens}


@pytest.mark.parametrize("time_first", [False, True])
def test_scores_are_told_apart_where_there_are_as_many_samples_as_frames(time_first: bool) -> None:
    clips = np.random.default_rng(0).normal(size=(FRAMES, FRAMES, DIMS)).astype(np.float32)

    scores = Scorer(Square(time_first), {9, 10})(batch_of(list(clips), [[1]] * FRAMES))

    assert np.array_equal(np.stack(scores), clips[..., :9])


def test_lengths_are_in_proportion_to_the_stored_frames_and_not_to_the_longest_clip() -> None:
    batch = batch_of([np.zeros((50, 4), np.float32)] * 2, [[1], [2]])
    batch = replace(batch, lengths=torch.tensor([20, 10]))

    halved = Scorer(lambda clips: clips[:, ::2])(batch)
    packed = Scorer(lambda clips: clips[:, :20])(batch)

    assert [[len(clip) for clip in clips] for clips in (halved, packed)] == [[10, 5], [20, 10]]


def test_a_type_error_within_the_model_is_the_one_that_is_raised() -> None:
    def fails(clips: Any, lengths: Any) -> Any:
        return clips + None

    with pytest.raises(TypeError, match="unsupported operand"):
        slrdoctor.examine(fails, loader(1, 0), loader(1, 1), vocabulary=VOCABULARY, blank=0)


def test_frozen_parts_stay_in_eval_mode_even_if_the_model_raises() -> None:
    class Fails(Recogniser):
        def forward(self, clips: Any) -> Any:
            raise ValueError("inside")

    for made in (Recogniser(), Fails()):
        made.train()
        made.dropout.eval()
        if isinstance(made, Fails):
            with pytest.raises(ValueError, match="inside"):
                slrdoctor.examine(made, loader(1, 0), loader(1, 1), task="ctc")
        else:
            slrdoctor.examine(made, loader(1, 0), loader(1, 1), task="ctc")
        assert made.training and made.head.training and not made.dropout.training


def test_nothing_is_written_outside_whatever_samples_are_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "inside"))
    (tmp_path / "inside").mkdir()
    batches = []
    for i, (clips, targets, lengths, target_lengths) in enumerate(loader(2, 0)):
        names = [f"{tmp_path}/videos/{i}_{j}.mp4" if j % 2 else f"../../{i}_{j}" for j in range(SIZE)]
        batches.append(
            {"x": clips, "y": targets, "len_x": lengths, "len_y": target_lengths, "name": names}
        )

    report = slrdoctor.examine(Recogniser(), batches, loader(1, 1), vocabulary=VOCABULARY, blank=0)

    assert [path.name for path in tmp_path.rglob("*")] == ["inside"]
    assert not {"FEA102", "SPL304"} & {d.check.code for d in report.diagnoses}


def test_a_name_that_two_samples_share_makes_no_contradiction() -> None:
    batches = [
        {"x": b[0], "y": b[1], "len_x": b[2], "len_y": b[3], "id": list(range(SIZE))}
        for b in loader(3, 0)
    ]

    report = slrdoctor.examine(Recogniser(), batches, vocabulary=VOCABULARY, blank=0, task="ctc")

    assert "LAB208" not in {d.check.code for d in report.diagnoses}
    assert {a["samples"] for a in report.run["artifacts"] if a["kind"] == "features"} == {3 * SIZE}


def test_indices_of_a_vocabulary_are_kept_where_the_blank_is_not_in_it() -> None:
    glosses = {name: i for i, name in enumerate(VOCABULARY) if i}

    report = slrdoctor.examine(
        Recogniser(), loader(2, 0), loader(2, 1), vocabulary=glosses, blank=0, task="ctc"
    )

    assert not {"LAB201", "LAB204"} & {d.check.code for d in report.diagnoses}


def test_a_head_of_zeros_before_the_first_step_is_no_collapse() -> None:
    model = Recogniser()
    torch.nn.init.zeros_(model.head.weight)
    torch.nn.init.zeros_(model.head.bias)

    report = slrdoctor.examine(
        model, loader(2, 0), loader(2, 1), vocabulary=VOCABULARY, blank=0, task="ctc"
    )

    assert not {"CTC411", "CTC412"} & {d.check.code for d in report.diagnoses}


def test_half_precision_models_and_logs_of_tensors_are_taken_as_they_are() -> None:
    batches = [(b[0].bfloat16(), *b[1:]) for b in loader(2, 0)]
    history = [{"epoch": e, "train_loss": torch.tensor(3.0 / e)} for e in range(1, 4)]

    report = slrdoctor.examine(
        Recogniser().bfloat16(), batches, batches, vocabulary=VOCABULARY, blank=-1, history=history
    )

    assert any(a["kind"] == "history" for a in report.run["artifacts"])


def test_some_batches_are_not_taken_for_the_whole_data_set() -> None:
    words = ["<blank>", *(f"word{i}" for i in range(40))]
    batches = loader(3, 0)

    cut, whole = (
        slrdoctor.examine(Recogniser(), batches, vocabulary=words, blank=0, task="ctc", batches=most)
        for most in (2, 3)
    )

    assert {e.code for e in cut.ignored} >= {"LAB202", "LAB206"}
    assert "2 batches" in cut.ignored[0].text
    assert not whole.ignored and "LAB202" in {d.check.code for d in whole.diagnoses}

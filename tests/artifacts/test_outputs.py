"""What a model gave, told from features by name and shape, in any layout."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.kinds.features.clips import open_clip
from slrdoctor.artifacts.kinds.outputs.names import kind_of_place, kind_of_word
from tests.artifacts.output_files import FRAMES, IDS, RNG, TOKENS, log_probs, only_output
from tests.folders import only_case


def as_files(root: Path) -> None:
    (root / "log_probs" / "dev").mkdir(parents=True)
    for name in IDS:
        np.save(root / "log_probs" / "dev" / f"{name}.npy", log_probs(FRAMES))


def as_torch_files(root: Path) -> None:
    import torch

    (root / "dev_logits").mkdir()
    for name in IDS:
        held = {"logits": torch.tensor(log_probs(1, FRAMES)), "hyp": ["G1"]}
        torch.save(held, root / "dev_logits" / f"{name}.pt")


def as_pickle(root: Path) -> None:
    (root / "dev_emissions.pkl").write_bytes(pickle.dumps({name: log_probs(FRAMES) for name in IDS}))


def as_records(root: Path) -> None:
    records = [{"name": name, "log_probs": log_probs(FRAMES)} for name in IDS]
    (root / "dev_results.pkl").write_bytes(pickle.dumps(records))


def as_h5_group(root: Path) -> None:
    with h5py.File(root / "dev_out.h5", "w") as file:
        for name in IDS:
            file[f"log_probs/{name}"] = log_probs(FRAMES)


def as_npz_of_ids(root: Path) -> None:
    np.savez(root / "dev_posteriors.npz", **{name: np.exp(log_probs(FRAMES)) for name in IDS})  # type: ignore[arg-type]


def as_unnamed_folder(root: Path) -> None:
    """Told by as many columns as classes, and rows that are distributions."""
    (root / "saved" / "dev").mkdir(parents=True)
    for name in IDS:
        np.save(root / "saved" / "dev" / f"{name}.npy", log_probs(FRAMES))


PER_SAMPLE = (
    as_files, as_torch_files, as_pickle, as_records, as_h5_group, as_npz_of_ids, as_unnamed_folder
)  # fmt: skip


@pytest.mark.parametrize("put", PER_SAMPLE)
def test_an_array_a_sample_is_an_output_and_no_feature(root: Path, put: Callable[[Path], None]) -> None:
    put(root)

    output = only_output(root)

    assert (output.kind, output.split) == ("log_probs", "dev")
    assert [clip.key for clip in output.clips] == IDS
    assert {open_clip(clip).size for clip in output.clips} == {FRAMES * len(TOKENS)}


def test_file_names_may_tell_the_split(root: Path) -> None:
    (root / "log_probs").mkdir()
    for split in ("train", "dev"):
        for number in range(3):
            np.save(root / "log_probs" / f"{split}_{number}.npy", log_probs(FRAMES))

    _, run = only_case(root)

    assert {(o.split, len(o.clips)) for o in run.outputs} == {("train", 3), ("dev", 3)}


def test_a_batch_is_one_clip_with_the_ids_and_lengths_beside_it(root: Path) -> None:
    np.save(root / "dev_log_probs.npy", log_probs(6, FRAMES))
    (root / "dev_ids.txt").write_text("\n".join(IDS), encoding="utf-8")
    np.save(root / "dev_lengths.npy", np.arange(15, 21))

    output = only_output(root)

    assert len(output.clips) == 1 and output.ids == tuple(IDS) and output.lengths == tuple(range(15, 21))


def test_a_torch_batch_has_its_ids_and_lengths_in_it(root: Path) -> None:
    import torch

    batch = torch.tensor(log_probs(FRAMES, 6))
    held = {"log_probs": batch, "ids": IDS, "input_lengths": torch.full((6,), FRAMES)}
    torch.save(held, root / "model_log_probs.pt")  # its name could be a checkpoint's

    output = only_output(root)

    assert output.ids == tuple(IDS) and output.lengths == (FRAMES,) * 6
    assert open_clip(output.clips[0]).shape == (FRAMES, 6, len(TOKENS))


def test_shards_of_one_dump_are_one_output_and_the_last_of_an_id_counts(root: Path) -> None:
    folder = root / "outputs" / "dev" / "log_probs"
    folder.mkdir(parents=True)
    for number, names in enumerate((IDS[:3], IDS[3:], IDS[:3])):
        np.savez(
            folder / f"{number:06d}.npz", log_probs=log_probs(3 * FRAMES), ids=np.array(names),
            lengths=np.full(3, FRAMES), references=np.array([f"G{number}"] * 3),
        )  # fmt: skip

    output = only_output(root)

    assert sorted(clip.key for clip in output.clips) == IDS
    assert dict(zip((clip.key for clip in output.clips), output.labels)) == dict.fromkeys(
        IDS[:3], "G2"
    ) | dict.fromkeys(IDS[3:], "G1")
    assert {clip.path.name for clip in output.clips} == {"000001.npz", "000002.npz"}
    assert open_clip(output.clips[1]).shape == (FRAMES, len(TOKENS))


def test_ids_may_hold_slashes(root: Path) -> None:
    named = {f"dev/{name}": log_probs(FRAMES) for name in IDS}
    (root / "dev_log_probs.pkl").write_bytes(pickle.dumps({"log_probs": named}))

    output = only_output(root)

    assert [clip.key for clip in output.clips] == list(named)
    assert open_clip(output.clips[2]).shape == (FRAMES, len(TOKENS))


def test_hypotheses_beside_the_logits_of_one_file_are_predictions(root: Path) -> None:
    records = {n: {"logits": log_probs(FRAMES), "gls_hyp": "G1", "gls_ref": "G1 G2"} for n in IDS}
    (root / "dev_results.pkl").write_bytes(pickle.dumps(records))

    _, run = only_case(root)

    assert [p.where for p in run.predictions] == [o.where for o in run.outputs] == ["dev_results.pkl"]


def test_keypoints_with_the_probabilities_of_a_detector_are_features(tmp_path: Path) -> None:
    (tmp_path / "poses").mkdir()
    for name in IDS:
        np.savez(
            tmp_path / "poses" / f"{name}.npz",
            keypoints=RNG.normal(size=(FRAMES, 75, 2)), probs=RNG.uniform(size=(FRAMES, 75)),
        )  # fmt: skip

    data, run = only_case(tmp_path)

    assert not run.outputs and len(data.features[0].clips) == 6


def test_records_of_keypoints_and_probabilities_are_features(tmp_path: Path) -> None:
    held = {
        n: {"keypoints": RNG.normal(size=(9, 133, 2)), "probs": RNG.uniform(size=(9, 133))} for n in IDS
    }
    (tmp_path / "train.pkl").write_bytes(pickle.dumps(held))

    data, run = only_case(tmp_path)

    assert not run.outputs and len(data.features[0].clips) == 6


def test_a_weak_name_counts_only_with_as_many_columns_as_classes(root: Path) -> None:
    np.save(root / "outputs.npy", RNG.normal(size=(6, FRAMES, len(TOKENS))).astype(np.float32))
    np.save(root / "scores.npy", RNG.normal(size=(6, FRAMES, 4)).astype(np.float32))

    assert only_output(root).where == "outputs.npy"


def test_the_user_may_point_to_outputs_as_predictions(root: Path) -> None:
    outside = root.parent / "elsewhere"
    outside.mkdir()
    np.savez(outside / "arrays.npz", output=log_probs(6, FRAMES))
    toml = '[predictions]\npath = "../elsewhere/arrays.npz"\n'
    (root / "slrdoctor.toml").write_text(toml, encoding="utf-8")

    assert only_output(root).clips[0].path.resolve() == (outside / "arrays.npz").resolve()


def test_the_users_word_makes_posteriors_features(root: Path) -> None:
    as_files(root)
    (root / "slrdoctor.toml").write_text('[features]\ndev = "log_probs/dev"\n', encoding="utf-8")

    data, run = only_case(root)

    assert [s.where for s in data.features if s.split == "dev"] == ["log_probs/dev"] and not run.outputs


def test_outputs_go_to_the_run_in_whose_folder_they_lie(root: Path) -> None:
    for run, last in (("exp1", 0.3), ("exp2", 0.7)):
        (root / run / "outputs" / "dev").mkdir(parents=True)
        history = [
            {"epoch": e, "train_loss": 3.0 - e * last / 3, "dev_wer": 1 - e * last / 4}
            for e in (1, 2, 3)
        ]
        (root / run / "history.json").write_text(json.dumps(history), encoding="utf-8")
        np.savez(root / run / "outputs" / "dev" / "log_probs.npz", log_probs=log_probs(6, FRAMES))

    [(_, runs)] = discover(root).cases

    assert {run.name: [o.where for o in run.outputs] for run in runs} == {
        name: [f"{name}/outputs/dev/log_probs.npz"] for name in ("exp1", "exp2")
    }


def test_damaged_outputs_are_a_problem_and_not_a_crash(root: Path) -> None:
    as_files(root)
    (root / "dev_logits.npy").write_bytes(b"\x93NUMPY\x01\x00v\x00{'descr'")
    (root / "log_probs" / "dev" / "clip3.npy").write_bytes(b"")

    _, run = only_case(root)

    assert len(run.outputs[0].clips) == 6
    assert "dev_logits.npy" in {p.where for p in run.problems}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("log_probs", "log_probs"),
        ("dev-logProbs", "log_probs"),
        ("ctc_logits", "log_probs"),
        ("posteriors", "log_probs"),
        ("posterior", ""),  # a sign
        ("problem", ""),
        ("videoEmbeddings", "embeddings"),
        ("member", ""),
        ("outputs", "perhaps"),
    ],
)
def test_names_say_what_they_are(name: str, kind: str) -> None:
    assert kind_of_word(name) == kind


def test_the_nearest_part_of_a_path_decides() -> None:
    assert kind_of_place("outputs/features/a.npy") == ""
    assert kind_of_place("features/logits/a.npy") == "log_probs"
    assert kind_of_place("embeddings/features/a.npy") == ""


def test_a_length_of_thousands_of_digits_is_no_length(root: Path) -> None:
    np.save(root / "dev_log_probs.npy", log_probs(6, FRAMES))
    (root / "dev_lengths.txt").write_text("\n".join(["9" * 6000, *"55555"]), encoding="utf-8")

    _, run = only_case(root)

    assert run.outputs[0].lengths == ()


def test_whole_numbers_in_a_batch_are_quantised_logits_and_no_features(root: Path) -> None:
    batch = np.round(10 * log_probs(6, FRAMES)).astype(np.int32)
    np.savez(root / "dev_logits.npz", logits=batch, ids=np.array(IDS))

    output = only_output(root)

    assert output.kind == "log_probs" and output.ids == tuple(IDS)

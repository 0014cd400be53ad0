"""Every file of a run directory is accounted for: what it was taken for and why, or why not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import jsonschema
import numpy as np
import pytest

import slrdoctor
from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.reading import Reading
from slrdoctor.artifacts.run import RunDirectory, UnopenedFile
from slrdoctor.core.report import schema
from slrdoctor.words.file_meanings import MEANINGS, UNKNOWN, meaning_of

HEALTHY = Path(__file__).resolve().parents[2] / "examples" / "healthy"


PARTS = {"pose": 99, "left_hand": 63, "right_hand": 63}  # values per frame


@pytest.fixture
def healthy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HEALTHY, tmp_path / "run"))


def read(run: RunDirectory, where: str) -> list[Reading]:
    return [r for r in run.readings if r.where == where]


def unopened(run: RunDirectory) -> dict[str, UnopenedFile]:
    return {file.where: file for file in run.unopened}


def write(path: Path, content: str | bytes = "x") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def test_the_json_document_has_both_lists(healthy: Path) -> None:
    write(healthy / "clip.mp4", b"x" * 70)

    document = slrdoctor.scan(healthy, select=("RUN101",)).as_dict()
    jsonschema.validate(document, schema())
    [clip] = document["unopened"]

    assert (clip["path"], clip["files"], clip["size"], clip["format"]) == ("clip.mp4", 1, 70, "video")
    assert clip["kind"] == "videos of the clips" and "features" in clip["advice"]
    assert document["readings"][0] == {
        "path": "config.yaml", "kind": "config", "why": "2 settings and no samples", "taken": True,
        "others": [], "files": 1, "size": (healthy / "config.yaml").stat().st_size,
    }  # fmt: skip


def test_every_file_of_the_healthy_example_is_taken_for_what_it_is() -> None:
    run = discover(HEALTHY)

    assert {(r.where, r.kind) for r in run.readings} == {
        ("config.yaml", "config"), ("dev.csv", "annotations"), ("train.csv", "annotations"),
        ("dev_predictions.json", "predictions"), ("features/dev", "features"),
        ("features/train", "features"), ("history.json", "history"), ("vocabulary.json", "vocabulary"),
    }  # fmt: skip
    assert all(r.is_taken and r.why and r.size for r in run.readings) and not run.unopened
    assert {r.where: r.count for r in run.readings if r.kind == "features"} == {
        "features/dev": 24, "features/train": 90
    }  # fmt: skip


def test_files_count_once_in_readings_or_in_unopened(healthy: Path) -> None:
    """Nothing is passed over in silence, and nothing counts twice."""
    for name in ("README.md", "notes.txt", "clip.mp4", "deep/er/states.bin2", "a.xlsx", "empty.csv"):
        write(healthy / name, "" if name == "empty.csv" else "some words\nof no use\n")
    (healthy / "train.py").write_text("import torch\n", encoding="utf-8")
    np.save(healthy / "matrix.npy", np.zeros((2, 2, 2, 2, 2)))

    run = discover(healthy)
    counted = {r.where: r.count for r in run.readings} | {f.where: f.count for f in run.unopened}

    assert not {r.where for r in run.readings} & {f.where for f in run.unopened}
    assert sum(counted.values()) == run.looked == sum(1 for path in healthy.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    "layout", ["features/{split}/{id}/{part}.npy", "features/{part}/{split}/{id}.npy"]
)
def test_a_file_that_is_a_part_of_a_clip_is_accounted_for(layout: str, tmp_path: Path) -> None:
    for split, number, part in ((s, n, p) for s in ("train", "dev") for n in range(4) for p in PARTS):
        path = tmp_path / layout.format(split=split, id=f"{split}_{number:02}", part=part)
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, np.random.default_rng(number).normal(size=(20, PARTS[part])).astype(np.float32))

    run = discover(tmp_path)

    assert not run.unopened and sum(r.count for r in run.readings) == run.looked == 24
    assert all("joined of pose, left_hand, right_hand" in r.why for r in run.readings)


def test_what_the_user_names_others_for_is_set_aside(healthy: Path) -> None:
    shutil.copytree(healthy / "features", healthy / "other")
    shutil.copy(healthy / "train.csv", healthy / "more_train.csv")
    (healthy / "slrdoctor.toml").write_text(
        '[features]\npath = "other"\n[annotations]\ntrain = "more_train.csv"\n', encoding="utf-8"
    )

    run = discover(healthy)

    assert {r.where for r in run.readings if r.why.startswith("set aside")} == {
        "features/train", "features/dev", "train.csv", "dev.csv"
    }  # fmt: skip
    assert not run.unopened


def test_of_two_checkpoints_each_says_which_was_taken_and_why(healthy: Path) -> None:
    for name in ("best.pt", "last.pt"):
        write(healthy / name)

    run = discover(healthy)
    [best], [last] = read(run, "best.pt"), read(run, "last.pt")

    assert best.is_taken and "taken before last.pt: its name says best" in best.why
    assert not last.is_taken and "best.pt was taken instead: its name says best" in last.why


def test_a_checkpoint_that_is_not_the_runs_says_why(healthy: Path) -> None:
    write(healthy / "pretrained" / "resnet18-f37072fd.pth")

    [reading] = read(discover(healthy), "pretrained/resnet18-f37072fd.pth")

    assert not reading.is_taken
    assert (
        reading.why == "weights of a model (torch); its place or name says that training began with it"
    )


def test_the_same_vocabulary_again_is_said_to_be_the_same(healthy: Path) -> None:
    shutil.copy(healthy / "vocabulary.json", healthy / "vocab_copy.json")

    run = discover(healthy)
    words = [r for r in run.readings if r.kind == "vocabulary"]

    assert sorted(r.is_taken for r in words) == [False, True]
    assert any(r.why.endswith(f"the same as in {other.where}") for r in words for other in words)


def test_a_file_of_references_is_read_with_the_hypotheses_that_it_belongs_to(healthy: Path) -> None:
    write(healthy / "out" / "dev.hyp", "A B\nC\nA C\n")
    write(healthy / "out" / "dev.ref", "A B\nC\nA B\n")

    [reading] = read(discover(healthy), "out/dev.ref")

    assert (reading.kind, reading.why) == ("predictions", "the references of out/dev.hyp")


def test_hypotheses_that_no_annotation_fits_are_said_to_lack_references(healthy: Path) -> None:
    lines = [json.dumps({"id": f"zz{i}", "hypothesis": "RAIN"}) for i in range(9)]
    write(healthy / "decoded_predictions.jsonl", "\n".join(lines))

    [reading] = read(discover(healthy), "decoded_predictions.jsonl")

    assert reading.kind == "predictions" and not reading.is_taken
    assert reading.why == "9 hypotheses by id, without references"


def test_what_a_file_looks_like_too_is_said(healthy: Path) -> None:
    """Rows that sum to one over as many classes as the vocabulary has are outputs, not features."""
    (healthy / "scores").mkdir()
    for i in range(4):
        values = np.random.default_rng(i).random((12, 11)).astype(np.float32)
        np.save(healthy / "scores" / f"dev_{i:03}.npy", values / values.sum(1, keepdims=True))

    [reading] = read(discover(healthy), "scores")

    assert (reading.kind, reading.others) == ("log_probs", ("features",))


def test_a_damaged_file_is_said_with_its_fault(healthy: Path) -> None:
    write(healthy / "more.npy", b"\x93NUMPY\x01\x00v\x00{'descr'")

    [reading] = read(discover(healthy), "more.npy")

    assert not reading.is_taken and reading.why.startswith("not read: ")


def test_many_files_of_one_kind_are_one_line(healthy: Path) -> None:
    for i in range(7):
        write(healthy / "videos" / f"clip{i}.MP4", b"x" * 100)
        write(healthy / "notes" / f"note{i}.txt", "nothing of use\n")

    run = discover(healthy)

    assert unopened(run)["videos/*.mp4"].count == 7 and unopened(run)["videos/*.mp4"].size == 700
    assert [(r.kind, r.count) for r in read(run, "notes/*.txt")] == [("", 7)]


def test_files_beyond_those_that_are_opened_are_named(healthy: Path) -> None:
    for i in range(403):
        write(healthy / "logs" / f"{i:04}.txt", "nothing of use\n")

    files = [f for f in discover(healthy).unopened if f.where.startswith("logs/")]

    assert sum(f.count for f in files) == 3 and "hundred files" in files[0].advice


@pytest.mark.parametrize("meaning", MEANINGS, ids=lambda m: m.format)
def test_every_meaning_is_found_by_each_of_its_names(meaning: object) -> None:
    for pattern in getattr(meaning, "patterns", ()):
        assert meaning_of(pattern.replace("*", "X")) is meaning


def test_an_unknown_suffix_is_unknown() -> None:
    assert meaning_of("states.bin2") is UNKNOWN


PROJECT = (
    "README.md",
    "LICENSE",
    ".gitignore",
    "Makefile",
    "train.sh",
    "CITATION.cff",
    "docs/usage.rst",
)


def test_what_is_no_part_of_a_run_is_not_listed_as_unopened(healthy: Path) -> None:
    before = unopened(discover(healthy))
    for name in PROJECT:
        write(healthy / name, "# Words about the project\n")
    assert unopened(discover(healthy)) == before
    said = {r.where: r for r in discover(healthy).readings}
    assert all(not said[name].kind and "no run is made of" in said[name].why for name in PROJECT)
    write(healthy / "curves.png")
    write(healthy / "clips.xyz")
    assert set(unopened(discover(healthy))) - set(before) == {"curves.png", "clips.xyz"}


def test_a_file_of_a_known_suffix_is_unopened_for_a_true_reason(healthy: Path) -> None:
    write(healthy / "plan.md", "| day | task |\n|---|---|\n| 1 | train |\n")
    write(healthy / "weights.pth.tar.md5.toml", "not = [valid")
    for file in unopened(discover(healthy)).values():
        assert "hundred files" not in file.advice

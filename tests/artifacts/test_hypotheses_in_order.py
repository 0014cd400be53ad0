"""Hypotheses without ids, which are in the order of a split of the annotations."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.run import PredictionFile

WORDS = ("RAIN", "SUN", "WIND", "NORTH", "TODAY", "COLD", "SNOW", "HILL")


def sentences(count: int, seed: int) -> list[list[str]]:
    draw = random.Random(seed)
    return [draw.sample(WORDS, draw.randint(2, 5)) for _ in range(count)]


def annotate(folder: Path, name: str, targets: Sequence[Sequence[str]], column: str = "gloss") -> None:
    rows = "".join(f"{name}_{i},{' '.join(target)}\n" for i, target in enumerate(targets))
    (folder / f"{name}.csv").write_text(f"id,{column}\n{rows}")


def predictions(folder: Path) -> list[PredictionFile]:
    return [p for _, runs in discover(folder).cases for run in runs for p in run.predictions]


def nearly(targets: Sequence[Sequence[str]]) -> list[str]:
    """Two hypotheses of three right, the third without its first word."""
    return [" ".join(t[1:] if i % 3 == 0 else t) for i, t in enumerate(targets)]


@pytest.mark.parametrize("form", ["lines", "list", "dict", "column", "numbered", "german"])
def test_hypotheses_are_paired_with_the_split_that_is_in_their_order(tmp_path: Path, form: str) -> None:
    train, dev, test = sentences(40, 1), sentences(12, 2), sentences(12, 3)
    for name, targets in (("train", train), ("dev", dev), ("test", test)):
        annotate(tmp_path, name, targets)
    said = nearly(test)
    {
        "lines": lambda: (tmp_path / "generated_predictions.txt").write_text("\n".join(said)),
        "list": lambda: (tmp_path / "predictions.json").write_text(json.dumps(said)),
        "dict": lambda: (tmp_path / "out.predictions.json").write_text(
            json.dumps({"predictions": said})
        ),
        "column": lambda: (tmp_path / "hyps.csv").write_text("prediction\n" + "\n".join(said)),
        "numbered": lambda: (tmp_path / "predict_results.txt").write_text(
            "index\tprediction\n" + "".join(f"{i}\t{one}\n" for i, one in enumerate(said))
        ),
        "german": lambda: (tmp_path / "vorhersagen.txt").write_text("\n".join(said)),
    }[form]()
    [found] = predictions(tmp_path)
    assert found.split == "test"
    assert found.ids == tuple(f"test_{i}" for i in range(12))
    assert found.references == tuple(map(tuple, test))
    assert found.hypotheses == tuple(tuple(one.split()) for one in said)


@pytest.mark.parametrize("names_in", ["hypotheses", "annotations"])
def test_names_of_classes_are_paired_with_their_numbers(tmp_path: Path, names_in: str) -> None:
    classes = [i % 8 for i in range(24)]
    (tmp_path / "config.json").write_text(json.dumps({"id2label": dict(enumerate(WORDS))}))
    guesses = [c if i % 5 else (c + 1) % 8 for i, c in enumerate(classes)]
    annotated = [WORDS[c] if names_in == "annotations" else str(c) for c in classes]
    annotate(tmp_path, "test", [[label] for label in annotated], "label")
    said = [WORDS[c] if names_in == "hypotheses" else str(c) for c in guesses]
    (tmp_path / "predict_results.txt").write_text(
        "index\tprediction\n" + "".join(f"{i}\t{one}\n" for i, one in enumerate(said))
    )
    [found] = predictions(tmp_path)
    right = sum(h == r for h, r in zip(found.hypotheses, found.references, strict=True))
    assert right == sum(c == g for c, g in zip(classes, guesses, strict=True)) == 19


def test_hypotheses_in_another_order_than_the_annotations_are_paired_with_none(tmp_path: Path) -> None:
    test = sentences(12, 3)
    annotate(tmp_path, "test", test)
    shuffled = nearly(test)
    random.Random(0).shuffle(shuffled)
    (tmp_path / "generated_predictions.txt").write_text("\n".join(shuffled))
    assert not predictions(tmp_path)


def test_of_sorted_classes_the_order_is_not_told_by_a_neighbour(tmp_path: Path) -> None:
    classes = [WORDS[i // 5] for i in range(30)]
    annotate(tmp_path, "test", [[word] for word in classes], "label")
    (tmp_path / "predictions.txt").write_text("\n".join(classes))
    assert len(predictions(tmp_path)) == 1


@pytest.mark.parametrize("said", ["RAIN", "RAIN SUN"])
def test_one_hypothesis_for_all_samples_needs_no_order(tmp_path: Path, said: str) -> None:
    annotate(tmp_path, "test", sentences(12, 3))
    (tmp_path / "hyps.txt").write_text(f"{said}\n" * 12)
    [found] = predictions(tmp_path)
    assert set(found.hypotheses) == {tuple(said.split())}


def test_a_text_of_another_length_is_not_hypotheses(tmp_path: Path) -> None:
    annotate(tmp_path, "test", sentences(12, 3))
    (tmp_path / "prediction_notes.txt").write_text("the words\nof\nthe RAIN\nand\nthe SUN\n")
    run = discover(tmp_path)
    assert not predictions(tmp_path)
    assert [r.kind for r in run.readings if r.where == "prediction_notes.txt"] == [""]


def test_references_of_a_plain_name_lie_beside_generated_predictions(tmp_path: Path) -> None:
    test = sentences(12, 3)
    (tmp_path / "generated_predictions.txt").write_text("\n".join(nearly(test)))
    (tmp_path / "references.txt").write_text("\n".join(map(" ".join, test)))
    [found] = predictions(tmp_path)
    assert found.references == tuple(map(tuple, test))


@pytest.mark.parametrize(
    ("of", "expected"), [(("test",), "test"), (("dev",), "dev"), (("dev", "test"), "")]
)
def test_the_ids_of_predictions_tell_their_split(
    of: tuple[str, ...], expected: str, tmp_path: Path
) -> None:
    targets = {name: sentences(8, number) for number, name in enumerate(("train", "dev", "test"))}
    for name in targets:
        annotate(tmp_path, name, targets[name])
    rows = "".join(f"{n}_{i},{' '.join(t)},RAIN\n" for n in of for i, t in enumerate(targets[n]))
    (tmp_path / "predictions.csv").write_text(f"id,reference,hypothesis\n{rows}")
    [found] = predictions(tmp_path)
    assert found.split == expected


def test_a_transcript_of_kaldi_has_no_suffix(tmp_path: Path) -> None:
    for name in ("train", "dev"):
        (tmp_path / "data" / name).mkdir(parents=True)
        rows = "".join(f"{name}_{i} {' '.join(t)}\n" for i, t in enumerate(sentences(8, len(name))))
        (tmp_path / "data" / name / "text").write_text(rows)
    ((data, _),) = discover(tmp_path).cases
    assert [(a.where, len(a.rows)) for a in data.annotations] == [
        ("data/dev/text", 8),
        ("data/train/text", 8),
    ]
    assert {row.split for a in data.annotations for row in a.rows} == {"train", "dev"}


@pytest.mark.parametrize("of", ["dev", "test"])
def test_the_references_of_predictions_without_ids_tell_their_split(of: str, tmp_path: Path) -> None:
    targets = {name: sentences(8, number) for number, name in enumerate(("train", "dev", "test"))}
    for name in targets:
        annotate(tmp_path, name, targets[name])
    pairs = [{"gt": " ".join(target), "pred": "RAIN"} for target in reversed(targets[of])]
    (tmp_path / "predictions.json").write_text(json.dumps(pairs))
    [found] = predictions(tmp_path)
    assert found.split == of
    (tmp_path / "predictions.json").write_text(json.dumps(pairs[1:]))
    [found] = predictions(tmp_path)
    assert found.split == ""

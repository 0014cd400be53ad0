"""A ctm finds its references wherever they lie: an stm of its segments, or annotations of its ids."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.run import PredictionFile
from slrdoctor.artifacts.settings.read import SettingsError

MEANT = {
    f"clip-{i:02}": words for i, words in enumerate(("A B", "C", "B C A", "A", "C B", "B", "A C B"))
}
SAID = {**MEANT, "clip-01": "", "clip-02": "B A", "clip-05": "B B"}
OTHER = {f"take-{i:02}": "A B C" for i in range(9)}


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def stm(path: Path, meant: Mapping[str, str] = MEANT) -> None:
    write(path, "".join(f"{key} 1 signer1 0.0 9.9 {words}\n" for key, words in meant.items()))


def ctm(path: Path, said: Mapping[str, str] = SAID) -> None:
    lines = [
        f"{key} 1 {start:.1f} 0.5 {word}\n"
        for key, words in said.items()
        for start, word in enumerate(words.split())
    ]
    write(path, "".join(lines))


def annotate(path: Path, meant: Mapping[str, str] = MEANT) -> None:
    write(path, "id,gloss\n" + "".join(f"{key},{words}\n" for key, words in meant.items()))


def predictions(root: Path) -> tuple[PredictionFile, ...]:
    return tuple(file for _, runs in discover(root).cases for run in runs for file in run.predictions)


def tokens(sentences: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(words.split()) for key, words in sentences.items()}


# where the ctm lies, where its references do, and what else lies about
LAYOUTS = {
    "VAC": (
        "work_dir/baseline/output-hypothesis-dev.ctm",
        "evaluation/slr_eval/phoenix2014-groundtruth-dev.stm",
        "evaluation/slr_eval/phoenix2014-groundtruth-train.stm",
    ),
    "below a run": ("exp/tcn/decode/hyp.ctm", "references/dev.stm", "references/test.stm"),
    "another name": ("out.ctm", "data/all/gold_of_may.stm", "data/other/gold_of_june.stm"),
    "in a sub-folder": ("results.dev.ctm", "scoring/tmp/corpus.dev.stm", "scoring/corpus.train.stm"),
    "beside": ("hyps/dev.ctm", "hyps/dev.stm", "hyps/old.stm"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_stm_of_the_segments_is_found_wherever_it_lies(layout: str, tmp_path: Path) -> None:
    where, references, another = LAYOUTS[layout]
    ctm(tmp_path / where)
    stm(tmp_path / references)
    stm(tmp_path / another, OTHER)

    [found] = predictions(tmp_path)

    assert dict(zip(found.ids, found.hypotheses, strict=True)) == tokens(SAID)
    assert dict(zip(found.ids, found.references, strict=True)) == tokens(MEANT)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_stm_of_other_segments_is_never_taken(layout: str, tmp_path: Path) -> None:
    where, references, another = LAYOUTS[layout]
    ctm(tmp_path / where)
    for place in (references, another):
        stm(tmp_path / place, OTHER)
    write(tmp_path / "config.yaml", "model: {type: ctc}\n")

    assert predictions(tmp_path) == ()


def test_a_ctm_without_an_stm_gets_the_annotated_targets(tmp_path: Path) -> None:
    ctm(tmp_path / "work/dev.ctm")
    annotate(tmp_path / "annotations/dev.csv")
    annotate(tmp_path / "annotations/train.csv", OTHER)

    [found] = predictions(tmp_path)

    assert dict(zip(found.ids, found.references, strict=True)) == tokens(MEANT)
    assert dict(zip(found.ids, found.hypotheses, strict=True))["clip-01"] == ()


def test_of_two_that_fit_the_nearest_is_taken(tmp_path: Path) -> None:
    ctm(tmp_path / "runs/b/decode/dev.ctm")
    stm(tmp_path / "runs/a/gold.stm")
    stm(tmp_path / "runs/b/gold.stm", {**MEANT, "clip-00": "C C C"})

    [found] = predictions(tmp_path)

    assert found.references[0] == ("C", "C", "C")


def test_numbered_segments_of_another_split_are_not_taken(tmp_path: Path) -> None:
    numbered = {str(i): words for i, words in enumerate(MEANT.values())}
    ctm(tmp_path / "work/hyp.dev.ctm", numbered)
    stm(tmp_path / "gold/train.stm", dict.fromkeys(numbered, "C"))
    assert predictions(tmp_path) == ()

    stm(tmp_path / "gold/dev.stm", numbered)
    [found] = predictions(tmp_path)

    assert found.hypotheses == found.references


def test_a_ctm_that_the_user_names_is_paired_and_else_the_reason_is_said(tmp_path: Path) -> None:
    ctm(tmp_path / "run" / "work/dev.ctm")
    stm(tmp_path / "run" / "gold/dev.stm")
    write(tmp_path / "run" / "slrdoctor.toml", '[predictions]\npath = "work/dev.ctm"\n')
    assert len(predictions(tmp_path / "run")) == 1

    (tmp_path / "run" / "gold/dev.stm").unlink()
    with pytest.raises(SettingsError, match=r"6 hypotheses and no references: .*'clip-00'"):
        discover(tmp_path / "run")


def test_what_was_paired_is_said(tmp_path: Path) -> None:
    ctm(tmp_path / "work/dev.ctm")
    stm(tmp_path / "gold/dev.stm")

    read = {r.where: r for r in discover(tmp_path).readings if r.kind == "predictions"}

    assert read["work/dev.ctm"].why == "7 hypotheses with references" and read["work/dev.ctm"].is_taken


@pytest.mark.parametrize(
    ("where", "references"),
    [
        ("output-hypothesis-dev.ctm", "groundtruth-dev.stm"),
        ("work/hyp.ctm", "work/ref.stm"),
        ("decode/test/out.ctm", "decode/test/out.stm"),
    ],
)
@pytest.mark.parametrize("text", ["", "\n\n", ";; no token was decoded\n"])
def test_a_ctm_without_lines_decoded_every_segment_to_nothing(
    where: str, references: str, text: str, tmp_path: Path
) -> None:
    write(tmp_path / where, text)
    stm(tmp_path / references)

    [found] = predictions(tmp_path)

    assert found.hypotheses == ((),) * len(MEANT)
    assert dict(zip(found.ids, found.references, strict=True)) == tokens(MEANT)


@pytest.mark.parametrize("references", ["groundtruth-train.stm", "groundtruth-test.stm", "other.stm"])
def test_a_ctm_without_lines_takes_no_segments_but_those_of_its_name(
    references: str, tmp_path: Path
) -> None:
    write(tmp_path / "output-hypothesis-dev.ctm", "")
    stm(tmp_path / references)

    assert predictions(tmp_path) == ()

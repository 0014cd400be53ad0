"""Error counts against a slow, obvious alignment, and against what six real runs logged."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from slrdoctor.artifacts.formats import read
from slrdoctor.artifacts.kinds.predictions import recognise_predictions
from slrdoctor.artifacts.run import PredictionFile, TrainingRun
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.evaluation.predictions import counted, error_counts


def stored(
    pairs: Sequence[tuple[str, str]], where: str = "dev_hyps.json", split: str = "dev"
) -> PredictionFile:
    ids = tuple(str(i) for i in range(len(pairs)))
    hypotheses, references = (tuple(tuple(p[k].split()) for p in pairs) for k in (0, 1))
    return PredictionFile(where, "json", split, ids, hypotheses, references)


def run(*files: PredictionFile) -> TrainingRun:
    return TrainingRun("", Path(), predictions=files)


def fewest_errors(hypothesis: Sequence[str], reference: Sequence[str]) -> int:
    """The edit distance by its definition: try every last step."""
    if not hypothesis or not reference:
        return len(hypothesis) + len(reference)
    last = hypothesis[-1] != reference[-1]
    return min(
        fewest_errors(hypothesis[:-1], reference[:-1]) + last,
        fewest_errors(hypothesis[:-1], reference) + 1,
        fewest_errors(hypothesis, reference[:-1]) + 1,
    )


def test_counts_agree_with_the_definition() -> None:
    rng = random.Random(1)
    pairs = [
        (
            " ".join(rng.choices("ABC", k=rng.randint(0, 5))),
            " ".join(rng.choices("ABC", k=rng.randint(0, 5))),
        )
        for _ in range(60)
    ]
    found = counted(stored(pairs))
    assert found.errors == sum(fewest_errors(h.split(), r.split()) for h, r in pairs)
    assert found.hypothesis_tokens - found.reference_tokens == found.insertions - found.deletions
    assert found.wer == found.errors / sum(len(r.split()) for _, r in pairs)


def test_each_kind_of_error_is_counted_as_such() -> None:
    found = counted(stored([("A X C", "A B C"), ("A", "A B"), ("A B", "A"), ("", "A"), ("A", "A")]))
    assert (found.substitutions, found.deletions, found.insertions) == (1, 2, 1)
    assert (found.exact, found.empty, found.samples) == (1, 1, 5)
    assert (found.distinct_hypothesis, found.distinct_reference) == (4, 3)
    assert (found.commonest, found.commonest_share) == ("A", 4 / 7)
    assert found.mean_hypothesis_length == 7 / 5 and found.mean_reference_length == 8 / 5
    assert found.empty_share == 0.2
    assert not found.is_classification


def test_classes_are_sequences_of_one() -> None:
    found = counted(stored([("A", "A"), ("B", "A"), ("", "C")]))
    assert found.is_classification and found.accuracy == 1 / 3
    assert found.sentence == "1 of 3 stored predictions are right (33.3%)"


def test_dev_goes_before_test_and_the_latest_step_before_the_others() -> None:
    test = stored([("A", "A")], "test.json", "test")
    early, late = (
        stored([("A", "B")], "gls/900.dev.hyp.gls"),
        stored([("A", "A")], "gls/12000.dev.hyp.gls"),
    )
    assert error_counts(run(test, late, early)).read_from == "gls/12000.dev.hyp.gls"
    assert error_counts(run(test)).read_from == "test.json"


@pytest.mark.parametrize("files", [(), (stored([("A", ""), ("B", "")]),)])
def test_without_references_nothing_is_counted(files: tuple[PredictionFile, ...]) -> None:
    with pytest.raises(Unavailable, match="looked for hypotheses"):
        error_counts(run(*files))


def test_the_recomputed_wer_of_six_real_runs_is_the_logged_one(shared_data: Path) -> None:
    folders = sorted((shared_data / "juanmcastroviejo__asl-cslr" / "results").glob("*/summary.json"))
    assert len(folders) == 6
    for summary in folders:
        files = {name: read(summary.parent / name) for name in ("test_hyps.npy", "test_refs.npy")}
        found = recognise_predictions("test_hyps.npy", "npy", files["test_hyps.npy"], files.get)
        assert found is not None
        logged = json.loads(summary.read_text(encoding="utf-8"))
        counts = error_counts(run(found))
        assert counts.wer in (logged["test_greedy"]["wer"], logged["test_beam"]["wer"]), summary
        assert counts.reference_tokens == logged["test_beam"]["n_tokens"]
        assert counts.accuracy == pytest.approx(logged["test_beam"]["sentence_acc"])

"""Predictions beside a healthy run, in four formats: silent as they are, and with a fault named."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import slrdoctor

Run = Any  # RunInMemory of conftest.py
Pairs = list[tuple[str, list[str], list[str]]]  # id, hypothesis, reference


def healthy_pairs(run: Run, errors: int = 4) -> Pairs:
    """The references of dev, with one gloss replaced in some."""
    pairs = [(name, list(glosses), list(glosses)) for name, split, glosses in run.rows if split == "dev"]
    for i in range(errors):
        pairs[3 * i][1][0] = "IX"
    return pairs


def log_what_they_score(run: Run, pairs: Pairs) -> None:
    errors = sum(a != b for _, h, r in pairs for a, b in zip(h, r))
    run.history[-1]["dev_wer"] = errors / sum(len(r) for _, _, r in pairs)


def as_json(pairs: Pairs) -> dict[str, bytes]:
    records = [{"id": i, "hypothesis": " ".join(h), "reference": " ".join(r)} for i, h, r in pairs]
    return {"results/dev_predictions.json": json.dumps(records, ensure_ascii=False).encode()}


def as_csv(pairs: Pairs) -> dict[str, bytes]:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["video_id", "ground_truth", "predicted"])
    writer.writerows([i, " ".join(r), " ".join(h)] for i, h, r in pairs)
    return {"dev_results.csv": out.getvalue().encode()}


def as_signjoey(pairs: Pairs) -> dict[str, bytes]:
    return {
        "gls/30.dev.hyp.gls": "".join(f"dev/{i}|{' '.join(h)}\n" for i, h, _ in pairs).encode(),
        "gls/references.dev.gls": "".join(f"dev/{i}|{' '.join(r)}\n" for i, _, r in pairs).encode(),
    }


def as_npy(pairs: Pairs) -> dict[str, bytes]:
    files = {}
    for name, column in (("dev_hyps.npy", 1), ("dev_refs.npy", 2)):
        column_of = np.empty(len(pairs), dtype=object)
        for i, pair in enumerate(pairs):
            column_of[i] = pair[column]
        out = io.BytesIO()
        np.save(out, column_of, allow_pickle=True)
        files[name] = out.getvalue()
    return files


FORMATS = {"json": as_json, "csv": as_csv, "signjoey": as_signjoey, "npy": as_npy}


def lower_case(pairs: Pairs) -> Pairs:
    return [(i, [g.lower() for g in h], r) for i, h, r in pairs]


def add_marks(pairs: Pairs) -> Pairs:
    return [(i, [f"{g}(1)" for g in h], r) for i, h, r in pairs]


def keep_padding(pairs: Pairs) -> Pairs:
    return [(i, ["<s>", *h, "</s>", "<pad>"], r) for i, h, r in pairs]


def permute_the_vocabulary(pairs: Pairs) -> Pairs:
    glosses = sorted({g for _, h, r in pairs for g in (*h, *r)})
    other = dict(zip(glosses, glosses[3:] + glosses[:3]))
    return [(i, [other[g] for g in h], r) for i, h, r in pairs]


def shuffle_hypotheses(pairs: Pairs) -> Pairs:
    hypotheses = [h for _, h, _ in pairs]
    random.Random(1).shuffle(hypotheses)
    return [(i, h, r) for (i, _, r), h in zip(pairs, hypotheses)]


def say_the_same(pairs: Pairs) -> Pairs:
    return [(i, ["GO", "MOTHER"], r) for i, _, r in pairs]


def guess(pairs: Pairs) -> Pairs:
    rng = random.Random(2)
    glosses = sorted({g for _, _, r in pairs for g in r})
    return [(i, rng.choices(glosses, k=len(h)), r) for i, h, r in pairs]


def loop(pairs: Pairs) -> Pairs:
    return [(i, h + h[-2:] * 3, r) for i, h, r in pairs]


def delete_most(pairs: Pairs) -> Pairs:
    return [(i, h[:1], r) for i, h, r in pairs]


def spoil_some(pairs: Pairs) -> Pairs:
    rng = random.Random(3)
    return [(i, [g if rng.random() < 0.7 else "READ" for g in h], r) for i, h, r in pairs]


FAULTS: list[tuple[str, Callable[[Pairs], Pairs]]] = [
    ("EVL903", lower_case),
    ("EVL903", add_marks),
    ("LAB212", permute_the_vocabulary),
    ("EVL906", shuffle_hypotheses),
    ("EVL906", spoil_some),
    ("DEC801", say_the_same),
    ("DEC802", loop),
    ("CTC414", delete_most),
]


@pytest.mark.parametrize("form", FORMATS)
def test_predictions_that_give_the_logged_score_are_healthy(
    healthy_run: Run, written: Callable[[Run, str], Path], form: str
) -> None:
    run, pairs = healthy_run.copy(), healthy_pairs(healthy_run)
    log_what_they_score(run, pairs)
    run.files |= FORMATS[form](pairs)

    report = slrdoctor.scan(written(run, "npy and csv"))

    assert not report.crashed
    assert report.verdict == "healthy", str(report)
    judged = {entry.code for entry in report.passed}
    assert {"CTC413", "CTC414", "DEC801", "DEC802", "EVL903", "EVL904", "EVL906", "LAB212"} <= judged


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(("code", "put"), FAULTS, ids=[put.__name__ for _, put in FAULTS])
def test_a_fault_of_the_predictions_is_the_first_cause(
    healthy_run: Run,
    written: Callable[[Run, str], Path],
    code: str,
    put: Callable[[Pairs], Pairs],
    form: str,
) -> None:
    run, pairs = healthy_run.copy(), healthy_pairs(healthy_run)
    log_what_they_score(run, pairs)
    run.files |= FORMATS[form](put(pairs))

    report = slrdoctor.scan(written(run, "npy and csv"))

    assert not report.crashed, report.crashed
    said = [(d.check.code, d.finding.message) for d in report.diagnoses]
    assert said[0][0] == code, said


@pytest.mark.parametrize("normalises", [True, False])
def test_padding_in_stored_hypotheses_is_a_fault_where_the_scorer_counted_it(
    healthy_run: Run, written: Callable[[Run, str], Path], normalises: bool
) -> None:
    run, pairs = healthy_run.copy(), healthy_pairs(healthy_run)
    log_what_they_score(run, pairs)
    if not normalises:
        added = 3 * len(pairs) / sum(len(r) for _, _, r in pairs)
        run.history[-1]["dev_wer"] += added
    run.files |= as_json(keep_padding(pairs))

    report = slrdoctor.scan(written(run, "npy and csv"))

    assert ("EVL903" in {d.check.code for d in report.diagnoses}) is not normalises


def test_guesses_are_no_better_than_blind_whatever_the_log_says(
    healthy_run: Run, written: Callable[[Run, str], Path]
) -> None:
    run, pairs = healthy_run.copy(), guess(healthy_pairs(healthy_run))
    run.files |= as_json(pairs)

    report = slrdoctor.scan(written(run, "npy and csv"))

    (blind,) = [d for d in report.diagnoses if d.check.code == "EVL904"]
    assert blind.explained_by == ("EVL906",), "the log is that of another model"


def test_guesses_of_a_model_that_learned_nothing_stand_beneath_that(
    healthy_run: Run, written: Callable[[Run, str], Path]
) -> None:
    run, pairs = healthy_run.copy(), guess(healthy_pairs(healthy_run))
    log_what_they_score(run, pairs)
    for row in run.history:
        row |= {"train_loss": 2.75, "dev_loss": 2.78, "dev_wer": run.history[-1]["dev_wer"]}
    run.files |= as_json(pairs)

    report = slrdoctor.scan(written(run, "npy and csv"))

    (blind,) = [d for d in report.diagnoses if d.check.code == "EVL904"]
    assert "TRN502" in blind.explained_by
    assert "EVL906" not in {d.check.code for d in report.diagnoses}


def test_a_score_over_hypothesis_tokens_is_told(
    healthy_run: Run, written: Callable[[Run, str], Path]
) -> None:
    run, pairs = healthy_run.copy(), healthy_pairs(healthy_run, errors=0)
    pairs = [(i, h[:-1] if n % 2 else h, r) for n, (i, h, r) in enumerate(pairs)]
    missing = sum(len(r) - len(h) for _, h, r in pairs)
    for row in run.history[5:]:
        row["dev_wer"] = missing / sum(len(h) for _, h, _ in pairs)
    run.files |= as_json(pairs)

    report = slrdoctor.scan(written(run, "npy and csv"))

    assert report.diagnoses[0].check.code == "EVL902", str(report)


def test_six_real_runs_are_what_their_scores_say(shared_data: Path) -> None:
    report = slrdoctor.scan(shared_data / "juanmcastroviejo__asl-cslr")

    assert not report.crashed
    grave = {(d.case[-1], d.check.code) for d in report.diagnoses if d.check.severity.word != "note"}
    assert grave == {("results/full_transformer", "TRN504")}
    assert {"CTC413", "CTC414", "EVL902", "EVL903", "EVL904", "EVL906"} <= {
        e.code for e in report.passed
    }

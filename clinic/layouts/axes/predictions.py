"""How the hypotheses for dev are written, and their references."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator

from clinic.layouts.draft import DoesNotApply, Draft
from clinic.layouts.registry import plain, value
from clinic.layouts.subject import Prediction


@plain
def json_records(draft: Draft) -> None:
    """dev_predictions.json: a list of id, reference and hypothesis"""
    rows = [{"id": p.name, "reference": p.reference, "hypothesis": p.hypothesis} for p in _pairs(draft)]
    draft.json("dev_predictions.json", rows)


@value
def json_by_id(draft: Draft) -> None:
    """dev_results.json: an object of hyp and ref by id"""
    pairs = {p.name: {"hyp": p.hypothesis, "ref": p.reference} for p in _pairs(draft)}
    draft.json("dev_results.json", pairs)


@value
def json_under_a_key(draft: Draft) -> None:
    """results.json: an object with split and predictions, the latter a list"""
    rows = [{"name": p.name, "gt": p.reference, "pred": p.hypothesis} for p in _pairs(draft)]
    draft.json("results.json", {"split": "dev", "predictions": rows})


@value
def json_without_ids(draft: Draft) -> None:
    """predictions.json: references and hypotheses as two lists"""
    pairs = list(_pairs(draft))
    lists = {"references": [p.reference for p in pairs], "hypotheses": [p.hypothesis for p in pairs]}
    draft.json("predictions.json", lists)


@value
def json_lines(draft: Draft) -> None:
    """out/dev.jsonl: an object of id, ref and hyp per line"""
    rows = ({"id": p.name, "ref": p.reference, "hyp": p.hypothesis} for p in _pairs(draft))
    lines = (json.dumps(row, ensure_ascii=False) for row in rows)
    draft.text("out/dev.jsonl", "".join(f"{line}\n" for line in lines))


@value
def csv(draft: Draft) -> None:
    """results/dev_predictions.csv: video_id, ground_truth, predicted"""
    rows = [(p.name, p.reference, p.hypothesis) for p in _pairs(draft)]
    header = ("video_id", "ground_truth", "predicted")
    draft.table("results/dev_predictions.csv", [header, *rows])


@value
def csv_of_classes(draft: Draft) -> None:
    """predictions_val.csv: file, true, predicted, confidence"""
    rows = [(p.name, p.reference, p.hypothesis, "0.8712") for p in _pairs(draft)]
    draft.table("predictions_val.csv", [("file", "true", "predicted", "confidence"), *rows])


@value
def csv_without_header(draft: Draft) -> None:
    """dev_predictions.csv: id, reference, hypothesis, and no names of columns"""
    draft.table("dev_predictions.csv", [(p.name, p.reference, p.hypothesis) for p in _pairs(draft)])


@value
def tsv(draft: Draft) -> None:
    """dev_decoded.tsv: id, target, prediction"""
    rows = [(p.name, p.reference, p.hypothesis) for p in _pairs(draft)]
    draft.table("dev_decoded.tsv", [("id", "target", "prediction"), *rows], "\t")


@value
def lines(draft: Draft) -> None:
    """dev.ref and dev.hyp: a line per sample, without ids"""
    pairs = list(_pairs(draft))
    draft.text("dev.ref", "".join(f"{p.reference}\n" for p in pairs))
    draft.text("dev.hyp", "".join(f"{p.hypothesis}\n" for p in pairs))


@value
def trn(draft: Draft) -> None:
    """dev.ref.trn and dev.hyp.trn: the words, then the id in brackets, as sclite reads them"""
    pairs = list(_pairs(draft))
    draft.text("dev.ref.trn", "".join(f"{p.reference} ({p.name})\n" for p in pairs))
    draft.text("dev.hyp.trn", "".join(f"{p.hypothesis} ({p.name})\n" for p in pairs))


@value
def ctm_and_stm(draft: Draft) -> None:
    """output-hypothesis-dev.ctm and groundtruth-dev.stm, as VAC writes them"""
    if draft.subject.task != "ctc":
        raise DoesNotApply("these are files of recognisers of sequences")
    pairs = list(_pairs(draft))
    if any(" " in p.name for p in pairs):
        raise DoesNotApply("an id with a space cannot be separated from what follows")
    timed = (
        f"{p.name} 1 {i / 100:.2f} {(i + 1) / 100:.2f} {word}\n"
        for p in pairs
        for i, word in enumerate(p.hypothesis.split())
    )
    draft.text("output-hypothesis-dev.ctm", "".join(timed))
    truths = (f"{p.name} 1 signer 0.0 1.79769e+308 {p.reference}\n" for p in pairs)
    draft.text("groundtruth-dev.stm", "".join(truths))


@value
def as_signjoey(draft: Draft) -> None:
    """gls/330.dev.hyp.gls and gls/references.dev.gls: id|tokens"""
    kind = "txt" if draft.subject.task == "translation" else "gls"
    pairs = list(_pairs(draft))
    draft.text(f"{kind}/330.dev.hyp.{kind}", "".join(f"{p.name}|{p.hypothesis}\n" for p in pairs))
    draft.text(f"{kind}/references.dev.{kind}", "".join(f"{p.name}|{p.reference}\n" for p in pairs))


@value
def as_fairseq(draft: Draft) -> None:
    """generate-dev.txt: T-0, H-0 and D-0"""
    lines = []
    for i, p in enumerate(_pairs(draft)):
        lines += [
            f"T-{i}\t{p.reference}",
            f"H-{i}\t-0.31\t{p.hypothesis}",
            f"D-{i}\t-0.31\t{p.hypothesis}",
        ]
    draft.text("generate-dev.txt", "\n".join(lines) + "\n")


@value
def printed(draft: Draft) -> None:
    """decode_dev.log: GT and Pred in lines of their own"""
    lines = []
    for p in _pairs(draft):
        lines += [f"[{p.name}]", f"GT:   {p.reference}", f"Pred: {p.hypothesis}", ""]
    draft.text("decode_dev.log", "\n".join(lines))


@value
def pickled(draft: Draft) -> None:
    """dev_outputs.pkl: a dict of hyp and ref by id"""
    pairs = {p.name: {"hyp": p.hypothesis, "ref": p.reference} for p in _pairs(draft)}
    draft.at("dev_outputs.pkl").write_bytes(pickle.dumps(pairs))


@value
def hypotheses_by_id(draft: Draft) -> None:
    """dev_predictions.json: hypotheses by id; the references are those of the annotations"""
    _demand_known_references(draft)
    draft.json("dev_predictions.json", {p.name: p.hypothesis for p in _pairs(draft)})


@value
def hypotheses_in_lines(draft: Draft) -> None:
    """predictions/dev.txt: id|hypothesis; the references are those of the annotations"""
    _demand_known_references(draft)
    draft.text("predictions/dev.txt", "".join(f"{p.name}|{p.hypothesis}\n" for p in _pairs(draft)))


@value
def hypotheses_in_a_table(draft: Draft) -> None:
    """submission_dev.csv: id, prediction; the references are those of the annotations"""
    _demand_known_references(draft)
    rows = [(p.name, p.hypothesis) for p in _pairs(draft)]
    draft.table("submission_dev.csv", [("id", "prediction"), *rows])


@value
def beside_those_of_train(draft: Draft) -> None:
    """predictions_dev.json beside predictions_train.json, whose hypotheses are all right"""
    rows = [{"id": p.name, "reference": p.reference, "hypothesis": p.hypothesis} for p in _pairs(draft)]
    draft.json("predictions_dev.json", rows)
    train = draft.subject.of("train")
    own = [{"id": draft.row_of(s), "reference": s.target, "hypothesis": s.target} for s in train]
    if not draft.subject.is_healthy:
        raise DoesNotApply("what this run says of its training set is unknown")
    draft.json("predictions_train.json", own)


def _pairs(draft: Draft) -> Iterator[Prediction]:
    if not draft.subject.predictions:
        raise DoesNotApply("the run has no predictions")
    yield from draft.pairs()


def _demand_known_references(draft: Draft) -> None:
    """The annotations have the references that the run was scored with."""
    targets = {sample.name: sample.target for sample in draft.subject.samples}
    if any(targets[p.name] != p.reference for p in draft.subject.predictions):
        raise DoesNotApply("the references are not those of the annotations")

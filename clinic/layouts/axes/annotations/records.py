"""Annotations as json, pickles, lines, or the folders that clips lie in."""

from __future__ import annotations

import gzip
import json
import pickle
from collections import defaultdict
from typing import Any

import numpy as np
import yaml

from clinic.layouts.draft import DoesNotApply, Draft, Table
from clinic.layouts.registry import value
from clinic.layouts.storing import tensor


@value
def json_list(draft: Draft) -> None:
    """A json list of objects"""
    for table in draft.tables:
        draft.json(f"{table.place}.json", _records(draft, table))


@value
def json_by_id(draft: Draft) -> None:
    """A json object of objects by id"""
    item = draft.column("id")
    for table in draft.tables:
        found = {r[item]: {k: v for k, v in r.items() if k != item} for r in _records(draft, table)}
        draft.json(f"{table.place}.json", found)


@value
def json_targets_by_id(draft: Draft) -> None:
    """A json object of targets by id"""
    for table in draft.tables:
        _demand_no_split(table)
        targets = {draft.row_of(sample): sample.target for sample in table.samples}
        draft.json(f"{table.place}.json", targets)


@value
def json_of_lists(draft: Draft) -> None:
    """A json list of objects whose glosses are a list"""
    if draft.subject.task != "ctc":
        raise DoesNotApply("the targets are not sequences of glosses")
    target = draft.column("target")
    for table in draft.tables:
        rows = [r | {target: r[target].split()} for r in _records(draft, table)]
        draft.json(f"{table.place}.json", rows)


@value
def json_under_a_key(draft: Draft) -> None:
    """A json object with version and annotations, the latter a list of objects"""
    for table in draft.tables:
        content = {"version": "1.0", "annotations": _records(draft, table)}
        draft.json(f"{table.place}.json", content)


@value
def json_lines(draft: Draft) -> None:
    """A json object per line"""
    for table in draft.tables:
        lines = (json.dumps(record, ensure_ascii=False) for record in _records(draft, table))
        draft.text(f"{table.place}.jsonl", "".join(f"{line}\n" for line in lines))


@value
def in_yaml(draft: Draft) -> None:
    """A yaml list of objects"""
    for table in draft.tables:
        content = yaml.safe_dump(_records(draft, table), allow_unicode=True, sort_keys=False)
        draft.text(f"{table.place}.yaml", content)


@value
def pickled_records(draft: Draft) -> None:
    """A pickled list of dicts"""
    for table in draft.tables:
        draft.at(f"{table.place}.pkl").write_bytes(pickle.dumps(_records(draft, table)))


@value
def as_signjoey(draft: Draft) -> None:
    """A gzip pickle per split of name, signer, gloss, text and the features themselves"""
    _demand_the_plain(draft, "features", "ids")
    is_text = draft.subject.task == "translation"
    for split in draft.subject.splits:
        rows = [
            {
                "name": f"{draft.word(split)}/{draft.row_of(s)}",
                "signer": s.signer,
                "gloss": "" if is_text else s.target,
                "text": s.target if is_text else "",
                "sign": tensor(draft.array(s.frames)),
            }
            for s in draft.subject.of(split)
        ]
        packed = gzip.compress(pickle.dumps(rows), compresslevel=1, mtime=0)
        draft.at(f"corpus.pami0.{draft.word(split)}").write_bytes(packed)
    draft.holds_features = False


@value
def as_vac(draft: Draft) -> None:
    """train_info.npy: a pickled dict of fileid, folder, signer, label and num_frames by number"""
    if draft.subject.task != "ctc":
        raise DoesNotApply("this is how recognisers of sequences keep their samples")
    _demand_a_table_each(draft)
    for table in draft.tables:
        word = draft.word(table.samples[0].split)
        entries: dict[Any, Any] = {"prefix": "phoenix"}
        for number, s in enumerate(table.samples):
            entries[number] = {
                "fileid": draft.row_of(s),
                "folder": f"{word}/{draft.file_of(s)}/1/*.png",
                "signer": s.signer,
                "label": s.target,
                "num_frames": len(s.frames),
                "original_info": f"{draft.row_of(s)}|{s.target}",
            }
        np.save(draft.at(f"{word}_info.npy"), np.array(entries, dtype=object), allow_pickle=True)


@value
def as_wlasl(draft: Draft) -> None:
    """A json list of glosses, each with its instances: video_id, signer_id and split"""
    if draft.subject.task != "classification":
        raise DoesNotApply("this is how data sets of single signs are listed")
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for table in draft.tables:
        for s in table.samples:
            found[s.target].append(
                {
                    "video_id": draft.row_of(s),
                    "signer_id": int(s.signer[-2:]),
                    "split": {"dev": "val"}.get(s.split, s.split),
                    "fps": 25,
                    "frame_start": 1,
                    "frame_end": -1,
                }
            )
    content = [{"gloss": gloss, "instances": rows} for gloss, rows in found.items()]
    draft.json("dataset.json", content)


@value
def as_msasl(draft: Draft) -> None:
    """MSASL_train.json: org_text, clean_text, signer_id, file, label"""
    if draft.subject.task != "classification":
        raise DoesNotApply("this is how data sets of single signs are listed")
    _demand_a_table_each(draft)
    number = {token: index for index, token in enumerate(draft.subject.tokens)}
    for table in draft.tables:
        rows = [
            {
                "org_text": s.target,
                "clean_text": s.target.lower(),
                "signer_id": int(s.signer[-2:]),
                "file": draft.row_of(s),
                "label": number.get(s.target, -1),
                "fps": 25.0,
                "start_time": 0.0,
                "end_time": len(s.frames) / 25,
                "text": s.target.lower(),
            }
            for s in table.samples
        ]
        split = draft.word(table.samples[0].split)
        draft.json(f"MSASL_{split}.json", rows, indent=None)


@value
def as_kaldi(draft: Draft) -> None:
    """A line per sample: the id, a space, and the glosses"""
    for table in draft.tables:
        _demand_no_split(table)
        if any(" " in draft.row_of(sample) for sample in table.samples):
            raise DoesNotApply("an id with a space cannot be separated from what follows")
        lines = (f"{draft.row_of(sample)} {sample.target}\n" for sample in table.samples)
        draft.text(f"{table.place}.txt", "".join(lines))


@value
def lines_with_tabs(draft: Draft) -> None:
    """A line per sample: the id, a tab, and the target"""
    for table in draft.tables:
        _demand_no_split(table)
        lines = (f"{draft.row_of(sample)}\t{sample.target}\n" for sample in table.samples)
        draft.text(f"{table.place}.txt", "".join(lines))


@value
def a_text_each(draft: Draft) -> None:
    """labels/v0012.txt with the target of the clip"""
    if any("/" in draft.row_of(s) or "\\" in draft.row_of(s) for s in draft.subject.samples):
        raise DoesNotApply("a path is not the name of a file")
    _demand_folders(draft)
    for sample in draft.subject.samples:
        draft.text(f"labels/{draft.row_of(sample)}.txt", f"{sample.target}\n")


@value
def class_folders(draft: Draft) -> None:
    """features/train/BUCH/v0012.npy, and no other annotation"""
    if draft.subject.task != "classification":
        raise DoesNotApply("a folder is named for one class")
    _demand_folders(draft)
    draft.with_class_folders = True
    draft.tables = []


def _records(draft: Draft, table: Table) -> list[dict[str, str]]:
    return [draft.record(sample, table.names_split) for sample in table.samples]


def _demand_no_split(table: Table) -> None:
    if table.names_split:
        raise DoesNotApply("there is no column for the split")


def _demand_a_table_each(draft: Draft) -> None:
    if len(draft.tables) < len(draft.subject.splits):
        raise DoesNotApply("this convention has a file per split")


def _demand_folders(draft: Draft) -> None:
    """The split is told by the folder of the features, and by nothing else."""
    if len(draft.folders) < len(draft.subject.splits) or any(t.names_split for t in draft.tables):
        raise DoesNotApply("only the folders of the features would name the split")


def _demand_the_plain(draft: Draft, *axes: str) -> None:
    from clinic.layouts.registry import AXES

    other = [name for name in axes if draft.layout[name] != AXES[name].plain]
    if other:
        raise DoesNotApply(f"this convention settles {' and '.join(other)} itself")

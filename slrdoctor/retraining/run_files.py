"""The folder of a retrained run: what `scan` reads, and what a later start is held against."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from slrdoctor.artifacts.run import Row
from slrdoctor.artifacts.settings.read import NAME
from slrdoctor.artifacts.storage.whole_file import PARTIAL, write_text
from slrdoctor.retraining.checkpoints import BEST, LAST, is_finished
from slrdoctor.retraining.data import Material
from slrdoctor.retraining.plan import CannotRetrain, Plan

CONFIG, HISTORY, VOCABULARY, PREDICTIONS = (
    "config.yaml",
    "history.json",
    "vocabulary.json",
    "dev_predictions.json",
)
TOKENIZER, OUTPUTS, ANNOTATIONS = "tokenizer.json", "outputs", "annotations"
OURS = (CONFIG, HISTORY, VOCABULARY, PREDICTIONS, TOKENIZER, BEST, LAST, NAME)


def prepare(out: Path, run: Path, plan: Plan, model_config: Any, *, force: bool) -> bool:
    """Make the folder ready. True where it holds an unfinished run of the same plan, to go on with.

    Raises CannotRetrain for a folder that is in use otherwise. Nothing but files that a
    retraining writes is ever deleted.
    """
    check_place(out, run)
    config = written_config(plan, model_config)
    there = {path.name for path in out.iterdir()} if out.exists() else set()
    # a kill within the very first write leaves nothing but a part of it
    if there - {CONFIG + PARTIAL} and not force:
        _refuse_other(out, config)
        _sweep(out, [name + PARTIAL for name in OURS])
        return True
    _sweep(out, [name + ending for name in OURS for ending in ("", PARTIAL)])
    for folder in (OUTPUTS, ANNOTATIONS):
        if is_ours(out / folder):
            shutil.rmtree(out / folder)
    out.mkdir(parents=True, exist_ok=True)
    write_text(out / CONFIG, config)
    return False


def check_place(out: Path, run: Path) -> None:
    """The folder may not be where a scan of the user's run would take it for part of that run."""
    if out.exists() and not out.is_dir():
        raise CannotRetrain(f"--out {out} is not a folder")
    if out.resolve() == run.resolve() or run.resolve() in out.resolve().parents:
        raise CannotRetrain(
            f"--out {out} lies in {run}, where a scan would take it for part of that run: give a "
            "folder beside it"
        )


def is_ours(folder: Path) -> bool:
    """Whether a folder below --out holds nothing that a retraining does not write."""
    known = {".npz", ".csv", PARTIAL}
    return folder.is_dir() and all(p.suffix in known for p in folder.rglob("*") if p.is_file())


def _refuse_other(out: Path, config: str) -> None:
    again = "--force starts anew in it"
    try:
        there = yaml.safe_load((out / CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        there = None
    if not isinstance(there, dict) or "retrain" not in there:
        raise CannotRetrain(f"{out} is not empty and holds no retrained run: {again}")
    wanted = yaml.safe_load(config)
    if there != wanted:
        told = "; ".join(_differences(there, wanted))
        raise CannotRetrain(f"{out} holds another run ({told}): {again}, or give another --out")
    if (out / LAST).is_file() and is_finished(out / LAST):
        raise CannotRetrain(
            f"{out} holds the finished run of this command: `slrdoctor scan {out}` reads it, {again}"
        )


def _differences(there: Any, wanted: Any, name: str = "") -> Iterator[str]:
    if isinstance(there, dict) and isinstance(wanted, dict):
        for key in dict.fromkeys((*there, *wanted)):
            yield from _differences(there.get(key), wanted.get(key), f"{name}.{key}".lstrip("."))
    elif there != wanted:
        yield f"{name} {there} there and {wanted} now"


def _sweep(out: Path, names: Any) -> None:
    for name in names:
        if (out / name).is_file():
            (out / name).unlink()


def written_config(plan: Plan, model_config: Any) -> str:
    """config.yaml: the model, the training, and the plan that a later start must agree with."""
    sizes = dict(dataclasses.asdict(model_config))
    # of a tower that reads texts, ids are no outputs
    ids = "text_ids" if plan.task == "retrieval" else "num_classes"
    model = {"type": plan.model, ids: sizes.pop("classes"), **sizes}
    training = {
        "task": plan.task,
        "batch_size": plan.batch_size,
        "epochs": plan.epochs,
        "learning_rate": plan.learning_rate,
        "optimizer": "AdamW",
        "seed": plan.seed,
        "device": plan.device,
    }
    agreed = {k: v for k, v in plan.as_dict().items() if k not in (*training, "task", "model")}
    whole = {"model": model, "training": training, "retrain": agreed}
    text: str = yaml.safe_dump(whole, sort_keys=False)
    return text


def write_history(out: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    lines = ",\n".join(f" {json.dumps(_finite(row))}" for row in rows)
    write_text(out / HISTORY, f"[\n{lines}\n]\n")


def _finite(row: Mapping[str, Any]) -> dict[str, Any]:
    bad = (k for k, v in row.items() if isinstance(v, float) and not math.isfinite(v))
    return {**row, **dict.fromkeys(bad)}


def write_vocabulary(out: Path, material: Material) -> None:
    """Token to id; what no token owns is the blank or padding."""
    unowned = "<blank>" if material.task == "ctc" else "<pad>"
    first = material.blank if material.task == "ctc" else 0
    words = {
        (unowned if token is None else token): i
        for i, token in enumerate(material.tokens)
        if token is not None or i == first
    }
    if material.task == "ctc" and material.blank >= len(material.tokens):
        words[unowned] = material.blank
    write_text(out / VOCABULARY, json.dumps(words, ensure_ascii=False, indent=1) + "\n")
    if material.tokenizer is not None:
        write_text(out / TOKENIZER, material.tokenizer.to_json() + "\n")


def write_predictions(
    out: Path,
    ids: Sequence[str],
    hypotheses: Sequence[Sequence[str]],
    references: Sequence[Sequence[str]],
) -> None:
    pairs = [
        {"id": name, "hypothesis": " ".join(said), "reference": " ".join(meant)}
        for name, said, meant in zip(ids, hypotheses, references, strict=True)
    ]
    write_text(out / PREDICTIONS, json.dumps(pairs, ensure_ascii=False, indent=1) + "\n")


def relative(path: Path, folder: Path) -> str:
    """A path as slrdoctor.toml in a folder has it: relative where there is a way, with slashes."""
    try:
        return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    except ValueError:  # another drive
        return path.resolve().as_posix()


def write_rows(path: Path, rows: Sequence[Row]) -> None:
    """Annotations as a csv with the columns that are known."""
    import csv
    import io

    texts = any(row.text and not row.glosses for row in rows)
    columns = ["id", "path", "text" if texts else "gloss", "signer"]
    used = [c for c in columns if c not in ("path", "signer") or any(getattr(r, c) for r in rows)]
    written = io.StringIO()
    table = csv.writer(written, delimiter="|", lineterminator="\n")
    table.writerow(used)
    for row in rows:
        target = (row.text or "") if texts else " ".join(row.glosses or ())
        values = {"id": row.id, "path": row.path or "", "signer": row.signer or ""}
        table.writerow([values.get(column, target) for column in used])
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, written.getvalue())

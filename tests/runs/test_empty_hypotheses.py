"""Stored predictions that are all empty, with nothing else in the folder, in several forms."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import slrdoctor

Pairs = Sequence[tuple[str, str, str]]  # (id, reference, hypothesis)


def by_id(folder: Path, pairs: Pairs) -> None:
    held = {name: {"gls_hyp": hyp, "gls_ref": ref} for name, ref, hyp in pairs}
    (folder / "dev_results.json").write_text(json.dumps(held))


def table(folder: Path, pairs: Pairs) -> None:
    rows = "".join(f"{name},{ref},{hyp}\n" for name, ref, hyp in pairs)
    (folder / "predictions.csv").write_text("id,reference,hypothesis\n" + rows)


def lines(folder: Path, pairs: Pairs) -> None:
    (folder / "dev.ref").write_text("".join(f"{ref}\n" for _, ref, _ in pairs))
    (folder / "dev.hyp").write_text("".join(f"{hyp}\n" for _, _, hyp in pairs))


def records(folder: Path, pairs: Pairs) -> None:
    held = [json.dumps({"id": name, "gt": ref, "pred": hyp}) for name, ref, hyp in pairs]
    (folder / "out").mkdir()
    (folder / "out/dev.jsonl").write_text("\n".join(held) + "\n")


def pairs_of(says: Callable[[str], str]) -> Pairs:
    chance = random.Random(7)
    words = [f"GLOSS{chr(65 + i)}" for i in range(20)]
    refs = [" ".join(chance.choices(words, k=chance.randint(2, 6))) for _ in range(60)]
    return [(f"clip{i}", ref, says(ref)) for i, ref in enumerate(refs)]


WRITERS = pytest.mark.parametrize("write", [by_id, table, lines, records])


@WRITERS
def test_hypotheses_that_are_all_empty_are_the_first_cause(
    write: Callable[[Path, Pairs], None], tmp_path: Path
) -> None:
    write(tmp_path, pairs_of(lambda ref: ""))

    causes = [f for f in slrdoctor.scan(tmp_path).findings if f["root_cause"]]

    assert causes[0]["code"] in ("DEC801", "CTC411")
    assert "60" in causes[0]["message"] and "empty" in causes[0]["message"]


@WRITERS
def test_a_few_empty_ones_among_good_hypotheses_are_none(
    write: Callable[[Path, Pairs], None], tmp_path: Path
) -> None:
    write(tmp_path, pairs_of(lambda ref: "" if len(ref) < 15 else ref))

    found = {f["code"] for f in slrdoctor.scan(tmp_path).findings}

    assert not found & {"DEC801", "CTC411", "EVL904"}

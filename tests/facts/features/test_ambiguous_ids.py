"""Ids that start again in every folder: the label tells which is meant, or nothing does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import slrdoctor
from slrdoctor.artifacts.run import AnnotationFile, Clip, DataSet, FeatureSet, Row
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.features.join import Join, join
from slrdoctor.facts.labels.samples import samples

ROOT = Path("run")
ACTIONS = ("hello", "thanks", "yes")


def stored(keys: list[str], split: str = "", where: str = "features") -> FeatureSet:
    clips = tuple(Clip(key, ROOT / where / f"{key}.npy", "npy") for key in keys)
    return FeatureSet(split, where, "npy", "file per sample", clips)


def joined(annotated: list[Row], *sets: FeatureSet) -> Join:
    file = AnnotationFile("labels.csv", "csv", "csv", tuple(annotated), classification=True)
    data = DataSet("", ROOT, sets, (file,))
    return join(data, samples(data))


def counted(split: str = "", count: int = 8) -> list[Row]:
    return [
        Row(str(n), split, (action,), line=line)
        for line, (action, n) in enumerate((a, n) for a in ACTIONS for n in range(count))
    ]


@pytest.mark.parametrize(
    "place", ["{action}/{n}", "MP_Data/{action}/{n}", "all/clips/{action}/{n}", "{action}/{n:03}"]
)
def test_ids_that_start_again_with_every_label_are_found_in_the_folder_of_the_label(place: str) -> None:
    keys = [place.format(action=action, n=n) for action in ACTIONS for n in range(8)]

    found = joined(counted(), stored(keys))

    assert len(found.pairs) == 24 and not found.missing and not found.ambiguous.rows
    for pair in found.pairs:
        assert f"{(pair.row.glosses or ('',))[0]}/" in pair.clip.key
        assert int(pair.clip.key.rpartition("/")[2]) == int(pair.row.id)
    assert found.how.startswith("the label and id ")


def test_a_clip_that_a_label_lacks_is_missing_all_the_same() -> None:
    keys = [f"{action}/{n}" for action in ACTIONS for n in range(8)]
    keys.remove("thanks/3")

    found = joined(counted(), stored(keys))

    assert [(row.id, row.glosses) for row in found.missing] == [("3", ("thanks",))]


@pytest.mark.parametrize("place", ["signer{g}/{n}", "part{g}/clips/{n}", "day_{g}/{n}", "{g}/{n}"])
def test_ids_that_several_clips_fit_are_ambiguous_and_not_missing(place: str) -> None:
    keys = [place.format(g=g, n=n) for g in (1, 2, 3) for n in range(24)]
    annotated = [Row(str(n), "", (ACTIONS[n % 3],), line=n) for n in range(24)]

    with pytest.raises(Unavailable) as refused:
        joined(annotated, stored(keys))

    first = [place.format(g=g, n=0) for g in (1, 2, 3)]
    said = f"all 24 annotated ids are ambiguous: 0 may be {first[0]}, {first[1]} or {first[2]}"
    assert str(refused.value) == said
    assert first[0] in refused.value.enable


def test_clips_of_another_split_make_no_id_ambiguous() -> None:
    train = [f"{action}/{n}" for action in ACTIONS for n in range(8)]
    annotated = [*counted("train"), Row("77", "dev", ("yes",), line=99)]

    found = joined(annotated, stored(train, "train", "features/train"), stored(["yes/78"], "dev", "dev"))

    assert [row.id for row in found.missing] == ["77"] and len(found.pairs) == 24


def test_some_that_are_ambiguous_are_said_beside_the_others() -> None:
    keys = [*(f"clip_{n:02}" for n in range(20)), "a/x", "b/x"]
    annotated = [Row(f"clip_{n:02}", "", ("yes",), line=n) for n in range(21)] + [Row("x", "", ("no",))]

    found = joined(annotated, stored(keys))

    assert [row.id for row in found.missing] == ["clip_20"]
    assert found.sentence.endswith("1 of 22 annotated ids is ambiguous: x may be a/x or b/x")
    assert found.covered == {"": (20, 21)}


def test_a_scan_says_which_and_what_would_help(tmp_path: Path) -> None:
    for group in ("signer1", "signer2"):
        (tmp_path / "clips" / group).mkdir(parents=True)
        for n in range(12):
            np.save(
                tmp_path / "clips" / group / f"{n}.npy", np.random.default_rng(n).normal(size=(20, 30))
            )
    lines = "".join(f"{n},{ACTIONS[n % 3]}\n" for n in range(12))
    (tmp_path / "labels.csv").write_text(f"id,label\n{lines}", encoding="utf-8")

    report = slrdoctor.scan(tmp_path, select=("FEA101", "FEA102"))

    assert not report.diagnoses
    [entry] = {(e.text, e.enable) for e in report.not_looked_at}
    assert "0 may be signer1/0 or signer2/0" in entry[0] and "signer1/0" in entry[1]

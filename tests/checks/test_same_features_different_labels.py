"""FEA113: samples with different targets have the same features."""

from __future__ import annotations

from typing import Any

from slrdoctor.artifacts.run import Row
from slrdoctor.facts.labels.samples import Samples
from slrdoctor.testing import findings, not_judged
from tests.making import clip_row, clip_table


def targets(*glosses: str) -> Samples:
    rows = (Row(f"c{i}", "train", (gloss,)) for i, gloss in enumerate(glosses))
    return Samples(tuple(rows), "train.csv")


def texts(*texts: str) -> Samples:
    return Samples(tuple(Row(f"c{i}", "train", text=text) for i, text in enumerate(texts)), "train.csv")


def clips(digests: str, **changes: Any) -> Any:
    rows = tuple(clip_row(f"c{i}", digest=d, **changes) for i, d in enumerate(digests))
    return clip_table(table={"rows": rows})


def test_fea113_fires_on_two_targets_of_one_array() -> None:
    [finding] = findings("FEA113", clips("aab"), targets("JA", "NEIN", "JA"))
    assert "2 of 3" in finding.message and "c0 (JA) and c1 (NEIN)" in finding.message


def test_fea113_fires_on_two_texts_of_one_array() -> None:
    [finding] = findings("FEA113", clips("aab"), texts("es regnet", "ja", "ja"))
    assert "c0 (es regnet) and c1 (ja)" in finding.message
    assert not findings("FEA113", clips("aab"), texts("es  regnet", "es regnet", ""))


def test_fea113_is_quiet_when_equal_arrays_have_one_target() -> None:
    assert not findings("FEA113", clips("aab"), targets("JA", "JA", "NEIN"))


def test_fea113_is_quiet_on_constant_clips_and_on_tiny_arrays() -> None:
    both = targets("JA", "NEIN")
    assert not findings("FEA113", clips("aa", constant=True), both)
    assert not findings("FEA113", clips("aa", frames=1, dims=15), both)
    assert findings("FEA113", clips("aa", frames=1, dims=16), both)


def test_fea113_fires_from_one_percent_of_the_samples_on() -> None:
    def table(n: int) -> Any:
        rows = tuple(clip_row(f"c{i}", digest=str(max(1, i))) for i in range(n))
        return clip_table(table={"rows": rows})

    names = [str(i) for i in range(201)]
    assert findings("FEA113", table(200), targets(*names[:200]))
    assert not findings("FEA113", table(201), targets(*names))


def test_fea113_is_not_judged_on_tiny_arrays() -> None:
    both = targets("JA", "NEIN")
    one = not_judged("FEA113", clips("aa", frames=1, dims=15), both)

    assert "large enough" in one.reason

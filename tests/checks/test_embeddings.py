"""EMB701 to EMB704: on embeddings that are dumped, and on what a config says of the contrast."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import slrdoctor
from slrdoctor.facts.embeddings.contrast import Contrast
from slrdoctor.testing import findings, not_judged

LABELS, CLIPS, DIMS = 60, 6, 128


def codes(root: Path, *, information: float, offset: float, dims: int = DIMS) -> set[str]:
    """What fires on embeddings around `offset`, whose labels are `information` apart."""
    rng = np.random.default_rng(1)
    homes = rng.normal(size=(LABELS, dims)) * information
    labels = np.repeat(np.arange(LABELS), CLIPS)
    rows = homes[labels] + rng.normal(size=(len(labels), dims)) * 0.3
    rows = np.pad(rows, ((0, 0), (0, DIMS - dims))) + rng.normal(size=DIMS) * offset
    rows += rng.normal(size=rows.shape) * 1e-3
    ids = [f"s{i:03d}" for i in range(len(labels))]
    references = [f"L{label}" for label in labels]
    slrdoctor.dump_outputs(root / "outputs" / "dev", ids, embeddings=rows, references=references)
    report = slrdoctor.scan(root, select=["EMB"])
    assert not report.crashed, report.crashed
    judged = {e.code for e in report.passed} | {d.check.code for d in report.diagnoses}
    assert {"EMB701", "EMB703"} <= judged
    assert "EMB702" in judged | {e.code for e in report.not_judged}
    return {d.check.code for d in report.diagnoses}


def test_emb701_fires_on_noise_around_a_common_offset_and_emb702_is_quiet(tmp_path: Path) -> None:
    found = codes(tmp_path, information=0.0, offset=4.0)

    assert "EMB701" in found and "EMB702" not in found


def test_emb702_fires_on_information_around_a_common_offset_and_emb701_is_quiet(tmp_path: Path) -> None:
    found = codes(tmp_path, information=1.0, offset=6.0)

    assert "EMB702" in found and "EMB701" not in found


def test_emb701_emb702_and_emb703_are_quiet_on_embeddings_that_are_apart(tmp_path: Path) -> None:
    assert codes(tmp_path, information=1.0, offset=0.0) == set()


def test_emb703_fires_where_two_directions_of_many_are_used(tmp_path: Path) -> None:
    assert "EMB703" in codes(tmp_path, information=1.0, offset=0.0, dims=2)


def contrast(batch: int | None, clips: int = 900, labels: int = 100) -> Contrast:
    return Contrast(
        "supcon", True, batch, "config.yaml batch_size", "", clips, labels, 4.0, "config.yaml"
    )


@pytest.mark.parametrize("made", [contrast(8), contrast(256, clips=110)])
def test_emb704_fires_on_a_small_batch_and_on_one_clip_a_label(made: Contrast) -> None:
    assert findings("EMB704", made, None)


def test_emb704_is_quiet_at_the_boundary_of_the_batch() -> None:
    assert findings("EMB704", contrast(63), None) and not findings("EMB704", contrast(64), None)


def test_emb704_is_quiet_where_no_batch_is_known() -> None:
    assert not findings("EMB704", contrast(None), None)


def test_emb704_is_not_judged_where_no_batch_is_known() -> None:
    assert "batch size" in not_judged("EMB704", contrast(None), None).reason

"""A run whose clips lie in parts: what is sound is not accused, and what is broken is still found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from slrdoctor import scan
from slrdoctor.core.report import Report

POINTS = {"pose": 33, "left_hand": 21, "right_hand": 21}
NAMES = [f"clip{i:02d}" for i in range(24)]
Parts = dict[str, NDArray[np.float32]]
Write = Callable[[Path, Parts], None]
Spoil = Callable[[str, Parts], None]


def in_keys(place: Path, parts: Parts) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    np.savez(place.with_suffix(".npz"), **cast("Any", {**parts, "fps": np.float32(25)}))


def in_files(place: Path, parts: Parts) -> None:
    place.mkdir(parents=True)
    for part, values in parts.items():
        np.save(place / f"{part}.npy", values)


def in_folders(place: Path, parts: Parts) -> None:
    for part, values in parts.items():
        folder = place.parents[1] / part / place.parent.name
        folder.mkdir(parents=True, exist_ok=True)
        np.save(folder / f"{place.name}.npy", values)


def moving(number: int) -> Parts:
    values = np.random.default_rng(number)
    return {
        part: (np.cumsum(values.normal(0, 0.01, (30 + number, n, 3)), axis=0) + 0.5).astype(np.float32)
        for part, n in POINTS.items()
    }


def run(
    root: Path, layout: Write, takes: int = 225, spoil: Callable[[str, Parts], None] | None = None
) -> Report:
    for i, name in enumerate(NAMES):
        parts = moving(i)
        if spoil is not None:
            spoil(name, parts)
        layout(root / "features" / ("train" if i < 16 else "dev") / name, parts)
    for split, names in (("train", NAMES[:16]), ("dev", NAMES[16:])):
        lines = [f"{name},{'ABCD'[i % 4]}" for i, name in enumerate(names)]
        (root / f"{split}.csv").write_text("\n".join(["id,label", *lines]))
    model = nn.ModuleDict({"proj": nn.Linear(takes, 16), "head": nn.Linear(16, 4)})
    torch.save(model.state_dict(), root / "best.pt")
    return scan(root)


def codes(report: Report) -> set[str]:
    return {finding["code"] for finding in report.findings} & {
        "FEA101", "FEA102", "FEA103", "FEA104", "FEA106", "FEA109", "FEA116", "MDL604",
    }  # fmt: skip


LAYOUTS = pytest.mark.parametrize("layout", [in_keys, in_files, in_folders])


@LAYOUTS
def test_sound_parts_are_not_accused(tmp_path: Path, layout: Write) -> None:
    assert not codes(run(tmp_path, layout))


@LAYOUTS
def test_a_model_of_another_width_is_found(tmp_path: Path, layout: Write) -> None:
    assert codes(run(tmp_path, layout, takes=512)) == {"MDL604"}


@LAYOUTS
def test_values_that_are_not_finite_are_found_in_their_part(tmp_path: Path, layout: Write) -> None:
    def spoil(name: str, parts: Parts) -> None:
        if name in NAMES[:3]:
            parts["left_hand"][4] = np.nan

    report = run(tmp_path, layout, spoil=spoil)

    [finding] = [f for f in report.findings if f["code"] == "FEA104"]
    assert codes(report) == {"FEA104"} and "left_hand" in finding["message"]


@LAYOUTS
def test_a_part_that_is_missing_or_cut_is_found(tmp_path: Path, layout: Write) -> None:
    def spoil(name: str, parts: Parts) -> None:
        if name == NAMES[3]:
            del parts["right_hand"]
        if name == NAMES[5]:
            parts["pose"] = parts["pose"][:-4]

    report = run(tmp_path, layout, spoil=spoil)

    [finding] = [f for f in report.findings if f["code"] == "FEA103"]
    assert codes(report) == {"FEA103"} and finding["message"].startswith("2 of 24 feature files")

"""Where the score and the losses of a run went, in one line."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from slrdoctor.facts.training.dev_score import DevScore


def sentence_of(facts: Mapping[str, Any], score: DevScore | None, epochs: int) -> str:
    """Of the fields of `Progress`: `dev WER fell from 98.0% to 31.2% over 30 epochs, ...`."""
    parts = []
    if score is not None:
        blind = facts["blind_metric"]
        guess = "guessing" if score.quantity == "accuracy" else "always answering the same"
        guessing = f" ({guess}: {score.shown(blind)})" if math.isfinite(blind) else ""
        parts.append(f"{_course(score, epochs)}{guessing}")
    for split, name in (("train", "training"), ("dev", "dev")):
        first, last, factor = (
            facts[key] for key in (f"first_{split}", f"last_{split}", f"{split}_factor")
        )
        if math.isfinite(last):
            parts.append(f"{name} loss {first * factor:.3g} to {last * factor:.3g}")
            parts[-1] += f" as logged, {first:.3g} to {last:.3g} converted" if factor != 1 else ""
    if math.isfinite(facts["floor"]):
        parts.append(f"{facts['floor']:.2f} without looking at the input")
    return ", ".join(parts)


def _course(score: DevScore, epochs: int) -> str:
    """Where the score went: `dev WER fell from 98.0% to 31.2% over 30 epochs`."""
    shown = [score.shown(value) for value in score.values]
    name, first, last = f"{score.split} {score.word}", shown[0], score.shown(score.last)
    if len(set(shown)) == 1:
        return f"{name} is {first} in all {epochs} {score.looks}"
    if first == last:
        best = f"{score.shown(score.best)} at best"
        return f"{name} is {first} at the start and at the end of {epochs} {score.looks}, {best}"
    went = "rose" if score.last > score.first else "fell"
    return f"{name} {went} from {first} to {last} over {epochs} {score.looks}"

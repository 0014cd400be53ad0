"""`--picture`: the loss curves of an overfit experiment."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from slrdoctor.cli.exits import cannot
from slrdoctor.cli.output import check_writable
from slrdoctor.words.controls import one_line

if TYPE_CHECKING:
    from slrdoctor.examination.overfit import Overfit


def check_picture(picture: Path | None) -> None:
    """Refuse before the experiment what could not be drawn after it."""
    if picture is None:
        return
    from slrdoctor.extras import demand
    from slrdoctor.render._curves import SUFFIXES

    check_writable(picture, "--picture")
    if picture.suffix.lower() not in SUFFIXES:
        raise cannot(f"--picture {picture}: give a name that ends in {', '.join(SUFFIXES)}")
    demand("matplotlib", "--picture")


def draw(result: Overfit, picture: Path | None) -> None:
    """Draw the curves where the experiment gave any; the answer is worth more than its picture."""
    from slrdoctor.extras import PackageMissing
    from slrdoctor.render._curves import Curve, draw_curves

    curves = [Curve(*curve) for curve in result.curves]
    if picture is None or not curves:
        return
    try:
        draw_curves(result.report.outline.headline, curves, result.levels, result.bar, picture)
    except (OSError, PackageMissing) as error:
        print(one_line(f"slrdoctor: the curves were not drawn: {error}"), file=sys.stderr)
    else:
        print(f"slrdoctor: the loss curves are in {picture}", file=sys.stderr)

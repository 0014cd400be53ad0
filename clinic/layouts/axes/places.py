"""In which folders the files of a run lie."""

from __future__ import annotations

from clinic.layouts.draft import Draft
from clinic.layouts.registry import plain, value

DATA = ("splits", "annotations", "features", "vocabulary")
RUN = ("history", "predictions", "config", "checkpoint")


@plain
def together(draft: Draft) -> None:
    """All in the folder that is scanned"""


@value
def data_and_run(draft: Draft) -> None:
    """data/ and runs/exp1/"""
    draft.places = dict.fromkeys(DATA, "data/") | dict.fromkeys(RUN, "runs/exp1/")


@value
def data_below(draft: Draft) -> None:
    """data/, and what training left beside it"""
    draft.places = dict.fromkeys(DATA, "data/")


@value
def run_below(draft: Draft) -> None:
    """outputs/2026-01-05/10-00-00/ for what training left, and the data beside outputs/"""
    draft.places = dict.fromkeys(RUN, "outputs/2026-01-05/10-00-00/")


@value
def one_folder_down(draft: Draft) -> None:
    """project/ with everything in it"""
    draft.places = dict.fromkeys((*DATA, *RUN), "project/")


@value
def data_set_by_name(draft: Draft) -> None:
    """dataset/my_signs/ and experiments/my_signs_baseline/"""
    run = dict.fromkeys(RUN, "experiments/my_signs_baseline/")
    draft.places = dict.fromkeys(DATA, "dataset/my_signs/") | run


@value
def by_kind(draft: Draft) -> None:
    """annotations/, configs/, logs/, results/ and so on"""
    draft.places = {
        "annotations": "annotations/", "vocabulary": "vocab/", "history": "logs/",
        "predictions": "results/", "config": "configs/", "checkpoint": "models/",
    }  # fmt: skip

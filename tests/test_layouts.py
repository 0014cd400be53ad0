"""The instrument that writes one run in many layouts: every value writes, and the figures are right."""

from __future__ import annotations

import csv
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from clinic.layouts import figures, page, registry, shrinking, writing
from clinic.layouts.__main__ import LINES, PAGE
from clinic.layouts.draft import DoesNotApply
from clinic.layouts.judging import examine, figures_of
from clinic.layouts.subject import Prediction, Sample, Subject

SINGLE = [writing.name_of(layout) for layout in writing.single()]


def small(task: str) -> Subject:
    """Eight clips of two hands, and what a training of two epochs leaves."""
    rng = np.random.default_rng(0)
    glosses = ("REGEN", "WIND", "SONNE")
    samples = tuple(
        Sample(
            f"v{i:04d}",
            ("train", "train", "dev", "test")[i % 4],
            f"Signer{1 + i % 2:02d}",
            rng.normal(size=(5 + i, 126)).astype(np.float32),
            glosses[i % 3] if task == "classification" else f"{glosses[i % 3]} {glosses[(i + 1) % 3]}",
        )
        for i in range(8)
    )
    linear = torch.nn.Linear(126, 3)
    optimizer = torch.optim.Adam(linear.parameters())
    model = {"head.weight": linear.weight.detach(), "head.bias": linear.bias.detach()}
    kept = {"epoch": 2, "model": model, "optimizer": optimizer.state_dict()}
    score = {"ctc": "dev_wer", "classification": "dev_accuracy", "translation": "dev_bleu"}[task]
    row = {"train_loss": 2.0, "learning_rate": 0.001, "grad_norm": 1.0, "dev_loss": 1.9, score: 0.5}
    blank = "<blank>" if task == "ctc" else ""
    return Subject(
        name="small",
        task=task,
        codes=(),
        sentence="",
        samples=samples,
        tokens=tuple(filter(None, (blank, *glosses))),
        blank=blank,
        history=tuple({"epoch": float(epoch), **row} for epoch in range(1, 6)),
        checkpoints={"best": kept, "last": kept},
        config={"task": task, "model": {"num_classes": 3}},
        predictions=tuple(Prediction(s.name, s.target, s.target) for s in samples if s.split == "dev"),
    )


TASKS = {task: small(task) for task in ("ctc", "classification", "translation")}


def contents(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and "tfevents" not in path.name
    }


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bytes]]:
    """The files of the plain layout, by task."""
    root = tmp_path_factory.mktemp("plain")
    for task, subject in TASKS.items():
        writing.write(subject, {}, root / task)
    return {task: contents(root / task) for task in TASKS}


@pytest.mark.parametrize("name", SINGLE)
def test_every_value_writes_other_files_of_the_same_run(
    name: str, plain: dict[str, dict[str, bytes]], tmp_path: Path
) -> None:
    differs = False
    for task, subject in TASKS.items():
        before = pickle.dumps(subject)
        try:
            writing.write(subject, writing.layout_of(name), tmp_path / task)
        except DoesNotApply:
            continue
        differs |= contents(tmp_path / task) != plain[task]
        assert pickle.dumps(subject) == before

    assert differs


def test_every_value_has_an_example_for_the_page() -> None:
    bare = [
        f"{axis.name}={name}"
        for axis in registry.load().values()
        for name, write in axis.values.items()
        if not (write.__doc__ or "").strip()
    ]

    assert not bare


def test_a_second_value_of_the_same_name_is_refused() -> None:
    registry.load()

    with pytest.raises(ValueError, match="two values called bare"):
        registry.value(registry.AXES["ids"].values["bare"])


def test_a_layout_is_drawn_alike_from_the_same_seed_and_its_name_tells_all_of_it() -> None:
    first, again = (writing.drawn(np.random.default_rng(5)) for _ in range(2))

    assert first == again != writing.drawn(np.random.default_rng(6))
    assert writing.layout_of(writing.name_of(first)) == first
    assert writing.layout_of(writing.name_of({})) == {}


def test_values_of_several_axes_meet_in_the_same_files(tmp_path: Path) -> None:
    layout = {"ids": "with_extension", "splits": "column", "columns": "german", "shape": "points"}
    writing.write(TASKS["ctc"], layout, tmp_path)

    with (tmp_path / "annotations.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert rows[0] == {
        "Datei": "v0000.mp4", "Glossen": "REGEN WIND", "Sprecher": "Signer01", "Teil": "train"
    }  # fmt: skip
    assert np.load(tmp_path / "features" / "v0000.npy").shape == (5, 42, 3)


def line(subject: str, layout: str, roots: tuple[str, ...] = (), **more: Any) -> Any:
    return {
        "key": f"{subject}|{layout}", "subject": subject, "layout": layout,
        "verdict": "broken" if roots else "healthy", "roots": list(roots), "graver": list(roots),
        "crashed": [],
        "figures": {name: [] for name in figures.NUMBERS} | {"best score": [0.5], "width": [126]},
    } | more  # fmt: skip


PLAIN = [line("ctc", "plain"), line("isolated-dev-copied", "plain", ("SPL301", "TRN504"))]


def test_what_is_not_as_in_the_plain_layout_is_counted() -> None:
    alarmed = line("ctc", "ids=numeric", ("FEA101",))
    found = figures.figures(
        [*PLAIN, alarmed, line("isolated-dev-copied", "ids=numeric", ("SPL301",)),
         {"key": "ctc|shape=points", "subject": "ctc", "layout": "shape=points", "does_not_apply": "no"}]
    )  # fmt: skip

    assert found["skipped"] == 1
    assert found["single"]["encodings"] == 2
    assert found["single"]["first cause"] == [1, 2]
    assert found["single"]["no false alarm"] == [0, 1]
    assert found["single"]["width"] == [2, 2]
    assert found["values"] == {
        "ids=numeric": {"verdict": ["ctc"], "first cause": ["ctc"], "no false alarm": ["ctc"]}
    }
    assert [one["key"] for one, _ in found["failing"]] == ["ctc|ids=numeric"]


def test_a_score_may_differ_by_the_rounding_of_a_log_and_by_no_more() -> None:
    near, far = ({"best score": [value], "width": [126]} for value in (0.5031, 0.52))

    assert figures.compared(line("ctc", "x=y", figures=near), PLAIN[0])["best score"]
    assert not figures.compared(line("ctc", "x=y", figures=far), PLAIN[0])["best score"]


def test_a_number_that_is_no_longer_there_is_not_the_same() -> None:
    gone = line("ctc", "ids=numeric", figures={"width": [126]})

    assert figures.compared(gone, PLAIN[0])["best score"] is False


def test_the_sample_fails_for_what_was_right_and_for_nothing_else() -> None:
    right, wrong = line("ctc", "ids=numeric"), line("ctc", "ids=numeric", ("FEA101",))

    assert not figures.fallen([*PLAIN, wrong], [*PLAIN, wrong])
    assert not figures.fallen([*PLAIN, wrong], [*PLAIN, right])
    assert figures.fallen([*PLAIN, right], [*PLAIN, wrong]) == [
        f"ctc|ids=numeric: {what} is no longer as in the plain layout"
        for what in ("verdict", "first cause", "no false alarm")
    ]


def test_combinations_are_counted_by_each_of_their_values() -> None:
    both = "ids=numeric,shape=points"
    found = figures.figures(
        [*PLAIN, line("ctc", both, ("FEA101",)), line("ctc", "ids=numeric,unit=percent")]
    )

    assert [one["layout"] for one in found["only together"]] == [both]
    assert found["in combinations"] == [
        ("shape=points", 1, 1), ("ids=numeric", 1, 2), ("unit=percent", 0, 1)
    ]  # fmt: skip


def test_a_combination_is_explained_by_a_value_that_fails_alone() -> None:
    both = line("ctc", "ids=numeric,shape=points", ("FEA101",))
    found = figures.figures([*PLAIN, both, line("isolated-dev-copied", "ids=numeric", ("FEA101",))])

    assert not found["only together"]


def test_a_layout_shrinks_to_what_changes_the_first_cause() -> None:
    def judged(key: str) -> Any:
        layout = key.partition("|")[2]
        wrong = "ids=numeric" in layout and "shape=points" in layout
        return line("ctc", layout, ("FEA101",) if wrong else ())

    whole = "ctc|places=by_kind,ids=numeric,shape=points,unit=percent"
    assert shrinking.smallest(whole, judged) == "ctc|ids=numeric,shape=points"
    with pytest.raises(ValueError, match="as the plain layout"):
        shrinking.smallest("ctc|ids=numeric", judged)


def test_figures_are_read_from_the_facts_of_every_case() -> None:
    facts = {
        "ClipTable (a)": {"rows": [{"dims": 126}], "sentence": "8 of 8 clips read, 68 frames"},
        "ClipTable (b)": {
            "rows": {"count": 8, "first": [{"dims": 63}]}, "sentence": "8 of 8 clips read, 68 frames"
        },
        "StoredFeatures": {"covered": {"train": [4, 4], "dev": [1, 2]}},
    }  # fmt: skip

    found = dict(figures_of(facts))
    assert (found["width"], found["frames"]) == ([126, 63], [68])
    assert found["joined"] == [{"dev": 1, "train": 4}]


def test_an_encoding_that_cannot_be_written_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clinic.layouts.judging.subject", lambda name: TASKS["ctc"])

    assert examine("ctc|annotations=as_wlasl")["does_not_apply"] == (
        "this is how data sets of single signs are listed"
    )


def test_the_page_is_that_of_the_recorded_lines() -> None:
    written = PAGE.read_text(encoding="utf-8")

    assert written == page.page(figures.figures(figures.read(LINES))), (
        "python -m clinic.layouts --report-only"
    )

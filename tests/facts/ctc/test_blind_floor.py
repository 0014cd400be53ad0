from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.ctc import blind_floor as module
from slrdoctor.facts.ctc.blind_floor import blind_floor
from slrdoctor.facts.ctc.ctc_lengths import CtcLengths, repeats_in
from slrdoctor.facts.ctc.layer_stack import LayerStack
from slrdoctor.facts.labels.output_classes import OutputClasses
from slrdoctor.facts.labels.samples import Targets
from slrdoctor.facts.labels.task import Task
from tests.making import sample_lengths

CTC = Task("ctc", "", "")
CLASSIFICATION = Task("classification", "", "")
CLASSES = OutputClasses(101, "told", "config.yaml")


def ctc(samples: int = 400, known: bool = True) -> CtcLengths:
    rng = np.random.default_rng(0)
    shares = rng.dirichlet(np.full(100, 0.5))
    glosses = tuple(
        tuple(f"G{g}" for g in rng.choice(100, size=rng.integers(6, 14), p=shares))
        for _ in range(samples)
    )
    frames = rng.integers(30, 60, samples)
    lengths = sample_lengths(frames, [len(g) for g in glosses], [repeats_in(g) for g in glosses])
    stack = LayerStack("S4" if known else "", 4, "told", "", known=known)
    return replace(lengths, stack=stack, glosses=glosses)


def test_the_ctc_floor_is_near_entropy_and_the_length_term() -> None:
    lengths = ctc()
    floor = blind_floor(CTC, None, None, lengths, CLASSES, None)
    tokens = [g for target in lengths.glosses for g in target]
    _, counts = np.unique(tokens, return_counts=True)
    entropy = float(-(counts / counts.sum() * np.log(counts / counts.sum())).sum())
    sizes, frames = lengths.target_lengths, lengths.input_lengths
    estimate = entropy + float(np.mean(np.log(2 * np.pi * sizes * (1 - sizes / frames)) / (2 * sizes)))
    assert floor.per_token == pytest.approx(estimate, abs=0.15)
    assert floor.exact
    assert floor.classes == 101


def test_at_the_floor_the_blank_has_the_share_that_the_glosses_leave() -> None:
    lengths = ctc()
    floor = blind_floor(CTC, None, None, lengths, CLASSES, None)
    left = 1 - lengths.target_lengths.sum() / lengths.input_lengths.sum()
    assert floor.blank_share == pytest.approx(left, abs=0.05)


def test_an_unknown_stride_moves_the_floor_little_and_makes_it_inexact() -> None:
    exact, about = (
        blind_floor(CTC, None, None, ctc(known=known), CLASSES, None) for known in (True, False)
    )
    assert exact.exact
    assert not about.exact
    assert "about" in about.sentence


def test_a_sample_of_many_data_gives_nearly_the_floor_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = blind_floor(CTC, None, None, ctc(1000), CLASSES, None)
    monkeypatch.setattr(module, "MOST_CELLS", 60_000)
    part = blind_floor(CTC, None, None, ctc(1000), CLASSES, None)
    assert part.samples < whole.samples
    assert not part.exact
    assert part.per_token == pytest.approx(whole.per_token, abs=0.05)


def test_infeasible_and_dev_samples_do_not_count() -> None:
    lengths = ctc(3)
    frames = np.array([40, 2, 40])
    short = replace(lengths, splits=("train", "train", "dev"), frames=frames, input_lengths=frames)
    assert blind_floor(CTC, None, None, short, None, None).samples == 1


def test_without_frames_ctc_has_no_floor_and_says_what_is_missing() -> None:
    with pytest.raises(Unavailable, match="frame counts"):
        blind_floor(CTC, None, None, None, CLASSES, None)


def test_a_classifiers_floor_is_the_entropy_of_its_training_labels() -> None:
    labels = ["A"] * 6 + ["B"] * 3 + ["C"] * 1 + ["D"]
    targets = Targets(
        tuple(map(str, range(11))), ("train",) * 10 + ("dev",), tuple((x,) for x in labels), "train.csv"
    )
    floor = blind_floor(CLASSIFICATION, None, targets, None, None, None)
    by_hand = -(0.6 * math.log(0.6) + 0.3 * math.log(0.3) + 0.1 * math.log(0.1))
    assert floor.per_sample == pytest.approx(by_hand)
    assert floor.classes == 3
    assert floor.chance == pytest.approx(1 / 3)
    assert floor.exact


def test_without_labels_a_classifiers_floor_is_at_most_the_log_of_its_classes() -> None:
    told = OutputClasses(25, "num_classes", "config.yaml")
    floor = blind_floor(CLASSIFICATION, None, None, None, told, None)
    assert floor.per_sample == pytest.approx(math.log(25))
    assert not floor.exact


def test_translation_has_no_such_floor() -> None:
    with pytest.raises(Unavailable, match="translation"):
        blind_floor(Task("translation", "", ""), None, None, None, None, None)

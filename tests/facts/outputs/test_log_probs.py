"""What stored outputs say, against slow and obvious second implementations."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize

from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.labels.vocabulary import BlankIndex
from slrdoctor.facts.outputs.decoded_output import decoded_output
from slrdoctor.facts.outputs.log_probs import BlankScore, LogProbs, blank_rival, log_probs
from slrdoctor.facts.outputs.loss_input import loss_input
from slrdoctor.facts.training.history import Curve, History
from tests.facts.outputs.stored_outputs import (
    CTC,
    RNG,
    TOKENS,
    Floats,
    log_softmax,
    named,
    passed,
    peaky,
    run_of,
    sentences,
)


@pytest.fixture
def healthy(tmp_path: Path) -> LogProbs:
    targets = sentences(30)
    clips = {n: log_softmax(peaky(t, 40 + len(t), 11, 0)) for n, t in targets.items()}
    known = BlankIndex(0, "the token <blank>", True, "vocabulary.json")
    return log_probs(passed(run_of(tmp_path, clips), named(targets), blank=known))


def test_a_peaky_model_is_decoded_without_error_and_with_as_many_blanks_as_it_should(
    healthy: LogProbs,
) -> None:
    assert healthy.wer == 0 and healthy.hypotheses == healthy.references
    assert healthy.blank_share == pytest.approx(healthy.peaky_share, abs=0.01)
    assert (
        healthy.over_floor < 0.1
        and healthy.per_token < healthy.floor_per_token < healthy.start_per_token
    )


def test_t_250_with_95_percent_blank_is_healthy(tmp_path: Path) -> None:
    targets = {f"s{i}": RNG.integers(1, 11, 10).tolist() for i in range(12)}
    clips = {n: log_softmax(peaky(t, 250, 11, 0)) for n, t in targets.items()}

    outputs = log_probs(passed(run_of(tmp_path, clips), named(targets)))

    assert outputs.wer < 0.05 and outputs.blank_share == pytest.approx(0.96) == outputs.peaky_share


def test_decoding_and_wer_are_those_of_the_slow_way(tmp_path: Path) -> None:
    targets = sentences(20)
    clips = {n: log_softmax(RNG.normal(size=(12, 11))) for n in targets}

    outputs = log_probs(passed(run_of(tmp_path, clips), named(targets)))

    wrong = 0
    for name, said in zip(outputs.ids, outputs.hypotheses):
        merged = [c for c, _ in itertools.groupby(clips[name].astype(np.float32).argmax(axis=1))]
        slow = [TOKENS[c] for c in merged if c != outputs.blank]
        assert list(said) == slow
        wrong += edits(slow, [f"G{g}" for g in targets[name]])
    assert outputs.wer == pytest.approx(wrong / sum(map(len, targets.values())))


def edits(one: list[str], other: list[str]) -> int:
    """The edit distance, by the table of all prefixes."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        before, row[0] = row[0], i
        for j, b in enumerate(other, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


def test_the_floor_is_what_torch_finds_by_moving_one_bias_vector(tmp_path: Path) -> None:
    import torch

    targets = sentences(10, glosses=4)
    clips = {n: log_softmax(RNG.normal(size=(int(RNG.integers(12, 20)), 5))) for n in targets}
    outputs = log_probs(passed(run_of(tmp_path, clips), named(targets), TOKENS[:5]))
    lengths = torch.tensor([len(clips[n]) for n in outputs.ids])
    sizes = torch.tensor([len(targets[n]) for n in outputs.ids])
    flat = torch.tensor([g for n in outputs.ids for g in targets[n]])

    def loss(bias: Floats) -> tuple[float, Floats]:
        moved = torch.tensor(bias, requires_grad=True)
        constant = moved.log_softmax(0).expand(int(lengths.max()), len(lengths), 5)
        value = torch.nn.CTCLoss()(constant, flat, lengths, sizes)
        value.backward()
        assert moved.grad is not None
        return value.item(), moved.grad.numpy()

    best = minimize(loss, np.array([2.0, 0, 0, 0, 0]), jac=True, method="L-BFGS-B")

    assert outputs.floor_per_token == pytest.approx(best.fun, rel=1e-3)


@pytest.mark.parametrize("change", ["logits", "probabilities", "log-probabilities"])
def test_the_loss_is_the_same_on_every_scale(tmp_path: Path, change: str) -> None:
    import torch

    targets = sentences(12)
    values = {n: RNG.normal(size=(30, 11)) * 3 for n in targets}
    forms = {
        "logits": lambda x: x + 2,
        "probabilities": lambda x: np.exp(log_softmax(x)),
        "log-probabilities": log_softmax,
    }
    clips = {n: np.asarray(forms[change](v)) for n, v in values.items()}
    outputs = passed(run_of(tmp_path, clips), named(targets))

    assert outputs.splits[0].axes.scale == change
    theirs = [
        torch.nn.CTCLoss(reduction="sum")(
            torch.tensor(log_softmax(values[n]))[:, None],
            torch.tensor([t]), torch.tensor([30]), torch.tensor([len(t)]),
        ).item()
        for n, t in targets.items()
    ]  # fmt: skip
    np.testing.assert_allclose(log_probs(outputs).losses, theirs, rtol=1e-4)
    assert loss_input(CTC, outputs, None).stored.scale == change  # type: ignore[union-attr]


@pytest.mark.parametrize("blank", [0, 10])
def test_a_blank_that_nothing_configures_is_told_by_how_it_behaves(tmp_path: Path, blank: int) -> None:
    """Ten glosses and eleven classes: the blank is before or after them."""
    targets = {f"s{i}": RNG.integers(0, 10, 4).tolist() for i in range(20)}
    coded = {n: [g + (g >= blank) for g in t] for n, t in targets.items()}
    clips = {n: log_softmax(peaky(t, 30, 11, blank)) for n, t in coded.items()}
    tokens = tuple(f"G{i}" for i in range(10))
    assumed = BlankIndex(10 - blank, "assumed", False, "")
    glosses = {n: tuple(f"G{g}" for g in t) for n, t in targets.items()}

    outputs = log_probs(passed(run_of(tmp_path, clips), glosses, tokens, (), assumed))

    assert outputs.blank == blank and not outputs.blank_is_certain and outputs.wer == 0
    assert outputs.over_floor < 0.5
    with pytest.raises(Unavailable, match="nothing configures the blank"):
        blank_rival(outputs)


def test_a_configured_blank_is_kept_and_its_rival_scored(tmp_path: Path) -> None:
    targets = sentences(20, glosses=9)
    clips = {n: log_softmax(peaky(t, 30, 11, 10)) for n, t in targets.items()}
    configured = BlankIndex(0, "blank: 0 in the config", True, "config.yaml")

    outputs = log_probs(passed(run_of(tmp_path, clips), named(targets), blank=configured))

    assert outputs.blank == 0 and outputs.wer > 1
    assert blank_rival(outputs).likeliest == BlankScore(10, "G10", 0.0)


def test_decoded_output_counts_tokens(healthy: LogProbs) -> None:
    said = decoded_output(CTC, healthy, None, None, None)

    assert said.length_ratio == 1 and said.empty_share == 0 and said.wer == 0
    assert said.what == "the greedy dev hypotheses"


@pytest.mark.parametrize(("name", "off"), [("log_probs", 240), ("posteriors", 0)])
def test_probabilities_are_off_where_they_are_called_log_probabilities(
    tmp_path: Path, name: str, off: int
) -> None:
    targets = sentences(6)
    clips = {n: np.exp(log_softmax(peaky(t, 40, 11, 0))) for n, t in targets.items()}
    run = run_of(tmp_path, clips)
    run = replace(run, outputs=tuple(replace(o, where=f"{name}/dev") for o in run.outputs))

    history = History((Curve("loss", "train", "loss", np.ones(1), np.ones(1), "log.csv"),), "log.csv")

    said = loss_input(CTC, passed(run, named(targets)), history)

    assert said.stored is not None and said.stored.off_frames == off


def test_a_head_of_zeros_has_no_distance_from_the_floor(tmp_path: Path) -> None:
    targets = sentences(6)
    clips = {n: np.full((40, 11), -math.log(11)) for n in targets}

    said = log_probs(passed(run_of(tmp_path, clips), named(targets)))

    assert said.per_token == pytest.approx(said.start_per_token)
    assert math.isnan(said.over_floor)

from __future__ import annotations

import pytest

from slrdoctor.facts.evaluation.token_renaming import TokenRenaming
from tests.making import Judge

PERMUTED = TokenRenaming(
    wer=0.99, renamed_wer=0.28, error=0.02, by_chance=0.05,
    examples=(("REGEN", "SONNE"), ("NORD", "REGEN")),
    renamed_share=0.97, offset=0, samples=540, are_single=False, read_from="dev.json",
)  # fmt: skip
judged = Judge("LAB212", PERMUTED)


def test_lab212_fires_on_outputs_under_other_names() -> None:
    (finding,) = judged()
    assert "lowers the WER from 99.0% to 28.0% on samples" in finding.message
    assert finding.message.endswith("'REGEN' means 'SONNE', 'NORD' means 'REGEN'")


@pytest.mark.parametrize(("offset", "said"), [(1, "1 too high"), (-2, "2 too low")])
def test_lab212_says_when_every_index_is_off(offset: int, said: str) -> None:
    (finding,) = judged(offset=offset)
    assert finding.message.endswith(f"indices are {said}")


@pytest.mark.parametrize(("renamed", "fires"), [(0.66, True), (0.67, False)])
def test_lab212_is_quiet_up_to_the_boundary_of_a_third_of_the_errors(
    renamed: float, fires: bool
) -> None:
    assert bool(judged(wer=1.0, renamed_wer=renamed)) is fires


@pytest.mark.parametrize(("by_chance", "fires"), [(0.164, True), (0.165, False)])
def test_lab212_is_quiet_where_chance_mends_a_third_as_much(by_chance: float, fires: bool) -> None:
    assert bool(judged(wer=1.0, renamed_wer=0.5, by_chance=by_chance)) is fires


@pytest.mark.parametrize(("samples", "fires"), [(12, True), (11, False)])
def test_lab212_is_quiet_on_a_few_samples(samples: int, fires: bool) -> None:
    assert bool(judged(samples=samples)) is fires


def test_lab212_is_quiet_on_a_model_whose_names_are_right() -> None:
    assert not judged(wer=0.2, renamed_wer=0.2, by_chance=0.0)
    assert not judged(wer=0.0, renamed_wer=0.0, by_chance=0.0, error=0.0)


@pytest.mark.parametrize(("error", "fires"), [(0.236, True), (0.237, False)])
def test_lab212_is_quiet_on_what_few_samples_show_by_chance(error: float, fires: bool) -> None:
    assert bool(judged(error=error)) is fires


def test_lab212_is_not_judged_on_few_samples() -> None:
    assert "11 predictions" in judged.abstained(samples=11).reason


def test_lab212_is_not_judged_where_chance_may_do_as_much() -> None:
    assert "chance" in judged.abstained(error=0.237).reason

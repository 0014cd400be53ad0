"""How fast to learn and when to stop."""

from __future__ import annotations

import itertools

import pytest

from slrdoctor.retraining.recipe import PENALTY, PHASES, Phased, Plain


def plain(epochs: int = 80, perfect: float = 0.0) -> Plain:
    return Plain(rate=1e-3, steps_an_epoch=10, epochs=epochs, perfect=perfect)


def test_the_rate_rises_evenly_over_the_first_epoch_and_then_stays() -> None:
    rates = [plain().rate_at(step) for step in range(30)]

    assert rates[:10] == pytest.approx([1e-4 * (step + 1) for step in range(10)])
    assert rates[10:] == [1e-3] * 20


def test_a_long_epoch_does_not_lengthen_the_warmup() -> None:
    recipe = Plain(rate=1e-3, steps_an_epoch=100_000, epochs=2)

    assert recipe.rate_at(499) == 1e-3 > recipe.rate_at(498)


def test_the_rate_is_halved_where_dev_stands_still_and_training_then_ends() -> None:
    recipe = plain()  # patience of ten epochs
    for epoch, score in enumerate((-1.0, -0.9), start=1):
        recipe.see(epoch, score, 1.0)
    rates, epoch = [], 2
    while not recipe.ended(epoch):
        epoch += 1
        recipe.see(epoch, -0.9, 1.0)
        rates.append(recipe.rate_at(1000))

    assert rates[:4] == [1e-3, 1e-3, 5e-4, 5e-4]
    assert epoch == 12 and "for 10 epochs" in recipe.ended(epoch)


def test_a_falling_loss_is_progress_until_the_score_first_moves_and_not_after() -> None:
    """In CTC's blank phase the WER stays at 100% while the model learns."""
    recipe = plain()
    for epoch in range(1, 40):
        recipe.see(epoch, -1.0, 5.0 / epoch)
    assert not recipe.ended(39) and recipe.rate_at(1000) == 1e-3

    recipe.see(40, -0.8, 0.1)
    for epoch in range(41, 51):
        recipe.see(epoch, -0.8, 0.1 / epoch)

    assert recipe.ended(50) and recipe.rate_at(1000) < 1e-3


def test_a_better_loss_decides_between_equal_scores() -> None:
    recipe = plain()

    assert [recipe.see(e, -0.5, loss) for e, loss in enumerate((2.0, 3.0, 1.0))] == [True, False, True]


def test_training_ends_some_epochs_after_the_first_without_an_error() -> None:
    recipe = plain(perfect=1.0)
    for epoch in range(1, 7):
        assert not recipe.ended(epoch)
        recipe.see(epoch, 1.0, 1.0 / epoch)

    assert "without an error for 5 epochs" in recipe.ended(6)


def test_a_recipe_that_is_loaded_goes_on_where_it_was() -> None:
    one, other = plain(), plain()
    for epoch in range(1, 9):
        one.see(epoch, -0.5, 1.0)
    other.load(one.state())

    assert other.rate_at(50) == one.rate_at(50) == 2.5e-4
    assert [r.see(9, -0.5, 1.0) for r in (one, other)] == [False, False]
    assert one.state() == other.state()


@pytest.mark.parametrize("epochs", [4, 5, 7, 10, 40, 300])
def test_the_four_phases_follow_one_another_and_each_has_an_epoch(epochs: int) -> None:
    recipe = Phased(1e-3, 10, epochs)
    phases = [recipe.phase_of(epoch) for epoch in range(1, epochs + 1)]

    assert list(dict.fromkeys(phases)) == [name for name, _ in PHASES]
    assert phases == sorted(phases, key=[name for name, _ in PHASES].index)


def test_the_penalty_decays_and_is_gone_in_fine_tuning() -> None:
    recipe = Phased(1e-3, 10, 40)
    penalties = [recipe.penalty_at(step) for step in range(400)]
    tuning = [p for step, p in enumerate(penalties) if recipe.phase_of(step // 10 + 1) == "fine-tuning"]

    assert penalties[0] == PENALTY and penalties == sorted(penalties, reverse=True)
    assert set(tuning) == {0.0} and penalties[10 * recipe.ends()[2] - 1] > 0


@pytest.mark.parametrize("epochs", [40, 300])
def test_no_phase_begins_with_a_jump_of_the_rate(epochs: int) -> None:
    recipe = Phased(1e-3, 10, epochs)
    rates = [recipe.rate_at(step) for step in range(10 * epochs)]

    assert max(abs(b - a) for a, b in itertools.pairwise(rates)) < 3e-2 * 1e-3
    assert max(rates) == pytest.approx(1e-3) and rates[-1] == pytest.approx(1e-3 / 64, rel=0.1)


def test_the_best_with_a_penalty_is_forgotten_once_it_is_gone() -> None:
    """The weights alone do not give what the penalty gave them."""
    recipe = Phased(1e-3, 10, 40)
    gone = recipe.ends()[2]

    assert recipe.see(gone - 1, -0.1, 1.0)
    assert recipe.see(gone, -0.2, 1.0)
    assert not recipe.see(gone + 1, -0.3, 1.0)

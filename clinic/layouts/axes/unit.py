"""The unit of the scores in the history, and what the first epoch is called."""

from __future__ import annotations

from clinic.layouts.draft import Draft
from clinic.layouts.registry import plain, value


@plain
def share(draft: Draft) -> None:
    """0.021, epochs from 1"""


@value
def percent(draft: Draft) -> None:
    """2.1, epochs from 1"""
    draft.percent = True


@value
def from_epoch_zero(draft: Draft) -> None:
    """0.021, epochs from 0"""
    draft.first_epoch = 0


@value
def percent_from_epoch_zero(draft: Draft) -> None:
    """2.1, epochs from 0"""
    draft.percent, draft.first_epoch = True, 0

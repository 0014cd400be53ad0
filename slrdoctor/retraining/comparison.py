"""The user's run beside the retrained one, by what a scan says of each."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from slrdoctor.retraining.scores import METRIC
from slrdoctor.words.metrics import metric

UNDER_FLOOR = 0.9  # of the floor: a dev loss below it has used its input
POINTS = 0.05  # of a share: a smaller difference may be the luck of one seed or one dev set
BLEU_POINTS = 2.0
KNOWN_BY_HEART = 0.5  # train loss over the floor under which samples are known
STILL_FALLING = 1.5  # train loss over the floor above which even the blind answer is not found yet
MOST_CODES = 12
Findings = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Side:
    """One run, as its report tells of it. nan and None where nothing says."""

    metric: str
    best: float
    blind: float  # what blind guessing scores
    learned: bool | None
    dev_loss: float  # over the floor
    train_loss: float
    blank_share: float
    peaky_share: float
    length_ratio: float
    parameters: int | None
    samples: int | None  # that the score is over
    codes: tuple[str, ...]

    @property
    def is_known(self) -> bool:
        return math.isfinite(self.best)


def side(facts: Mapping[str, Any], findings: Findings, task: str, case: str = "") -> Side:
    """Read a side from the facts and the findings of a report."""

    def fact(name: str) -> Mapping[str, Any]:
        whole = facts.get(f"{name} ({case})") if case else facts.get(name)
        return whole if isinstance(whole, Mapping) else {}

    course, outputs = fact("Progress"), fact("LogProbs")
    decoded, size = fact("DecodedOutput"), fact("Architecture") or fact("Capacity")
    distance, counts = fact("FloorDistance"), fact("ErrorCounts")
    metric = str(course.get("metric") or METRIC[task])
    best = _number(course.get("best_metric"))
    if math.isnan(best) and task == "ctc" and counts.get("reference_tokens"):
        wrong = sum(counts[kind] for kind in ("substitutions", "deletions", "insertions"))
        metric, best = "wer", wrong / counts["reference_tokens"]
    floor = _number(course.get("floor"))
    return Side(
        metric=metric,
        best=best,
        blind=_number(course.get("blind_metric")),
        learned=course.get("learned"),
        dev_loss=_first(_number(course.get("best_dev")) / floor, distance.get("dev")),
        train_loss=_first(_number(course.get("last_train")) / floor, distance.get("train")),
        blank_share=_first(outputs.get("blank_share"), decoded.get("blank_share")),
        peaky_share=_first(outputs.get("peaky_share"), decoded.get("peaky_share")),
        length_ratio=_first(decoded.get("length_ratio")),
        parameters=size.get("parameters"),
        samples=counts.get("samples") or decoded.get("samples"),
        codes=tuple(dict.fromkeys(f"{f['code']} ({f['severity']})" for f in findings)),
    )


def known_better(one: Side, dev_loss: float, train_loss: float, blind: float) -> Side:
    """A side whose losses over the floor are known, which a scan has to infer from the first ones."""
    return replace(
        one,
        dev_loss=dev_loss,
        train_loss=train_loss,
        blind=_first(one.blind, blind),
        learned=bool(one.learned) or dev_loss < UNDER_FLOOR,
    )


def rows(yours: Side, ours: Side) -> list[tuple[str, str, str]]:
    """The table: what is compared, yours, retrained."""

    def pair(what: str, tell: Any) -> tuple[str, str, str]:
        return what, tell(yours), tell(ours)

    return [
        pair("best dev score", lambda s: metric(s.metric).named(s.best) if s.is_known else "unknown"),
        pair("guessing", lambda s: _share(s.blind) if s.metric != "bleu" else "-"),
        pair("dev loss / loss without the input", lambda s: _times(s.dev_loss)),
        pair("train loss / loss without the input", lambda s: _times(s.train_loss)),
        pair("blank share (1 - L/T)", _blanks),
        pair("decoded length / reference length", lambda s: _times(s.length_ratio)),
        pair("dev samples scored", lambda s: "-" if s.samples is None else str(s.samples)),
        pair("parameters", lambda s: "-" if s.parameters is None else f"{s.parameters:,}"),
        pair("findings", _codes),
    ]


def _blanks(one: Side) -> str:
    # where targets are longer than their inputs, 1 - L/T is negative: there is no room for a blank
    peaky = 0.0 if one.peaky_share < 0 else one.peaky_share
    return f"{_share(one.blank_share)} ({_share(peaky)})"


def _codes(one: Side) -> str:
    more = f" and {len(one.codes) - MOST_CODES} more" if len(one.codes) > MOST_CODES else ""
    return ", ".join(one.codes[:MOST_CODES]) + more or "none"


def meaning(yours: Side, ours: Side, splits: str, was_cut: bool = False) -> str:
    """One sentence of what the two say together; `splits` is what both were trained and scored on.

    `was_cut`: the reference model's time or epochs ran out while it still learned.
    """
    theirs = metric(yours.metric).named(yours.best) if yours.is_known else "an unknown score"
    reached = metric(ours.metric).named(ours.best)
    if not ours.learned:
        if was_cut and not ours.train_loss < KNOWN_BY_HEART:
            return (
                f"no conclusion: the reference model ({reached}) was stopped before it stood still; "
                "give it more --epochs or --minutes"
            )
        return _not_learned(yours, ours, theirs, reached)
    if not yours.is_known:
        return f"the data can be learned: a reference model reaches {reached}; yours tells no score"
    if yours.metric != ours.metric:
        return (
            f"the data can be learned: a reference model reaches {reached}; yours logs {theirs}, which "
            "does not compare"
        )
    gap = ours.best - yours.best
    ahead = -gap if metric(ours.metric).lower_is_better else gap
    enough = BLEU_POINTS if ours.metric == "bleu" else POINTS
    if ahead > enough:
        return (
            f"the data can be learned: your run stays at {theirs} where a reference model reaches "
            f"{reached} {splits}: look at the model and the training; the data are fine"
        )
    if ahead < -enough:
        return (
            f"your run, at {theirs}, is ahead of the reference model, at {reached} {splits}: neither "
            "the data nor the recipe holds it back"
        )
    if yours.learned and _is_near_perfect(ours):
        return f"both learn the data, your run to {theirs} and the reference model to {reached} {splits}"
    if yours.learned is False:
        return f"both stay near what blind guessing reaches, {theirs} and {reached}: suspect the data"
    return (
        f"your run, at {theirs}, and the reference model, at {reached} {splits}, are about level: "
        "what is left to gain lies in the data or in a larger change than the recipe"
    )


def _is_near_perfect(one: Side) -> bool:
    if one.metric == "bleu":
        return False
    return (one.best if metric(one.metric).lower_is_better else 1 - one.best) < POINTS


def _not_learned(yours: Side, ours: Side, theirs: str, reached: str) -> str:
    if yours.learned:
        return (
            f"your run learned ({theirs}) and the reference model did not ({reached}): the data can be "
            "learned, and this model or its recipe does not suit them"
        )
    if ours.train_loss < KNOWN_BY_HEART:
        return (
            "the reference model, too, knows its training samples and nothing that holds on dev "
            f"({reached}): suspect the data, their amount or a shift between train and dev"
        )
    if ours.train_loss > STILL_FALLING:
        return (
            f"the reference model ({reached}) is not trained long enough to compare: its training loss "
            f"is still {ours.train_loss:.1f} times what a model reaches that does not look at its input"
        )
    return (
        "the reference model, too, stays where a model is that does not look at its input "
        f"({reached}): the data are the suspect (features, labels, or which belongs to which)"
    )


def _number(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) else math.nan


def _first(*values: Any) -> float:
    return next((n for n in map(_number, values) if math.isfinite(n)), math.nan)


def _share(value: float) -> str:
    return f"{value:.1%}" if math.isfinite(value) else "-"


def _times(value: float) -> str:
    return f"{value:.2f}" if math.isfinite(value) else "-"

"""Which class of stored outputs is the blank: as configured, else the one that behaves as it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from slrdoctor.arithmetic.greedy import ClassPath, commonest, errors_with
from slrdoctor.facts.labels.vocabulary import BlankIndex
from slrdoctor.facts.outputs._output_targets import ClassCoding, Glosses

CLEARLY = 0.8  # of the WER with the assumed blank: what another must bring it down to
MOST_FRAMES = 0.5  # that a class is the likeliest in, to be the blank of outputs that decode to nothing


@dataclass(frozen=True)
class OutputBlank:
    """The blank of some outputs, and how that is known."""

    index: int
    known_by: str
    certain: bool


def blank_of(
    said: BlankIndex | None,
    samples: Sequence[tuple[ClassPath, Glosses]],
    coding: ClassCoding | None,
    classes: int,
) -> OutputBlank:
    """The configured blank; where that is not certain, what a few samples and their targets tell."""
    fits = said is not None and said.index < classes
    if said is not None and fits and said.certain:
        return OutputBlank(said.index, said.known_by, True)
    assumed = said.index if said is not None and fits else 0
    top, share = commonest([path for path, _ in samples], classes)
    scores = {blank: _wer(samples, coding, blank) for blank in (assumed, top, classes - 1)}
    best = min(scores, key=lambda blank: (scores[blank], blank != top))
    behaves = f"the likeliest class in {share:.0%} of the frames"
    if scores[best] < 1 and scores[best] <= CLEARLY * scores[assumed]:
        return OutputBlank(best, behaves if best == top else "it decodes best", False)
    may_be = {0, classes - 1} | (coding.free if coding is not None else set())
    if top != assumed and top in may_be and share >= MOST_FRAMES and scores[top] <= scores[assumed]:
        return OutputBlank(top, behaves, False)
    return OutputBlank(assumed, said.known_by if said is not None and fits else "assumed", False)


def _wer(samples: Sequence[tuple[ClassPath, Glosses]], coding: ClassCoding | None, blank: int) -> float:
    """Of greedy decoding with this blank; 1 where there is nothing to hold it against."""
    kept = [(path, glosses) for path, glosses in samples if glosses]
    if coding is None or not kept:
        return 1.0
    references = [coding.classes_of(glosses, blank) for _, glosses in kept]
    return errors_with([path for path, _ in kept], references, blank).wer

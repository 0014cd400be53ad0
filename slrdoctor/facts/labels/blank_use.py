"""Whether the CTC blank's index is also used for something that is signed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from slrdoctor.artifacts.run import TrainingRun
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.labels.samples import Targets
from slrdoctor.facts.labels.target_coding import TargetCoding
from slrdoctor.facts.labels.vocabulary import BlankIndex, Vocabulary, configured_classes
from slrdoctor.words.grammar import counted

DIGIT_SIGNS = 9  # targets up to it may be signed digits, not class indices
_NUMBERED = re.compile(r"dict|2_?(?:id|idx|index)|to_?(?:id|idx|index)|map|stoi|index", re.IGNORECASE)


@dataclass(frozen=True)
class BlankUse:
    """The blank's index against targets and vocabulary."""

    blank: BlankIndex
    owner: str  # the token that owns the index and is a gloss or stands in targets; "" where none
    occurrences: int  # in targets
    ids: tuple[str, ...]  # samples with it
    samples: int
    read_from: str

    @property
    def sentence(self) -> str:
        index, count = self.blank.index, self.occurrences
        if not self.owner and not count:
            return f"index {index} is the blank and stands for nothing else"
        times = f"{counted(count, 'time')} in the targets"
        return f'index {index} is the blank and also stands for "{self.owner}" ({times})'


@measure
def blank_use(
    blank: BlankIndex,
    targets: Targets,
    run: TrainingRun,
    vocabulary: Vocabulary | None,
    coding: TargetCoding | None,
) -> BlankUse:
    """Who owns the blank's index, and how often it stands in targets.

    A list of glosses alone does not say their indices: with one class more than it has
    tokens the blank may come before them, and nothing is wrong.
    """
    if not blank.certain:
        raise Unavailable(
            f"the index of the blank is uncertain ({blank.known_by})",
            "set it in slrdoctor.toml: [vocabulary] blank = 0",
        )
    by_numbers = targets.are_numbers if coding is None else coding.by == "numbers"
    tokens = vocabulary.tokens if vocabulary is not None else ()
    if by_numbers:
        owner = _number_of_blank(blank, targets, run, vocabulary)
        sought = {owner} - {""}
    else:
        named = tokens[blank.index] if blank.index < len(tokens) else None
        special = vocabulary is not None and blank.index in vocabulary.specials
        owner = "" if named is None or special or _may_be_shifted(blank, run, vocabulary) else named
        # a special token in the targets is wrong even where it owns the index rightly
        sought = {owner, named if special and named else ""} - {""}
    ids = tuple(i for i, gs in zip(targets.ids, targets.glosses, strict=True) if sought.intersection(gs))
    count = sum(gloss in sought for target in targets.glosses for gloss in target)
    read_from = [targets.read_from, *([vocabulary.read_from] if vocabulary is not None else [])]
    kept = owner or (next(iter(sought)) if count and sought else "")
    return BlankUse(
        blank,
        kept if not by_numbers or count else "",
        count,
        ids,
        len(targets.ids),
        ", ".join(read_from),
    )


def _number_of_blank(
    blank: BlankIndex, targets: Targets, run: TrainingRun, vocabulary: Vocabulary | None
) -> str:
    """The blank's index as targets write it; "" where the targets may be something else."""
    numbers = {int(gloss) for target in targets.glosses for gloss in target}
    highest = max(numbers)
    if vocabulary is None and highest <= DIGIT_SIGNS:
        return ""
    has_slots = vocabulary is not None and (vocabulary.specials or None in vocabulary.tokens)
    shifted = any((found.as_int or 0) == highest + 2 for found in configured_classes(run))
    return "" if shifted and not has_slots else str(blank.index)


def _may_be_shifted(blank: BlankIndex, run: TrainingRun, vocabulary: Vocabulary | None) -> bool:
    """Whether glosses may get other indices than they have in the vocabulary's file."""
    if vocabulary is None or blank.read_from == "slrdoctor.toml":
        return False
    if vocabulary.specials or None in vocabulary.tokens:
        return False  # it has places that are not glosses: it is the model's own numbering
    size = len(vocabulary.tokens)
    counts = [found.as_int for found in configured_classes(run)]
    if size in counts:
        return False
    # a file that maps tokens to indices says them; a plain list leaves room before it
    return not _NUMBERED.search(vocabulary.read_from.rpartition("/")[2])

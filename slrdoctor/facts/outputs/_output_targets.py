"""Which target each stored output has, and which class each gloss of it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from slrdoctor.arithmetic.gloss_forms import is_numbers
from slrdoctor.artifacts.kinds.features.matching import best_match
from slrdoctor.artifacts.run import Clip, FeatureSet, OutputFile, Row, TrainingRun
from slrdoctor.facts.labels.samples import Samples
from slrdoctor.facts.labels.vocabulary import Vocabulary

MOST = 0.5  # share of gloss types that are tokens from which on targets are names
LETTERS = 0.9  # share of gloss types that one-letter tokens spell

Glosses = tuple[str, ...]


@dataclass(frozen=True)
class OutputTargets:
    """The target of each stored output, by the output's own key."""

    glosses: Mapping[str, Glosses]
    read_from: str


def targets_of(
    output: OutputFile,
    labels: Mapping[str, str],
    run: TrainingRun,
    samples: Samples | None,
    are_counted: bool = False,
) -> OutputTargets:
    """From the annotations, the file itself, or the references of predictions: what covers most.

    `labels` has an entry for every output, "" where its file has no label for it. Outputs that
    are only counted have the targets of the annotations in their order.
    """
    keys = list(labels)
    rows = _rows(output, samples, len(keys) if are_counted else 0) if samples is not None else ()
    found = [_by_annotations(output, keys, rows, samples)] if samples is not None else []
    stored = {key: tuple(label.split()) for key, label in labels.items() if label.strip()}
    found.append(OutputTargets(stored, output.where))
    if stored and are_counted:
        found.reverse()  # nothing names the samples, and only their own file has them in its order
    for file in run.predictions:
        references = dict(zip(file.ids, file.references, strict=True))
        if any(not key.isdigit() for key in references):
            known = {key: references[key] for key in keys if references.get(key)}
            found.append(OutputTargets(known, file.where))
    return max(found, key=lambda one: len(one.glosses), default=OutputTargets({}, ""))


def _rows(output: OutputFile, samples: Samples, count: int) -> tuple[Row, ...]:
    """The annotated samples that outputs may be of.

    Of `count` outputs that nothing names, of no split, those of the one split that has as many.
    """
    rows = (samples.of(output.split) if output.split else ()) or samples.rows
    if not count or output.split or len(rows) == count or all(row.id.isdecimal() for row in rows):
        return rows
    as_many = [mine for split in samples.splits if len(mine := samples.of(split)) == count]
    return as_many[0] if len(as_many) == 1 else ()


def _by_annotations(
    output: OutputFile, keys: Sequence[str], rows: Sequence[Row], samples: Samples
) -> OutputTargets:
    clip = output.clips[0]
    stored = FeatureSet(
        output.split, output.where, output.format, "container",
        tuple(Clip(key, clip.path, clip.reader) for key in keys),
    )  # fmt: skip
    hits = best_match(rows, stored).hits
    known = {keys[j]: rows[i].glosses for i, j in hits.items()}
    return OutputTargets({key: glosses for key, glosses in known.items() if glosses}, samples.read_from)


@dataclass(frozen=True)
class ClassCoding:
    """How glosses are written as classes: by name, as the numbers of classes, or letter by letter."""

    by: str  # names | numbers | letters
    tokens: tuple[str | None, ...]  # of the vocabulary
    index: Mapping[str, int]  # of its tokens
    free: frozenset[int]  # indices of it that stand for no gloss
    used: frozenset[int]  # numbers that occur as targets, where targets are numbers
    classes: int  # of the outputs

    def room(self, blank: int) -> int:
        """The class that is put in between the numbered glosses, for a blank that they leave out.

        `classes` where nothing is put in: the glosses' numbers are their classes.
        """
        if self.by == "numbers":
            lacks = blank in self.used and max(self.used) + 2 <= self.classes
        else:
            lacks = len(self.tokens) == self.classes - 1 and blank not in self.free
        return blank if lacks else self.classes

    def classes_of(self, glosses: Glosses, blank: int) -> list[int]:
        """The class of each gloss; -1 for one that has none."""
        room = self.room(blank)
        spelled: Sequence[str] = glosses
        if self.by == "letters":
            spelled = [letter for gloss in glosses for letter in gloss]
        found = [int(g) if self.by == "numbers" else self.index.get(g, -1) for g in spelled]
        shifted = [at + (at >= room) for at in found]
        return [at if 0 <= at < self.classes else -1 for at in shifted]

    def token(self, index: int, blank: int) -> str:
        """What a class is called."""
        room = self.room(blank)
        at = index - (index > room)
        if self.by == "numbers":
            return str(at)
        named = self.tokens[at] if index != room and at < len(self.tokens) else None
        return str(index) if named is None else named


def coding_of(
    vocabulary: Vocabulary | None, targets: Mapping[str, Glosses], classes: int
) -> ClassCoding | None:
    """How these targets are coded; None where neither names nor numbers say which class is which."""
    types = {gloss for glosses in targets.values() for gloss in glosses}
    tokens = vocabulary.tokens if vocabulary is not None else ()
    index = {token: i for i, token in reversed(list(enumerate(tokens))) if token is not None}
    letters = {token for token in index if len(token) == 1}
    by, used = "names", frozenset[int]()
    if not index or len(types & set(index)) < MOST * len(types):
        if types and all(is_numbers((gloss,)) and int(gloss) < classes for gloss in types):
            by, used = "numbers", frozenset(map(int, types))
        elif types and sum(set(gloss) <= letters for gloss in types) >= LETTERS * len(types):
            by = "letters"
        elif not types & set(index):
            return None
    gaps = {i for i, token in enumerate(tokens) if token is None}
    free = frozenset(gaps.union(vocabulary.specials if vocabulary is not None else ()))
    return ClassCoding(by, tokens, index, free, used, classes)

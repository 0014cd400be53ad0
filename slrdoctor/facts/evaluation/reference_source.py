"""Whether the references of stored predictions are the targets of the samples they stand beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from slrdoctor.arithmetic.gloss_forms import cores
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.evaluation._scored_forms import bare
from slrdoctor.facts.evaluation.stored_pairs import StoredPairs
from slrdoctor.facts.labels.samples import Targets, Texts
from slrdoctor.words.sample_ids import bare_id

FEWEST = 5  # samples that are in both
LIKE = 0.5  # share of tokens in common from which on two targets may be one, cleaned otherwise
SHOWN = 10

Tokens = tuple[str, ...]


@dataclass(frozen=True)
class ReferenceSource:
    """References against the annotated targets of the same ids."""

    compared: int  # samples that are in both
    elsewhere: int  # whose reference is the annotated target of another sample, and not of this one
    ids: tuple[str, ...]  # the first of these
    example: tuple[str, str, str]  # id, its reference, its annotated target; empty without any
    read_from: str

    @property
    def share(self) -> float:
        return self.elsewhere / self.compared

    @property
    def sentence(self) -> str:
        return (
            f"{self.elsewhere} of {self.compared} references in {self.read_from} belong to other "
            "samples in the annotations"
        )


@measure
def reference_source(
    pairs: StoredPairs, targets: Targets | None, texts: Texts | None
) -> ReferenceSource:
    known = _annotated(pairs, targets, texts)
    counted = all(name.isdigit() for name in pairs.ids)
    both = [] if counted else [(i, bare_id(name)) for i, name in enumerate(pairs.ids)]
    both = [(i, key) for i, key in both if key in known and pairs.references[i]]
    if len(both) < FEWEST:
        why = "they only count the samples" if counted else f"{len(both)} of them are annotated"
        raise Unavailable(
            f"the ids in {pairs.read_from} do not lead to the annotations: {why}",
            "store with every hypothesis the id that its sample has in the annotations",
        )
    ids_of: dict[Tokens, set[str]] = {}
    for key, several in known.items():
        for target, _ in several:
            ids_of.setdefault(target, set()).add(key)
    wrong: list[tuple[int, str]] = []
    for i, key in both:
        reference = _plain(pairs.references[i], pairs.is_text)
        if not any(_alike(reference, target) for target, _ in known[key]) and ids_of.get(reference):
            wrong.append((i, key))
    example = ("", "", "")
    if wrong:
        i, key = wrong[0]
        example = (pairs.ids[i], " ".join(pairs.references[i]), " ".join(known[key][0][1]))
    return ReferenceSource(
        compared=len(both),
        elsewhere=len(wrong),
        ids=tuple(pairs.ids[i] for i, _ in wrong[:SHOWN]),
        example=example,
        read_from=pairs.read_from,
    )


def _annotated(
    pairs: StoredPairs, targets: Targets | None, texts: Texts | None
) -> Mapping[str, list[tuple[Tokens, Tokens]]]:
    """The targets by id, plain and as written: several where an id is annotated several times."""
    if pairs.is_text and texts is not None:
        rows = list(zip(texts.ids, texts.splits, texts.words, strict=True))
    elif not pairs.is_text and targets is not None:
        rows = list(zip(targets.ids, targets.splits, targets.glosses, strict=True))
    else:
        kind = "texts" if pairs.is_text else "glosses or labels"
        raise Unavailable(
            f"no annotated {kind} to hold the references of {pairs.read_from} against",
            "give the annotations of the split that the predictions are of",
        )
    known: dict[str, list[tuple[Tokens, Tokens]]] = {}
    for name, split, target in rows:
        # a counter may name a sample of every split
        if not pairs.split or not split or split == pairs.split:
            known.setdefault(bare_id(name), []).append((_plain(target, pairs.is_text), target))
    return known


def _plain(tokens: Tokens, is_text: bool) -> Tokens:
    return tuple(t for token in tokens if (t := bare(token))) if is_text else cores(tokens)


def _alike(one: Tokens, other: Tokens) -> bool:
    if one == other:
        return True
    return len(set(one) & set(other)) >= LIKE * max(len(set(one)), len(set(other)))

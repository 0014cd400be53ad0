"""How many annotated samples have features that can be read, and what others lack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from slrdoctor.artifacts.run import DataSet
from slrdoctor.core.registry import measure
from slrdoctor.facts.features.features import ClipTable
from slrdoctor.facts.features.join import Join, NearMiss
from slrdoctor.words.grammar import agreeing

NAME = "from a stored name only in"
HOW_NEAR = {
    "extension": (f"differs {NAME} the extension", f"differ {NAME} the extension"),
    "prefix": (f"differs {NAME} a prefix", f"differ {NAME} a prefix"),
    "case": (f"differs {NAME} case", f"differ {NAME} case"),
    "unicode form": (f"differs {NAME} the Unicode form", f"differ {NAME} the Unicode form"),
    "spelling": (f"differs {NAME} a letter or two", f"differ {NAME} a letter or two"),
    "split": ("has its file in the folder of another split", "have theirs in that of another split"),
}


@dataclass(frozen=True)
class StoredFeatures:
    """Annotated samples against stored clips, where features are expected at all."""

    annotated: int
    joined: int  # samples with a file, readable or not
    readable: int  # samples whose file is an array
    faults: tuple[tuple[str, int], ...]  # what is wrong with unreadable files, the commonest first
    missing: tuple[tuple[str, str], ...]  # (id, split) of samples without any file
    covered: Mapping[str, tuple[int, int]]  # split -> (samples with a file, samples)
    near_misses: tuple[NearMiss, ...]  # a few of them
    near_counts: Mapping[str, int]  # all of them, by what the names differ in
    folded: bool  # no id is spelled as its clip is: case or Unicode form were folded for all
    expected: tuple[str, ...]  # what points to features that are not there
    how: str
    read_from: str
    ambiguous: str = ""  # a sentence about the ids that several clips fit
    tell_apart: str = ""  # what would say which is meant

    @property
    def sentence(self) -> str:
        return (
            f"{self.readable} of {self.annotated} annotated samples have readable features ({self.how})"
        )

    @property
    def near(self) -> str:
        """The near misses in words: how many of which kind, and one of them."""
        if not self.near_misses:
            return ""
        counts = [
            f"{count} {agreeing(count, *HOW_NEAR.get(by, (f'differs in {by}', f'differ in {by}')))}"
            for by, count in self.near_counts.items()
        ]
        one = self.near_misses[0]
        pair = f"{one.id} is annotated and {one.stored} is stored"
        example = "" if sum(self.near_counts.values()) == 1 else "for example, "
        return f"{', '.join(counts) or 'some have similar names'}: {example}{pair}"


@measure
def stored_features(data: DataSet, join: Join, clips: ClipTable | None) -> StoredFeatures:
    joined = {pair.row.id for pair in join.pairs} | {row.id for row in join.unreadable}
    broken = [item for item in clips.unreadable if item[0] in joined] if clips else []
    faults = Counter(sentence for *_, sentence in (clips.unreadable if clips else ()))
    paired = len(join.pairs)
    return StoredFeatures(
        annotated=paired + len(join.missing) + len(join.unreadable),
        joined=paired + len(join.unreadable),
        readable=max(0, paired - len({id for id, *_ in broken})),
        faults=tuple(faults.most_common()),
        missing=tuple((row.id, row.split) for row in join.missing),
        covered=join.covered,
        near_misses=join.near_misses,
        near_counts=join.near_counts,
        folded=bool(join.pairs) and not join.exact,
        expected=data.expected_features,
        how=join.how or "no names match",
        read_from=join.read_from,
        ambiguous=join.ambiguous.sentence,
        tell_apart=join.ambiguous.enable if join.ambiguous.rows else "",
    )

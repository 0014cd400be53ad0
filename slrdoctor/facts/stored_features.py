"""Which annotated samples have features that can be read, and what stands in the way of others."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from slrdoctor.artifacts.run import DataSet
from slrdoctor.facts.features import ClipTable
from slrdoctor.facts.join import Join, NearMiss, Pair
from slrdoctor.registry import measure


@dataclass(frozen=True)
class StoredFeatures:
    """Annotated samples against stored clips, where features are expected at all."""

    annotated: int
    joined: int  # samples with a clip
    readable: int  # clips of these that are arrays
    faults: tuple[tuple[str, int], ...]  # sentence of what is wrong with the others, and how often
    missing: tuple[tuple[str, str], ...]  # (id, split) of samples without any file
    covered: dict[str, tuple[int, int]]  # split -> (samples with a clip, samples)
    near_misses: tuple[NearMiss, ...]
    folded: bool  # no id is spelled as its clip is: all were joined by folding case or Unicode form
    expected: tuple[str, ...]  # what points to features that are not there
    how: str
    read_from: str

    @property
    def sentence(self) -> str:
        return f"{self.joined} of {self.annotated} annotated samples have features, joined by {self.how}"


@measure
def stored_features(data: DataSet, join: Join, clips: ClipTable | None) -> StoredFeatures:
    joined = {pair.row.id for pair in join.pairs}
    unreadable = [item for item in clips.unreadable if item[0] in joined] if clips else []
    faults: dict[str, int] = {}
    for _, _, _, sentence in unreadable:
        faults[sentence] = faults.get(sentence, 0) + 1
    broken = {PurePosixPath(item[0]).stem for item in clips.unreadable} if clips else set()
    return StoredFeatures(
        annotated=len(join.pairs) + len(join.missing),
        joined=len(join.pairs),
        readable=len(joined) - len({item[0] for item in unreadable}),
        faults=tuple(sorted(faults.items(), key=lambda item: -item[1])),
        # a file that is there and broken is unreadable, not missing
        missing=tuple((r.id, r.split) for r in join.missing if PurePosixPath(r.id).stem not in broken),
        covered=join.covered,
        near_misses=join.near_misses,
        folded=bool(join.pairs) and not join.exact and not any(map(_is_literal, join.pairs)),
        expected=data.expected_features,
        how=join.how,
        read_from=join.read_from,
    )


def _is_literal(pair: Pair) -> bool:
    """Whether the sample's id or path names its clip letter by letter."""
    stored = PurePosixPath(pair.clip.key).name
    written = [text for text in (pair.row.id, pair.row.path) if text]
    return any(stored in text or PurePosixPath(text).stem in pair.clip.key for text in written)

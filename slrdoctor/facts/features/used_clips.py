"""The clips that the run uses: those of annotated samples, or all where nothing is annotated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from slrdoctor.artifacts.kinds.outputs.names import kind_of_place
from slrdoctor.artifacts.run import Clip, DataSet, FeatureSet
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.features.join import Join
from slrdoctor.words.grammar import counted
from slrdoctor.words.splits import without_splits

ENABLE = 'name their folder in slrdoctor.toml: [features] train = "features/train"'


@dataclass(frozen=True, slots=True)
class UsedClip:
    """A clip with the id and the split of the sample that it belongs to."""

    clip: Clip
    id: str
    split: str


@dataclass(frozen=True)
class UsedClips:
    """The clips to measure. Stray ones beside an annotated set never reach a model.

    `broken` are files that discovery could not read as a clip: (where, split, fault, sentence).
    """

    clips: tuple[UsedClip, ...]
    broken: tuple[tuple[str, str, str, str], ...]
    length_stored: bool
    read_from: str
    left_out: int  # clips that no annotation names
    parts: tuple[str, ...] = ()  # that each clip is joined of, in this order

    @property
    def sentence(self) -> str:
        joined = f", each joined of {', '.join(self.parts)} in this order" if self.parts else ""
        others = f"; {counted(self.left_out, 'clip')} without annotation" if self.left_out else ""
        return f"{counted(len(self.clips), 'clip')} of {self.read_from} used{joined}{others}"


@measure
def used_clips(data: DataSet, join: Join | None) -> UsedClips:
    """Raises Unavailable where the data set holds no features at all."""
    of_features = [p for p in data.problems if p.kind == "features"]
    problems = [(p.where, "", p.fault, p.message) for p in of_features if not p.unopened]
    if not data.features and not problems and of_features:
        raise Unavailable(of_features[0].unopened, of_features[0].command)
    if not data.features and not problems:
        raise Unavailable(f"no features among the {data.looked} files", ENABLE)
    clips: list[UsedClip] = []
    if join is not None and join.pairs:
        clips = [UsedClip(pair.clip, pair.row.id, pair.split) for pair in join.pairs]
        taken = {pair.set_where for pair in join.pairs}
        splits = {pair.split for pair in join.pairs}
        sets = [s for s in data.features if s.where in taken]
        # a split that nothing annotates was trained or tested on all the same
        beside = [s for s in data.features if s.split and s.where not in taken]
        other = [s for s in beside if s.split not in splits and _is_stored_like(s, sets)]
    else:
        sets, other = [], _without_parallel(data.features)
    clips += [UsedClip(clip, clip.key, s.split) for s in other for clip in s.clips]
    used = sets + other
    broken = [(where, s.split, fault, why) for s in used for where, fault, why in s.broken]
    return UsedClips(
        clips=_once(clips),
        broken=tuple(broken + [p for p in problems if p[0] not in {b[0] for b in broken}]),
        length_stored=bool(used) and all(s.length_stored for s in used),
        read_from=", ".join(dict.fromkeys(s.where for s in used))
        or ", ".join(p[0] for p in problems[:3]),
        parts=next((s.parts for s in used if s.parts), ()),
        left_out=sum(len(s.clips) for s in data.features) - len({id(c.clip) for c in clips}),
    )


def _is_stored_like(one: FeatureSet, sets: Sequence[FeatureSet]) -> bool:
    """Whether a set may be features as the others are, and not what a model gave: test_preds.pkl."""
    family = without_splits(one.where)
    if any(without_splits(other.where) == family for other in sets):
        return True
    is_called_output = bool(kind_of_place(one.where))
    return not is_called_output and (one.format, one.layout) in {(s.format, s.layout) for s in sets}


def _without_parallel(sets: tuple[FeatureSet, ...]) -> list[FeatureSet]:
    """Leave out sets that hold the same samples once more, as a second stream of features."""
    taken: list[tuple[FeatureSet, set[str]]] = []
    for feature_set in sorted(sets, key=lambda s: -len(s.clips)):
        keys = {clip.key for clip in feature_set.clips}
        if not any(s.split == feature_set.split and len(keys & k) > len(keys) / 2 for s, k in taken):
            taken.append((feature_set, keys))
    kept = {id(s) for s, _ in taken}
    return [s for s in sets if id(s) in kept]


def _once(clips: list[UsedClip]) -> tuple[UsedClip, ...]:
    """One measurement a clip and id, though an annotation may have the sample twice."""
    return tuple({(id(c.clip), c.id, c.split): c for c in clips}.values())

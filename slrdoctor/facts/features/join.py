"""Which stored features belong to which annotated sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from slrdoctor.artifacts.formats import are_one_format
from slrdoctor.artifacts.kinds.features.clip_names import key_of, name_of, tails
from slrdoctor.artifacts.kinds.features.matching import Match, best_match
from slrdoctor.artifacts.run import Clip, DataSet, FeatureSet, Row
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.features._ambiguous import NONE_AMBIGUOUS, Ambiguous, ambiguous
from slrdoctor.facts.features._near_misses import KINDS, near_misses
from slrdoctor.facts.features._near_misses import NearMiss as NearMiss
from slrdoctor.facts.features._placed import IN_ONE_FILE, IN_ORDER, placed
from slrdoctor.facts.features._unjoined import nothing_expected, without_places
from slrdoctor.facts.labels._identity import are_counters
from slrdoctor.facts.labels.samples import Samples
from slrdoctor.words.sample_ids import ARRAY_SUFFIXES, suffix_of, without_suffix

DEMO = 0.01  # clips a sample: fewer, of which none belongs to a sample, show how a clip looks
SHOWN = 10  # near misses that are named; all are counted
NAMED = 3  # ways of joining that are told


@dataclass(frozen=True)
class Pair:
    """One annotated sample with its stored features. `split` is the sample's."""

    row: Row
    clip: Clip
    split: str
    set_where: str  # the feature set that holds the clip


@dataclass(frozen=True)
class Join:
    """How annotations and features were joined, and how many rows that covers."""

    pairs: tuple[Pair, ...]
    missing: tuple[Row, ...]  # annotated, expected to have features, none found
    near_misses: tuple[NearMiss, ...]  # a few of them, the clearest first
    unannotated: tuple[str, ...]  # keys of clips that no row claims
    how: str  # "file name without extension against the id column"
    exact: bool  # false where it took folding of case or Unicode form to join
    read_from: str
    covered: dict[str, tuple[int, int]]  # split -> (rows with features, readable or not, rows)
    near_counts: Mapping[str, int] = field(default_factory=dict)  # near misses by what they differ in
    unreadable: tuple[Row, ...] = ()  # their features are there and cannot be read
    ambiguous: Ambiguous = NONE_AMBIGUOUS  # several clips fit them

    @property
    def sentence(self) -> str:
        counts = [
            f"{with_features} of {rows} {split or 'unsplit'}"
            for split, (with_features, rows) in self.covered.items()
        ]
        how = f" ({self.how})" if self.how else ""
        unsure = f"; {self.ambiguous.sentence}" if self.ambiguous.rows else ""
        return f"{', '.join(counts) or 'no'} samples have features{how}{unsure}"


@measure
def join(data: DataSet, samples: Samples) -> Join:
    """Every annotated sample with its stored clip, where one reading of the names tells it."""
    if samples.from_folders:
        return _of_folders(data, samples)
    unopened = [p for p in data.problems if p.kind == "features" and p.unopened]
    expected = list(samples.rows) if unopened else _expected(data, samples.rows)
    if not expected:
        raise nothing_expected(data, samples, "no arrays")
    joined = _Joined(data.features, expected)
    joined.add_placed()
    for split in sorted(dict.fromkeys(row.split for row in expected), key=lambda split: not split):
        joined.add_split(split)
    joined.add_across_splits()
    joined.set_aside_ambiguous()
    fact = joined.fact(data, samples)
    if fact.ambiguous.rows and not fact.pairs and not fact.missing:
        raise Unavailable(fact.ambiguous.sentence, fact.ambiguous.enable)
    if not fact.pairs and joined.unplaced == len(expected):
        raise without_places(data, samples)
    if unopened and not fact.pairs:
        raise Unavailable(unopened[0].unopened, unopened[0].command)
    clips = sum(len(found.clips) for found in data.features)
    pointed = data.expected_features or any(suffix_of(r.path or "") in ARRAY_SUFFIXES for r in expected)
    if not fact.pairs and not fact.near_misses and not pointed and 0 < clips < DEMO * len(expected):
        # a demo clip beside the lists of a whole corpus is not the corpus's features
        raise nothing_expected(data, samples, f"only {clips} clips that belong to none of them")
    return fact


def _of_folders(data: DataSet, samples: Samples) -> Join:
    """Samples that are the clips of labelled folders: each has its own."""
    clips = [(clip, found.where) for found in data.features for clip in found.clips if clip.label]
    pairs = tuple(
        Pair(row, clip, row.split, where) for row, (clip, where) in zip(samples.rows, clips, strict=True)
    )
    unannotated = tuple(clip.key for found in data.features for clip in found.clips if not clip.label)
    covered = {s: (n, n) for s, n in Counter(pair.split for pair in pairs).items()}
    return Join(pairs, (), (), unannotated, "labelled by folder", True, samples.read_from, covered)


def _expected(data: DataSet, rows: Sequence[Row]) -> list[Row]:
    """The rows that should have features here.

    All, where any features are here or something points to them; else those whose path
    is an array's. A path to a video or images says nothing of features.
    """
    if data.expected_features or any(found.clips or found.broken for found in data.features):
        return list(rows)
    broken = _broken_names(data)
    if broken and any(name_of(key_of(row.path or row.id)) in broken for row in rows):
        return list(rows)
    return [row for row in rows if suffix_of(row.path or row.id) in ARRAY_SUFFIXES]


class _Joined:
    """The pairs so far."""

    def __init__(self, sets: Sequence[FeatureSet], rows: Sequence[Row]) -> None:
        self._sets = sets
        self._rows = rows
        self._pair_of: dict[int, tuple[int, int]] = {}  # row -> (set, clip)
        self._claimed: list[set[int]] = [set() for _ in sets]
        self._other_format: dict[int, str] = {}  # row -> the clip with another extension
        self._forms: dict[int, list[str]] = {}  # row -> names that were looked for
        self._how: Counter[tuple[str, bool]] = Counter()
        self._settled: set[int] = set()  # rows that names have nothing to tell of
        self._unplaced: set[int] = set()  # rows that an array may have, nobody knows where
        self._ambiguous: Mapping[int, Sequence[str]] = {}  # rows that several clips fit

    def add_placed(self) -> None:
        """Pair the rows whose places in an array are known; what names say of them does not count."""
        found = placed(self._sets, self._rows)
        for pairs, words in ((found.stored, IN_ONE_FILE), (found.ordered, IN_ORDER)):
            for i, (s, j) in pairs.items():
                self._pair_of[i] = s, j
                self._claimed[s].add(j)
            self._how[words, True] += len(pairs)
        self._how = +self._how
        self._unplaced = found.unplaced
        self._settled = {*self._pair_of, *found.bare, *found.unplaced}

    @property
    def unplaced(self) -> int:
        return len(self._unplaced)

    def add_split(self, split: str) -> None:
        """Pair the rows of a split with its own feature sets and those of no split."""
        free = (i for i in range(len(self._rows)) if i not in self._settled)
        mine = [i for i in free if self._rows[i].split == split]
        rows = [self._rows[i] for i in mine]
        own = [s for s, found in enumerate(self._sets) if not split or found.split in (split, "")]
        matches = [(s, best_match(rows, self._sets[s])) for s in own]
        # the set of the split's own name first, then the one that covers the most
        matches.sort(key=lambda m: (self._sets[m[0]].split != split, -len(m[1].hits)))
        for s, match in matches:
            # `other_12` may be called as the clip 12 is, which is that of another row
            self._take(s, self._free(s, match) if match.is_guess else match, mine)

    def _free(self, s: int, match: Match) -> Match:
        """What a match says of the clips that no row of another split has."""
        return replace(match, hits={i: j for i, j in match.hits.items() if j not in self._claimed[s]})

    def add_across_splits(self) -> None:
        """Pair what is left with clips of other splits' folders that their own rows leave.

        Where a list splits anew what lies in one folder called train.
        """
        ids = {s: {r.id for r in self._rows if r.split == s} for s in {r.split for r in self._rows}}
        for split in dict.fromkeys(row.split for row in self._rows):
            for s, found in enumerate(self._sets):
                if not split or found.split in ("", split):
                    continue
                if ids[split] & ids.get(found.split, set()) and are_counters(ids[split]):
                    continue  # each split counts from the start: the names say nothing
                taken = {*self._pair_of, *self._settled}
                mine = [i for i, r in enumerate(self._rows) if r.split == split and i not in taken]
                match = best_match([self._rows[i] for i in mine], found, plain_only=True)
                self._take(s, self._free(s, match), mine)

    def set_aside_ambiguous(self) -> None:
        """Note the rows that several clips fit: which is meant is unknown, and none is missing."""
        known = {*self._pair_of, *self._settled, *self._other_format}
        left = [i for i in range(len(self._rows)) if i not in known]
        self._ambiguous = ambiguous(self._sets, self._rows, left, self._claimed)

    def _take(self, s: int, match: Match, mine: Sequence[int]) -> None:
        found = self._sets[s]
        for i, form in enumerate(match.forms):
            if form:
                self._forms.setdefault(mine[i], []).append(form)
        for i, j in match.hits.items():
            row, clip = mine[i], found.clips[j]
            if _is_other_format(self._rows[row], clip, found):
                self._other_format.setdefault(row, clip.path.name)
                continue
            self._claimed[s].add(j)
            if row not in self._pair_of:
                self._pair_of[row] = (s, j)
                self._how[match.words, match.exact] += 1

    def fact(self, data: DataSet, samples: Samples) -> Join:
        known = {*self._pair_of, *self._unplaced, *self._ambiguous}
        left = [i for i in range(len(self._rows)) if i not in known]
        broken = _broken_names(data)
        # where nothing at all can be read, that is what is missing
        unreadable = {i for i in left if self._is_broken(i, broken)} if self._pair_of else set()
        if any(problem.kind == "features" and problem.unopened for problem in data.problems):
            unreadable = set(left)  # they may be in a file that a missing package would open
        missing = [i for i in left if i not in unreadable]
        spare = [
            clip.key
            for found, claimed in zip(self._sets, self._claimed, strict=True)
            for j, clip in enumerate(found.clips)
            if j not in claimed
        ]
        misses = self._misses(data, missing, spare)
        return Join(
            pairs=tuple(self._pair(i) for i in sorted(self._pair_of)),
            missing=tuple(self._rows[i] for i in missing),
            near_misses=tuple(misses[:SHOWN]),
            unannotated=tuple(spare),
            how="; ".join(words for (words, _), _ in self._how.most_common(NAMED)),
            exact=not self._how or any(exact for _, exact in self._how),
            read_from=", ".join(
                dict.fromkeys((samples.read_from, *(f.where for f in self._sets if f.clips)))
            ),
            covered=self._covered(unreadable),
            near_counts=dict(Counter(miss.by for miss in misses)),
            unreadable=tuple(self._rows[i] for i in sorted(unreadable)),
            ambiguous=Ambiguous.of(self._ambiguous, self._rows),
        )

    def _covered(self, unreadable: set[int]) -> dict[str, tuple[int, int]]:
        """Rows with features, and rows that should have them, by split."""
        covered = dict.fromkeys((row.split for row in self._rows), (0, 0))
        for i, row in enumerate(self._rows):
            if i in self._unplaced or i in self._ambiguous:
                continue
            with_features, rows = covered[row.split]
            there = i in self._pair_of or i in unreadable
            covered[row.split] = (with_features + there, rows + 1)
        return covered

    def _misses(self, data: DataSet, missing: Sequence[int], spare: Sequence[str]) -> list[NearMiss]:
        """What rows without a clip may have been meant for, the surest kind first."""
        misses = [
            NearMiss(self._rows[i].id, self._other_format[i], "extension")
            for i in missing
            if i in self._other_format
        ]
        misses += _beside(data, [self._rows[i] for i in missing if i not in self._other_format])
        explained = {miss.id for miss in misses}
        left = [self._rows[i] for i in missing if self._rows[i].id not in explained]
        misses += near_misses(left, spare)
        return sorted(misses, key=lambda miss: KINDS.index(miss.by))

    def _pair(self, i: int) -> Pair:
        s, j = self._pair_of[i]
        return Pair(self._rows[i], self._sets[s].clips[j], self._rows[i].split, self._sets[s].where)

    def _is_broken(self, i: int, broken: set[str]) -> bool:
        row = self._rows[i]
        names = [key_of(row.id), *([key_of(row.path)] if row.path else []), *self._forms.get(i, ())]
        return any(name in broken for name in names) or any(
            name_of(name) in broken and not name_of(name).isdigit() for name in names
        )


def _beside(data: DataSet, rows: Sequence[Row]) -> list[NearMiss]:
    """Rows whose features are here, in a format or folder that the run's own words do not name."""
    stored = {name_of(key_of(clip.key)): clip.path.name for found in data.beside for clip in found.clips}
    names = [(row.id, name_of(key_of(row.path or row.id))) for row in rows]
    return [NearMiss(id, stored[name], "extension") for id, name in names if name in stored]


def _broken_names(data: DataSet) -> set[str]:
    """The names, with ever fewer of their folders, of features that cannot be read."""
    places: Iterable[str] = (
        *(where for found in data.features for where, _, _ in found.broken),
        *(problem.where for problem in data.problems if problem.kind == "features"),
    )
    return {tail for where in places for tail in tails(without_suffix(where.replace("\\", "/")))}


def _is_other_format(row: Row, clip: Clip, found: FeatureSet) -> bool:
    """Whether the row names an array file of one format and the clip is one of another."""
    if found.layout == "container" or clip.frames:
        return False
    said = suffix_of(row.path or "") or suffix_of(row.id)
    stored = clip.path.suffix.lower()
    if said not in ARRAY_SUFFIXES or stored not in ARRAY_SUFFIXES or said == stored:
        return False
    return not are_one_format(said, stored)

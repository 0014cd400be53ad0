"""The annotated samples of a data set: who signs what, in which split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from slrdoctor.arithmetic.gloss_forms import cores, is_numbers, same_target
from slrdoctor.artifacts.run import AnnotationFile, DataSet, Row
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.labels._excerpts import excerpt_of
from slrdoctor.facts.labels._identity import are_counters
from slrdoctor.facts.labels._nested_lists import narrowest_list
from slrdoctor.words.grammar import counted
from slrdoctor.words.sample_ids import bare_id
from slrdoctor.words.splits import SPLITS

NAMED = 4  # files that `read_from` names before it counts them
ENABLE = (
    'give them in slrdoctor.toml: [annotations] train = "train.csv", '
    "with an id or path and a gloss, label or text"
)


@dataclass(frozen=True)
class Samples:
    """Every annotated sample, over all annotation files of the data set.

    The same id may occur several times where the files have it several times.
    """

    rows: tuple[Row, ...]  # every row's `split` is set: train, dev, test, or "" if nothing says
    read_from: str
    from_folders: bool = False  # a clip each, labelled by the folder it lies in
    excerpt: str = ""  # how it is seen that most of the data set is elsewhere
    narrowed: bool = False  # to one of several nested lists: a vocabulary may be of a larger one

    def of(self, split: str) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.split == split)

    @property
    def splits(self) -> tuple[str, ...]:
        there = {row.split for row in self.rows}
        return tuple(s for s in (*SPLITS, "") if s in there)

    @property
    def training(self) -> tuple[Row, ...]:
        """The rows a model trains on: the train split, or all where no split is told apart."""
        return self.of("train") or (self.rows if self.splits == ("",) else ())

    @property
    def sentence(self) -> str:
        counts = ", ".join(f"{len(self.of(s))} {s or 'unsplit'}" for s in self.splits)
        return f"{len(self.rows)} annotated samples ({counts})"


@dataclass(frozen=True)
class Targets:
    """The target of every annotated sample: a gloss sequence, or one class.

    Only where the annotations have glosses or labels; texts are `Texts`.
    """

    ids: tuple[str, ...]
    splits: tuple[str, ...]
    glosses: tuple[tuple[str, ...], ...]  # one tuple a sample; a class is a tuple of one
    read_from: str

    def of(self, split: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """(id, glosses) of every sample of a split."""
        return tuple(
            (i, g) for i, s, g in zip(self.ids, self.splits, self.glosses, strict=True) if s == split
        )

    @property
    def training(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """(id, glosses) of what a model trains on: the train split, or all where there is none."""
        return self.of("train") or (self.of("") if set(self.splits) == {""} else ())

    @property
    def are_numbers(self) -> bool:
        """Whether all targets are written as numbers, as class indices are."""
        return all(is_numbers(g) for g in self.glosses if g) and any(self.glosses)

    @property
    def are_single(self) -> bool:
        """Whether no target has more than one gloss, as in the recognition of isolated signs."""
        return all(len(g) <= 1 for g in self.glosses)

    @property
    def sentence(self) -> str:
        tokens = sum(map(len, self.glosses))
        types = len({gloss for target in self.glosses for gloss in target})
        return f"{len(self.ids)} targets with {tokens} glosses of {types} types"


@dataclass(frozen=True)
class Texts:
    """The spoken-language text of every annotated sample that has one."""

    ids: tuple[str, ...]
    splits: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]  # split at white space
    read_from: str

    @property
    def sentence(self) -> str:
        types = len({word for text in self.words for word in text})
        return f"{len(self.ids)} texts with {sum(map(len, self.words))} words of {types} types"


@measure
def samples(data: DataSet) -> Samples:
    """All rows of all annotation files, each sample once; else the clips of labelled folders.

    Where two files tell of the same samples (an stm beside an info.npy, a csv of all
    beside one a split), the richer is taken and the other fills what it lacks. Rows that
    contradict each other are both kept.
    """
    parts = [part for file in data.annotations for part in _parts(file)]
    if not parts:
        return _from_folders(data)
    # what has splits, ids of its own and names for its classes comes first: the rest fills it
    parts.sort(key=lambda p: (not p.split, p.counted, p.numbers, -p.richness, -len(p.rows), p.where))
    merged = _Merged()
    for part in parts:
        merged.take(part)
    narrow = narrowest_list(data)
    if narrow is None:
        return Samples(tuple(merged.rows), merged.read_from())
    rows = tuple(row for row in merged.rows if bare_id(row.id) in narrow[1])
    read_from = f"{merged.read_from()} (only those in {narrow[0].where}, which are on disk)"
    return Samples(rows, read_from, narrowed=True)


@measure
def targets(samples: Samples) -> Targets:
    """The rows that have a gloss sequence or a label, empty ones among them."""
    rows = [row for row in samples.rows if row.glosses is not None]
    if not rows:
        texts = "texts but " if any(row.text for row in samples.rows) else ""
        raise Unavailable(
            f"{samples.read_from} has {texts}no glosses or labels",
            "add a column of glosses or labels to the annotations",
        )
    if not any(row.glosses for row in rows):
        raise Unavailable(f"{samples.read_from} has empty targets only ({counted(len(rows), 'sample')})")
    return Targets(
        ids=tuple(row.id for row in rows),
        splits=tuple(row.split for row in rows),
        glosses=tuple(row.glosses or () for row in rows),
        read_from=samples.read_from,
    )


@measure
def texts(samples: Samples) -> Texts:
    """The rows that have a text."""
    rows = [row for row in samples.rows if row.text and row.text.strip()]
    if not rows:
        raise Unavailable(f"the annotations have no texts ({samples.read_from})")
    return Texts(
        ids=tuple(row.id for row in rows),
        splits=tuple(row.split for row in rows),
        words=tuple(tuple((row.text or "").split()) for row in rows),
        read_from=samples.read_from,
    )


def _from_folders(data: DataSet) -> Samples:
    labelled = [(s, c) for s in data.features for c in s.clips if c.label]
    if not labelled:
        clips = sum(len(s.clips) for s in data.features)
        unlabelled = f"; no folder names label the {counted(clips, 'clip')}" if clips else ""
        raise Unavailable(f"no annotations among {data.looked} files{unlabelled}", ENABLE)
    rows = tuple(Row(clip.key, found.split, (clip.label,)) for found, clip in labelled)
    places = ", ".join(dict.fromkeys(found.where for found, _ in labelled))
    return Samples(rows, f"folder names below {places}", True, excerpt_of(rows))


@dataclass(frozen=True)
class _Part:
    """The rows of one file that are in one split."""

    where: str
    split: str
    rows: tuple[Row, ...]
    counted: bool  # the ids only count the rows
    richness: float  # fields a row that are known
    numbers: bool  # targets are class numbers


def _parts(file: AnnotationFile) -> list[_Part]:
    by_split: dict[str, list[Row]] = {}
    for row in file.rows:
        by_split.setdefault(row.split, []).append(row)
    return [
        _Part(
            file.where,
            split,
            tuple(rows),
            all(row.id.isdigit() for row in rows) and are_counters(row.id for row in rows),
            round(sum(map(_richness, rows)) / len(rows), 1),
            all(is_numbers(row.glosses) for row in rows if row.glosses) and any(r.glosses for r in rows),
        )
        for split, rows in by_split.items()
    ]


def _richness(row: Row) -> int:
    known = (row.text, row.signer, row.frames, row.fps, row.path)
    return sum(field is not None for field in known) + 2 * bool(row.glosses)


class _Merged:
    """The samples so far, and which files they came from."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._numbers: list[bool] = []  # whether the row's target is a class number
        self._by_id: dict[str, list[int]] = {}
        self._origin: list[str] = []
        self._again: dict[str, None] = {}  # files that told of nothing new

    def take(self, part: _Part) -> None:
        if part.counted and self._has_targets_of(part):
            self._again[part.where] = None
            return
        before = len(self.rows)
        for row in part.rows:
            self._take(row, part)
        if len(self.rows) == before:
            self._again[part.where] = None

    def _take(self, row: Row, part: _Part) -> None:
        key = bare_id(row.id)
        for i in self._by_id.get(key, ()):
            known = self.rows[i]
            if self._origin[i] == part.where or (row.split and known.split != row.split):
                continue
            if self._numbers[i] != part.numbers and row.glosses and known.glosses:
                self.rows[i] = _filled(known, row)  # a class number and its name
                return
            if _agree(known, row):
                self.rows[i] = _filled(known, row)
                return
        self._by_id.setdefault(key, []).append(len(self.rows))
        self.rows.append(row)
        self._origin.append(part.where)
        self._numbers.append(part.numbers)

    def _has_targets_of(self, part: _Part) -> bool:
        """Whether samples with other ids, but as many and with the same targets, are there."""
        known = [r for r in self.rows if not part.split or r.split == part.split]
        return bool(known) and _target_counts(known) == _target_counts(part.rows)

    def read_from(self) -> str:
        used = list(dict.fromkeys(self._origin))
        again = [where for where in self._again if where not in used]
        first = _named(used)
        return f"{first} ({_named(again)} repeats the same samples)" if again else first


def _agree(one: Row, other: Row) -> bool:
    """Whether two rows of one id can be the same sample, told twice."""
    if one.glosses is not None and other.glosses is not None:
        return same_target(one.glosses, other.glosses)
    if one.text and other.text:
        return one.text.split() == other.text.split()
    return True


def _filled(row: Row, other: Row) -> Row:
    """The row, with what it lacks and the other has."""
    lacking = {
        name: getattr(other, name)
        for name in ("glosses", "text", "signer", "frames", "fps", "path")
        if getattr(row, name) is None and getattr(other, name) is not None
    }
    return replace(row, **lacking) if lacking else row


def _target_counts(rows: Iterable[Row]) -> Counter[tuple[str, ...]]:
    return Counter(cores(r.glosses) if r.glosses else tuple((r.text or "").split()) for r in rows)


def _named(places: Sequence[str]) -> str:
    more = f" and {len(places) - NAMED} more" if len(places) > NAMED else ""
    return ", ".join(places[:NAMED]) + more

"""The annotated samples of a data set: who signs what, in which split."""

from __future__ import annotations

from dataclasses import dataclass

from slrdoctor.arithmetic.gloss_forms import is_numbers
from slrdoctor.artifacts.run import DataSet, Row
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.labels._excerpts import excerpt_of
from slrdoctor.facts.labels._merging import Merged, parts_of
from slrdoctor.facts.labels._nested_lists import narrowest_list
from slrdoctor.words.grammar import counted
from slrdoctor.words.sample_ids import bare_id
from slrdoctor.words.splits import SPLITS

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
    parts = [part for file in data.annotations for part in parts_of(file)]
    if not parts:
        return _from_folders(data)
    # what has splits, ids of its own and names for its classes comes first: the rest fills it
    parts.sort(key=lambda p: (not p.split, p.counted, p.numbers, -p.richness, -len(p.rows), p.where))
    merged = Merged()
    for part in parts:
        merged.take(part)
    narrow = narrowest_list(data)
    if narrow is None:
        return Samples(tuple(merged.rows), merged.read_from())
    rows = tuple(row for row in merged.rows if bare_id(row.id) in narrow[1])
    read_from = f"{merged.read_from()} (only those in {narrow[0]}, which are on disk)"
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

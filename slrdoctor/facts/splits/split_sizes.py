"""What each split holds, and which of them hold nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from slrdoctor.artifacts.run import DataSet
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.labels.samples import Samples
from slrdoctor.words.splits import SPLITS, split_of_name, without_splits


@dataclass(frozen=True)
class SplitSizes:
    """Annotated samples and stored clips by split, and the files and folders without any."""

    annotated: dict[str, int]
    stored: dict[str, int]
    empty: tuple[tuple[str, str, str], ...]  # (split, where, "annotations" or "features")
    read_from: str

    @property
    def sentence(self) -> str:
        annotated = [f"{n} in {split or 'no split'}" for split, n in self.annotated.items()]
        stored = [f"{n} in {split or 'no split'}" for split, n in self.stored.items()]
        parts = [f"annotated samples: {', '.join(annotated)}"] if annotated else []
        parts += [f"stored clips: {', '.join(stored)}"] if stored else []
        parts += [f"empty: {', '.join(where for _, where, _ in self.empty)}"] if self.empty else []
        return "; ".join(parts)


@measure
def split_sizes(data: DataSet, samples: Samples | None) -> SplitSizes:
    """Counts by split; a file or folder of a split that holds no sample at all is empty."""
    annotated: dict[str, int] = {}
    for row in samples.rows if samples is not None and not samples.from_folders else ():
        annotated[row.split] = annotated.get(row.split, 0) + 1
    stored: dict[str, int] = {}
    for found in data.features:
        stored[found.split] = stored.get(found.split, 0) + len(found.clips)
    named = tuple(
        (split, where, what)
        for split, where, what in _empty(data)
        # an empty file beside a full one of its split loses nothing
        if split in SPLITS and not (annotated if what == "annotations" else stored).get(split)
    )
    if not annotated and not stored and not named:
        raise Unavailable(f"neither annotations nor features among the {data.looked} files")
    places = [file.where for file in data.annotations] + [found.where for found in data.features]
    return SplitSizes(annotated, stored, named, ", ".join(places[:4]) or named[0][1])


def _empty(data: DataSet) -> Iterator[tuple[str, str, str]]:
    families = {without_splits(file.where) for file in data.annotations}
    for file in data.annotations:
        if not file.rows:
            yield split_of_name(file.where), file.where, "annotations"
    for problem in data.problems:
        # dev.txt may as well be a log: it is annotations where train.txt is
        if problem.fault == "empty" and without_splits(problem.where) in families:
            yield split_of_name(problem.where), problem.where, "annotations"
    for found in data.features:
        if not found.clips and not found.broken:
            yield found.split, found.where, "features"

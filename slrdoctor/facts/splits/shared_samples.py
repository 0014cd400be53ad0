"""Samples that are in two splits: by id, by path, or by what is stored of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from slrdoctor.arithmetic.gloss_forms import same_target
from slrdoctor.artifacts.run import Row
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.features.features import ClipTable
from slrdoctor.facts.labels._identity import are_counters
from slrdoctor.facts.labels.samples import Samples
from slrdoctor.words.sample_ids import bare_id, is_link, without_suffix
from slrdoctor.words.splits import SPLITS, without_splits

ALIKE = 0.9  # share of ids in both of two counts whose targets agree: then the count is one
FEWEST_FRAMES = 2  # a clip of one frame is equal to another too easily


@dataclass(frozen=True)
class Shared:
    """One sample in two splits. `id` is its id in the first one."""

    id: str
    splits: tuple[str, str]
    by: str  # id | path | array
    other: str = ""  # its id in the second split, where it has another one there


@dataclass(frozen=True)
class SharedSamples:
    """Over train, dev and test; rows and clips without a split are left out."""

    shared: tuple[Shared, ...]
    sizes: dict[str, int]  # split -> samples, or clips where nothing is annotated
    arrays_compared: bool
    read_from: str

    @property
    def sentence(self) -> str:
        sizes = " and ".join(f"{n} {s}" for s, n in self.sizes.items())
        how = "ids, paths and stored arrays" if self.arrays_compared else "ids and paths"
        shared = len(self.shared) or "no"
        shared_samples = "sample is" if shared == 1 or not self.shared else "samples are"
        return f"{shared} {shared_samples} in two splits ({how} of {sizes} samples compared)"


@measure
def shared_samples(samples: Samples | None, clips: ClipTable | None) -> SharedSamples:
    """Every sample that two splits share, each once, by the first of id, path and array."""
    sizes = _sizes(samples, clips)
    if len(sizes) < 2:
        only = next(iter(sizes), "")
        raise Unavailable(
            f"only the {only} split is known" if only else "the splits of the samples are unknown",
            "name the splits in slrdoctor.toml: [annotations] train = ..., dev = ...",
        )
    found: dict[tuple[str, tuple[str, str]], Shared] = {}
    rows = samples.rows if samples is not None else ()
    digests = _digests(clips)
    for shared in (
        *(_by_id(rows, digests) if samples is not None and not samples.from_folders else ()),
        *_by_path(rows),
        *_by_array(clips),
    ):
        found.setdefault((bare_id(shared.id), shared.splits), shared)
    read = [fact.read_from for fact in (samples, clips) if fact is not None]
    return SharedSamples(tuple(found.values()), sizes, clips is not None, ", ".join(dict.fromkeys(read)))


def _sizes(samples: Samples | None, clips: ClipTable | None) -> dict[str, int]:
    """Samples by split; clips by split where the annotations tell no splits apart."""
    annotated = [row.split for row in samples.rows] if samples is not None else []
    stored = [row.split for row in clips.rows] if clips is not None else []
    told = [{s: splits.count(s) for s in SPLITS if s in splits} for splits in (annotated, stored)]
    return max(told, key=len)


def _by_id(rows: tuple[Row, ...], digests: dict[tuple[str, str], str]) -> Iterator[Shared]:
    ids = {s: {bare_id(r.id): r for r in rows if r.split == s} for s in SPLITS}
    counted = {s: are_counters(rows_of) for s, rows_of in ids.items()}
    for one, other in combinations(SPLITS, 2):
        pairs = [(ids[one][i], ids[other][i]) for i in ids[one] if i in ids[other]]
        counts = counted[one] and counted[other]
        if counts and not _is_one_count(pairs):
            continue
        for a, b in pairs:
            # train/a and dev/a are one sample only where their targets agree
            named_apart = without_suffix(a.id.strip()) != without_suffix(b.id.strip())
            if named_apart and not _is_same_row(a, b):
                continue
            if not _are_other_arrays(a, b, digests, counts) and not _are_other_paths(a, b):
                yield Shared(a.id, (one, other), "id")


def _is_one_count(pairs: list[tuple[Row, Row]]) -> bool:
    """Whether two splits that count from the start count the same samples: their targets agree.

    hello_1 is of class hello in every split, so there one label says nothing.
    """
    same = sum(_is_same_row(a, b) for a, b in pairs)
    single = all(len(a.glosses or ()) <= 1 and not a.text for a, _ in pairs)
    return same >= ALIKE * len(pairs) and (not single or all(a.id.isdigit() for a, _ in pairs))


def _is_same_row(one: Row, other: Row) -> bool:
    if one.glosses is not None and other.glosses is not None:
        return same_target(one.glosses, other.glosses)
    return bool(one.text) and one.text == other.text


def _are_other_arrays(one: Row, other: Row, digests: dict[tuple[str, str], str], counted: bool) -> bool:
    """Whether features of both are stored and differ, and nothing else makes them one sample."""
    mine, theirs = digests.get((one.split, one.id)), digests.get((other.split, other.id))
    if mine is None or theirs is None or mine == theirs:
        return False
    return counted or not _is_same_row(one, other)


def _are_other_paths(one: Row, other: Row) -> bool:
    """Whether two rows of one id name different files, beyond the folder of their split."""
    if one.path is None or other.path is None:
        return False
    if is_link(one.path) or is_link(other.path):
        return not _is_same_row(one, other)
    return bare_id(without_splits(one.path)) != bare_id(without_splits(other.path))


def _by_path(rows: tuple[Row, ...]) -> Iterator[Shared]:
    """Rows of two splits that name one file, where every row of a split names one of its own."""
    paths: dict[str, dict[str, Row]] = {}
    for split in SPLITS:
        mine = [r for r in rows if r.split == split and r.path and not is_link(r.path)]
        by_path = {r.path or "": r for r in mine}
        # a file that several samples are cut from is no sample, and a count is no name
        if mine and len(by_path) == len({(r.path, r.id) for r in mine}):
            paths[split] = by_path
    counted = {s: are_counters(by_path) for s, by_path in paths.items()}
    for one, other in combinations(paths, 2):
        if counted[one] and counted[other]:
            continue
        for path, row in paths[one].items():
            if path in paths[other]:
                yield Shared(row.id, (one, other), "path", paths[other][path].id)


def _digests(clips: ClipTable | None) -> dict[tuple[str, str], str]:
    return {(row.split, row.id): row.digest for row in clips.rows} if clips is not None else {}


def _by_array(clips: ClipTable | None) -> Iterator[Shared]:
    """Clips of two splits that are equal; empty and constant ones are equal to too many."""
    first: dict[str, dict[str, str]] = {}
    for row in clips.rows if clips is not None else ():
        if row.split in SPLITS and row.frames >= FEWEST_FRAMES and not row.constant and row.digest:
            first.setdefault(row.digest, {}).setdefault(row.split, row.id)
    for by_split in first.values():
        for one, other in combinations([s for s in SPLITS if s in by_split], 2):
            same = by_split[one] == by_split[other]
            yield Shared(by_split[one], (one, other), "array", "" if same else by_split[other])

"""FEA101: is there anything to learn from at all?"""

from collections.abc import Iterator

from slrdoctor.api import BLOCKS, CERTAIN, Evidence, Finding, Fix, Progress, StoredFeatures, check

FIX_NAMES = Fix(
    "Point the run to the folder of the features, or rename one side so that ids and files agree.",
    '[features]\ntrain = "path/to/features/train"   # in slrdoctor.toml',
)
FIX_FILES = Fix("Fetch or extract the features again.", "git lfs pull   # if they are Git LFS pointers")
FIX_SPELLING = Fix(
    "Write ids and file names in one spelling: one case, and Unicode in its composed form (NFC).",
    "id = unicodedata.normalize('NFC', id)   # and the same for file names when they are written",
    safe=False,
)


@check("FEA101", severity=BLOCKS, confidence=CERTAIN, explains=("TRN502", "EVL905"))
def no_features(found: StoredFeatures, progress: Progress | None) -> Iterator[Finding]:
    """No annotated sample has features that can be read.

    Why it matters: a loader that finds no file for a sample skips it, or fills in zeros or
    noise, and often says nothing. The run then trains on nothing, and every number that it
    prints is about that.

    Judged by: the count of annotated samples with a readable array, which is zero although
    features are expected here; or every sample met its file only after case or Unicode form
    was folded, so that a loader that looks for the id as written finds none (not where the
    training history shows that the run has learned).

    Fix: name the folder in `slrdoctor.toml`, mend the names, or extract the features again.

    References: https://unicode.org/reports/tr15/ on normalisation forms; https://git-lfs.com
    on pointer files.
    """
    if found.annotated and not found.joined:
        near = [f"{miss.id} and {miss.stored} (by {miss.by})" for miss in found.near_misses[:3]]
        hint = f"; near misses: {', '.join(near)}" if near else ""
        expected = f", though {found.expected[0]}" if found.expected else ""
        yield Finding(
            f"none of {found.annotated} annotated samples has features{expected}{hint}",
            _evidence(found, 0),
            (FIX_NAMES,),
            tuple(id for id, _ in found.missing[:5]),
            found.annotated,
            found.annotated,
        )
    elif found.joined and not found.readable:
        sentence, count = found.faults[0] if found.faults else ("unreadable", found.joined)
        yield Finding(
            f"none of {found.joined} feature files can be read: {sentence} ({count} of them)",
            _evidence(found, 0),
            (FIX_FILES,),
            affected=found.joined,
            total=found.annotated,
        )
    elif found.folded and not (progress is not None and progress.learned):
        yield Finding(
            f"not one of {found.joined} sample ids is spelled as its feature file is: they agree only "
            f"where case or Unicode form is folded",
            _evidence(found, found.joined),
            (FIX_SPELLING,),
            affected=found.joined,
            total=found.annotated,
        )


def _evidence(found: StoredFeatures, count: int) -> tuple[Evidence, ...]:
    return (Evidence("samples with readable features", count, found.read_from, f"of {found.annotated}"),)

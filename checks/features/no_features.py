"""FEA101: is there anything to learn from at all?"""

from collections.abc import Iterator

from slrdoctor.api import (
    BLOCKS,
    CERTAIN,
    NOTHING_LEARNED,
    Evidence,
    Finding,
    Fix,
    Progress,
    StoredFeatures,
    check,
)

FIX_NAMES = Fix(
    "Point the run to the folder of the features, or rename one side so that ids and files agree.",
    '[features]\ntrain = "path/to/features/train"   # in slrdoctor.toml',
)
FIX_FORMAT = Fix(
    "Let the loader read the files that are there, and stop with an error where a sample has none.",
    "paths = sorted(folder.glob('*.npz')); assert paths, folder   # an npz is a dict of arrays",
)
FIX_FILES = Fix("Fetch or extract the features again.", "git lfs pull   # if they are Git LFS pointers")
FIX_SPELLING = Fix(
    "Write ids and file names in one spelling: one case, and Unicode in its composed form (NFC).",
    "id = unicodedata.normalize('NFC', id)   # and the same for file names when they are written",
    safe=False,
)


@check(
    "FEA101",
    severity=BLOCKS,
    confidence=CERTAIN,
    explains=NOTHING_LEARNED,
)
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
    learned = progress is not None and progress.learned
    if not found.annotated or (found.readable and (learned or not found.folded)):
        return
    fixes = (FIX_NAMES,)
    if found.readable:
        said = (
            f"not one of {found.joined} sample ids is spelled as its feature file is: they agree only "
            f"where case or Unicode form is folded"
        )
        fixes = (FIX_SPELLING,)
    elif found.faults:
        sentence, count = found.faults[0]
        said = f"none of {found.annotated} annotated samples has features that can be read: {sentence}"
        said += f" ({count} files)"
        fixes = (FIX_FILES,)
    else:
        said = f"none of {found.annotated} annotated samples has features"
        said += f": {found.expected[0]}" if found.expected else ""
    if found.near and not found.readable:
        said += f"; near misses: {found.near}"
        fixes = (FIX_FORMAT,) if set(found.near_counts) == {"extension"} else fixes
    yield Finding(
        said,
        (
            Evidence("samples with readable features", found.readable, found.read_from, "samples"),
            Evidence("annotated samples", found.annotated, found.read_from, "samples"),
        ),
        fixes,
        tuple(id for id, _ in found.missing[:5]),
        found.annotated,
        found.annotated,
    )

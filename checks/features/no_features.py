"""FEA101: are there any features to learn from?"""

from slrdoctor.api import (
    BLOCKS,
    CERTAIN,
    FEATURES_SOUND,
    NOTHING_LEARNED,
    Evidence,
    Finding,
    Findings,
    Fix,
    NotJudged,
    Progress,
    StoredFeatures,
    check,
    counted,
)

FIX_NAMES = Fix(
    "Name the folder of the features, or rename either side so that ids and file names agree.",
    '[features]\ntrain = "path/to/features/train"   # in slrdoctor.toml',
)
FIX_FORMAT = Fix(
    "Make the loader read the format of the stored files, and fail where a sample has none.",
    "paths = sorted(folder.glob('*.npz')); assert paths, folder   # an npz is a dict of arrays",
)
FIX_FILES = Fix(
    "Download or extract the features again.", "git lfs pull   # if they are Git LFS pointers"
)
FIX_SPELLING = Fix(
    "Spell ids and file names in the same way: one case, and Unicode in composed form (NFC).",
    "id = unicodedata.normalize('NFC', id)   # and the same for file names when they are written",
    safe=False,
)


@check(
    "FEA101",
    severity=BLOCKS,
    confidence=CERTAIN,
    explains=(NOTHING_LEARNED,),
    gate=FEATURES_SOUND,
)
def no_features(found: StoredFeatures, progress: Progress | None) -> Findings:
    """No annotated sample has features that can be read.

    Why it matters: A loader that finds no file for a sample skips it, or fills in zeros or noise,
    often silently. The run then trains on nothing, and every number that it prints is about nothing.

    Judged by: The number of annotated samples with a readable array. Reported are:
    - none, although features are expected here;
    - every sample matches its file only when case or Unicode form is ignored: a loader that looks for
      the id as written finds none. Not reported where the training history shows learning.

    Fix: Name the folder in `slrdoctor.toml`, rename the files, or extract the features again.

    References: https://unicode.org/reports/tr15/ on normalisation forms; https://git-lfs.com
    on pointer files.
    """
    learned = progress is not None and progress.learned
    if not found.annotated:
        raise NotJudged("no sample is annotated")
    if found.readable and (learned or not found.folded):
        return found.sentence
    fixes = (FIX_NAMES,)
    if found.readable:
        said = (
            f"none of {found.joined} sample ids is spelled like its feature file: they match only if "
            f"case or Unicode form is ignored"
        )
        fixes = (FIX_SPELLING,)
    elif found.faults:
        sentence, count = found.faults[0]
        said = f"none of {found.annotated} annotated samples has features that can be read: {sentence}"
        said += f" ({counted(count, 'file')})"
        fixes = (FIX_FILES,)
    else:
        said = f"none of {found.annotated} annotated samples has features"
        said += f": {found.expected[0]}" if found.expected else ""
    if found.near and not found.readable:
        said += f". Of the samples, {found.near}" if ": " in said else f", but {found.near}"
        fixes = (FIX_FORMAT,) if set(found.near_counts) == {"extension"} else fixes
    yield Finding(
        said,
        (
            Evidence("samples with readable features", found.readable, found.read_from, "samples"),
            Evidence("annotated samples", found.annotated, found.read_from, "samples"),
        ),
        fixes,
        tuple(id for id, _ in found.missing),
        found.annotated,
        found.annotated,
    )

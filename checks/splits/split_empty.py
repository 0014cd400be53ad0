"""SPL304: does every split have samples?"""

from slrdoctor.api import BLOCKS, CERTAIN, Evidence, Finding, Findings, Fix, SplitSizes, Threshold, check

FEWEST_SAMPLES = Threshold(1, "By definition: a split has at least one sample.")


@check("SPL304", severity=BLOCKS, confidence=CERTAIN, explains=("TRN511",), overfit=True)
def split_empty(sizes: SplitSizes) -> Findings:
    """A split has no samples.

    Why it matters: Training on nothing ends at once or never starts. An empty dev split gives a score
    of zero or NaN, and the checkpoint kept as the best one is arbitrary.

    Judged by: A file or folder named train, dev or test that contains no sample, where nothing else
    contains samples of that split.

    Fix: Write the split again. Look for a filter that removes every row, or a wrong path.

    References: The files of this run.
    """
    for split, where, what in sizes.empty:
        others = sizes.annotated if what == "annotations" else sizes.stored
        parts = ", ".join(f"{count} in {name or 'no split'}" for name, count in others.items() if count)
        beside = f", while there are {parts}" if parts else ""
        yield Finding(
            message=f"the {split} split is empty: {where} ({what}) contains no sample{beside}",
            evidence=(Evidence(f"samples of {split}", 0, where, f"in the {what}", FEWEST_SAMPLES),),
            fixes=(
                Fix(
                    f"Write the {split} split again, or point to where it is.",
                    f'[{what}]\n{split} = "path/to/{split}"   # in slrdoctor.toml',
                ),
            ),
        )
    return sizes.sentence

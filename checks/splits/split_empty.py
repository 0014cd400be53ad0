"""SPL304: does every split have samples?"""

from collections.abc import Iterator

from slrdoctor.api import BLOCKS, CERTAIN, Evidence, Finding, Fix, SplitSizes, Threshold, check

LEAST = Threshold(1, "by definition: a split has samples")


@check("SPL304", severity=BLOCKS, confidence=CERTAIN, explains=("TRN511",))
def split_empty(sizes: SplitSizes) -> Iterator[Finding]:
    """A split has no samples.

    Why it matters: training on nothing ends at once or never starts. An empty dev split
    gives a score of zero or NaN, and the best checkpoint is then any.

    Judged by: a file or folder whose name says train, dev or test and that holds no sample,
    where nothing else holds samples of that split.

    Fix: write the split again; look for a filter that removes every row, or a path that
    leads nowhere.

    References: the files of this run.
    """
    for split, where, what in sizes.empty:
        others = sizes.annotated if what == "annotations" else sizes.stored
        told = ", ".join(f"{count} in {name or 'no split'}" for name, count in others.items() if count)
        beside = f", while there are {told}" if told else ""
        yield Finding(
            message=f"{where}, the {split} {what}, holds no sample{beside}",
            evidence=(Evidence(f"samples of {split}", 0, where, what, LEAST),),
            fixes=(
                Fix(
                    f"Write the {split} split again, or point to where it is.",
                    f'[{what}]\n{split} = "path/to/{split}"   # in slrdoctor.toml',
                ),
            ),
        )

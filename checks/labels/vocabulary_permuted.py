"""LAB212: are the outputs right, and only called by the wrong names?"""

from collections.abc import Iterator

from slrdoctor.api import LIKELY, MISLEADS, Evidence, Finding, Fix, Threshold, TokenRenaming, check

MENDED = Threshold(
    0.33,
    "measured on simulated runs of 60 to 2,000 samples: on other samples a renaming mends 56% to 95% "
    "of the errors that a permutation makes of a model with 5% to 30% WER, 40% with 50% WER, and under "
    "1% of the errors of a model whose names are right or whose pairs are shuffled",
)
CHANCE = Threshold(
    0.33, "rule of thumb, docs/limits.py: what it mends with the hypotheses shuffled, over what it mends"
)
SIGMAS = Threshold(3, "normal distribution: once in a thousand, in standard errors over samples")
SAMPLES = Threshold(
    20, "rule of thumb, docs/limits.py: fewer samples teach no renaming that others can test"
)


@check(
    "LAB212",
    severity=MISLEADS,
    confidence=LIKELY,
    explains=("CTC413", "DEC801", "EVL901", "EVL904", "EVL905", "EVL906", "TRN504"),
)
def vocabulary_permuted(renaming: TokenRenaming) -> Iterator[Finding]:
    """One renaming of the output tokens explains most of the errors.

    Why it matters: the model tells the signs apart, and its outputs are looked up in a vocabulary of
    another order than the one it was trained with: built from a set, sorted anew, or without the
    blank. The score says nothing about the model.

    Judged by: the one-to-one renaming that makes most aligned tokens equal, learned on three quarters
    of the samples and scored on the rest, mends over a third of all errors, by over three standard
    errors, and three times what a renaming learned in the same way mends with the hypotheses
    shuffled among the references.

    Fix: save the vocabulary with the checkpoint, and decode with that one.

    References: Kuhn 1955, The Hungarian method for the assignment problem; Ojala and Garriga 2010,
    Permutation tests for studying classifier performance.
    """
    if renaming.samples < SAMPLES.value or renaming.mended <= MENDED.value:
        return
    if renaming.sigmas < SIGMAS.value:
        return
    chance = renaming.by_chance / renaming.mended
    if chance >= CHANCE.value:
        return
    pairs = ", ".join(f"{said!r} is {meant!r}" for said, meant in renaming.examples[:3])
    off = abs(renaming.offset)
    shift = f"; indices are {off} too {'high' if renaming.offset > 0 else 'low'}" if off else ""
    rate = "error rate" if renaming.are_single else "WER"
    yield Finding(
        f"renaming the output tokens takes the {rate} from {renaming.wer:.1%} to "
        f"{renaming.renamed_wer:.1%} on other samples than it was learned from: {pairs}{shift}",
        (
            Evidence(
                "share of the errors that it mends", renaming.mended, renaming.read_from, limit=MENDED
            ),
            Evidence("part of that which it mends by chance", chance, renaming.read_from, limit=CHANCE),
            Evidence(
                "share of output tokens that it renames", renaming.renamed_share, renaming.read_from
            ),
        ),
        (
            Fix(
                "Decode with the vocabulary that the targets were encoded with, from one file.",
                'torch.save({"model": model.state_dict(), "vocabulary": vocabulary}, path)',
            ),
            Fix(
                "Build it once, from a sorted list: the order of a set changes between runs.",
                "sorted(set(glosses))",
            ),
            Fix("See whether the blank is counted: without it every index moves by one."),
        ),
    )

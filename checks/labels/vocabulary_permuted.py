"""LAB212: are the outputs right, but looked up under the wrong names?"""

from slrdoctor.api import (
    LIKELY,
    MISLEADS,
    Evidence,
    Finding,
    Findings,
    Fix,
    NotJudged,
    Threshold,
    TokenRenaming,
    check,
    chosen,
)

ERRORS_REMOVED = Threshold(
    0.33,
    "Measured on simulated runs of 60 to 2,000 samples: with a permuted vocabulary, renaming removes "
    "56% "
    "to 95% of the errors of a model with 5% to 30% WER, and 40% at 50% WER; with the right vocabulary, "
    "or with shuffled pairs, under 1%.",
)
REMOVED_BY_CHANCE = chosen(
    0.33, "a renaming of shuffled hypotheses may remove a third as many errors", (0.0825, 1.32), 399
)
STANDARD_ERRORS = Threshold(3, "Normal distribution: by chance once in a thousand times.")
FEWEST_SAMPLES = chosen(12, "fewer samples are not enough to learn a renaming and to test it")


@check(
    "LAB212",
    severity=MISLEADS,
    confidence=LIKELY,
    explains=("CTC413", "DEC801", "EVL901", "EVL904", "EVL905", "EVL906", "EVL913", "TRN504"),
)
def vocabulary_permuted(renaming: TokenRenaming) -> Findings:
    """Renaming the output tokens would remove most of the errors.

    Why it matters: The model distinguishes the signs, but its outputs are looked up in a vocabulary
    with another order than in training: built from a set, sorted again, or without the blank. The
    score then says nothing about the model.

    Judged by: A one-to-one renaming of tokens is learned on three quarters of the samples and scored
    on the rest. It is reported if it removes:
    - over a third of all errors, and by over three standard errors;
    - three times as many errors as one learned with the hypotheses shuffled among the references.

    Fix: Save the vocabulary with the checkpoint, and decode with it.

    References: Kuhn 1955, The Hungarian method for the assignment problem; Ojala and Garriga 2010,
    Permutation tests for studying classifier performance.
    """
    if renaming.samples < FEWEST_SAMPLES.value:
        few = f"{renaming.samples} predictions are stored, and {FEWEST_SAMPLES.value:g} are needed"
        raise NotJudged(few, "store the predictions of all dev samples")
    if renaming.mended <= ERRORS_REMOVED.value:
        return renaming.sentence
    chance = renaming.by_chance / renaming.mended
    if renaming.sigmas < STANDARD_ERRORS.value or chance >= REMOVED_BY_CHANCE.value:
        raise NotJudged(f"{renaming.sentence}, which may be chance")
    pairs = ", ".join(f"{said!r} means {meant!r}" for said, meant in renaming.examples[:3])
    off = abs(renaming.offset)
    shift = f"; indices are {off} too {'high' if renaming.offset > 0 else 'low'}" if off else ""
    rate, where = "error rate" if renaming.are_single else "WER", renaming.read_from
    yield Finding(
        f"renaming the output tokens lowers the {rate} from {renaming.wer:.1%} to "
        f"{renaming.renamed_wer:.1%} on samples that it was not learned from: {pairs}{shift}",
        (
            Evidence("errors that renaming removes", renaming.mended, where, "share", ERRORS_REMOVED),
            Evidence("of these, removed by chance", chance, where, "share", REMOVED_BY_CHANCE),
            Evidence("output tokens that are renamed", renaming.renamed_share, where, "share"),
        ),
        (
            Fix(
                "Decode with the vocabulary that encoded the targets, saved with the checkpoint.",
                'torch.save({"model": model.state_dict(), "vocabulary": vocabulary}, path)',
            ),
            Fix(
                "Build the vocabulary from a sorted list: the order of a set changes between runs.",
                "sorted(set(glosses))",
            ),
            Fix("Check whether the blank is counted: without it every index moves by one."),
        ),
    )

"""MDL607: does the config agree with what the model is trained on?"""

from collections.abc import Iterator

from slrdoctor.api import (
    CERTAIN,
    DEGRADES,
    ConfiguredClasses,
    Evidence,
    Finding,
    Fix,
    Threshold,
    VocabularySize,
    check,
)


@check("MDL607", severity=DEGRADES, confidence=CERTAIN, explains=("LAB202",))
def config_contradicts_checkpoint(config: ConfiguredClasses, sizes: VocabularySize) -> Iterator[Finding]:
    """The config gives the model another number of classes than its vocabulary has.

    Why it matters: with too few outputs glosses are dropped or the loss fails; with too many
    the head is spent on classes that no target has, a checkpoint of the run does not load
    into the model that the vocabulary asks for, and outputs are read with the wrong names.

    Judged by: the number of classes in each config against the vocabulary: its size, with or
    without its special tokens, and with the blank and the special tokens that it may lack.

    Fix: set the number of classes from the vocabulary that is in use, and not by hand.

    References: VAC_CSLR, where num_classes is the length of gloss_dict plus one for the
    blank; issues 29 of VAC_CSLR and 12 of SEN, where the two differ.
    """
    wrong = [said for said in config.counts if not sizes.least <= said.value <= sizes.most]
    if not wrong or len(wrong) < len(config.counts):
        return  # one of several configs fits: it is the one in use
    said = wrong[0]
    bound = sizes.least if said.value < sizes.least else sizes.most
    limit = Threshold(bound, f"the size of {sizes.read_from}, with the blank and special tokens")
    yield Finding(
        message=(
            f"{said.where} says {said.value}, but the {sizes.glosses} glosses in {sizes.read_from} "
            f"need {sizes.needed} classes"
        ),
        evidence=(
            Evidence("classes in the config", said.value, said.where, "", limit),
            Evidence("classes that the vocabulary needs", sizes.needed, sizes.read_from),
        ),
        fixes=(
            Fix(
                f"Set {said.key} to {sizes.needed}, or train on the vocabulary that it was made for.",
                f"{said.key}: {sizes.needed}",
            ),
        ),
    )

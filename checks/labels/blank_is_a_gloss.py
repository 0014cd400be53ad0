"""LAB204: does the index of the CTC blank stand for nothing else?"""

from slrdoctor.api import (
    BLOCKS,
    CERTAIN,
    NOTHING_LEARNED,
    BlankUse,
    Evidence,
    Finding,
    Findings,
    Fix,
    Threshold,
    check,
    counted,
)

BLANKS_IN_TARGETS = Threshold(0, "torch.nn.CTCLoss: targets cannot contain the blank's index.")


@check(
    "LAB204",
    severity=BLOCKS,
    confidence=CERTAIN,
    explains=("CTC416", "LAB210", "TRN501", NOTHING_LEARNED),
)
def blank_is_a_gloss(use: BlankUse) -> Findings:
    """The index of the CTC blank also stands for a gloss.

    Why it matters: CTC removes the blank from every output. A gloss with the same index can never be
    recognised, and a target that contains the blank is not learned as it is written: the loss may
    become negative or infinite.

    Judged by: Not judged while it is uncertain which index is the blank. Otherwise by:
    - the token at the blank's index, where the vocabulary is numbered as the model's outputs are;
    - how often this token, or the index itself, occurs in the targets. Padding inside targets counts
      where it has the same index.

    Fix: Give the blank an index of its own.

    References: Graves et al. 2006, Connectionist Temporal Classification, section 3.1;
    torch.nn.CTCLoss, the note on targets.
    """
    if not use.owner and not use.occurrences:
        return use.sentence
    index = use.blank.index
    times = counted(use.occurrences, "time")
    in_targets = f", which occurs {times} in the targets" if use.occurrences else ""
    yield Finding(
        message=(
            f"index {index} is the CTC blank ({use.blank.known_by}) and also stands for "
            f'"{use.owner}"{in_targets}'
        ),
        evidence=(
            Evidence("index of the blank", index, use.blank.read_from, use.blank.known_by),
            Evidence("what else has this index", use.owner, use.read_from),
            Evidence(
                "occurrences in the targets",
                use.occurrences,
                use.read_from,
                "tokens",
                BLANKS_IN_TARGETS,
            ),
        ),
        fixes=(
            Fix(
                "Keep index 0 for the blank and number the glosses from 1.",
                "index = {gloss: i + 1 for i, gloss in enumerate(glosses)}\n"
                "loss = torch.nn.CTCLoss(blank=0)   # with len(glosses) + 1 classes",
            ),
            Fix(
                "Or put the blank after the last gloss, in the loss and in the decoder.",
                "loss = torch.nn.CTCLoss(blank=len(glosses))   # with len(glosses) + 1 classes",
            ),
            Fix("If the run uses another index for the blank, set it in slrdoctor.toml and scan again."),
        ),
        samples=use.ids,
        affected=len(use.ids) or None,
        total=use.samples,
    )

"""LAB204: is the CTC blank free of any other meaning?"""

from collections.abc import Iterator

from slrdoctor.api import (
    BLOCKS,
    CERTAIN,
    NOTHING_LEARNED,
    BlankUse,
    Evidence,
    Finding,
    Fix,
    Threshold,
    check,
)

NONE = Threshold(0, "torch.nn.CTCLoss: targets cannot be the blank index")


@check(
    "LAB204",
    severity=BLOCKS,
    confidence=CERTAIN,
    explains=("CTC416", "LAB210", "TRN501", *NOTHING_LEARNED),
)
def blank_is_a_gloss(use: BlankUse) -> Iterator[Finding]:
    """The CTC blank's index stands for a gloss.

    Why it matters: CTC takes the blank out of every output. A gloss with its index can
    never be recognised, every frame without a sign counts as this gloss, and a target that
    contains the blank has no valid alignment.

    Judged by: the token at the blank's index, where the vocabulary's numbering is the
    model's; and the occurrences of that token, or of the index itself, in the targets.
    Padding written into targets counts where it shares the index. Not judged while it is
    uncertain which index is the blank.

    Fix: give the blank an index of its own.

    References: Graves et al. 2006, Connectionist Temporal Classification, section 3.1;
    torch.nn.CTCLoss, the note on targets.
    """
    if not use.owner and not use.occurrences:
        return
    index = use.blank.index
    in_targets = f", and stands {use.occurrences} times in the targets" if use.occurrences else ""
    yield Finding(
        message=f'the blank, index {index} ({use.blank.known_by}), is also "{use.owner}"{in_targets}',
        evidence=(
            Evidence("blank index", index, use.blank.read_from, use.blank.known_by),
            Evidence("owner of the index", use.owner, use.read_from),
            Evidence("occurrences in targets", use.occurrences, use.read_from, "tokens", NONE),
        ),
        fixes=(
            Fix(
                "Keep index 0 for the blank and number the glosses from 1.",
                "index = {gloss: i + 1 for i, gloss in enumerate(glosses)}\n"
                "loss = torch.nn.CTCLoss(blank=0)   # with len(glosses) + 1 classes",
            ),
            Fix(
                "Or tell the loss and the decoder which index is free.",
                "[vocabulary]\nblank = 0   # in slrdoctor.toml, to scan with another index",
            ),
        ),
        samples=use.ids[:5],
        affected=len(use.ids) or None,
        total=use.samples,
    )

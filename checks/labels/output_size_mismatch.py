"""LAB210: does the model have an output for each class of its vocabulary?"""

from collections.abc import Iterator

from slrdoctor.api import BLOCKS, CERTAIN, Evidence, Finding, Fix, HeadFit, Threshold, check


@check("LAB210", severity=BLOCKS, confidence=CERTAIN, explains=("MDL607",))
def output_size_mismatch(fit: HeadFit) -> Iterator[Finding]:
    """The model's head has another number of outputs than its vocabulary has classes.

    Why it matters: the outputs are read with the names of another list, so every one of them
    may be the wrong gloss; or glosses are left without an output and can never be emitted.

    Judged by: the outputs of the checkpoint's last linear layer against the vocabulary: its
    size, with or without its special tokens, and with the blank and the special tokens that it
    may lack; with CTC at least one more than there are glosses. A model of fewer classes is
    fine where labels and config are of those classes.

    Fix: take the vocabulary that the model was trained with, and keep it beside the checkpoint.

    References: VAC_CSLR, where the head has the length of gloss_dict plus one for the blank;
    issues 5 of CorrNet_Plus and 12 of SEN, where a vocabulary of another data set was used.
    """
    if fit.fits or fit.because:
        return
    sizes = fit.sizes
    bound = fit.least if fit.outputs < fit.least else sizes.most
    layer = fit.layer or "the head"
    yield Finding(
        message=(
            f"{layer} in {fit.read_from} has {fit.outputs} outputs, but the {sizes.glosses} glosses in "
            f"{sizes.read_from} need {sizes.needed} classes"
        ),
        evidence=(
            Evidence(
                "outputs of the head",
                fit.outputs,
                fit.read_from,
                "",
                Threshold(bound, f"the size of {sizes.read_from}, with the blank and special tokens"),
            ),
            Evidence("classes that the vocabulary needs", sizes.needed, sizes.read_from),
        ),
        fixes=(
            Fix(
                "Give the doctor the vocabulary that this model was trained with.",
                '[vocabulary]\npath = "vocabulary.json"',
            ),
            Fix(
                "Save the vocabulary in the checkpoint.",
                'torch.save({"model": ..., "vocabulary": vocabulary}, path)',
            ),
            Fix(
                f"Train a model with {sizes.needed} outputs on the vocabulary that is here.",
                f"nn.Linear(hidden, {sizes.needed})",
            ),
        ),
    )

"""LAB210: does the model have one output per class of its vocabulary?"""

from slrdoctor.api import (
    BLOCKS,
    CERTAIN,
    Evidence,
    Finding,
    Findings,
    Fix,
    HeadFit,
    NotJudged,
    Threshold,
    check,
)

NAME_THE_TASK = 'name the task in slrdoctor.toml: [model] task = "classification"'

NAME_THE_VOCABULARY = (
    'name the vocabulary that the model has: [vocabulary] path = "..." in slrdoctor.toml'
)


@check("LAB210", severity=BLOCKS, confidence=CERTAIN, explains=("MDL607",))
def output_size_mismatch(fit: HeadFit) -> Findings:
    """The number of outputs of the model does not match the size of the vocabulary.

    Why it matters: Either the outputs are looked up in another vocabulary, so that each may be the
    wrong gloss, or some glosses have no output and can never be predicted.

    Judged by: The outputs of the checkpoint's last linear layer against the size of the vocabulary:
    - with or without its special tokens, and with the blank and special tokens that it may lack;
    - with CTC, at least one more than there are glosses;
    - a larger head is fine where a config pads it to a multiple; it is not judged where padding to a
      multiple of 8, 16, 32 or 64 would explain it, or where the dev score is beyond guessing; nor,
      without a dev score, where special tokens or rounding up would explain it;
    - a model with fewer classes is fine where labels and config have the same fewer classes;
    - not where a list of classes alone says what the model is for, unless it ends in a softmax.

    Fix: Use the vocabulary that the model was trained with, and save it with the checkpoint.

    References: VAC_CSLR, where the head has the length of gloss_dict plus one for the blank;
    issues 5 of CorrNet_Plus and 12 of SEN, where the vocabulary of another data set was used.
    """
    if fit.fits or fit.because:
        return fit.sentence
    if fit.doubt:
        raise NotJudged(f"{fit.sentence}; {fit.doubt}", NAME_THE_TASK)
    if fit.perhaps:
        raise NotJudged(f"{fit.sentence}; {fit.perhaps}", NAME_THE_VOCABULARY)
    sizes = fit.sizes
    bound = fit.least if fit.outputs < fit.least else sizes.most
    layer = fit.layer or "the head"
    yield Finding(
        message=(
            f"{layer} in {fit.read_from} has {fit.outputs} outputs, but the {sizes.glosses} glosses in "
            f"{sizes.read_from} need {sizes.needed}"
        ),
        evidence=(
            Evidence(
                "outputs of the model",
                fit.outputs,
                fit.read_from,
                "",
                Threshold(bound, f"The size of {sizes.read_from}, with the blank and special tokens."),
            ),
            Evidence("outputs that the vocabulary needs", sizes.needed, sizes.read_from),
        ),
        fixes=_fixes(sizes.needed),
    )


def _fixes(needed: int) -> tuple[Fix, ...]:
    return (
        Fix(
            "If the model has another vocabulary, name it in slrdoctor.toml and scan again.",
            '[vocabulary]\npath = "vocabulary.json"',
        ),
        Fix(
            "Save the vocabulary in the checkpoint.",
            'torch.save({"model": ..., "vocabulary": vocabulary}, path)',
        ),
        Fix(
            f"Or train a model with {needed} outputs on this vocabulary.",
            f"nn.Linear(hidden, {needed})",
        ),
    )

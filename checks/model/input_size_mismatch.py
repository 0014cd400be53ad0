"""MDL604: does the model take features of the stored size?"""

from slrdoctor.api import (
    BLOCKS,
    CERTAIN,
    Evidence,
    Finding,
    Findings,
    Fix,
    InputFit,
    NotJudged,
    Threshold,
    check,
    counted,
)

ENABLE = "keep the config or the source of the loader, which selects or derives features, in the folder"
NAMED = 3  # further layers that may be the first


@check("MDL604", severity=BLOCKS, confidence=CERTAIN, explains=("MDL607",))
def input_size_mismatch(fit: InputFit) -> Findings:
    """The first layer of the model takes features of another size than the stored ones.

    Why it matters: The checkpoint was trained on other features. With the stored ones it fails at the
    first layer, or it never was the model of this run, and its weights do not belong to the scores.

    Judged by: The inputs of the first layer, or of every layer that may be it, against the values per
    frame of the stored features, or of the config where no features are stored. Differences that a
    loader may cause do not count:
    - whole clips or single axes as input, several streams, features of the same samples beside these;
    - a selection that the config or the sources mention.
    Where only the two sizes speak for selected landmarks or coordinates, or for velocities, it is not
    judged. Where the config gives the stored size as the model's input, no loader is taken to change it.

    Fix: Use the checkpoint that was trained on these features, or extract the features again.

    References: Matrix arithmetic: a layer of shape [out, in] takes vectors of length in.
    """
    if not fit.fits and fit.because and fit.by_size_alone:
        raise NotJudged(f"{fit.sentence}, and no config or source says so", ENABLE)
    if fit.fits or fit.because:
        return fit.sentence
    limit = Threshold(fit.stored, f"The values per frame in {fit.known_by}.")
    layer = fit.layer or "the first layer"
    named = " or ".join(f"{name or 'another layer'} {size}" for name, size in fit.others[:NAMED])
    others = f" (or {named})" if named else ""
    yield Finding(
        message=(
            f"{layer} in {fit.read_from} expects {counted(fit.takes, 'feature')} per frame{others}, "
            f"but {fit.known_by} has {fit.stored}"
        ),
        evidence=(
            Evidence(
                "features that the first layer takes", fit.takes, fit.read_from, "per frame", limit
            ),
            Evidence("stored features", fit.stored, fit.known_by, "per frame"),
        ),
        fixes=(
            Fix(
                f"Use the checkpoint that was trained on {fit.stored} features per frame.",
                '[checkpoint]\npath = "best.pt"   # in slrdoctor.toml',
            ),
            Fix(f"Or extract features of {fit.takes} values per frame, as the model was trained on."),
            Fix(
                f"Or build a model for {fit.stored} features and train it.",
                f"model = Model(input_size={fit.stored})",
            ),
        ),
    )

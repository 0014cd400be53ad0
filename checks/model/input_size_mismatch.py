"""MDL604: does the model take the features that are stored?"""

from slrdoctor.api import BLOCKS, CERTAIN, Evidence, Finding, Findings, Fix, InputFit, Threshold, check


@check("MDL604", severity=BLOCKS, confidence=CERTAIN, explains=("MDL607",))
def input_size_mismatch(fit: InputFit) -> Findings:
    """The model's first layer does not take the features that are stored.

    Why it matters: the checkpoint was trained on other features. Loaded with these it fails at
    the first layer, or was never the model of this run: then scores and weights do not belong
    together.

    Judged by: the inputs of the first layer against the stored dimension, or against the one
    that the config says where no features are here. A difference that a loader may make is none:
    chosen landmarks or coordinates, velocities, whole clips or single axes as inputs, several
    streams, or words in the config or the sources that say so. A config that gives the stored
    dimension as the model's input rules all but the last out.

    Fix: take the checkpoint that was trained on these features, or extract the features again.

    References: matrix arithmetic: a layer of shape [out, in] takes vectors of length in.
    """
    if fit.fits or fit.because:
        return fit.sentence
    limit = Threshold(fit.stored, f"the features a frame of {fit.known_by}")
    layer = fit.layer or "the first layer"
    yield Finding(
        message=(
            f"{layer} in {fit.read_from} takes {fit.takes} features a frame, but {fit.known_by} "
            f"gives {fit.stored}"
        ),
        evidence=(
            Evidence("features that the first layer takes", fit.takes, fit.read_from, "", limit),
            Evidence("features a frame", fit.stored, fit.known_by),
        ),
        fixes=(
            Fix(
                f"Take the checkpoint that was trained on {fit.stored} features a frame.",
                '[checkpoint]\npath = "best.pt"',
            ),
            Fix(f"Extract features of {fit.takes} values a frame, as the model was trained on."),
            Fix(
                f"Make a model for {fit.stored} features and train it again.",
                f"model = Model(input_size={fit.stored})",
            ),
        ),
    )

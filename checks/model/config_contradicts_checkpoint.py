"""MDL607: does the config agree with the vocabulary and the checkpoint?"""

from slrdoctor.api import (
    CERTAIN,
    DEGRADES,
    ConfigFit,
    Evidence,
    Finding,
    Findings,
    Fix,
    Threshold,
    check,
)


@check("MDL607", severity=DEGRADES, confidence=CERTAIN, explains=("LAB202",))
def config_contradicts_checkpoint(fit: ConfigFit) -> Findings:
    """A size in the config differs from that of the vocabulary or of the checkpoint.

    Why it matters: With too few outputs, glosses are dropped or the loss fails. With too many, outputs
    are wasted on classes without targets. A model built from such a config cannot load the run's
    checkpoint, or the checkpoint is from another run.

    Judged by: Each config is compared as follows:
    - the number of classes with the vocabulary (special tokens may be added or missing) and with the
      last layer of the checkpoint;
    - the input and hidden sizes with every layer of the checkpoint;
    - the strides with those that the checkpoint shows.

    Fix: Compute the sizes from the vocabulary and the features instead of writing them by hand.

    References: VAC_CSLR, where num_classes is the length of gloss_dict plus one for the
    blank; issues 29 of VAC_CSLR and 12 of SEN, where the two differ.
    """
    reported: set[str] = set()
    for what in dict.fromkeys(claim.what for claim in fit.claims):
        claims = [claim for claim in fit.claims if claim.what == what]
        claim = claims[0]
        if any(one.fits for one in claims) or claim.said.where in reported:
            continue  # one of several configs fits: it is the one in use
        reported.add(claim.said.where)
        bound = claim.least if int(claim.said.value) < claim.least else claim.most
        key = claim.said.key
        yield Finding(
            message=f"{claim.said.where} is {claim.said.value}, but {claim.against}",
            evidence=(
                Evidence(
                    f"{what} in the config",
                    claim.said.value,
                    claim.said.where,
                    "",
                    Threshold(bound, f"The nearest value that fits {claim.read_from}."),
                ),
                Evidence(f"{what} in use", claim.wanted, claim.read_from),
            ),
            fixes=(
                Fix(
                    f"Set {key} to {claim.wanted}, or use the files that the config was written for.",
                    f"{key}: {claim.wanted}",
                ),
            ),
        )
    return fit.sentence

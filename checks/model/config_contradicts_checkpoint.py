"""MDL607: does the config agree with what the model was made of and is trained on?"""

from collections.abc import Iterator

from slrdoctor.api import CERTAIN, DEGRADES, ConfigFit, Evidence, Finding, Fix, Threshold, check


@check("MDL607", severity=DEGRADES, confidence=CERTAIN, explains=("LAB202",))
def config_contradicts_checkpoint(fit: ConfigFit) -> Iterator[Finding]:
    """The config gives the model other sizes than its vocabulary or its checkpoint has.

    Why it matters: with too few outputs glosses are dropped or the loss fails; with too many
    the head is spent on classes that no target has. A model that is built from such a config
    does not load the run's checkpoint, or the checkpoint is of another run.

    Judged by: the classes of each config against the vocabulary (its size, with or without its
    special tokens, and with the blank and the special tokens that it may lack) and against the
    checkpoint's head; the input and hidden sizes against every layer of the checkpoint; strides
    where the checkpoint shows them.

    Fix: set the sizes from the vocabulary and the features in use, and not by hand.

    References: VAC_CSLR, where num_classes is the length of gloss_dict plus one for the
    blank; issues 29 of VAC_CSLR and 12 of SEN, where the two differ.
    """
    told: set[str] = set()
    for what in dict.fromkeys(claim.what for claim in fit.claims):
        claims = [claim for claim in fit.claims if claim.what == what]
        claim = claims[0]
        if any(one.fits for one in claims) or claim.said.where in told:
            continue  # one of several configs fits: it is the one in use
        told.add(claim.said.where)
        bound = claim.least if int(claim.said.value) < claim.least else claim.most
        key = claim.said.key
        yield Finding(
            message=f"{claim.said.where} says {claim.said.value}, but {claim.against}",
            evidence=(
                Evidence(
                    f"{what} in the config",
                    claim.said.value,
                    claim.said.where,
                    "",
                    Threshold(bound, f"what {claim.read_from} admits"),
                ),
                Evidence(f"{what} in use", claim.wanted, claim.read_from),
            ),
            fixes=(
                Fix(
                    f"Set {key} to {claim.wanted}, or take what the config was written for.",
                    f"{key}: {claim.wanted}",
                ),
            ),
        )

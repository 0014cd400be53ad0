"""MDL608: do the layers answer to their input?"""

from collections.abc import Iterator

from slrdoctor.api import DEGRADES, LIKELY, Evidence, Finding, Fix, ModelBehaviour, Threshold, check

DEAD = Threshold(
    0.95,
    "rule of thumb, docs/limits.py: in healthy layers of the reference models at most half are still",
)


@check("MDL608", severity=DEGRADES, confidence=LIKELY, overfit=True)
def activations_dead(behaviour: ModelBehaviour) -> Iterator[Finding]:
    """A layer's outputs never change over real samples.

    Why it matters: what goes through it is lost: dead rectifiers after too large a step, saturated
    gates, or an input far outside of what the layer was made for.

    Judged by: the outputs of every layer over all frames of a few real samples, in eval mode: the share
    of its units whose largest and smallest value are the same.

    Fix: a smaller learning rate with warmup, normalised features, a leaky activation.

    References: Lu et al. 2019, Dying ReLU and Initialization.
    """
    for name, share, units in behaviour.dead_layers:
        yield Finding(
            f"{share:.0%} of the {units} units of {name} give the same for every frame of every sample",
            (Evidence(f"units of {name} that never change", share, behaviour.read_from, "share", DEAD),),
            (
                Fix("Standardise the features, and lower the learning rate or warm it up."),
                Fix("Use GELU or LeakyReLU in place of ReLU where units die."),
            ),
        )
        return

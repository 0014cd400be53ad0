"""MDL608: do the outputs of every layer depend on its input?"""

from slrdoctor.api import (
    DEGRADES,
    LIKELY,
    Evidence,
    Finding,
    Findings,
    Fix,
    ModelBehaviour,
    agreeing,
    check,
    chosen,
    part_of,
)

UNCHANGING_UNITS = chosen(
    0.95, "in layers of the reference models that have learned, at most half of the units are constant"
)


@check("MDL608", severity=DEGRADES, confidence=LIKELY, overfit=True)
def activations_dead(behaviour: ModelBehaviour) -> Findings:
    """The outputs of a layer are the same for all real samples.

    Why it matters: Whatever goes through such a layer is lost. The reasons are dead ReLUs after too
    large a step, saturated gates, or an input far outside the range that the layer was made for.

    Judged by: The outputs of every layer over all frames of a few real samples, in eval mode. Counted
    are the units whose largest and smallest value are identical.

    Fix: Use a smaller learning rate with warmup, normalised features, or a leaky activation.

    References: Lu et al. 2019, Dying ReLU and Initialization.
    """
    for name, share, units in behaviour.dead_layers:
        dead = round(share * units)
        yield Finding(
            f"{part_of(dead, units, 'unit', share=f'{share:.0%}')} of {name} "
            f"{agreeing(dead, 'gives', 'give')} one constant output for every frame of every sample",
            (
                Evidence(
                    f"units of {name} with a constant output",
                    share,
                    behaviour.read_from,
                    "share",
                    UNCHANGING_UNITS,
                ),
            ),
            (
                Fix("Standardise the features, and lower the learning rate or use warmup."),
                Fix("Use GELU or LeakyReLU instead of ReLU where units die."),
            ),
        )
        return
    return "every unit that was watched changes with its input"

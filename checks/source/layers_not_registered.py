"""SRC006: does a module keep its layers where torch finds them?"""

from slrdoctor.api import (
    BLOCKS,
    FAILS_ON_DEV,
    LIKELY,
    NOTHING_LEARNED,
    Findings,
    UnregisteredLayers,
    check,
)

from ._pattern import pattern_found


@check(
    "SRC006",
    severity=BLOCKS,
    confidence=LIKELY,
    explains=(
        NOTHING_LEARNED,
        FAILS_ON_DEV,
    ),
)
def layers_not_registered(code: UnregisteredLayers) -> Findings:
    """A module keeps layers in a plain list or dict, where the optimizer does not find them.

    Why it matters: torch finds the layers of a module among its attributes, ModuleLists and
    ModuleDicts. Those in a plain list are in neither `parameters()` nor `state_dict()`: they stay
    as they were drawn, and each time the model is loaded they are drawn anew.

    Judged by: `__init__` of a torch module fills an attribute with layers that have parameters, as
    a list, a dict or a comprehension; a method uses it; and nothing registers them: no ModuleList,
    ModuleDict, Sequential, `add_module`, attribute of their own, or use of their parameters.

    Fix: Wrap the list in `nn.ModuleList`, the dict in `nn.ModuleDict`.

    References: torch.nn.ModuleList; torch.nn.ModuleDict.
    """
    return (
        yield from pattern_found(
            code,
            "layers in a plain list or dict",
            "Wrap the list in `nn.ModuleList`, the dict in `nn.ModuleDict`.",
        )
    )

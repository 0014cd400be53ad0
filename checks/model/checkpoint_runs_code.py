"""MDL606: would loading a checkpoint run code?"""

from collections.abc import Iterator

from slrdoctor.api import CERTAIN, MISLEADS, Evidence, Finding, Fix, Pickled, Threshold, check

NONE = Threshold(0, "a state dict names tensors and plain containers, and no code")
SHOWN = 8


@check("MDL606", severity=MISLEADS, confidence=CERTAIN)
def checkpoint_runs_code(pickled: Pickled) -> Iterator[Finding]:
    """Loading a checkpoint or another pickle imports and calls more than tensors and containers.

    Why it matters: unpickling calls what the file names, with whatever arguments it gives. A file
    from elsewhere can do anything; one's own loads only where the same classes can be imported,
    and with the code they have today. The doctor reads such files and runs none of it.

    Judged by: every name in the pickle. Tensors, arrays, numbers, plain containers, states of
    random generators, argparse.Namespace, paths, and the settings of common libraries (OmegaConf,
    Lightning, MMEngine) do not count. In a checkpoint all other names do, also a whole model's
    classes; in other pickles functions that reach the system or belong to no known library.

    Fix: save the state dict, and load with weights_only=True.

    References: https://docs.python.org/3/library/pickle.html#restricting-globals; torch.load
    """
    if not pickled.names:
        return
    where, names = pickled.names[0]
    others = len(pickled.names) - 1
    listed = ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
    more = f"; {others} more like it" if others else ""
    yield Finding(
        message=f"loading {where} would import or call {listed}{more}",
        evidence=tuple(
            Evidence(
                "names beyond tensors and containers", len(found), place, ", ".join(found[:SHOWN]), NONE
            )
            for place, found in pickled.names[:SHOWN]
        ),
        fixes=(
            Fix(
                "Load no such file that you did not write yourself: ask for a state dict or safetensors."
            ),
            Fix(
                "Save the state dict, which names no classes.",
                'torch.save({"model": model.state_dict(), "epoch": epoch}, "best.pt")',
            ),
            Fix("Load with weights_only=True.", 'torch.load("best.pt", weights_only=True)'),
        ),
        samples=tuple(place for place, _ in pickled.names[:SHOWN]),
        affected=len(pickled.names),
        total=pickled.looked,
    )

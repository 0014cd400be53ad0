"""MDL606: would loading a checkpoint run code?"""

from slrdoctor.api import (
    CERTAIN,
    MISLEADS,
    Evidence,
    Finding,
    Findings,
    Fix,
    Pickled,
    Threshold,
    check,
    counted,
)

FOREIGN_NAMES = Threshold(0, "By definition: a state dict names only tensors and plain containers.")
SHOWN = 8


@check("MDL606", severity=MISLEADS, confidence=CERTAIN)
def checkpoint_runs_code(pickled: Pickled) -> Findings:
    """Loading a checkpoint or another pickle imports and calls more than tensors and containers.

    Why it matters: Unpickling calls whatever the file names, with any arguments. A file from elsewhere
    can do anything. Your own file loads only where the same classes can be imported, and with their
    present code. The doctor reads such files without running any of it.

    Judged by: Every name in the pickle. Not counted are tensors, arrays, numbers, plain containers,
    random states, argparse.Namespace, paths, and settings of OmegaConf, Lightning and MMEngine:
    - in a checkpoint all other names count, including the classes of a whole model;
    - in other pickles, functions that reach the system or belong to an unknown library.

    Fix: Save the state dict, and load with weights_only=True.

    References: https://docs.python.org/3/library/pickle.html#restricting-globals; torch.load
    """
    if not pickled.names:
        return pickled.sentence
    where, names = pickled.names[0]
    others = len(pickled.names) - 1
    listed = ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
    more = f"; so would {counted(others, 'other file')}" if others else ""
    yield Finding(
        message=f"loading {where} would import or call {listed}{more}",
        evidence=tuple(
            Evidence(
                f"names beyond tensors and containers ({', '.join(found[:SHOWN])})",
                len(found),
                place,
                "",
                FOREIGN_NAMES,
            )
            for place, found in pickled.names[:SHOWN]
        ),
        fixes=(
            Fix("Do not load such a file unless you wrote it: ask for a state dict or safetensors."),
            Fix(
                "Save the state dict, which contains only tensors.",
                'torch.save({"model": model.state_dict(), "epoch": epoch}, "best.pt")',
            ),
            Fix("Load with weights_only=True.", 'torch.load("best.pt", weights_only=True)'),
        ),
        samples=tuple(place for place, _ in pickled.names[:SHOWN]),
        affected=len(pickled.names),
        total=pickled.looked,
    )

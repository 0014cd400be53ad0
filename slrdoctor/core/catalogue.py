"""The families of our checks, and the conditions on which a run is to be trusted."""

from __future__ import annotations

import re

from slrdoctor.core.roles import Family, Gate

FAMILIES = (
    Family("FEA", "Features", 1, is_data=True, in_overfit=True),
    Family("LAB", "Labels", 2, is_data=True, in_overfit=True),
    Family("SPL", "Splits", 3, is_data=True),
    Family("CTC", "CTC", 4, task="ctc"),
    Family("TRN", "Training history", 5),
    Family("MDL", "Model and checkpoint", 6),
    Family("EVL", "Evaluation", 7),
    Family("DEC", "Decoder", 8),
    Family("EMB", "Embeddings", 9, task="retrieval"),
    Family("ACT", "Experiments with a model", 10, is_experiment=True, in_overfit=True),
    Family("ENV", "Environment", 11, is_machine=True),
    Family("RUN", "Files of the run", 12),
    Family("SRC", "What the program says", 13),
)
_LAST = 99

FEATURES_SOUND = Gate("the features are there and finite", 1)
FEATURES_TELL_LABELS = Gate("the features say something of their labels", 2)
TARGETS_FIT = Gate("the targets fit into the frames that CTC is given", 3, task="ctc")
FEW_SAMPLES_LEARNED = Gate("your model reproduces five samples", 4, own_model=True)
GRADIENTS = Gate("gradients reach every parameter", 5)
BEYOND_BLIND = Gate("training gets beyond what a model reaches without its input", 6)
MORE_THAN_BLANKS = Gate("the output is more than blanks", 7, task="ctc")


def family_of(code: str) -> Family:
    """The family whose code a check's code begins with; one of its own for a user's pack."""
    letters = re.sub(r"[0-9]+$", "", code)
    return next((f for f in FAMILIES if f.code == letters), Family(letters, letters, _LAST))

"""SRC001 to SRC007 on facts made by hand."""

from __future__ import annotations

import importlib

from slrdoctor.facts.source._pattern import Pattern, SourceFault
from slrdoctor.testing import findings, fine

SAYS = {
    "SRC001": "the loop calls `loss.backward` and `opt.step`, and nothing resets the gradients between "
    "two steps",
    "SRC002": "`criterion` takes logits, and is given the probabilities of `F.softmax(x, 1)` in "
    "model.py line 14",
    "SRC003": "the learning rate of AdamW is 0, so no step changes the model",
    "SRC004": "sacrebleu is given a list for every sentence, where it takes a list for every set of "
    "references",
    "SRC005": "`view` gives `x` its own sizes in another order (t, b, d), which cuts the same numbers "
    "anew and moves no axis",
    "SRC006": "`self.blocks` keeps layers in a plain list, so they are not parameters of the module: "
    "the optimizer does not train them, and no checkpoint or `.to(device)` reaches them",
    "SRC007": "the loop scores `model` on held-out samples, and neither it nor its callers call "
    "`model.eval()`: dropout and batch norm go on as in training",
}
FACTS = {
    "SRC001": ("gradient_resets", "GradientResets"),
    "SRC002": ("loss_inputs", "LossInputs"),
    "SRC003": ("zero_rates", "ZeroRates"),
    "SRC004": ("bleu_references", "BleuReferences"),
    "SRC005": ("exchanged_axes", "ExchangedAxes"),
    "SRC006": ("unregistered_layers", "UnregisteredLayers"),
    "SRC007": ("scored_modes", "ScoredModes"),
}


def fact(code: str, faults: tuple[SourceFault, ...], sound: tuple[str, ...] = ()) -> Pattern:
    module, name = FACTS[code]
    made: Pattern = getattr(importlib.import_module(f"slrdoctor.facts.source.{module}"), name)(
        faults, sound, "train.py"
    )
    return made


def fires(code: str) -> None:
    """Its finding names file and line, quotes the lines and gives the patch; others are named too."""
    first = SourceFault(
        "train.py line 41",
        SAYS[code],
        (("train.py line 41", "loss.backward()"),),
        "--- a/train.py",
    )
    (finding,) = findings(code, fact(code, (first,)))
    assert finding.message == f"train.py line 41: {SAYS[code]}"
    assert (finding.evidence[0].value, finding.evidence[0].read_from) == ("loss.backward()", first.where)
    assert finding.fixes[0].how == first.patch
    second = SourceFault("old.py line 2", first.what, first.quoted, first.patch)
    (finding,) = findings(code, fact(code, (first, second)))
    assert finding.message.endswith("; and the same in old.py line 2")
    assert len(finding.fixes) == 2


def quiet(code: str) -> None:
    sound = ("a.py line 3 is right", "b.py line 4 is right")
    assert fine(code, fact(code, (), sound)) == "a.py line 3 is right and 1 more"


def test_src001_fires_with_the_line_and_a_patch() -> None:
    fires("SRC001")


def test_src001_is_quiet_where_gradients_are_reset() -> None:
    quiet("SRC001")


def test_src002_fires_with_the_line_and_a_patch() -> None:
    fires("SRC002")


def test_src002_is_quiet_where_the_loss_is_given_what_it_takes() -> None:
    quiet("SRC002")


def test_src003_fires_with_the_line_and_a_patch() -> None:
    fires("SRC003")


def test_src003_is_quiet_where_rates_are_above_zero() -> None:
    quiet("SRC003")


def test_src004_fires_with_the_line_and_a_patch() -> None:
    fires("SRC004")


def test_src004_is_quiet_where_the_references_have_the_right_shape() -> None:
    quiet("SRC004")


def test_src005_fires_with_the_line_and_a_patch() -> None:
    fires("SRC005")


def test_src005_is_quiet_where_axes_keep_their_order() -> None:
    quiet("SRC005")


def test_src006_fires_with_the_line_and_a_patch() -> None:
    fires("SRC006")


def test_src006_is_quiet_where_layers_are_registered() -> None:
    quiet("SRC006")


def test_src007_fires_with_the_line_and_a_patch() -> None:
    fires("SRC007")


def test_src007_is_quiet_where_the_mode_is_set() -> None:
    quiet("SRC007")

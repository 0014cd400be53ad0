"""CTC401, 402, 403, 404 and 417 on lengths made by hand."""

from __future__ import annotations

import pytest

from slrdoctor.facts.config.model_config import LongestInput, ZeroInfinity
from slrdoctor.facts.ctc.ctc_lengths import CtcLengths
from slrdoctor.facts.ctc.layer_stack import LayerStack
from slrdoctor.testing import findings, fine, not_judged
from tests.making import sample_lengths


def lengths(
    frames: list[int], glosses: int = 10, repeats: int = 0, stride: int = 1, known: bool = True
) -> CtcLengths:
    stack = LayerStack(
        f"S{stride}" if known else "", stride, f"stride {stride} in config.yaml", "", known
    )
    splits = tuple("dev" if i % 5 == 4 else "train" for i in range(len(frames)))
    return sample_lengths(frames, glosses, repeats, stack, splits)


ROOMY = [21] * 100


def test_ctc401_fires_and_names_the_samples_and_the_largest_safe_stride() -> None:
    (finding,) = findings("CTC401", lengths([37, 36, 32, 80, 80], stride=4))
    assert finding.samples == ("s1", "s2")
    assert (finding.affected, finding.total) == (2, 5)
    assert "s2 needs 10 frames and gets 8" in finding.message
    assert finding.message.endswith(
        "Every target would fit at stride 3, and would also have room for blanks at stride 1"
    )
    assert finding.fixes[0].do == "Lower the temporal stride before CTC to 3 or less."


def test_ctc401_is_quiet_when_the_target_just_fits() -> None:
    assert not findings("CTC401", lengths([12] * 3, glosses=10, repeats=2))
    assert findings("CTC401", lengths([11] * 3, glosses=10, repeats=2))


def test_ctc401_is_quiet_at_one_sample_in_a_hundred_and_ctc402_fires() -> None:
    one, two = lengths([9, *ROOMY[:99]]), lengths([9, 9, *ROOMY[:98]])
    assert not findings("CTC401", one)
    (finding,) = findings("CTC402", one)
    assert finding.message.startswith("1 of 100 targets (1.00%) needs more frames")
    assert finding.message.endswith("as 1 target needs more frames than are stored")
    assert findings("CTC401", two)
    assert not findings("CTC402", two)


def test_ctc402_is_quiet_when_every_target_fits() -> None:
    assert not findings("CTC402", lengths(ROOMY))


def test_ctc401_fires_as_stored_where_the_stride_is_not_known_and_says_so() -> None:
    (finding,) = findings("CTC401", lengths([9, 30], known=False))
    assert "stride is unknown" in finding.message
    assert "No stride would fit" in finding.message
    assert all("Lower" not in fix.do for fix in finding.fixes)


def test_ctc401_is_not_judged_where_the_stride_is_unknown_and_targets_fit_the_stored_frames() -> None:
    outcome = not_judged("CTC401", lengths(ROOMY, known=False))

    assert "stride is unknown" in outcome.reason and "slrdoctor.toml" in outcome.enable


def test_ctc401_says_how_many_targets_fit() -> None:
    assert fine("CTC401", lengths(ROOMY, stride=2)).startswith("100 of 100 targets fit at stride 2")


def test_ctc401_counts_by_split() -> None:
    (finding,) = findings("CTC401", lengths([9] * 5))
    assert "4 train, 1 dev" in {e.value for e in finding.evidence}


def test_ctc403_fires_over_one_in_twenty_and_is_quiet_at_it() -> None:
    assert not findings("CTC403", lengths([20] * 5 + [21] * 95))
    (finding,) = findings("CTC403", lengths([20] * 6 + [21] * 94))
    assert (finding.affected, finding.total) == (6, 100)
    assert finding.message.startswith("at stride 1, 6 of 100 targets (6.0%) have too few frames")
    assert finding.message.endswith("fits up to stride 2; with them, no stride fits all")
    (finding,) = findings("CTC403", lengths([40] * 6 + [42] * 94, stride=2))
    assert finding.message.endswith("up to stride 4; with them, every target fits up to stride 1")
    (finding,) = findings("CTC403", lengths([9] * 1 + [20] * 99))
    assert finding.message.endswith("as 1 target needs more frames than are stored")


def test_ctc403_is_quiet_about_targets_that_do_not_fit_at_all() -> None:
    assert not findings("CTC403", lengths([9] * 100))


def test_ctc404_fires_when_infinite_losses_are_silenced() -> None:
    (finding,) = findings("CTC404", lengths([9, *ROOMY]), ZeroInfinity(True, "loss.py line 7"))
    assert "loss.py line 7" in finding.message
    assert finding.samples == ("s0",)


def test_ctc404_is_quiet_without_zero_infinity_or_without_such_samples() -> None:
    assert not findings("CTC404", lengths([9, *ROOMY]), ZeroInfinity(False, "loss.py line 7"))
    assert not findings("CTC404", lengths(ROOMY), ZeroInfinity(True, "loss.py line 7"))


def test_ctc417_fires_on_what_only_clipping_makes_infeasible_or_tight() -> None:
    # at stride 4: 80 frames become 20, too tight for ten glosses; 36 become 9, too few
    (finding,) = findings(
        "CTC417", lengths([100, 100, 84, 30], stride=4), LongestInput(80, "c.yaml max_frames")
    )
    assert finding.affected == 3
    assert "shortens 3 of 4 clips and leaves 3 without room for blanks" in finding.message
    (finding,) = findings(
        "CTC417", lengths([100, 100, 84, 30], stride=4), LongestInput(36, "c.yaml max_frames")
    )
    assert "leaves 3 without an alignment at stride" in finding.message
    assert "100 frames" in finding.fixes[0].do


def test_ctc417_is_quiet_when_the_cut_clips_still_have_room() -> None:
    assert not findings("CTC417", lengths([400, 300], stride=4), LongestInput(84, "c.yaml max_frames"))
    assert findings("CTC417", lengths([400, 300], stride=4), LongestInput(80, "c.yaml max_frames"))


def test_ctc417_is_quiet_about_what_did_not_fit_before() -> None:
    assert not findings("CTC417", lengths([9, 8]), LongestInput(7, "c.yaml max_frames"))


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("CTC402", ()),
        ("CTC403", ()),
        ("CTC404", (ZeroInfinity(True, "config.yaml"),)),
        ("CTC417", (LongestInput(400, "config.yaml"),)),
    ],
)
def test_ctc402_to_417_are_not_judged_where_the_stride_is_unknown(
    code: str, more: tuple[object, ...]
) -> None:
    assert "stride is unknown" in not_judged(code, lengths(ROOMY, known=False), *more).reason

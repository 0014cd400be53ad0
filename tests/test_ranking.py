"""Causes before symptoms, in the right run, and no circle that hangs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from slrdoctor.core.engine import Judged
from slrdoctor.core.finding import Confidence, Evidence, Finding, Fix, Severity
from slrdoctor.core.ranking import Case, Diagnosis, rank
from slrdoctor.core.registry import Check
from slrdoctor.core.roles import Symptom

NOTHING = (Symptom.NOTHING_LEARNED,)
B, D, N = Severity.BLOCKS, Severity.DEGRADES, Severity.NOTE


def nothing() -> Iterator[Finding]:
    yield from ()


def fired(
    code: str,
    severity: Severity = B,
    explains: tuple[str | Symptom, ...] = (),
    case: Case = ("",),
    affected: int | None = None,
    shows: tuple[Symptom, ...] = (),
) -> tuple[Case, Judged]:
    check = Check(code, nothing, (), severity, Confidence.LIKELY, explains, "", shows=shows)
    finding = Finding(code, (Evidence("x", 1, "here"),), (Fix("mend"),), affected=affected, total=10)
    return case, Judged(check, (finding,))


def order(*outcomes: tuple[Case, Judged]) -> list[str]:
    return [d.check.code for d in rank(outcomes)]


def by_code(*outcomes: tuple[Case, Judged]) -> dict[str, Diagnosis]:
    return {d.check.code: d for d in rank(outcomes)}


def test_a_mild_cause_comes_before_the_grave_symptom_that_it_explains() -> None:
    assert order(fired("TRN501", B), fired("CTC402", D, ("TRN501",))) == ["CTC402", "TRN501"]


def test_a_mild_cause_of_a_grave_symptom_comes_before_an_unrelated_mild_one() -> None:
    outcomes = fired("AAA001", D), fired("TRN501", B), fired("CTC402", D, ("TRN501",))

    assert order(*outcomes) == ["CTC402", "AAA001", "TRN501"]


def test_a_note_never_excuses_something_graver() -> None:
    found = by_code(fired("SPL305", N, ("TRN504",)), fired("TRN504", D))

    assert found["TRN504"].is_root and found["TRN504"].rank == 1


def test_a_chain_is_ordered_from_its_beginning() -> None:
    outcomes = fired("CCC001"), fired("BBB001", B, ("CCC001",)), fired("AAA001", B, ("BBB001",))

    assert order(*outcomes) == ["AAA001", "BBB001", "CCC001"]


def test_two_unrelated_causes_are_both_roots() -> None:
    found = by_code(fired("AAA001"), fired("BBB001"))

    assert found["AAA001"].is_root and found["BBB001"].is_root


def test_a_cause_in_one_run_does_not_explain_a_symptom_in_another() -> None:
    found = rank([fired("AAA001", B, ("BBB001",), ("", "run1")), fired("BBB001", case=("", "run2"))])

    assert all(d.is_root for d in found)


def test_a_fault_of_the_data_explains_symptoms_of_every_run_on_it() -> None:
    found = rank([fired("AAA001", B, ("BBB001",), ("",)), fired("BBB001", case=("", "run2"))])

    assert [d.is_root for d in found] == [True, False]


def test_what_touches_more_samples_comes_first_among_equals() -> None:
    assert order(fired("AAA001", affected=1), fired("BBB001", affected=9)) == ["BBB001", "AAA001"]


def test_a_circle_of_a_users_checks_ends() -> None:
    assert len(order(fired("AAA001", B, ("BBB001",)), fired("BBB001", B, ("AAA001",)))) == 2


def test_what_is_wrong_with_a_few_samples_does_not_explain_that_nothing_is_learned() -> None:
    few = fired("FEA105", D, ("EVL904", "TRN501"), affected=2)
    many = fired("FEA105", D, ("EVL904", "TRN501"), affected=3)
    outcomes = fired("EVL904", shows=NOTHING), fired("TRN501")

    assert order(few, *outcomes) == ["FEA105", "EVL904", "TRN501"]
    assert by_code(few, *outcomes)["EVL904"].is_root and not by_code(few, *outcomes)["TRN501"].is_root
    assert not by_code(many, *outcomes)["EVL904"].is_root


def test_what_the_run_shows_comes_before_what_is_wrong_with_the_machine() -> None:
    outcomes = fired("ENV101", B, ("FEA106",)), fired("FEA106", D), fired("TRN502", B, shows=NOTHING)

    assert order(*outcomes) == ["TRN502", "ENV101", "FEA106"]


def test_what_is_wrong_with_the_machine_still_comes_before_milder_faults() -> None:
    assert order(fired("LAB207", N), fired("ENV101", B), fired("LAB206", D))[0] == "ENV101"


def test_a_cause_of_a_role_explains_every_check_that_shows_it() -> None:
    cause = fired("FEA106", D, NOTHING)
    found = by_code(cause, fired("XYZ001", shows=NOTHING), fired("XYZ002"))

    assert not found["XYZ001"].is_root and found["XYZ002"].is_root


def test_a_cause_of_one_task_does_not_explain_what_another_task_shows() -> None:
    shown = fired("EMB701", shows=NOTHING), fired("EVL904", shows=NOTHING)
    found = by_code(fired("CTC401", B, NOTHING), *shown)

    assert found["EMB701"].is_root and not found["EVL904"].is_root


def test_a_check_does_not_explain_itself_by_its_role() -> None:
    assert by_code(fired("TRN502", B, NOTHING, shows=NOTHING))["TRN502"].is_root


def sound(code: str, case: Case, shows: tuple[Symptom, ...] = ()) -> tuple[Case, Judged]:
    check = Check(code, nothing, (), B, Confidence.LIKELY, (), "", shows=shows)
    return case, Judged(check, ())


def test_what_a_sibling_that_learns_has_as_well_does_not_explain_that_a_run_did_not_learn() -> None:
    stuck, learns = ("data", "run1"), ("data", "run2")
    symptom, healthy = fired("TRN502", B, case=stuck, shows=NOTHING), sound("TRN502", learns, NOTHING)
    of_the_data = fired("FEA101", B, NOTHING, ("data",))
    of_both = [fired("FEA101", B, NOTHING, case) for case in (stuck, learns)]

    for causes in ([of_the_data], of_both):
        found = rank([*causes, symptom, healthy])
        assert found[0].check.code == "TRN502" and found[0].is_root


def test_a_cause_that_the_sibling_without_the_symptom_lacks_explains_it() -> None:
    stuck, learns = ("data", "run1"), ("data", "run2")
    cause, symptom = fired("TRN506", D, NOTHING, stuck), fired("TRN502", B, case=stuck, shows=NOTHING)
    found = by_code(cause, symptom, sound("TRN502", learns, NOTHING), sound("TRN506", learns))

    assert not found["TRN502"].is_root


def test_a_sibling_that_was_not_judged_or_is_on_other_data_refutes_nothing() -> None:
    stuck = ("data", "run1")
    cause, symptom = (
        fired("FEA101", B, NOTHING, ("data",)),
        fired("TRN502", B, case=stuck, shows=NOTHING),
    )

    assert not by_code(cause, symptom)["TRN502"].is_root
    elsewhere = sound("TRN502", ("other", "run2"), NOTHING)
    assert not by_code(cause, symptom, elsewhere)["TRN502"].is_root


@pytest.mark.parametrize("is_judged", [False, True])
def test_what_explains_a_symptom_in_one_run_does_in_a_sibling_that_was_not_judged_for_it(
    is_judged: bool,
) -> None:
    mine, old = ("data", "run1"), ("data", "run0")
    outcomes = [
        fired("CTC401", B, ("TRN501",), mine),
        *(fired("TRN501", B, case=case) for case in (old, mine)),
        *([sound("CTC401", old)] if is_judged else []),
    ]
    found = rank(outcomes)

    [of_old] = [one for one in found if one.check.code == "TRN501" and one.case == old]
    assert of_old.is_root == is_judged
    assert found[0].check.code == ("CTC401" if not is_judged else found[0].check.code)


def test_a_run_on_other_data_is_not_explained_by_what_a_run_shows() -> None:
    mine, other = ("data", "run1"), ("other", "run1")
    found = rank(
        [
            fired("CTC401", B, ("TRN501",), mine),
            *(fired("TRN501", B, case=case) for case in (other, mine)),
        ]
    )

    [elsewhere] = [one for one in found if one.check.code == "TRN501" and one.case == other]
    assert elsewhere.is_root


def test_a_sibling_that_kept_an_earlier_file_does_not_refute_what_explains_a_fault_of_a_file() -> None:
    lost, kept = ("data", "run1"), ("data", "run2")
    losses = [fired("TRN501", B, ("MDL602",), case) for case in (lost, kept)]
    found = rank([*losses, fired("MDL602", B, case=lost), sound("MDL602", kept)])

    assert found[0].check.code == "TRN501"
    assert not next(one for one in found if one.check.code == "MDL602").is_root

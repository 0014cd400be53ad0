"""The list of faults: every check has one or a reason, and every name leads somewhere."""

from __future__ import annotations

import re

import pytest

from clinic.programs.faulty import FAULTY
from slrdoctor.core import packs
from slrdoctor.core.registry import REGISTRY
from slrdoctor.simulation import FAULTS, Fault, load_faults
from slrdoctor.simulation.conventions import CONVENTIONS, conventions_of
from slrdoctor.simulation.making import experiment, settled
from slrdoctor.simulation.recipes import FAMILIES
from slrdoctor.simulation.registry import find
from slrdoctor.simulation.worlds import TASKS

packs.load_all()
load_faults()
CHECKS = {code: check for code, check in REGISTRY.checks.items() if check.pack == "builtin"}
EVERY = pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
NAMED = {code for fault in FAULTS.values() for code in fault.codes}
IN_PROGRAMS = {code for program in FAULTY for code in program.right}  # faults of the source
WITHOUT_A_RUN = {
    "CTC402": "the mild form of CTC401",
    "CTC413": "a symptom of whatever stopped the learning",
    "SRC004": "a slip of scoring that stands in the source alone: tests/facts/source has programs of it",
}


@EVERY
def test_a_fault_names_checks_that_there_are(fault: Fault) -> None:
    assert set(fault.codes) <= set(CHECKS)


@EVERY
def test_a_fault_is_told_in_one_sentence(fault: Fault) -> None:
    assert re.fullmatch(r"[A-Z].*\.", fault.sentence), fault.sentence


@EVERY
def test_a_fault_is_of_tasks_families_and_conventions_that_there_are(fault: Fault) -> None:
    families = {name for task in fault.tasks for name in FAMILIES[task]}
    assert fault.tasks and set(fault.tasks) <= set(TASKS)
    assert all(set(FAMILIES[task]) & set(fault.families or families) for task in fault.tasks)
    assert set(fault.conventions) <= set(CONVENTIONS)


@EVERY
def test_a_fault_changes_an_experiment_of_each_of_its_tasks(fault: Fault) -> None:
    for task in fault.tasks:
        _, family, convention = settled(fault, task, "", "")
        changed = experiment(fault, task, family, convention, seed=0)
        assert fault.harms or fault.is_healthy or changed.claims, "nothing would show it"


def test_every_check_that_needs_no_model_to_run_has_a_fault_or_a_program() -> None:
    """Notes are not what ails a run; ACT and MDL608 are for a model that is run."""
    judged = {
        code
        for code, check in CHECKS.items()
        if check.severity.word != "note" and not code.startswith("ACT") and code != "MDL608"
    }
    assert judged - NAMED - IN_PROGRAMS == set(WITHOUT_A_RUN)


def test_there_are_healthy_variants_of_every_task() -> None:
    for task in TASKS:
        assert sum(fault.is_healthy and task in fault.tasks for fault in FAULTS.values()) >= 5


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(ValueError, match="did you mean nan-in-features"):
        find("nan-in-feature")


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("translation", "", ""), "targets-too-long is of the tasks ctc, not 'translation'"),
        (("", "bilstm_ctc", ""), "is trained with tcn_bilstm_ctc, not 'bilstm_ctc'"),
        (("", "", "hobby"), "is written as plain, h5, signjoey, vac, lightning, not 'hobby'"),
        (("", "lstm", ""), "no family is called 'lstm'"),
    ],
)
def test_names_that_do_not_go_together_are_refused(names: tuple[str, str, str], told: str) -> None:
    with pytest.raises(ValueError, match=re.escape(told)):
        settled(find("targets-too-long"), *names)


def test_a_family_implies_its_task() -> None:
    assert settled(find("healthy"), "", "sign2text", "") == ("translation", "sign2text", "plain")


def test_every_convention_is_of_some_task() -> None:
    assert {name for task in TASKS for name in conventions_of(task)} == set(CONVENTIONS)

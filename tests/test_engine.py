"""Each fact once, each failure contained, each skip with its reason."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from slrdoctor.core.engine import Abstained, Crashed, Facts, Judged, MeasureCrashed, Skipped, judge
from slrdoctor.core.finding import Confidence, Evidence, Finding, Fix, Severity
from slrdoctor.core.registry import Check, Findings, Measure, Need, NotJudged, Registry, Unavailable


@dataclass(frozen=True)
class Given:
    value: int


@dataclass(frozen=True)
class OfRun:
    value: int


@dataclass(frozen=True)
class Derived:
    value: int


@dataclass(frozen=True)
class Missing:
    value: int


@dataclass(frozen=True)
class AboveMissing:
    value: int


@dataclass(frozen=True)
class Broken:
    value: int


FINDING = Finding("a fault", (Evidence("what", 1, "here"),), (Fix("mend it"),))


def a_check(judge_: object, *needs: Need) -> Check:
    return Check("TST001", judge_, needs, Severity.BLOCKS, Confidence.CERTAIN, (), "give it data")  # type: ignore[arg-type]


def registry(*measures: tuple[type, object, tuple[Need, ...]]) -> Registry:
    return Registry(measures={fact: Measure(function, needs) for fact, function, needs in measures})  # type: ignore[arg-type]


def counted() -> tuple[list[int], Registry]:
    calls: list[int] = []

    def derive(given: Given) -> Derived:
        calls.append(given.value)
        return Derived(given.value + 1)

    return calls, registry((Derived, derive, (Need(Given),)))


def test_a_fact_is_measured_once_however_often_it_is_asked_for() -> None:
    calls, known = counted()
    facts = Facts(known, [Given(1)])

    assert facts.get(Derived) == facts.get(Derived) == Derived(2)
    assert calls == [1]


def test_a_fact_that_nobody_asks_for_is_not_measured() -> None:
    calls, known = counted()

    list(Facts(known, [Given(1)]).measured())

    assert calls == []


def test_two_runs_on_one_data_set_measure_its_facts_once_for_both() -> None:
    calls, known = counted()
    shared = Facts(known, [Given(1)])
    runs = [Facts(known, [OfRun(i)], parent=shared) for i in range(2)]

    assert [run.get(Derived) for run in runs] == [Derived(2), Derived(2)]
    assert calls == [1]


def test_what_rests_on_the_run_is_measured_for_each_run() -> None:
    known = registry((Derived, lambda of: Derived(of.value), (Need(OfRun),)))
    shared = Facts(known, [Given(1)])

    assert [Facts(known, [OfRun(i)], parent=shared).get(Derived) for i in range(2)] == [
        Derived(0),
        Derived(1),
    ]


def no_such_file(*_: object) -> object:
    raise Unavailable("looked for x.csv in data", "put x.csv there")


def test_a_missing_fact_skips_the_check_and_says_which_was_missing_first_and_why() -> None:
    known = registry((Missing, no_such_file, ()), (AboveMissing, AboveMissing, (Need(Missing),)))
    outcome = judge(a_check(lambda _: iter(()), Need(AboveMissing)), Facts(known))

    assert isinstance(outcome, Skipped)
    assert outcome.missing == "Missing"
    assert outcome.reason == "looked for x.csv in data"
    assert outcome.enable == "put x.csv there"


def test_an_optional_fact_that_is_missing_is_none() -> None:
    known = registry((Missing, no_such_file, ()))

    def judge_none(missing: object) -> Iterator[Finding]:
        if missing is None:
            yield FINDING

    outcome = judge(a_check(judge_none, Need(Missing, optional=True)), Facts(known))

    assert isinstance(outcome, Judged) and outcome.findings == (FINDING,)


def crash(*_: object) -> object:
    raise ZeroDivisionError("oops")


def test_a_crashed_measure_crashes_its_checks_and_does_not_read_as_skipped() -> None:
    facts = Facts(registry((Broken, crash, ())))

    for _ in range(2):
        outcome = judge(a_check(lambda _: iter(()), Need(Broken)), facts)
        assert isinstance(outcome, Crashed)
        assert "Broken" in outcome.error and "ZeroDivisionError" in outcome.traceback


def test_a_measure_that_lacks_an_extra_package_skips_its_checks_and_names_the_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def by_pandas(*_: object) -> object:
        import pandas

        return Broken(len(pandas.__name__))

    monkeypatch.setitem(sys.modules, "pandas", None)
    facts = Facts(registry((Broken, by_pandas, ())))
    outcome = judge(a_check(lambda _: iter(()), Need(Broken)), facts)

    assert isinstance(outcome, Skipped)
    assert outcome.reason == "measuring Broken needs pandas"
    assert outcome.enable == "pip install 'slrdoctor[pandas]'"


def test_a_measure_that_lacks_any_other_module_has_crashed() -> None:
    def by_nothing(*_: object) -> object:
        raise ModuleNotFoundError("No module named 'mine'", name="mine")

    facts = Facts(registry((Broken, by_nothing, ())))

    assert isinstance(judge(a_check(lambda _: iter(()), Need(Broken)), facts), Crashed)


def test_a_crashed_measure_is_no_missing_fact_even_where_it_is_optional() -> None:
    facts = Facts(registry((Broken, crash, ())))

    with pytest.raises(MeasureCrashed):
        facts.take(Need(Broken, optional=True))


def test_a_check_that_crashes_half_way_has_no_findings_but_a_traceback() -> None:
    def half(given: Given) -> Iterator[Finding]:
        yield FINDING
        raise KeyError("gone")

    outcome = judge(a_check(half, Need(Given)), Facts(Registry(), [Given(1)]))

    assert isinstance(outcome, Crashed) and "KeyError" in outcome.error


def test_a_fact_that_nothing_measures_is_said_by_name() -> None:
    outcome = judge(a_check(lambda _: iter(()), Need(Derived)), Facts(Registry()))

    assert isinstance(outcome, Skipped) and outcome.reason == "nothing measures Derived"


def too_few(given: Given) -> Findings:
    if given.value < 5:
        raise NotJudged(f"{given.value} epochs: five are needed", looks_ill=given.value == 0)
    if given.value > 5:
        return f"{given.value} epochs"
    yield FINDING


def of_epochs(epochs: int) -> object:
    return judge(a_check(too_few, Need(Given)), Facts(Registry(), [Given(epochs)]))


def test_a_check_that_cannot_judge_abstains_with_its_reason_and_what_would_help() -> None:
    outcome = of_epochs(3)

    assert isinstance(outcome, Abstained)
    assert outcome.reason == "3 epochs: five are needed"
    assert outcome.enable == "give it data" and not outcome.looks_ill


def test_a_check_that_abstains_may_say_that_what_there_is_looks_ill() -> None:
    outcome = of_epochs(0)

    assert isinstance(outcome, Abstained) and outcome.looks_ill


def test_a_check_that_found_nothing_may_return_what_it_saw() -> None:
    seen, fired = of_epochs(6), of_epochs(5)

    assert isinstance(seen, Judged) and seen.fine == "6 epochs"
    assert isinstance(fired, Judged) and fired.findings == (FINDING,) and not fired.fine


def test_what_was_found_before_a_check_abstains_stands() -> None:
    def both(given: Given) -> Findings:
        yield FINDING
        raise NotJudged("the other split is too small")

    outcome = judge(a_check(both, Need(Given)), Facts(Registry(), [Given(1)]))

    assert isinstance(outcome, Judged) and outcome.findings == (FINDING,)

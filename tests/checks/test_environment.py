"""ENV101 and ENV102 on sources and environments made by hand."""

from __future__ import annotations

import pytest

from slrdoctor.facts.environment.environment import DeviceUse, Environment
from slrdoctor.facts.environment.source_code import Pin, SourceCode
from slrdoctor.testing import findings, not_judged

NOTHING = Environment({}, "")


def code(asked: str | None = None, uses: tuple[str, ...] = ("extract.py line 3",)) -> SourceCode:
    pins = () if asked is None else (Pin("mediapipe", asked, "requirements.txt line 1"),)
    return SourceCode((), (), uses, frozenset(), pins, 2, "extract.py")


@pytest.mark.parametrize(
    "asked",
    ["==0.10.32", ">=0.10.30", "~=0.10.31", "^0.10.30", "=0.10.32", ">0.10.29", ">=0.10.30,<1", "==1.0"],
)
def test_env101_fires_when_no_admitted_release_has_solutions(asked: str) -> None:
    (finding,) = findings("ENV101", code(asked), NOTHING)
    assert "extract.py line 3" in finding.message
    assert "0.10.21" in finding.fixes[0].how
    assert "tasks" in finding.fixes[1].how


@pytest.mark.parametrize("asked", ["==0.10.21", "<0.10.30", "<=0.10.21", ">=0.10,<0.10.30", "=0.10.9"])
def test_env101_is_quiet_when_only_releases_with_solutions_are_admitted(asked: str) -> None:
    assert not findings("ENV101", code(asked), NOTHING)


@pytest.mark.parametrize(
    "asked", ["", ">=0.10.9", "~=0.10.0", "^0.10.9", "!=0.10.30", "<1", "<=0.10.30"]
)
def test_env101_is_not_judged_when_releases_with_and_without_are_admitted(asked: str) -> None:
    said = not_judged("ENV101", code(asked), NOTHING)

    assert f"requirements.txt line 1 asks for mediapipe{asked}, of which pip takes" in said.reason
    assert "0.10.21" in said.enable


def test_env101_fires_at_exactly_the_first_installed_release_without() -> None:
    assert findings("ENV101", code(), Environment({"mediapipe": "0.10.30"}, ""))
    assert not findings("ENV101", code(), Environment({"mediapipe": "0.10.29"}, ""))


def test_env101_is_quiet_without_a_use_of_solutions() -> None:
    assert not findings("ENV101", code("==0.10.32", uses=()), NOTHING)


def test_env102_fires_when_torch_cannot_use_the_gpu_that_is_there() -> None:
    (finding,) = findings("ENV102", DeviceUse("nvidia-smi", "torch 2.3.1+cpu", None, "here"))
    assert "2.3.1+cpu" in finding.message
    assert "cuda" in finding.verify


def test_env102_fires_when_the_log_says_that_the_gpu_was_not_used() -> None:
    line = "log.txt line 3: GPU available: True (cuda), used: False"
    assert findings("ENV102", DeviceUse(line, "", False, "log.txt"))


@pytest.mark.parametrize(
    "device",
    [
        DeviceUse("", "torch 2.3.1+cpu", None, "here"),
        DeviceUse("nvidia-smi", "", None, "here"),
        DeviceUse("nvidia-smi", "", False, "here"),
        DeviceUse("nvidia-smi", "torch 2.3.1+cpu", True, "log.txt"),
        DeviceUse("", "", False, "log.txt"),
    ],
)
def test_env102_is_quiet_without_a_gpu_a_build_without_cuda_or_when_it_was_used(
    device: DeviceUse,
) -> None:
    assert not findings("ENV102", device)


def test_env101_is_not_judged_where_no_version_is_asked_for_or_installed() -> None:
    assert "nothing says with which" in not_judged("ENV101", code(), NOTHING).reason


def test_env102_is_not_judged_where_nothing_says_whether_the_gpu_was_used() -> None:
    assert "nvidia-smi" in not_judged("ENV102", DeviceUse("nvidia-smi", "", None, "here")).reason

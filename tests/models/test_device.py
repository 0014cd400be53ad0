"""The device that a command asks for is the one that is taken, or the reason why not."""

from __future__ import annotations

import pytest
import torch

from slrdoctor.models.device import MANY, Device, DeviceMissing, device_for, name_of, threads_for


@pytest.fixture
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


@pytest.mark.usefixtures("no_gpu")
def test_auto_is_the_cpu_where_there_is_no_gpu() -> None:
    assert device_for(Device.auto) == device_for("cpu") == "cpu"
    assert name_of("cpu") == "cpu"


def test_auto_is_cuda_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)

    assert device_for("auto") == device_for(Device.cuda) == "cuda"


def test_auto_is_never_mps_which_has_no_ctc_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)

    assert device_for("auto") == "cpu"
    assert device_for("mps") == "mps"


@pytest.mark.usefixtures("no_gpu")
@pytest.mark.parametrize("wanted", ["cuda", "mps"])
def test_a_device_that_is_missing_is_refused_by_its_name(wanted: str) -> None:
    with pytest.raises(DeviceMissing, match=f"--device {wanted}: .*give --device cpu"):
        device_for(wanted)


def test_small_batches_have_one_thread_and_large_ones_all() -> None:
    assert threads_for(MANY - 1) == 1
    assert threads_for(MANY) == torch.get_num_threads()

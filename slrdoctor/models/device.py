"""Where a model runs, and with how many threads. Torch is imported only when that is asked."""

from __future__ import annotations

import enum

MANY = 2_000_000  # values of a batch, from which on more threads are worth their waiting


class Device(str, enum.Enum):
    """What a command's --device may say."""

    auto = "auto"
    cpu = "cpu"
    cuda = "cuda"
    mps = "mps"


class DeviceMissing(Exception):
    """This machine lacks the device that was asked for. The message is a sentence for the user."""


def device_for(wanted: str) -> str:
    """The device of torch that is meant: cpu, cuda or mps. Raises DeviceMissing."""
    import torch

    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if wanted == Device.auto:
        # torch has no CTC loss on MPS, so that is taken only when asked for
        return "cuda" if there["cuda"] else "cpu"
    if not there.get(wanted, False):
        raise DeviceMissing(
            f"--device {wanted}: torch finds no such device on this machine: give --device cpu, or "
            "leave the option out"
        )
    return str(Device(wanted).value)


def name_of(device: str) -> str:
    """What the device is called: the product's name of a GPU, else the word itself."""
    import torch

    return torch.cuda.get_device_name() if device == "cuda" else device


def threads_for(values: int) -> int:
    """The threads for batches of so many values.

    Small ones gain nothing by a second thread, and threads that wait for each other on a busy
    machine cost ten times what they share: measured on the reference models.
    """
    import torch

    return 1 if values < MANY else torch.get_num_threads()

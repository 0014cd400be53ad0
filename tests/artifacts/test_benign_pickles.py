"""What healthy checkpoints hold beside tensors is no code; what is called through getattr is."""

from __future__ import annotations

import argparse
import collections
import datetime
import io
import os
import pickle
import random
import sys
import types
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from slrdoctor.artifacts.content import Opaque, Unreadable
from slrdoctor.artifacts.kinds.checkpoints.weights import open_weights
from slrdoctor.artifacts.pickles.imports import beyond_tensors
from slrdoctor.artifacts.pickles.unpickle import load_pickle
from slrdoctor.artifacts.storage import file_bytes

BENIGN: dict[str, Any] = {
    "states of generators": [
        np.random.get_state(), np.random.RandomState(0), np.random.default_rng(0),
        random.getstate(), torch.get_rng_state(),
    ],
    "scalars of numpy": [np.float64(3), np.int64(3), np.bool_(True), np.str_("x"), np.dtype("f4")],
    "masked arrays": np.ma.masked_array([1.0, 2.0], [False, True]),
    "containers": [
        collections.defaultdict(list, {"a": [1]}), collections.Counter("aab"), collections.deque([1]),
        range(2**60), slice(1, 9), bytearray(b"x"), {1}, frozenset([1]), 1 + 2j,
    ],
    "arguments": argparse.Namespace(lr=0.1, out=Path("x"), device=torch.device("cpu"), dtype=torch.half),
    "times": [datetime.datetime.now(datetime.timezone.utc), datetime.timedelta(3)],
    "an optimizer": torch.optim.SGD(nn.Linear(1, 1).parameters(), 0.1),
}  # fmt: skip


@pytest.mark.parametrize("held", BENIGN.values(), ids=BENIGN)
def test_what_healthy_checkpoints_hold_is_no_code(held: Any, tmp_path: Path) -> None:
    torch.save({"model": nn.Linear(3, 2).state_dict(), "held": held}, tmp_path / "best.pt")

    assert beyond_tensors(open_weights(tmp_path / "best.pt").parts.imports) == ()


def test_a_range_is_not_made() -> None:
    held = load_pickle(pickle.dumps(range(2**60), 2)).value

    assert isinstance(held, Opaque) and held.state == (0, 2**60, 1)


def test_the_history_of_mmengine_names_methods_of_its_own_class(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Protocol 2 has no way to name a method but builtins.getattr."""
    module = types.ModuleType("mmengine.logging.history_buffer")
    for name in ("mmengine", "mmengine.logging"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    source = (
        "class HistoryBuffer:\n  def min(self): pass\n  def __init__(self): self.of = HistoryBuffer.min"
    )
    exec(source, module.__dict__)
    held = {"model": nn.Linear(3, 2).state_dict(), "loss": module.HistoryBuffer()}
    torch.save(held, tmp_path / "best.pt")

    imports = open_weights(tmp_path / "best.pt").parts.imports
    assert imports == (f"{module.__name__}.HistoryBuffer", f"{module.__name__}.HistoryBuffer.min")
    assert beyond_tensors(imports) == ()


class Reduced:
    def __init__(self, function: Any, *args: Any) -> None:
        self.made = function, args

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return self.made


@pytest.mark.parametrize(
    "held",
    [
        Reduced(getattr, Reduced(__import__, "os"), "system"),
        Reduced(getattr, Reduced(getattr, os.PathLike, "__init__"), "__globals__"),
        Reduced(getattr, argparse.Namespace, "__init__"),
        Reduced(getattr, {"a": 1}, "clear"),
    ],
    ids=["of a module", "chained", "of a plain class", "of a container"],
)
@pytest.mark.parametrize("protocol", range(2, 6))
def test_what_getattr_reaches_is_named_or_refused(held: Reduced, protocol: int) -> None:
    try:
        refused = load_pickle(pickle.dumps(held, protocol)).refused
    except Unreadable:
        return
    assert beyond_tensors(refused)


@pytest.mark.parametrize(
    "name",
    [
        "torch.serialization.os.system", "collections._sys.exit", "torch.serialization.load",
        "collections.Counter.__init__.__globals__", "collections.Counter.__init__.__globals__.get",
        "typing.sys.modules", "enum.Enum.__subclasses__", "datetime.datetime.__reduce__",
        "omegaconf.OmegaConf.load", "torch.optim.Adam.load",
    ],
)  # fmt: skip
def test_no_way_through_a_harmless_module_is_harmless(name: str) -> None:
    """Protocol 4 names what lies inside of a module with dots."""
    assert beyond_tensors([name]) == (name,)


def deflate(saved: io.BytesIO, path: Path) -> None:
    """What torch.save wrote, as a zip whose members are compressed."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed, zipfile.ZipFile(saved) as archive:
        for name in archive.namelist():
            packed.writestr(name, archive.read(name))


def test_a_member_that_inflates_beyond_reason_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_bytes, "PLAUSIBLE_BYTES", 1 << 16)
    saved = io.BytesIO()
    torch.save({"model": {"a.weight": torch.zeros(1 << 20, 1), "a.bias": torch.zeros(3)}}, saved)
    deflate(saved, tmp_path / "best.pt")

    with pytest.raises(Unreadable, match="decompresses to more than"):
        open_weights(tmp_path / "best.pt")


def test_a_large_deflated_member_is_not_kept_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_bytes, "KEPT_IN_MEMORY", 1 << 12)
    values = torch.randn(1 << 14, 1)
    saved = io.BytesIO()
    torch.save({"model": {"a.weight": values, "a.bias": torch.zeros(3)}}, saved)
    deflate(saved, tmp_path / "best.pt")

    assert np.array_equal(open_weights(tmp_path / "best.pt").load("a.weight"), values.numpy())


@pytest.mark.parametrize("magic", [b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18"], ids=["zstd", "lz4"])
def test_a_packing_that_is_not_unpacked_is_not_called_damaged(magic: bytes, tmp_path: Path) -> None:
    (tmp_path / "best.ckpt").write_bytes(magic + bytes(range(200)))
    with pytest.raises(Unreadable) as caught:
        open_weights(tmp_path / "best.ckpt")
    assert caught.value.fault == "unsupported"

"""Files of torch.save in all their layouts, read without torch."""

from __future__ import annotations

import io
import pickle
import struct
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from slrdoctor.artifacts.content import Opaque, Unreadable
from slrdoctor.artifacts.pickles.unpickle import load_file, load_pickle

torch = pytest.importorskip("torch")
LAYOUTS = pytest.mark.parametrize("is_zip", [True, False], ids=["zip", "legacy"])


def saved(value: Any, is_zip: bool = True) -> bytes:
    file = io.BytesIO()
    torch.save(value, file, _use_new_zipfile_serialization=is_zip)
    return file.getvalue()


@LAYOUTS
@pytest.mark.parametrize(
    "dtype",
    ["float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint8", "bool", "complex64",
     "complex128", "uint16", "uint32"],
)  # fmt: skip
def test_every_dtype_comes_back(dtype: str, is_zip: bool) -> None:
    tensor = torch.tensor([0, 1, 3]).to(getattr(torch, dtype))
    array = load_pickle(saved({"x": tensor}, is_zip)).value["x"]
    assert str(array.dtype) == dtype and np.array_equal(array, tensor.numpy())


@LAYOUTS
def test_bfloat16_is_widened_to_float32(is_zip: bool) -> None:
    tensor = torch.randn(3, 4).to(torch.bfloat16)
    value = load_pickle(saved([tensor, tensor[1, 2]], is_zip)).value
    assert value[0].dtype == np.float32 and value[1].shape == ()
    assert np.array_equal(value[0], tensor.float().numpy()) and value[1] == tensor[1, 2].float()


@LAYOUTS
def test_views_strides_and_shared_storages_come_back(is_zip: bool) -> None:
    base = torch.arange(24.0).reshape(4, 6)
    views = {
        "base": base, "part": base[1:3, 2:5], "transposed": base.t(), "stepped": base[::2, ::3],
        "expanded": base[:1].expand(5, 6), "scalar": base[2, 3], "empty": base[:0], "again": base,
    }  # fmt: skip
    value = load_pickle(saved(views, is_zip)).value
    for name, view in views.items():
        assert np.array_equal(value[name], view.numpy()), name
    assert value["part"].base is not None and np.shares_memory(value["base"], value["part"])


@LAYOUTS
def test_a_checkpoint_is_plain_containers(is_zip: bool) -> None:
    model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    model(torch.randn(4, 3)).sum().backward()
    optimizer.step()
    value = {
        "model_state_dict": model.state_dict(),
        "optimizer_state_dict": optimizer.state_dict(),
        "rng_state": {"torch": torch.get_rng_state(), "numpy": np.random.RandomState(0).get_state()},
        "parameter": torch.nn.Parameter(torch.ones(2)),
        "dtype": torch.float32, "device": torch.device("cpu"), "size": torch.Size([1, 2]), "epoch": 7,
    }  # fmt: skip
    tree = load_pickle(saved(value, is_zip))
    assert tree.refused == ()
    for name, tensor in model.state_dict().items():
        assert np.array_equal(tree.value["model_state_dict"][name], tensor.numpy())
    assert tree.value["optimizer_state_dict"]["param_groups"][0]["lr"] == 0.01
    moment = optimizer.state_dict()["state"][0]["exp_avg"]
    assert np.array_equal(tree.value["optimizer_state_dict"]["state"][0]["exp_avg"], moment.numpy())
    assert tree.value["parameter"].tolist() == [1, 1]
    assert tree.value["device"] == "cpu" and tree.value["size"] == (1, 2) and tree.value["epoch"] == 7


@LAYOUTS
def test_a_whole_model_is_opaque_with_its_weights_inside(is_zip: bool) -> None:
    model = torch.nn.LSTM(4, 3)
    tree = load_pickle(saved(model, is_zip))
    assert tree.refused == ("torch.nn.modules.rnn.LSTM",)
    assert isinstance(tree.value, Opaque)
    weight = tree.value.state["_parameters"]["weight_ih_l0"]
    assert np.array_equal(weight, model.weight_ih_l0.detach().numpy())


@pytest.mark.parametrize("protocol", range(2, 6))
def test_tensors_pickled_without_torch_save_come_back(protocol: int) -> None:
    samples = [{"name": f"s{i}", "sign": torch.randn(5, 4)} for i in range(3)]
    tree = load_pickle(pickle.dumps(samples, protocol))
    assert tree.refused == ()
    for sample, plain in zip(samples, tree.value):
        assert np.array_equal(plain["sign"], sample["sign"].numpy())


@LAYOUTS
@pytest.mark.filterwarnings("ignore:TypedStorage")
def test_a_bare_storage_is_a_flat_array(is_zip: bool) -> None:
    assert load_pickle(saved(torch.arange(3.0).untyped_storage(), is_zip)).value.dtype == np.uint8
    assert load_pickle(saved(torch.arange(3.0).storage(), is_zip)).value.tolist() == [0, 1, 2]


@pytest.mark.filterwarnings("ignore:.*deprecated")
def test_kinds_of_tensors_without_numpy_type_are_opaque() -> None:
    quantized = torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8)
    small = torch.zeros(2, dtype=torch.float8_e5m2)
    value = {"q": quantized, "f8": small, "s": torch.eye(2).to_sparse(), "ok": 1}
    plain = load_pickle(saved(value)).value
    assert plain["ok"] == 1
    assert all(isinstance(plain[name], Opaque) for name in ("q", "f8", "s"))


def test_a_state_dict_of_cuda_is_read_without_cuda() -> None:
    # a storage remembers its device only in words
    assert load_pickle(saved([torch.ones(2)]).replace(b"cpu", b"gpu")).value[0].tolist() == [1, 1]


def test_a_rezipped_checkpoint_with_compression_is_read() -> None:
    source = zipfile.ZipFile(io.BytesIO(saved({"x": torch.arange(100.0)})))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            archive.writestr(name.replace("archive/", "best_model/"), source.read(name))
    assert load_pickle(file.getvalue()).value["x"].tolist() == list(range(100))


def test_a_big_endian_archive_is_read() -> None:
    source = zipfile.ZipFile(io.BytesIO(saved({"x": torch.arange(3.0)})))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith("byteorder"):
                content = b"big"
            if "/data/" in name:
                content = np.frombuffer(content, "<f4").astype(">f4").tobytes()
            archive.writestr(name, content)
    assert load_pickle(file.getvalue()).value["x"].tolist() == [0, 1, 2]


def test_the_tar_layout_of_torch_0_1_is_read() -> None:
    """Written by hand to the order in which torch.serialization's legacy loader reads it."""
    named = b"\x80\x02(X\x01\x00\x00\x007X\x03\x00\x00\x00cpuctorch\nFloatStorage\nt."
    tensor_named = b"\x80\x02(K\x09X\x01\x00\x00\x007ctorch\nFloatTensor\nt."
    storages = pickle.dumps(1, 2) + named + struct.pack("<q", 6) + np.arange(6, dtype="<f4").tobytes()
    storages += pickle.dumps([], 2)
    tensors = pickle.dumps(1, 2) + tensor_named + struct.pack("<ii2q2qq", 2, 0, 2, 2, 3, 1, 1)
    pickled = b"\x80\x02}U\x01xU\x019Qs."
    members = {"sys_info": b"\x80\x02}.", "pickle": pickled, "storages": storages, "tensors": tensors}
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    assert load_pickle(file.getvalue()).value["x"].tolist() == [[1, 2], [4, 5]]


@LAYOUTS
def test_an_archive_cut_anywhere_is_unreadable(is_zip: bool, tmp_path: Path) -> None:
    data = saved({"x": torch.randn(20), "y": [1, "z"]}, is_zip)
    for end in range(1, len(data), 7):
        (tmp_path / "x.pt").write_bytes(data[:end])
        with pytest.raises(Unreadable):
            load_file(tmp_path / "x.pt")


def test_values_that_are_not_in_the_file_are_truncated() -> None:
    source = zipfile.ZipFile(io.BytesIO(saved({"x": torch.arange(100.0)})))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in source.namelist():
            content = source.read(name)
            archive.writestr(name, content[:200] if name.endswith("data/0") else content)
    with pytest.raises(Unreadable) as caught:
        load_pickle(file.getvalue())
    assert caught.value.fault == "truncated"


def test_a_tensor_expanded_to_terabytes_is_refused() -> None:
    with pytest.raises(Unreadable) as caught:
        load_pickle(saved({"x": torch.zeros(1).expand(1 << 20, 1 << 20)}))
    assert caught.value.fault == "refused"


def test_files_nested_in_files_without_end_are_refused() -> None:
    raw = b"\x80\x02N."
    for _ in range(3000):
        raw = (
            b"\x80\x02ctorch.storage\n_load_from_bytes\nB"
            + struct.pack("<I", len(raw))
            + raw
            + b"\x85R."
        )
        raw = (
            b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}." + raw + b"\x80\x02]."
        )
    with pytest.raises(Unreadable):
        load_pickle(raw)


@pytest.mark.skipif(sys.platform != "linux", reason="reads its own memory from /proc")
def test_a_checkpoint_of_200_mb_is_opened_in_little_memory_and_without_torch(tmp_path: Path) -> None:
    path = tmp_path / "best.pt"
    torch.save({"model": {f"layer{i}.weight": torch.ones(1000, 1280) for i in range(40)}}, path)
    assert path.stat().st_size > 200e6
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path\n"
        "def peak(): return int(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])\n"
        "from slrdoctor.artifacts.formats import read\n"
        "model = read(Path(sys.argv[2])).value['model']\n"
        "assert len(model) == 40 and 'torch' not in sys.modules\n"
        "assert peak() < 150_000, 'opened'\n"
        "assert all(float(weight.sum(dtype='f8')) == 1_280_000 for weight in model.values())\n"
        "assert peak() < 600_000, 'summed'\n"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code, str(root), str(path)], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()

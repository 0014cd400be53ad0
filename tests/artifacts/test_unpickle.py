"""The restricted unpickler: what it admits, what it refuses, what it stops."""

from __future__ import annotations

import argparse
import collections
import contextlib
import os
import pickle
import random
import struct
import subprocess
import sys
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pytest

from slrdoctor.artifacts.content import Arrays, Opaque, Tree, Unreadable
from slrdoctor.artifacts.pickles.unpickle import CYCLE, DEEPEST, TOO_DEEP, load_file, load_pickle

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


class Config:
    """A class that a pickle names and the doctor does not import."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)


class Settings(dict):  # type: ignore[type-arg]
    """A dict of a class of its own, as configuration libraries have."""


class Creator:
    """Creates a file when it is unpickled by pickle."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return (os.mkdir, (str(self.path),))


def same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return isinstance(other, np.ndarray) and one.dtype == other.dtype and np.array_equal(one, other)
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)):
        return type(one) is type(other) and len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and bool(one == other)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_plain_containers_come_back_as_they_were(protocol: int) -> None:
    value = {
        "numbers": [
            0,
            1,
            -1,
            255,
            256,
            65536,
            2**31,
            -(2**70),
            1.5,
            float("inf"),
            True,
            False,
            None,
            2j,
        ],
        "texts": ["", "MORGEN", "আমি", "السلام", "\ud800", "x" * 300],
        "bytes": [b"", b"\x00\xff", b"y" * 300, b"z" * 5000],
        1: ((), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)),
        ("a", 2): [{1, 2}, frozenset({3})],
        None: [[], {}, [[[]]]],
    }
    assert same(load_pickle(pickle.dumps(value, protocol)).value, value)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype="f4").reshape(2, 3),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(4, dtype=">i4"),
        np.arange(4, dtype="f2"),
        np.array([True, False]),
        np.zeros((0, 5)),
        np.array(3.5),
        np.random.default_rng(0).normal(size=(50, 40))[::2, ::3],
        np.array([1 + 2j]),
    ],
    ids=lambda array: f"{array.dtype}{array.shape}",
)
def test_numpy_arrays_come_back_as_they_were(protocol: int, array: Any) -> None:
    tree = load_pickle(pickle.dumps({"x": array, "same": array}, protocol))
    assert tree.refused == ()
    assert same(tree.value["x"], array)
    assert tree.value["same"] is tree.value["x"]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_numpy_scalars_and_object_arrays_become_plain_values(protocol: int) -> None:
    ragged = np.empty(2, object)
    ragged[0], ragged[1] = np.zeros((3, 2)), np.ones((5, 2))
    value = {
        "scalars": [np.float32(1.5), np.int64(-3), np.bool_(True), np.str_("glöss"), np.bytes_(b"x")],
        "ragged": ragged,
        "square": np.array([["a", None], [1, 2.5]], object),
        "equal": np.array([[1], [2]], object),
        "one": np.array({"fps": 25}, object),
        "text": np.array(["hallo", "du"]),
        "bytes": np.array([b"ab", b"c"]),
    }
    plain = load_pickle(pickle.dumps(value, protocol)).value
    assert plain["scalars"] == [1.5, -3, True, "glöss", "x"]
    assert [array.shape for array in plain["ragged"]] == [(3, 2), (5, 2)]
    assert plain["square"] == [["a", None], [1, 2.5]]
    assert plain["equal"] == [[1], [2]]
    assert plain["one"] == {"fps": 25}
    assert plain["text"] == ["hallo", "du"]
    assert plain["bytes"] == ["ab", "c"]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_containers_of_the_standard_library_become_dicts_and_lists(protocol: int) -> None:
    value = {
        "ordered": collections.OrderedDict(b=1, a=2),
        "default": collections.defaultdict(list, {"k": [1]}),
        "empty": collections.defaultdict(int),
        "counter": collections.Counter("aab"),
        "deque": collections.deque([1, 2], maxlen=5),
        "namespace": argparse.Namespace(lr=0.1, layers=[1, 2]),
        "path": PurePosixPath("data/train"),
    }
    tree = load_pickle(pickle.dumps(value, protocol))
    assert tree.refused == ()
    assert same(
        tree.value,
        {
            "ordered": {"b": 1, "a": 2},
            "default": {"k": [1]},
            "empty": {},
            "counter": {"a": 2, "b": 1},
            "deque": [1, 2],
            "namespace": {"lr": 0.1, "layers": [1, 2]},
            "path": "data/train",
        },
    )


@pytest.mark.parametrize("numpy_core", ["numpy.core", "numpy._core"])
def test_arrays_of_numpy_1_and_2_are_read_alike(numpy_core: str) -> None:
    pickled = pickle.dumps(np.arange(3), 2).replace(b"numpy._core", b"numpy.core")
    assert load_pickle(pickled.replace(b"numpy.core", numpy_core.encode())).value.tolist() == [0, 1, 2]


def test_a_pickle_of_python_2_has_text_and_array_bytes_apart() -> None:
    text = b"\x80\x02}U\x05glossU\x06MORGENs."
    assert load_pickle(text).value == {"gloss": "MORGEN"}
    raw = np.array([1.0, 2.0, 3.7]).tobytes()  # has bytes that are no UTF-8
    array = (
        b"\x80\x02cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"
        b"(K\x01K\x03\x85cnumpy\ndtype\nU\x02f8K\x00K\x01\x87R(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xff"
        b"K\x00tb\x89U" + bytes([len(raw)]) + raw + b"tb."
    )
    assert load_pickle(array).value.tolist() == [1.0, 2.0, 3.7]


def test_a_string_literal_of_protocol_0_is_read_and_only_a_literal() -> None:
    assert load_pickle(b"S'a\\x41\\n\\'\\\\ \"'\n.").value == "aA\n'\\ \""
    assert load_pickle(b'S"it\'s"\n.').value == "it's"
    assert load_pickle(b"S'\\xff'\n.").value == b"\xff"
    for literal in (b"'a", b"a'", b"'a' * 9", b"'\\q'", b"'a' 'b'", b"", b"'\\777'", b"'a''b'"):
        with pytest.raises(Unreadable):
            load_pickle(b"S" + literal + b"\n.")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_object_of_an_unknown_class_becomes_opaque_with_its_state(protocol: int) -> None:
    tree = load_pickle(pickle.dumps([Config(lr=0.1, x=np.ones(2)), 7], protocol))
    opaque, seven = tree.value
    assert seven == 7
    assert isinstance(opaque, Opaque) and opaque.name.endswith("Config")
    assert opaque.state["lr"] == 0.1 and opaque.state["x"].tolist() == [1, 1]
    assert opaque.name in tree.refused


def test_a_dict_of_an_unknown_class_keeps_its_entries() -> None:
    tree = load_pickle(pickle.dumps(Settings(lr=0.1)))
    assert tree.value.state == {"lr": 0.1}


def test_opaque_keys_stay_apart() -> None:
    tree = load_pickle(b"\x80\x04}(cmy\nSplit\nK\x01\x85RK\x0acmy\nSplit\nK\x02\x85RK\x0bu.")
    assert tree.value == {Opaque("my.Split", (1,)): 10, Opaque("my.Split", (2,)): 11}


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_pickle_that_would_create_a_folder_does_not(protocol: int, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    pickled = pickle.dumps({"a": 1, "b": Creator(trap)}, protocol)
    tree = load_pickle(pickled)
    assert not trap.exists()
    assert tree.value["a"] == 1 and isinstance(tree.value["b"], Opaque)
    assert tree.refused == (f"{os.mkdir.__module__}.mkdir",)
    pickle.loads(pickled)  # and this is what would have happened
    assert trap.exists()


@pytest.mark.parametrize(
    "code",
    [
        b"cos\nsystem\n(S'touch TRAP'\ntR.",
        b"cos\nsystem\n(S'touch TRAP'\ntR0]." ,
        b"(S'touch TRAP'\nios\nsystem\n.",
        b"(cos\nsystem\nS'touch TRAP'\no.",
        b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x0atouch TRAP\x85R.",
        b"\x80\x04\x8c\x08builtins\x8c\x04eval\x93\x8c\x0aopen('TRAP')\x85R.",
        b"\x80\x04cbuiltins\ngetattr\n(cos\nsystem\nS'__call__'\ntR(S'touch TRAP'\ntR.",
        b"\x80\x02cos\nsystem\nS'touch TRAP'\n\x85\x81.",
        b"\x80\x04cos\nsystem\nS'touch TRAP'\n\x85}\x92.",
        b"c__builtin__\nexec\n(S'open(\"TRAP\", \"w\")'\ntR.",
        b"ccollections\ndefaultdict\n(cos\nsystem\ntR.",
        b"ccopy_reg\n_reconstructor\n(cos\nsystem\nc__builtin__\nobject\nNtR.",
        b"cfunctools\npartial\n(cos\nsystem\nS'touch TRAP'\ntR(tR.",
        b"\x82\x01.",
        b"\x84\x01\x02\x03\x04.",
        b"S'touch TRAP'\nQ.",
    ],
)  # fmt: skip
def test_what_code_names_is_named_and_not_run(
    code: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    loaded = set(sys.modules)
    with contextlib.suppress(Unreadable):
        assert load_pickle(code).refused != ()
    assert list(tmp_path.iterdir()) == []
    assert set(sys.modules) == loaded


def test_setstate_of_a_refused_object_is_not_called_and_its_state_is_kept() -> None:
    tree = load_pickle(b"\x80\x02cos\nEvil\n)\x81}U\x01aK\x01sb.")
    assert tree == Tree(Opaque("os.Evil", {"a": 1}), ("os.Evil",))


def test_a_list_inside_itself_is_cut_where_it_repeats() -> None:
    ring: list[Any] = [1]
    ring.append(ring)
    assert load_pickle(pickle.dumps(ring)).value == [1, Opaque(CYCLE)]
    holder: dict[str, Any] = {"parent": None}
    holder["child"] = Config(parent=holder)
    tree = load_pickle(pickle.dumps(holder))
    assert tree.value["child"].state == {"parent": Opaque(CYCLE)}


def test_nesting_is_kept_up_to_the_limit_and_cut_below_it() -> None:
    def depth(value: Any) -> int:
        return 1 + depth(value[0]) if isinstance(value, list) and value else 1

    assert depth(load_pickle(b"]" * 90 + b"a" * 89 + b".").value) == 90
    deep = load_pickle(b"]" * 100_000 + b"a" * 99_999 + b".").value
    assert depth(deep) == DEEPEST + 1
    while isinstance(deep, list):
        deep = deep[0]
    assert deep == Opaque(TOO_DEEP)


@pytest.mark.parametrize(
    "bomb",
    [
        b"\x80\x04]r\xff\xff\xff\xff.",  # a memo of four billion places
        b"\x80\x04\x8e" + struct.pack("<Q", 1 << 62) + b"x.",  # bytes that are not there
        b"\x80\x04\x8d" + struct.pack("<Q", 1 << 40) + b"x.",
        b"\x80\x05\x96" + struct.pack("<Q", 1 << 50) + b"x.",
        b"\x80\x02\x8b\xff\xff\xff\x7f1.",  # an integer of two billion bytes
        b"L" + b"9" * 1_000_000 + b"L\n.",
        b"\x80\x04\x95" + struct.pack("<Q", 1 << 60) + b".",
        b"\x80\x02})" + b"2\x86" * 60 + b"K\x01s.",  # a key whose hash takes 2**60 steps
        b"\x80\x02(" + b")" + b"2\x86" * 60 + b"\x91.",
        b"]" + b"(2222222222e" * 40 + b".",
        b"\x80\x02c__builtin__\nbytearray\nJ\xff\xff\xff\x7f\x85R.",
        b"\x80\x02c__builtin__\nlist\nc__builtin__\nrange\nJ\xff\xff\xff\x7f\x85R\x85R.",
        b"\x80\x02" + b"(" * 300_000 + b".",
        b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR(I1\n(L9999999999999L\ntcnumpy\n"
        b"dtype\n(S'f8'\nI0\nI1\ntRI00\nS''\ntb.",  # an array far larger than its bytes
        b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR(I1\n(L9999999999999L\ntcnumpy\n"
        b"dtype\n(S'S0'\nI0\nI1\ntRI00\nS''\ntb.",
    ],
    ids=range(15),
)  # fmt: skip
def test_a_bomb_costs_neither_time_nor_memory(bomb: bytes) -> None:
    code = (
        "import resource, sys; sys.path.insert(0, sys.argv[1])\n"
        "resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (60, 60))\n"
        "from slrdoctor.artifacts.content import Unreadable\n"
        "from slrdoctor.artifacts.pickles.unpickle import load_pickle\n"
        "try: load_pickle(sys.stdin.buffer.read())\n"
        "except Unreadable as error: print(error.fault)\n"
        "peak = open('/proc/self/status').read().split('VmHWM:')[1].split()[0]\n"
        "assert int(peak) < 200_000, peak\n"
    )
    if sys.platform != "linux":
        with pytest.raises(Unreadable):
            load_pickle(bomb)
        return
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code, str(root)], input=bomb, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


def test_shared_containers_that_unfold_without_end_are_refused() -> None:
    laughs = b"\x80\x02]q\x00]h\x00a" + b"".join(
        b"q" + bytes([i]) + b"](" + (b"h" + bytes([i])) * 10 + b"e" for i in range(1, 20)
    )
    with pytest.raises(Unreadable) as caught:
        load_pickle(laughs + b".")
    assert caught.value.fault == "refused"


def test_sharing_as_a_program_does_it_is_fine() -> None:
    shared = {"meta": [1, 2, 3]}
    value = load_pickle(pickle.dumps([shared] * 1000)).value
    assert len(value) == 1000 and value[0] is value[999]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_pickle_cut_anywhere_is_unreadable(protocol: int) -> None:
    pickled = pickle.dumps([{"name": "a", "sign": np.arange(6.0)}, {"x": (1, "y", 2.5)}], protocol)
    for end in range(len(pickled)):
        with pytest.raises(Unreadable):
            load_pickle(pickled[:end])


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_bytes_changed_at_random_raise_nothing_else(protocol: int) -> None:
    pickled = pickle.dumps({"a": [1, 2.5, "x", b"y"], "b": np.arange(4), "c": Config(q=1)}, protocol)
    chance = random.Random(protocol)
    for _ in range(500):
        damaged = bytearray(pickled)
        for _ in range(chance.choice((1, 2, 5))):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        with contextlib.suppress(Unreadable):
            load_pickle(bytes(damaged))


def test_arrays_lie_on_the_bytes_of_the_file() -> None:
    pickled = pickle.dumps({"x": np.zeros((1000, 100))}, 4)
    array = load_pickle(pickled).value["x"]
    assert not array.flags.owndata and not array.flags.writeable


@pytest.mark.parametrize("compress", [0, 3, ("gzip", 3), ("xz", 3), ("bz2", 3)])
def test_what_joblib_wrote_is_read(tmp_path: Path, compress: Any) -> None:
    joblib = pytest.importorskip("joblib")
    clips = [np.random.default_rng(i).normal(size=(3 + i, 4)).astype("f4") for i in range(3)]
    turned = np.asfortranarray(np.arange(12.0).reshape(3, 4))
    names = np.array(["a", "b", None], dtype=object)
    stored = {"X": clips, "y": [0, 1, 2], "turned": turned, "names": names, "again": clips[0]}
    joblib.dump(stored, tmp_path / "x.joblib", compress=compress)

    content = load_file(tmp_path / "x.joblib")

    assert isinstance(content, Tree) and not content.refused
    assert all(np.array_equal(a, b) for a, b in zip(content.value["X"], clips, strict=True))
    assert np.array_equal(content.value["turned"], turned)
    assert content.value["y"] == [0, 1, 2] and list(content.value["names"]) == ["a", "b", None]
    assert np.array_equal(content.value["again"], clips[0])


def test_a_file_of_joblib_that_ends_early_says_so(tmp_path: Path) -> None:
    joblib = pytest.importorskip("joblib")
    joblib.dump([np.arange(100.0)], tmp_path / "x.joblib")
    raw = (tmp_path / "x.joblib").read_bytes()

    with pytest.raises(Unreadable, match="ends in the middle"):
        load_pickle(raw[:-300])
    with pytest.raises(Unreadable, match=r"before 0\.10"):
        load_pickle(b"\x80\x03cjoblib.numpy_pickle\nNDArrayWrapper\n)\x81.")


def test_a_file_of_one_array_is_arrays_and_everything_else_a_tree(tmp_path: Path) -> None:
    (tmp_path / "x.pkl").write_bytes(pickle.dumps(np.zeros((4, 3), "f4")))
    arrays = load_file(tmp_path / "x.pkl")
    assert isinstance(arrays, Arrays)
    assert arrays.members[""].shape == (4, 3) and arrays.members[""].dtype == "float32"
    assert arrays.load("").sum() == 0
    (tmp_path / "y.pkl").write_bytes(pickle.dumps([np.zeros((4, 3), "f4")]))
    assert isinstance(load_file(tmp_path / "y.pkl"), Tree)

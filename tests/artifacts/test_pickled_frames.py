"""Frames of pandas in pickles: read without pandas, as several of its versions write them."""

from __future__ import annotations

import base64
import pickle
import zlib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from slrdoctor.artifacts.content import Opaque, Table, Tree
from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.formats import read
from slrdoctor.artifacts.pickles.frames import table_of_frame
from tests.folders import only_case

COLUMNS: dict[str, list[Any]] = {
    "id": ["v1", "v2", "v3"],
    "gloss": ["A B", "C", "Ä"],
    "signer": ["s1", "s2", "s1"],
    "frames": [30, 40, 50],
}
# the same, and a category and a text that is missing, as pandas 1.5.3 and 2.2.3 wrote it
OLD = {
    "1.5.3": (
        "c-oCr&ui2`6yEG6TW!@^idtzYUWB!Wh1QD)LE0^XjYcVW5oMSp(@fZG5@#lD7c3~)+QQuW{8I$){$cgaWS8#R9?W"
        "5WWZrx8&G&sXU)`U-+=l)1LP_(O%5GE$*4-0yz(C*Jri#9_<8yfO4UV9rT{1`n=+(*aG*?XIG?U!{&1u4f1bu5OE"
        "293JdXDKGeSeffvNV*JIiTlBm6vJM&lm|!5=QHLc{M19b@@S+sgw#qhgg;f78SWvqKcFW^lTvL8LVwX&cSaSL(d7"
        "}2kb(}cl?&$Isrbfy;u!Pa}?ct`wY%b>-Cm)zCaKJI~Vxb#($w8Jo|)@oBQh+yuV?Zr=VM#kG4QNJ)Hjej*T>{as"
        "&8dh8g-sSfz+G$0K<%OCx5n;P#H$$#0sL&+$8a!64*|V|<Rqx1^it6sqU{plTRYy`|M!utsOpZ;X1tWxj^HxzqdU"
        "#VOt`Nr-TTkaBo<$$YTAX;!vq)Mv5bXiDKas~b_pl0u{r%|OrfCT8cb^ZVob+kx3rKb%apq{~qU`tC&5_DGMBwPw"
        "fVP2AG7!D4oZMM5gkma`;h2jrFchspf4_Qqpt&=^e%*RYI}WmHu=hd_;7Zf=YnR3`@VOd(<>@Z@Jzcr~|mT<f!bs"
        "SjVdPMucc!U}PO<}+%zzW0CXFI&GkB?Q{}46N4D^V^fz3NVHT{2d;X?_RCcJ|5R;rZIXj$qI=~wq=^+cn5XcUTfn"
        "{RiNsC3>1phn|-Kx;K8(bW8wwP6T|$j=_lC6JoLJvLZQ>OE3q)3cX7aQ;MkhX66_Kb8=n-T&iHvD1E#2z3uW=BQu"
        "uHjAx^TF(ZmiP&@3wsB#EmMFBIB?WHe;>Xq?I_?EVEjG}Zn"
    ),
    "2.2.3": (
        "c-oCrU2oGc6m8n1gAFmJ2^iWmctI+AsI>9I0}|RgA+bO}dqhH(lX!8oGzqq|wGxv+Vq=s1w#!f97x0Vt1>@Rj)t2"
        "pnJoqEN_xkvpV}Esj{&E}k(@Q1IV=B8*Az1f7&^`lwdzUKu+Kw;b**7?Wj&?~u5un$n!_!<bk<(0e`!uHs6B6{Do"
        "vers-_>(W@8}1k6q2Q(oaBIBBvoFf(P73&Xp%5m-_NUlIjqa~t4yU-2s*^FM6jsHr4m)7OrU22LC;}r8*&ML;}m*"
        "M2tQySI=<t#{MH%pMeW6ESem2g=KB|LabB;twDSdmAlSRY&o=%m1>wafgxoyZ#NeYX(>w>=+J3SF+Ueo+_jhchS("
        "RJBpEAtQx56q#q&XhRlUW)uiv_oL%uasOw0wcz<x2)3UmoLgEWQ=pOlMHN{0CLTpz5ux*Mc=Vqke1D11|Fo+|8Zc"
        "PcP5#Zb?FfYlM`;!G!r>ciXJ&(CCoGhNBsU>#S}>6-x?{Ml=Jx(3_fF!rtTdA2%?2>POS5mUKDlK;N6n+8yaJvex"
        "{#yop<xHCW6BSR|wpZ8=YJc1+%wf0)eQYHvKY2943Qa0AOYSw&T~GXQGja&u$spgJ><=L!)sfhWJH!t1%M(^{X+i"
        "9USoCUshkD=Wkan$M`=`riMkziR#Fln`j=Gq74q&u>p>E5H~Y@DF%QzJI+^`*d8Vna1eBBr7B`*_LUN;~ms(d##N"
        "-Re`DlGEgX1Z}zd~fd{kVjfodDPYm<>rk`RP^U&*x3WZMBuEfHC-o*jKfn#ejOR!5&Y<yCTI^*Ys^qHboE|kTiO5"
        "wwCf;h=RMiV=HNVBXsmL#r9yijNllF^Xiqj4^)u=^KUX4Rq"
    ),
}


def stored(folder: Path, value: Any, name: str = "train.pkl") -> Path:
    path = folder / name
    path.write_bytes(pickle.dumps(value))
    return path


def columns(path: Path) -> dict[str, list[Any]]:
    table = read(path)
    assert isinstance(table, Table) and table.columns is not None
    return {name: [row[i] for row in table.rows] for i, name in enumerate(table.columns)}


def frame(**more: Any) -> pd.DataFrame:
    return pd.DataFrame({**COLUMNS, **more})


def test_the_columns_of_a_frame_are_read(tmp_path: Path) -> None:
    more: dict[str, Any] = {"rate": [25.0, 29.97, 50.0], "is_left": [True, False, True]}
    more["glosses"] = [["A", "B"], ["C"], []]
    assert columns(stored(tmp_path, frame(**more))) == {**COLUMNS, **more}


@pytest.mark.parametrize("kind", ["category", "string", "object", "string[pyarrow]"])
def test_texts_are_read_however_they_are_kept(tmp_path: Path, kind: Any) -> None:
    signers: Any = pd.Series(["s1", None, "s1"], dtype=object)
    whole = frame(signer=signers.astype(kind), gloss=pd.Series(["A", "B", "C"]).astype(kind))
    found = columns(stored(tmp_path, whole))
    assert (found["signer"], found["gloss"]) == (["s1", None, "s1"], ["A", "B", "C"])
    assert columns(stored(tmp_path, whole.iloc[1:]))["signer"] == [None, "s1"]
    assert columns(stored(tmp_path, pd.concat([whole, whole[2:]])))["gloss"] == ["A", "B", "C", "C"]


def test_numbers_of_which_one_is_missing_are_read(tmp_path: Path) -> None:
    found = columns(stored(tmp_path, frame(frames=pd.array([30, None, 50], dtype="Int64"))))
    assert found["frames"] == [30, None, 50]


def test_an_index_of_ids_is_a_column(tmp_path: Path) -> None:
    assert columns(stored(tmp_path, frame().set_index("id"))) == COLUMNS
    unnamed = frame().set_index("id").rename_axis(None)
    assert columns(stored(tmp_path, unnamed)) == COLUMNS
    every: dict[str, Any] = {name: values[::2] for name, values in COLUMNS.items()}
    assert columns(stored(tmp_path, frame()[::2])) == every


@pytest.mark.parametrize("version", OLD)
def test_a_frame_of_an_earlier_version_is_read(tmp_path: Path, version: str) -> None:
    (tmp_path / "train.pkl").write_bytes(zlib.decompress(base64.b85decode(OLD[version])))
    found = columns(tmp_path / "train.pkl")
    assert {name: found[name] for name in COLUMNS} == COLUMNS
    assert (found["topic"], found["note"]) == (["x", None, "x"], ["p", None, "q"])


def test_blocks_as_the_first_versions_kept_them_are_read() -> None:
    def index(data: list[Any]) -> Opaque:
        return Opaque(
            "pandas.core.indexes.base._new_Index", (Opaque("Index"), {"data": data, "name": None})
        )

    axes = [index(["id", "gloss"]), index([7, 8])]
    blocks = [
        {"values": [["X", "Y"]], "mgr_locs": [1]},
        {"values": [["a", "b"]], "mgr_locs": Opaque("builtins.slice", (0, 1, 1))},
    ]
    state: Any = (axes, [], [], {"0.14.1": {"axes": axes, "blocks": blocks}})
    manager = Opaque("pandas.core.internals.BlockManager", state)
    found = table_of_frame(Opaque("pandas.core.frame.DataFrame", {"_data": manager}))

    assert found == Table(("id", "gloss"), [("a", "X"), ("b", "Y")])


def test_frames_by_split_are_samples_of_their_splits(tmp_path: Path) -> None:
    stored(tmp_path, {"train": frame(), "dev": frame(id=["w1", "w2", "w3"])}, "corpus.pkl")
    data, _ = only_case(tmp_path)

    assert [(row.id, row.split) for row in data.annotations[0].rows] == [
        ("v1", "train"), ("v2", "train"), ("v3", "train"), ("w1", "dev"), ("w2", "dev"), ("w3", "dev")
    ]  # fmt: skip


@pytest.mark.parametrize(
    "odd",
    [
        frame(at=pd.to_datetime(["2024-01-01", "2024-01-02", "2024-01-03"], utc=True)),
        frame().set_index(["signer", "id"]),
    ],
    ids=["times", "levels"],
)
def test_a_frame_with_more_is_named_with_what_saves_it(tmp_path: Path, odd: pd.DataFrame) -> None:
    stored(tmp_path, odd, "labels.pkl")
    stored(tmp_path, frame(), "train.pkl")
    run = discover(tmp_path)

    [unopened] = run.unopened
    assert unopened.where == "labels.pkl"
    assert "to_csv('labels.csv')" in unopened.how


class _Acting:
    def __reduce__(self) -> Any:
        import os

        return os.system, ("true",)


def test_a_frame_beside_a_call_stays_refused(tmp_path: Path) -> None:
    content = read(stored(tmp_path, frame(frames=[1, 2, _Acting()])))
    assert isinstance(content, Tree)
    assert "posix.system" in content.refused


@pytest.mark.parametrize("cut", range(5))
def test_a_state_that_does_not_fit_is_no_table(cut: int) -> None:
    index = Opaque("_new_Index", (Opaque("Index"), {"data": ["id", "gloss"], "name": None}))
    long = Opaque("_new_Index", (Opaque("RangeIndex"), {"start": 0, "stop": 10**18, "step": 1}))
    arrow = (
        (
            Opaque("pyarrow.lib.type_for_alias", ("string",)),
            2,
            0,
            0,
            [None, *[Opaque("b", (b"\0" * 4,))] * 2],
        ),
    )
    states: list[Any] = [
        None,
        ((), [index, index]),
        ((Opaque("b", (["x"], Opaque("builtins.slice", (0, 2, 1)), 2)),), [index, index]),
        ((), [long, long]),
        ((Opaque("b", (Opaque("s", {"_pa_array": Opaque("a", arrow)}), [0], 2)),), [index, index]),
    ]
    manager = Opaque("pandas.core.internals.managers.BlockManager", states[cut])
    assert table_of_frame(Opaque("pandas.core.frame.DataFrame", {"_mgr": manager})) is None

"""Settings that sources give, in the ways in which people write them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.run import ConfigFile, TrainingRun
from slrdoctor.facts.config.model_config import model_config
from slrdoctor.facts.source.source_programs import source_programs
from slrdoctor.facts.source.source_values import SourceValues, source_values
from slrdoctor.facts.training.learning_rate import learning_rate
from tests.facts.source.test_patterns import written

LOSS = "import torch\nfrom torch import nn\n"


def values(folder: Path, files: Mapping[str, str | list[str]]) -> SourceValues:
    return source_values(source_programs(written(folder, files)))


@pytest.mark.parametrize(
    ("files", "setting", "value", "where"),
    [
        ({"a.py": LOSS + "ctc = nn.CTCLoss(blank=0)"}, "blank", 0, "a.py line 3"),
        ({"a.py": LOSS + "ctc = torch.nn.CTCLoss(29, zero_infinity=True)"}, "blank", 29, "a.py line 3"),
        ({"a.py": LOSS + "B = 4\nctc = nn.CTCLoss(B + 1)"}, "blank", 5, "a.py line 4"),
        (
            {
                "a.py": LOSS + "from sizes import PAD as P\nctc = nn.CTCLoss(blank=P)",
                "sizes.py": "PAD = 1",
            },
            "blank",
            1,
            "a.py line 4",
        ),
        (
            {"a.py": LOSS + "nn.functional.ctc_loss(x, y, a, b, zero_infinity=True)"},
            "zero_infinity",
            True,
            "a.py line 3",
        ),
        (
            {
                "t.py": "import argparse\nfrom torch.optim import AdamW\np = argparse.ArgumentParser()\n"
                "p.add_argument('-l', '--base-lr', type=float, default=3e-4)\n"
                "o = AdamW(net.parameters(), lr=p.parse_args().base_lr)"
            },
            "learning_rate",
            3e-4,
            "t.py line 5",
        ),
        (
            {
                "cfg.py": "import dataclasses as dc\n\n@dc.dataclass\nclass C:\n  rate: float = 0.02\n",
                "t.py": "import torch.optim as optim\nfrom cfg import C\nc = C()\n"
                "o = optim.SGD(m.parameters(), c.rate, momentum=0.9)",
            },
            "learning_rate",
            0.02,
            "t.py line 4",
        ),
        (
            {
                "t.py": "import torch\nHP = {'batch': 12}\n"
                "d = torch.utils.data.DataLoader(s, HP['batch'], True)"
            },
            "batch_size",
            12,
            "t.py line 3",
        ),
        (
            {"t.py": "from torch.nn.utils import clip_grad_norm_\nclip_grad_norm_(p, max_norm=5)"},
            "clip_norm",
            5,
            "t.py line 2",
        ),
        (
            {
                "n.ipynb": [
                    "%matplotlib inline",
                    "import lightning as L\nt = L.Trainer(precision='16-mixed')",
                ]
            },
            "precision",
            "16-mixed",
            "n.ipynb cell 2 line 2",
        ),
        (
            {
                "m.py": LOSS
                + "class M(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
                "        self.front = nn.Sequential(nn.Conv1d(4, 8, 5, stride=2), nn.ReLU(),\n"
                "            nn.Conv1d(8, 8, 5, padding=2), nn.MaxPool1d(2))\n",
                "t.py": "from m import M\nnet = M().to('cuda')\n",
            },
            "stride",
            4,
            "m.py line 6",
        ),
    ],
)
def test_a_setting_is_read_with_its_line(
    tmp_path: Path, files: Mapping[str, str | list[str]], setting: str, value: object, where: str
) -> None:
    claim = values(tmp_path, files).of(setting)

    assert claim is not None
    assert (claim.value, claim.where) == (value, where)


@pytest.mark.parametrize(
    ("text", "setting"),
    [
        ("ctc = nn.CTCLoss(blank=len(vocabulary))", "blank"),
        ("ctc = nn.CTCLoss(blank=0)\nother = nn.CTCLoss(blank=5)", "blank"),
        ("B = 1\nif x:\n    B = 2\nctc = nn.CTCLoss(blank=B)", "blank"),
        (
            "class M(nn.Module):\n    def __init__(self, n):\n        super().__init__()\n"
            "        self.convs = nn.ModuleList([nn.Conv1d(4, 4, 3, stride=2) for _ in range(n)])",
            "stride",
        ),
        (
            "class A(nn.Module):\n  def __init__(self):\n    self.c = nn.Conv1d(4, 4, 3, stride=2)\n"
            "class B(nn.Module):\n  def __init__(self):\n    self.r = nn.LSTM(4, 4)\n"
            "net = A() if old else B()",
            "stride",
        ),
        (
            "class A(nn.Module):\n  def __init__(self):\n    self.c = nn.Conv1d(4, 4, 3, stride=2)\n"
            "class B(nn.Module):\n  def __init__(self):\n    self.c = nn.Conv1d(4, 4, 3, stride=4)",
            "stride",
        ),
    ],
)
def test_what_only_a_run_would_tell_is_not_claimed(tmp_path: Path, text: str, setting: str) -> None:
    more = f"{LOSS}loader = torch.utils.data.DataLoader(s, batch_size=7)\n"

    found = values(tmp_path, {"a.py": more + text})

    assert found.of(setting) is None
    assert found.of("batch_size") is not None


def test_a_literal_is_taken_before_a_default(tmp_path: Path) -> None:
    text = (
        "import argparse, torch\np = argparse.ArgumentParser()\np.add_argument('--lr', default=1e-5)\n"
        "a = torch.optim.Adam(m.parameters(), lr=p.parse_args().lr)\n"
        "b = torch.optim.Adam(m.parameters(), lr=1e-3)"
    )

    claim = values(tmp_path, {"t.py": text}).of("learning_rate")

    assert claim is not None
    assert (claim.value, claim.how) == (1e-3, "call")


def test_a_config_is_taken_before_the_source_and_a_default_says_nothing(tmp_path: Path) -> None:
    text = (
        "import torch\no = torch.optim.Adam(m.parameters(), lr=0.5)\n"
        "c = torch.nn.CTCLoss(0, 'mean', True)"
    )
    calls = values(tmp_path, {"t.py": text})
    config = ConfigFile("c.yaml", "yaml", {"lr": 1e-4, "zero_infinity": False})
    run = TrainingRun("", tmp_path, configs=(config,))

    assert learning_rate(run, None, calls).read_from == "c.yaml: lr"
    assert [said.where for said in model_config(run, None, calls).zero_infinity] == [
        "c.yaml zero_infinity"
    ]
    alone = TrainingRun("", tmp_path)
    assert learning_rate(alone, None, calls).read_from == "t.py line 2"
    assert [said.where for said in model_config(alone, None, calls).zero_infinity] == ["t.py line 3"]


def test_the_readings_of_a_scan_say_what_each_source_sets_or_why_it_was_not_parsed(
    tmp_path: Path,
) -> None:
    (tmp_path / "train.py").write_text(f"{LOSS}ctc = nn.CTCLoss(blank=3)\n", encoding="utf-8")
    (tmp_path / "old.py").write_text("import torch\nprint 'loss'\n", encoding="utf-8")
    (tmp_path / "log.csv").write_text("epoch,train_loss\n1,2.5\n2,2.0\n", encoding="utf-8")

    why = {reading.where: reading.why for reading in discover(tmp_path).readings}

    assert why["train.py"] == "Python source; blank 3 (line 3)"
    assert why["old.py"] == "Python source; not parsed: line 2 is not Python 3"


HOSTILE = {
    "nested": b"x = " + b"[" * 5000 + b"]" * 5000,
    "a chain of 20,000 attributes": b"import torch\nx = a" + b".b" * 20_000,
    "a chain of branches": b"import torch\nif x: pass\n" + b"elif x: pass\n" * 5_000,
    "a table of values": b"import torch\nx = [" + b"1," * 400_000 + b"]",
    "null bytes": b"import torch\n\x00\x00",
    "Python 2": b"import torch\nprint 'loss'\n",
    "another encoding than it says": b"# -*- coding: utf-8 -*-\nimport torch  # \xe4\xff\n",
    "an encoding that is none": b"# -*- coding: klingon -*-\nimport torch\n",
    "ten megabytes": b"import torch\n" + b"x = 1\n" * 1_700_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_source_is_skipped_with_a_reason_and_the_others_are_read(
    tmp_path: Path, name: str
) -> None:
    files = written(tmp_path, {"good.py": f"{LOSS}ctc = nn.CTCLoss(blank=0)\n", "bad.py": ""})
    (tmp_path / "bad.py").write_bytes(HOSTILE[name])

    code = source_programs(files)

    claim = source_values(code).of("blank")
    assert claim is not None and claim.value == 0
    assert [one.where for one in code.unparsed] == ["bad.py"]
    assert code.unparsed[0].reason.startswith(("not parsed: ", "not read: "))


def test_nothing_of_a_source_is_run_or_imported(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    text = f"import torch\nopen({str(mark)!r}, 'w').close()\nctc = torch.nn.CTCLoss(blank=0)\n"

    values(tmp_path, {"train.py": text, "torch.py": f"open({str(mark)!r}, 'w').close()\n"})

    assert not mark.exists()

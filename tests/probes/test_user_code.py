"""What a user's file may name, what its factory may want, and what is said where it cannot be used."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from slrdoctor.models.batches import batch_of
from slrdoctor.probes.handles import Expected, UserHandle
from slrdoctor.probes.looking import look
from slrdoctor.probes.user_code import CannotUse, build, load, said_of

KNOWN = {"dims": 6, "classes": 5, "blank": 0}
EXPECTED = Expected(classes=5, dims=6, trailing=(6,), is_sequence=True)


class Small(nn.Module):
    def __init__(self, input_size: int = 6, num_classes: int = 5) -> None:
        super().__init__()
        self.head = nn.Linear(input_size, num_classes)

    def forward(self, features: Tensor) -> Tensor:
        scores: Tensor = self.head(features)
        return scores


class NotANumber(Small):
    def forward(self, features: Tensor) -> Tensor:
        return super().forward(features) / 0 * 0


class Masked(Small):
    """Gives a class that is never to be put out a score of minus infinity."""

    def forward(self, features: Tensor) -> Tensor:
        never = torch.tensor([0.0, 0.0, 0.0, 0.0, -torch.inf])
        return super().forward(features) + never


class Meaned(Small):
    def forward(self, features: Tensor) -> Tensor:
        return super().forward(features).mean()


def by_place(input_size: int, num_classes: int, /) -> nn.Module:
    return Small(input_size, num_classes)


def with_a_config(input_size: int, num_classes: int) -> tuple[dict[str, int], nn.Module]:
    return {"layers": 1}, Small(input_size, num_classes)


def gives_nothing(input_size: int) -> None:
    Small(input_size)


def batch() -> Any:
    generator = torch.Generator().manual_seed(0)
    clips = [torch.randn(n, 6, generator=generator).numpy() for n in (20, 14, 17)]
    return batch_of(clips, [[1, 2], [3], [2, 1]])


@pytest.mark.parametrize("factory", [Small, by_place, with_a_config, Small()])
def test_what_gives_a_model_is_taken(factory: Any) -> None:
    assert isinstance(build(factory, KNOWN), Small)


@pytest.mark.parametrize(
    ("factory", "said"),
    [
        (gives_nothing, "the factory returned None: does it return the model?"),
        (lambda: {"model": Small()}, "the factory returned a dict, not a torch.nn.Module"),
        (5, "what is named is an int: name a torch.nn.Module, its class, or a function"),
        (lambda cfg: Small(), "the factory needs 'cfg', which is unknown"),
    ],
)
def test_what_gives_none_is_told_in_words(factory: Any, said: str) -> None:
    with pytest.raises(CannotUse, match=re.escape(said)):
        build(factory, KNOWN)


@pytest.mark.parametrize(
    ("written", "name", "said"),
    [
        ("x = 1", "", "defines no torch.nn.Module and no build_model"),
        (
            "from torch import nn\nclass A(nn.Module): ...\nclass B(nn.Module): ...",
            "",
            "which of A, B in",
        ),
        ("def build_net(): ...", ":biuld_net", "has no biuld_net: did you mean build_net?"),
    ],
)
def test_a_file_without_the_name_says_which_there_are(
    tmp_path: Path, written: str, name: str, said: str
) -> None:
    (tmp_path / "train_user.py").write_text(written, encoding="utf-8")

    with pytest.raises(CannotUse, match=re.escape(said)):
        load(f"{tmp_path / 'train_user.py'}{name}")


def test_what_was_raised_is_one_line_with_the_place_in_the_users_file(tmp_path: Path) -> None:
    path = tmp_path / "raising_user.py"
    path.write_text(
        "import json\ndef build_model():\n    json.loads('\\x1b[31m{')\n\n"
        "def long(): raise ValueError('\\x1b[2J' + 'a\\nb ' * 1000)\n\n"
        "def bare(): raise AssertionError\n",
        encoding="utf-8",
    )

    def said(name: str) -> str:
        with pytest.raises((ValueError, AssertionError)) as raised:
            load(f"{path}:{name}")()
        return said_of(raised.value)

    assert "(raising_user.py, line 3: json.loads(" in said("build_model")
    assert said("long").isprintable() and len(said("long")) < 500
    assert said("bare").startswith("it raised AssertionError (raising_user.py, line 7: ")


@pytest.mark.parametrize("given", [Small().double(), Small().bfloat16()])
def test_a_model_of_another_precision_is_tried_in_single(given: nn.Module) -> None:
    handle = UserHandle(given, EXPECTED, 0)

    assert handle.outputs(batch()).scores.dtype == torch.float32


@pytest.mark.parametrize("shared", [True, False])
def test_every_attempt_begins_with_the_first_weights_of_one_and_the_same_module(shared: bool) -> None:
    one = Small()
    factory: Callable[[], nn.Module] | nn.Module = (lambda: one) if shared else one
    handle = UserHandle(factory, EXPECTED, 0)
    before = one.head.weight.detach().clone()
    for _ in range(2):
        with torch.no_grad():
            one.head.weight.add_(1.0)
        handle.fresh(0)

        assert torch.equal(handle.module.get_parameter("head.weight"), before)


def test_a_model_that_gives_nan_is_not_taken_for_one_that_mixes_samples() -> None:
    assert look(UserHandle(NotANumber, EXPECTED, 0), batch()).not_a_number


def test_a_class_that_is_masked_with_infinity_changes_nothing() -> None:
    seen = look(UserHandle(Masked, EXPECTED, 0), batch())

    assert not seen.not_a_number
    assert seen.others < 1e-3 and seen.padding.largest < 1e-3
    assert 1e-3 < seen.zeroed < 1e3


def test_what_can_be_called_and_gives_no_scores_is_told_by_its_shape() -> None:
    with pytest.raises(CannotUse, match=r"for 3 samples of 64 frames the model gives \[\], and scores"):
        UserHandle(Meaned, EXPECTED, 0)


def _installed(folder: Path, name: str, text: str) -> None:
    """A package as an installer leaves it, of a distribution of the same name."""
    (folder / f"{name}.py").write_text(text, encoding="utf-8")
    (folder / f"{name}-1.dist-info").mkdir()
    (folder / f"{name}-1.dist-info" / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n", encoding="utf-8"
    )


def test_what_lies_beside_the_file_wins_over_other_packages_but_not_over_python_or_torch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, own = tmp_path / "site", tmp_path / "own"
    site.mkdir()
    own.mkdir()
    _installed(site, "signdatasets", "whose = 'installed'")
    monkeypatch.setattr(sys, "path", [*sys.path, str(site)])
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    # sympy is a dependency of torch, which imports it late
    for name in ("signdatasets", "stringprep", "helper_of_mine", "sympy"):
        (own / f"{name}.py").write_text("whose = 'the user'", encoding="utf-8")
        monkeypatch.delitem(sys.modules, name, raising=False)
    (own / "model_beside.py").write_text(
        "import signdatasets, stringprep, sympy, helper_of_mine\n"
        "def build_model(): return [getattr(m, 'whose', '') for m in "
        "(signdatasets, stringprep, sympy, helper_of_mine)]\n",
        encoding="utf-8",
    )

    assert load(str(own / "model_beside.py"))() == ["the user", "", "", "the user"]

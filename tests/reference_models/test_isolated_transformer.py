"""The transformer for isolated signs, copied out or not, against its protocol and a slow second loss."""

from __future__ import annotations

import ast
import math
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.programs import loaded

FILE = Path(__file__).resolve().parents[2] / "reference_models" / "isolated_transformer.py"


@pytest.fixture(scope="module")
def m() -> ModuleType:
    return loaded(FILE)


def batch() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    features = torch.randn(4, 9, 7, generator=generator)
    targets = torch.tensor([[3, 0], [0, 0], [5, 0], [1, 0]])
    return features, torch.tensor([9, 4, 1, 6]), targets, torch.ones(4, dtype=torch.long)


def small(m: ModuleType, **changed: Any) -> Any:
    torch.manual_seed(0)
    return m.Model(m.Config(**{"input_size": 7, "classes": 6, "width": 16, "heads": 2} | changed))


def test_a_clip_gets_a_logit_for_each_class_and_decodes_to_a_list_of_one(m: ModuleType) -> None:
    features, lengths, _, _ = batch()
    model = small(m).eval()
    logits = model(features, lengths)

    assert m.TASK == "classification" and model.config.classes == 6
    assert logits.shape == (4, 6)
    assert m.decode(model, features, lengths) == [[int(row.argmax())] for row in logits]


def test_the_loss_is_the_mean_cross_entropy_worked_out_by_hand(m: ModuleType) -> None:
    features, lengths, targets, target_lengths = batch()
    model = small(m).eval()
    loss = m.loss_of(model, features, lengths, targets, target_lengths)
    slow = 0.0
    for row, wanted in zip(model(features, lengths).tolist(), targets[:, 0].tolist()):
        slow -= math.log(math.exp(row[wanted]) / sum(math.exp(logit) for logit in row)) / 4

    assert loss.shape == () and loss.item() == pytest.approx(slow, abs=1e-5)


def test_only_the_first_target_of_a_row_is_read(m: ModuleType) -> None:
    features, lengths, targets, target_lengths = batch()
    model = small(m).eval()
    other = targets.clone()
    other[:, 1] = -100

    one, two = (m.loss_of(model, features, lengths, t, target_lengths) for t in (targets, other))
    assert one.item() == two.item()


def test_a_clip_alone_and_in_a_padded_batch_gets_the_same_logits(m: ModuleType) -> None:
    features, lengths, _, _ = batch()
    model = small(m).eval()
    together = model(features, lengths)

    for i, length in enumerate(lengths.tolist()):
        alone = model(features[i : i + 1, :length], lengths[i : i + 1])
        torch.testing.assert_close(alone[0], together[i], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("filler", [1e4, math.nan])
def test_frames_beyond_the_length_change_nothing(m: ModuleType, filler: float) -> None:
    features, lengths, _, _ = batch()
    model = small(m).eval()
    other = features.clone()
    for row, length in zip(other, lengths.tolist()):
        row[length:] = filler

    torch.testing.assert_close(model(other, lengths), model(features, lengths), atol=0.0, rtol=0.0)


def test_the_last_frame_within_the_length_and_the_order_of_frames_are_seen(m: ModuleType) -> None:
    features, lengths, _, _ = batch()
    model = small(m).eval()
    last = features.clone()
    last[1, 3] += 3.0

    assert not torch.allclose(model(last, lengths)[1], model(features, lengths)[1], atol=1e-4)
    backwards = model(features.flip(1), torch.full((4,), 9))
    assert not torch.allclose(backwards, model(features, torch.full((4,), 9)), atol=1e-4)


def test_a_clip_without_a_frame_gives_numbers(m: ModuleType) -> None:
    features, _, _, _ = batch()

    assert small(m).eval()(features, torch.tensor([0, 9, 9, 9])).isfinite().all()


def test_the_statistics_centre_and_scale_the_input(m: ModuleType) -> None:
    features, lengths, _, _ = batch()
    model = small(m).eval()
    plain = model(features, lengths)
    mean, scale = torch.arange(7.0), torch.linspace(0.5, 2.0, 7)
    model.set_statistics(mean, scale)

    torch.testing.assert_close(model(features * scale + mean, lengths), plain, atol=1e-4, rtol=1e-4)
    assert {"mean", "scale"} <= set(model.state_dict())


def test_a_dimension_that_never_moved_does_not_explode(m: ModuleType) -> None:
    model = small(m)
    model.set_statistics(torch.zeros(7), torch.tensor([0.0, 1e-9, 0.5, 0.5, 0.5, 1.0, math.nan]))

    assert model.scale.tolist() == pytest.approx([0.005, 0.005, 0.5, 0.5, 0.5, 1.0, 0.005])
    model.set_statistics(torch.zeros(7), torch.zeros(7))
    assert model.scale.tolist() == [1.0] * 7


def test_every_parameter_gets_a_gradient(m: ModuleType) -> None:
    model = small(m).train()
    m.loss_of(model, *batch()).backward()

    for name, parameter in model.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().sum() > 0, name


def test_the_seed_decides_everything_and_dropout_is_for_training_alone(m: ModuleType) -> None:
    features, lengths, _, _ = batch()
    torch.manual_seed(3)
    one = small(m).train()(features, lengths)
    two = small(m).train()(features, lengths)
    model = small(m)

    assert torch.equal(one, two)
    assert not torch.equal(model.train()(features, lengths), model(features, lengths))
    assert torch.equal(model.eval()(features, lengths), model(features, lengths))


def test_the_loss_is_in_full_precision_under_autocast(m: ModuleType) -> None:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = m.loss_of(small(m).eval(), *batch())

    assert loss.dtype == torch.float32 and loss.isfinite()


def test_decoding_leaves_the_mode_to_the_caller_and_records_no_graph(m: ModuleType) -> None:
    features, lengths, _, _ = batch()
    model = small(m).train()
    m.decode(model, features.requires_grad_(), lengths)

    assert model.training and features.grad_fn is None


@pytest.mark.slow
def test_it_tells_ten_signs_apart_in_clips_that_it_has_not_seen(m: ModuleType) -> None:
    torch.manual_seed(0)
    poses = torch.randn(10, 4, 20)  # a sign is a way through four poses, at any pace, by anyone

    def clips(each: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        labels = torch.arange(10).repeat(each)
        held = torch.randint(3, 8, (len(labels), 4))
        shown = [poses[c].repeat_interleave(n, dim=0) for c, n in zip(labels.tolist(), held)]
        signers = 0.3 * torch.randn(len(labels), 1, 20)
        shown = [clip + signer + 0.3 * torch.randn_like(clip) for clip, signer in zip(shown, signers)]
        features = torch.nn.utils.rnn.pad_sequence(shown, batch_first=True)
        return features, held.sum(dim=1), labels[:, None], torch.ones_like(labels)

    train, dev = clips(12), clips(5)
    model = m.Model(m.Config(input_size=20, classes=10))
    optimizer = torch.optim.AdamW(model.parameters(), lr=m.LEARNING_RATE)
    for _ in range(8):
        for rows in torch.split(torch.randperm(120), 24):
            optimizer.zero_grad()
            m.loss_of(model.train(), *(part[rows] for part in train)).backward()
            optimizer.step()

    said = torch.tensor(m.decode(model.eval(), dev[0], dev[1]))
    assert (said == dev[2]).float().mean() > 0.9


@pytest.mark.slow
def test_run_as_a_script_it_overfits_and_exits_with_0() -> None:
    done = subprocess.run([sys.executable, FILE], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert "loss" in done.stdout and "right 5 of 5" in done.stdout


def test_the_file_is_short_and_imports_torch_and_the_standard_library_only() -> None:
    text = FILE.read_text(encoding="utf-8")
    roots = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            roots |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            roots.add((node.module or "").split(".")[0])

    assert len(text.splitlines()) <= 300 and "What is left out" in text
    assert roots - set(sys.stdlib_module_names) == {"torch"}

"""The two towers against their protocol, slow second losses, and the gradients of one big batch."""

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

FILE = Path(__file__).resolve().parents[2] / "reference_models" / "contrastive.py"


@pytest.fixture(scope="module")
def m() -> ModuleType:
    return loaded(FILE)


def batch() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Five clips; the texts of the first and the last are the same."""
    features = torch.randn(5, 9, 7, generator=torch.Generator().manual_seed(1))
    targets = torch.tensor([[3, 5, 0], [1, 0, 0], [2, 2, 4], [3, 0, 0], [3, 5, 0]])
    return features, torch.tensor([9, 4, 1, 6, 2]), targets, torch.tensor([2, 1, 3, 1, 2])


def small(m: ModuleType, **changed: Any) -> Any:
    torch.manual_seed(0)
    config = {"input_size": 7, "classes": 6, "width": 16, "heads": 2, "embedding": 12} | changed
    return m.Model(m.Config(**config))


def gradients(model: Any) -> dict[str, Tensor]:
    return {name: parameter.grad.clone() for name, parameter in model.named_parameters()}


def test_both_towers_give_vectors_of_length_one(m: ModuleType) -> None:
    features, lengths, targets, target_lengths = batch()
    model = small(m).eval()
    video, text = model(*batch())

    assert m.TASK == "retrieval"
    assert video.shape == text.shape == (5, 12)
    torch.testing.assert_close(torch.cat([video, text]).norm(dim=-1), torch.ones(10))
    torch.testing.assert_close(model.embed_video(features, lengths), video)
    torch.testing.assert_close(model.embed_text(targets, target_lengths), text)


def test_each_modality_has_a_projection_of_its_own(m: ModuleType) -> None:
    model = small(m)

    assert model.video.project is not model.text.project
    assert not torch.equal(model.video.project.weight, model.text.project.weight)


def test_the_clip_loss_is_the_one_worked_out_by_hand(m: ModuleType) -> None:
    model = small(m).eval()
    video, text = (part.tolist() for part in model(*batch()))
    scale = 1 / 0.07

    def surprise(one: list[float], others: list[list[float]], right: int) -> float:
        weights = [math.exp(scale * sum(a * b for a, b in zip(one, other))) for other in others]
        return -math.log(weights[right] / sum(weights))

    slow = sum(surprise(video[i], text, i) + surprise(text[i], video, i) for i in range(5)) / 10

    loss = m.loss_of(model, *batch())
    assert loss.shape == () and loss.item() == pytest.approx(slow, abs=1e-4)


def test_the_supcon_loss_is_the_one_worked_out_in_a_double_loop(m: ModuleType) -> None:
    model = small(m, loss="supcon").eval()
    video, text = model(*batch())
    points = [*video.tolist(), *text.tolist()]
    labels = ["35", "1", "224", "3", "35"] * 2
    slow = 0.0
    for i, one in enumerate(points):
        dots = [sum(a * b for a, b in zip(one, other)) / 0.07 for other in points]
        below = sum(math.exp(dot) for j, dot in enumerate(dots) if j != i)
        right = [j for j in range(10) if j != i and labels[j] == labels[i]]
        slow -= sum(math.log(math.exp(dots[j]) / below) for j in right) / len(right) / 10

    assert m.loss_of(model, *batch()).item() == pytest.approx(slow, abs=1e-4)


def test_texts_are_the_same_label_whatever_lies_in_their_padding(m: ModuleType) -> None:
    features, lengths, targets, target_lengths = batch()
    model = small(m, loss="supcon").eval()
    other = targets.clone()
    other[0, 2], other[3, 1:], other[1, 1] = 4, 5, 2

    one, two = (m.loss_of(model, features, lengths, t, target_lengths) for t in (targets, other))
    assert one.item() == two.item()


def test_supcon_draws_clips_of_one_text_together_where_clip_pushes_them_apart(m: ModuleType) -> None:
    together = torch.nn.functional.normalize(torch.tensor([[1.0, 0], [1, 0], [0, 1]]), dim=-1)
    scale = torch.tensor(10.0)
    same = torch.tensor([[1, 1, 0], [1, 1, 0], [0, 0, 1]], dtype=torch.bool).repeat(2, 2)

    supcon = m.supcon_loss(torch.cat([together, together]), same, scale)
    clip = m.clip_loss(together, together, scale)
    assert clip.item() == pytest.approx(2 / 3 * math.log(2), abs=1e-3)
    assert supcon.item() == pytest.approx(
        (4 * math.log(3) + 0) / 6, abs=1e-3
    )  # its least: three are right


def test_the_temperature_is_learned_and_its_inverse_stops_at_a_hundred(m: ModuleType) -> None:
    model = small(m).train()
    assert model.sharpness().item() == pytest.approx(1 / 0.07)
    with torch.no_grad():
        model.log_scale.fill_(9.0)

    assert model.sharpness().item() == pytest.approx(100.0)
    m.loss_of(model, *batch()).backward()
    assert model.log_scale.grad.abs() > 0  # it can come back from the limit


@pytest.mark.parametrize("loss", ["clip", "supcon"])
@pytest.mark.parametrize("chunk", [1, 2, 3])
def test_gradients_in_chunks_are_those_of_the_whole_batch(m: ModuleType, loss: str, chunk: int) -> None:
    whole = small(m, loss=loss, chunk=0, dropout=0.0).train()
    parts = small(m, loss=loss, chunk=chunk, dropout=0.0).train()
    losses = [m.loss_of(model, *batch()) for model in (whole, parts)]
    for one in losses:
        one.backward()

    torch.testing.assert_close(*losses)
    torch.testing.assert_close(gradients(parts), gradients(whole), atol=1e-5, rtol=1e-4)


def test_dropout_is_drawn_again_as_it_was_when_a_chunk_is_embedded_again(
    m: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = small(m, chunk=2, dropout=0.5).train()
    torch.manual_seed(5)
    m.loss_of(model, *batch()).backward()
    cached = gradients(model)
    model.zero_grad()
    monkeypatch.setattr(m, "checkpoint", lambda embed, *rows, use_reentrant: embed(*rows))
    torch.manual_seed(5)
    m.loss_of(model, *batch()).backward()

    torch.testing.assert_close(cached, gradients(model), atol=1e-5, rtol=1e-4)


def test_in_chunks_next_to_nothing_is_kept_for_the_backward_pass(m: ModuleType) -> None:
    features, lengths = torch.randn(64, 30, 7), torch.full((64,), 30)
    targets, target_lengths = torch.randint(1, 6, (64, 3)), torch.full((64,), 3)

    def kept(chunk: int) -> int:
        model = small(m, chunk=chunk)
        numbers = 0

        def count(tensor: Tensor) -> Tensor:
            nonlocal numbers
            numbers += tensor.numel()
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(count, lambda tensor: tensor):
            m.loss_of(model, features, lengths, targets, target_lengths)
        return numbers

    assert kept(4) < 0.1 * kept(0)


def test_a_clip_or_text_alone_and_in_a_padded_batch_gets_the_same_vector(m: ModuleType) -> None:
    features, lengths, targets, target_lengths = batch()
    model = small(m).eval()
    video, text = model(*batch())

    for i, (frames, tokens) in enumerate(zip(lengths.tolist(), target_lengths.tolist())):
        row = slice(i, i + 1)
        alone = model(features[row, :frames], lengths[row], targets[row, :tokens], target_lengths[row])
        torch.testing.assert_close(alone[0][0], video[i], atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(alone[1][0], text[i], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("filler", [1e4, math.nan])
def test_frames_and_tokens_beyond_the_lengths_change_nothing(m: ModuleType, filler: float) -> None:
    features, lengths, targets, target_lengths = batch()
    model = small(m).eval()
    plain = model(*batch())
    for i in range(5):
        features[i, int(lengths[i]) :] = filler
        targets[i, int(target_lengths[i]) :] = -1

    torch.testing.assert_close(model(features, lengths, targets, target_lengths), plain, atol=0, rtol=0)


def test_the_last_frame_the_last_token_and_the_order_are_seen(m: ModuleType) -> None:
    features, lengths, _, target_lengths = batch()
    model = small(m).eval()
    video, text = model(*batch())
    last = features.clone()
    last[1, 3] += 3.0

    assert not torch.allclose(model.embed_video(last, lengths)[1], video[1], atol=1e-3)
    assert not torch.allclose(text[0], text[3], atol=1e-3)  # 3 5, and 3 alone
    turned = model.embed_text(torch.tensor([[5, 3, 0]]), target_lengths[:1])
    assert not torch.allclose(turned[0], text[0], atol=1e-3)


def test_the_statistics_centre_and_scale_the_input_and_dead_dimensions_stay_small(m: ModuleType) -> None:
    features, lengths, _, _ = batch()
    model = small(m).eval()
    plain = model.embed_video(features, lengths)
    mean, scale = torch.arange(7.0), torch.linspace(0.5, 2.0, 7)
    model.set_statistics(mean, scale)

    moved = model.embed_video(features * scale + mean, lengths)
    torch.testing.assert_close(moved, plain, atol=1e-4, rtol=1e-4)
    model.set_statistics(mean, torch.tensor([0.0, 1e-9, 0.5, 0.5, 0.5, 1.0, math.nan]))
    assert model.scale.tolist() == pytest.approx([0.005, 0.005, 0.5, 0.5, 0.5, 1.0, 0.005])


@pytest.mark.parametrize("loss", ["clip", "supcon"])
def test_every_parameter_gets_a_gradient(m: ModuleType, loss: str) -> None:
    model = small(m, loss=loss).train()
    m.loss_of(model, *batch()).backward()

    for name, parameter in model.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().sum() > 0, name


def test_a_clip_is_decoded_to_the_tokens_of_its_nearest_candidate(m: ModuleType) -> None:
    features, lengths, _, _ = batch()
    candidates, candidate_lengths = (
        torch.tensor([[1, 2, 0], [4, 0, 0], [5, 5, 3]]),
        torch.tensor([2, 1, 3]),
    )
    model = small(m).eval()
    video, text = model.embed_video(features, lengths), model.embed_text(candidates, candidate_lengths)
    nearest = [max(range(3), key=(text @ one).tolist().__getitem__) for one in video]

    found = m.decode(model, features, lengths, candidates, candidate_lengths)
    assert found == [[[1, 2], [4], [5, 5, 3]][j] for j in nearest]
    assert model.train() and m.decode(model, features, lengths, candidates, candidate_lengths)
    assert model.training


def test_the_seed_decides_everything(m: ModuleType) -> None:
    one, two = (m.loss_of(small(m).train(), *batch()).item() for _ in range(2))

    assert one == two


def test_the_loss_is_in_full_precision_under_autocast(m: ModuleType) -> None:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        losses = [m.loss_of(small(m, loss=loss, chunk=2), *batch()) for loss in ("clip", "supcon")]

    assert all(loss.dtype == torch.float32 and loss.isfinite() for loss in losses)


@pytest.mark.slow
@pytest.mark.parametrize("loss", ["clip", "supcon"])
def test_it_finds_texts_of_clips_that_it_has_not_seen(m: ModuleType, loss: str) -> None:
    torch.manual_seed(0)
    poses = torch.randn(12, 16)  # a word is a pose; a text is two to four words, held at any pace

    def pairs(count: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        texts = [torch.randperm(11)[: int(n)] + 1 for n in torch.randint(2, 5, (count,))]
        clips = [poses[t].repeat_interleave(torch.randint(3, 7, (len(t),)), dim=0) for t in texts]
        clips = [clip + 0.3 * torch.randn_like(clip) for clip in clips]
        pad = torch.nn.utils.rnn.pad_sequence
        lengths = [torch.tensor([len(part) for part in parts]) for parts in (clips, texts)]
        return pad(clips, batch_first=True), lengths[0], pad(texts, batch_first=True), lengths[1]

    train, dev = pairs(100), pairs(30)
    model = m.Model(m.Config(input_size=16, classes=12, width=64, embedding=32, loss=loss))
    optimizer = torch.optim.AdamW(model.parameters(), lr=m.LEARNING_RATE)
    for _ in range(25):
        for rows in torch.split(torch.randperm(100), 50):
            optimizer.zero_grad()
            m.loss_of(model.train(), *(part[rows] for part in train)).backward()
            optimizer.step()

    found = m.decode(model.eval(), *dev)
    wanted = [row[:n].tolist() for row, n in zip(dev[2], dev[3].tolist())]
    assert sum(map(list.__eq__, found, wanted)) >= 15  # of 30; chance finds one


@pytest.mark.slow
def test_run_as_a_script_it_overfits_and_exits_with_0() -> None:
    done = subprocess.run([sys.executable, FILE], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert "loss" in done.stdout and "retrieved first 5 of 5" in done.stdout


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

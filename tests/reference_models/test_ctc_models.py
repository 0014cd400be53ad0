"""The three CTC reference models: one protocol, exact lengths, no leaks, and they learn."""

from __future__ import annotations

import ast
import math
import subprocess
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.programs import loaded

FOLDER = Path(__file__).resolve().parents[2] / "reference_models"
NAMES = ("bilstm_ctc", "tcn_bilstm_ctc", "transformer_ctc")
# every model, and the one that pools at each of its strides
VARIANTS: list[tuple[str, dict[str, int]]] = [
    *((name, {}) for name in NAMES),
    *(("tcn_bilstm_ctc", {"stride": stride}) for stride in (1, 2)),
]


@pytest.fixture(
    params=VARIANTS, ids=lambda variant: "-".join(map(str, [variant[0], *variant[1].values()]))
)
def variant(request: pytest.FixtureRequest) -> tuple[ModuleType, dict[str, int]]:
    name, options = request.param
    return loaded(FOLDER / f"{name}.py"), options


@pytest.fixture(params=NAMES)
def module(request: pytest.FixtureRequest) -> ModuleType:
    return loaded(FOLDER / f"{request.param}.py")


def build(module: ModuleType, seed: int = 0, **options: Any) -> Any:
    torch.manual_seed(seed)
    model = module.Model(module.Config(**{"input_size": 6, "classes": 9, **options}))
    model.set_statistics(torch.linspace(-1, 1, model.config.input_size), torch.full((6,), 2.0))
    return model.eval()


def batch(lengths: list[int], input_size: int = 6, seed: int = 1) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    features = torch.randn(len(lengths), max(lengths), input_size, generator=generator)
    return features, torch.tensor(lengths)


def with_paths(module: ModuleType, paths: list[list[int]], lengths: list[int], blank: int = 0) -> Any:
    """A model that answers with these classes, frame by frame, whatever it is given."""

    class Fixed(module.Model):  # type: ignore[name-defined,misc]
        def forward(self, features: Tensor, given: Tensor) -> tuple[Tensor, Tensor]:
            one_hot = torch.nn.functional.one_hot(torch.tensor(paths), 9).float()
            return (9 * one_hot).log_softmax(-1).transpose(0, 1), torch.tensor(lengths)

    return Fixed(module.Config(input_size=6, classes=9, blank=blank))


def test_the_protocol_is_the_same_in_every_file(module: ModuleType) -> None:
    config = module.Config(input_size=6, classes=9)
    model = module.Model(config)
    assert module.TASK == "ctc"
    assert model.config is config
    assert config.blank == 0 and 0 <= config.dropout < 1
    assert 1e-4 <= module.LEARNING_RATE <= 1e-2
    assert model.mean.tolist() == [0.0] * 6 and model.scale.tolist() == [1.0] * 6
    assert {"mean", "scale"} <= set(dict(model.named_buffers()))
    with pytest.raises(FrozenInstanceError):
        config.blank = 1


def test_log_probs_come_out_time_first_and_sum_to_one(
    variant: tuple[ModuleType, dict[str, int]],
) -> None:
    module, options = variant
    model = build(module, **options)
    features, lengths = batch([13, 7, 20])
    log_probs, output_lengths = model(features, lengths)
    frames = math.ceil(20 / options.get("stride", getattr(model.config, "stride", 1)))
    assert log_probs.shape == (frames, 3, 9)
    assert log_probs.dtype == torch.float32
    torch.testing.assert_close(log_probs.exp().sum(-1), torch.ones(frames, 3))
    assert output_lengths.shape == (3,) and not output_lengths.is_floating_point()


def test_output_lengths_are_what_a_lone_sample_comes_out_with(
    variant: tuple[ModuleType, dict[str, int]],
) -> None:
    module, options = variant
    model = build(module, **options)
    for frames in range(1, 27):
        features, lengths = batch([frames])
        log_probs, output_lengths = model(features, lengths)
        assert log_probs.shape[0] == output_lengths.item() == model.output_lengths(lengths).item()


def test_a_stride_of_four_halves_twice_and_rounds_up() -> None:
    model = build(loaded(FOLDER / "tcn_bilstm_ctc.py"), stride=4)
    assert model.output_lengths(torch.tensor([1, 4, 5, 8, 9, 150])).tolist() == [1, 1, 2, 2, 3, 38]


def test_a_stride_that_pooling_cannot_give_is_refused() -> None:
    with pytest.raises(ValueError, match="1, 2 or 4, not 3"):
        loaded(FOLDER / "tcn_bilstm_ctc.py").Config(input_size=6, classes=9, stride=3)


@pytest.mark.parametrize("filling", [0.0, 1e4, float("nan")])
def test_what_lies_behind_the_end_of_a_sample_changes_nothing(
    variant: tuple[ModuleType, dict[str, int]], filling: float
) -> None:
    module, options = variant
    model = build(module, **options)
    features, lengths = batch([13, 6, 21, 1])
    for row, length in zip(features, lengths.tolist()):
        row[length:] = filling
    features = torch.nn.functional.pad(features, (0, 0, 0, 5), value=filling)
    together, output_lengths = model(features, lengths)
    for i, length in enumerate(lengths.tolist()):
        alone, _ = model(features[i : i + 1, :length], lengths[i : i + 1])
        torch.testing.assert_close(together[: output_lengths[i], i], alone[:, 0], atol=1e-5, rtol=1e-5)


def test_every_frame_of_a_sample_can_change_its_output(
    variant: tuple[ModuleType, dict[str, int]],
) -> None:
    module, options = variant
    model = build(module, **options)
    features, lengths = batch([13, 9])
    features.requires_grad_()
    log_probs, output_lengths = model(features, lengths)
    log_probs[: output_lengths[1], 1, 3].sum().backward()
    assert features.grad is not None
    reached = features.grad.abs().sum(-1) > 0
    assert reached[1].tolist() == [True] * 9 + [False] * 4
    assert not reached[0].any()  # samples do not mix


def test_no_clip_is_too_long(module: ModuleType) -> None:
    log_probs, _ = build(module)(*batch([3000]))
    assert log_probs.isfinite().all()


def test_statistics_are_applied_inside_the_model(module: ModuleType) -> None:
    features, lengths = batch([12, 9])
    mean, scale = torch.linspace(-3, 3, 6), torch.linspace(0.5, 4, 6)
    model = build(module)
    model.set_statistics(torch.zeros(6), torch.ones(6))
    plain, _ = model(features, lengths)
    model.set_statistics(mean, scale)
    moved, output_lengths = model(features * scale + mean, lengths)
    for i, length in enumerate(output_lengths.tolist()):
        torch.testing.assert_close(moved[:length, i], plain[:length, i], atol=1e-4, rtol=1e-4)


def test_a_dimension_that_never_moved_gets_the_average_scale(module: ModuleType) -> None:
    model = build(module)
    model.set_statistics(torch.zeros(6), torch.tensor([0.0, 1e-9, 2.0, 2.0, 4.0, 4.0]))
    assert model.scale.tolist() == [2.0, 2.0, 2.0, 2.0, 4.0, 4.0]
    model.set_statistics(torch.zeros(6), torch.zeros(6))
    assert model.scale.tolist() == [1.0] * 6


def test_half_precision_features_are_taken(module: ModuleType) -> None:
    features, lengths = batch([12, 9])
    model = build(module)
    expected, _ = model(features.half().float(), lengths)
    torch.testing.assert_close(model(features.half(), lengths)[0], expected)


def test_the_loss_is_that_of_torch_per_token_and_averaged_over_samples(
    variant: tuple[ModuleType, dict[str, int]],
) -> None:
    module, options = variant
    model = build(module, blank=8, **options)
    features, lengths = batch([40, 33, 28])
    targets = torch.tensor([[1, 2, 3, 4], [5, 5, -1, -1], [7, -1, -1, -1]])  # padded with anything
    target_lengths = torch.tensor([4, 2, 1])
    log_probs, output_lengths = model(features, lengths)
    each = torch.nn.CTCLoss(blank=8, reduction="none")
    per_sample = each(log_probs, targets.clamp(min=0), output_lengths, target_lengths)
    expected = (per_sample / target_lengths).mean()
    loss = module.loss_of(model, features, lengths, targets, target_lengths)
    assert loss.shape == ()
    torch.testing.assert_close(loss, expected)


def test_a_uniform_start_costs_what_the_formula_says(module: ModuleType) -> None:
    model = build(module)
    torch.nn.init.zeros_(model.head.weight)
    torch.nn.init.zeros_(model.head.bias)
    features, lengths = batch([48])
    targets = torch.tensor([[1, 2, 3, 1, 4]])
    frames, tokens = int(model.output_lengths(lengths)), 5
    expected = frames * math.log(9) - math.log(math.comb(frames + tokens, 2 * tokens))
    loss = module.loss_of(model, features, lengths, targets, torch.tensor([tokens]))
    assert loss.item() * tokens == pytest.approx(expected, rel=1e-4)


def test_a_sample_with_too_few_frames_has_an_infinite_loss(module: ModuleType) -> None:
    model = build(module)
    stride = getattr(model.config, "stride", 1)
    targets, target_lengths = torch.tensor([[1, 2, 2]]), torch.tensor([3])  # needs 3 + 1 frames
    tight = module.loss_of(model, *batch([4 * stride]), targets, target_lengths)
    short = module.loss_of(model, *batch([3 * stride]), targets, target_lengths)
    assert tight.isfinite()
    assert short.item() == math.inf


@pytest.mark.parametrize("width", [0, 2])
def test_an_empty_target_costs_the_all_blank_path(module: ModuleType, width: int) -> None:
    model = build(module)
    features, lengths = batch([16])
    targets = torch.zeros(1, width, dtype=torch.long)
    loss = module.loss_of(model, features, lengths, targets, torch.tensor([0]))
    torch.testing.assert_close(loss, -model(features, lengths)[0][:, 0, 0].sum())


def test_the_loss_leaves_autocast(module: ModuleType) -> None:
    model = build(module)
    targets, target_lengths = torch.tensor([[1, 2]]), torch.tensor([2])
    features, lengths = batch([16])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = module.loss_of(model, features, lengths, targets, target_lengths)
    assert loss.dtype == torch.float32
    expected = module.loss_of(model, features, lengths, targets, target_lengths)
    assert loss.item() == pytest.approx(expected.item(), rel=0.02)


@pytest.mark.parametrize(
    ("path", "length", "glosses"),
    [
        ([0, 3, 3, 0, 3, 5, 5, 0], 8, [3, 3, 5]),
        ([0, 0, 0, 0, 0, 0, 0, 0], 8, []),
        ([1, 2, 2, 1, 0, 0, 7, 7], 4, [1, 2, 1]),
        ([4, 4, 4, 4, 4, 4, 4, 4], 1, [4]),
    ],
)
def test_decoding_merges_repeats_then_drops_the_blank(
    module: ModuleType, path: list[int], length: int, glosses: list[int]
) -> None:
    model = with_paths(module, [path, [6] * 8], [length, 8])
    assert module.decode(model, *batch([8, 8])) == [glosses, [6]]


def test_decoding_drops_the_blank_of_the_config_and_no_other(module: ModuleType) -> None:
    model = with_paths(module, [[0, 0, 8, 0, 1]], [5], blank=8)
    assert module.decode(model, *batch([5])) == [[0, 0, 1]]


@pytest.mark.parametrize("training", [True, False])
def test_decoding_keeps_no_graph_and_leaves_the_mode_alone(module: ModuleType, training: bool) -> None:
    model = build(module).train(training)
    seen = []
    model.head.register_forward_hook(lambda _, __, logits: seen.append(logits.requires_grad))
    module.decode(model, *batch([9, 5]))
    assert model.training is training
    assert seen == [False]


def test_gradients_reach_every_parameter(variant: tuple[ModuleType, dict[str, int]]) -> None:
    module, options = variant
    model = build(module, layers=2, **options).train()
    features, lengths = batch([24, 17])
    loss = module.loss_of(model, features, lengths, torch.tensor([[1, 2], [3, 4]]), torch.tensor([2, 2]))
    loss.backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().sum() > 0, name


def test_one_seed_gives_one_run(module: ModuleType) -> None:
    def losses() -> list[float]:
        model = build(module, seed=5, dropout=0.3).train()
        optimizer = torch.optim.Adam(model.parameters(), lr=module.LEARNING_RATE)
        features, lengths = batch([24, 17])
        seen = []
        for _ in range(3):
            optimizer.zero_grad()
            loss = module.loss_of(
                model, features, lengths, torch.tensor([[1, 2], [3, 4]]), torch.tensor([2, 2])
            )
            loss.backward()
            optimizer.step()
            seen.append(loss.item())
        return seen

    first = losses()
    assert first == losses()
    assert first[-1] < first[0]


def test_dropout_acts_in_training_and_only_there(module: ModuleType) -> None:
    model = build(module, dropout=0.5)
    features, lengths = batch([16])
    assert torch.equal(model(features, lengths)[0], model(features, lengths)[0])
    model.train()
    assert not torch.equal(model(features, lengths)[0], model(features, lengths)[0])


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_run_as_a_program_it_overfits_five_samples(name: str, tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, str(FOLDER / f"{name}.py")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    last = run.stdout.splitlines()[-1]
    assert "loss" in last and "WER 0.0%" in last


def test_run_as_a_program_it_fails_where_it_does_not_learn(
    module: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LEARNING_RATE", 0.0)
    monkeypatch.setattr(module, "STEPS", 20)
    assert module.main() == 1


@pytest.mark.parametrize(
    ("hypothesis", "reference", "distance"),
    [
        ([], [], 0),
        ([1, 2, 3], [], 3),
        ([], [1, 2], 2),
        ([1, 3], [1, 2, 3], 1),
        ([2, 1, 4], [1, 2, 4], 2),
    ],
)
def test_edits_are_counted(
    module: ModuleType, hypothesis: list[int], reference: list[int], distance: int
) -> None:
    assert module.edits(hypothesis, reference) == distance


@pytest.mark.parametrize("name", NAMES)
def test_a_file_stands_alone_and_is_short(name: str) -> None:
    text = (FOLDER / f"{name}.py").read_text()
    assert len(text.splitlines()) <= 300
    imported = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            imported.add(str(node.module).split(".")[0])
    assert imported <= {"torch", *sys.stdlib_module_names}
    assert not (FOLDER / "__init__.py").exists()


def test_each_file_says_what_it_is_and_what_is_left_out(module: ModuleType) -> None:
    for part in ("CTC", "Input:", "Output:", "Left out:", "20"):
        assert part in (module.__doc__ or "")

"""What a model does with a batch, seen by changing the batch: run in the child process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from slrdoctor.models.batches import Batch
from slrdoctor.models.outputs import tensors_in
from slrdoctor.probes.handles import UserHandle
from slrdoctor.probes.protocol import Changes, Gradients, Padding, Units

NAMED = 12
FELT = 0.1  # of a log-probability: a change that could move a decision


def look_at_gradients(handle: UserHandle, batch: Batch) -> Gradients:
    """Which parameters of layers that are called get no gradient, and how many are frozen."""
    module = handle.module.train()
    module.zero_grad(set_to_none=True)
    called: set[str] = set()
    with _hooks(module, lambda name, _out, _layer: called.add(name), leaves=False):
        # every output, so that a head that this loss does not use counts as connected
        given = tensors_in(handle.given(batch))
        connected = [value.float().sum() for value in given.values() if value.requires_grad]
        if connected:
            torch.autograd.backward(torch.stack(connected).sum())
        loss = handle.loss(batch)
        if loss.requires_grad:
            torch.autograd.backward(loss)
    parameters = list(module.named_parameters())
    used = [(n, p) for n, p in parameters if n.rpartition(".")[0] in called]
    absent = [(n, p) for n, p in used if p.requires_grad and p.grad is None]
    gradients = Gradients(
        parameters=sum(p.numel() for _, p in parameters),
        frozen=sum(p.numel() for _, p in parameters if not p.requires_grad),
        trainable=sum(p.requires_grad for _, p in used),
        without_gradient=tuple(n for n, _ in absent[:NAMED]),
        without_gradient_count=len(absent),
        without_gradient_values=sum(p.numel() for _, p in absent),
    )
    module.zero_grad(set_to_none=True)
    return gradients


@torch.no_grad()
def look(handle: UserHandle, batch: Batch) -> Changes:
    """How the outputs change with the batch, in eval mode."""
    handle.module.eval()
    whole = _log_probs(handle, batch)
    generator = torch.Generator().manual_seed(0)
    return Changes(
        not_a_number=any(bool(row.isnan().any()) for row in whole),
        zeroed=_changed(whole, _log_probs(handle, _zero(batch))),
        shuffled=_changed(_sorted(whole), _sorted(_log_probs(handle, _shuffle(batch, generator)))),
        others=_mixing(handle, batch, whole),
        padding=_padding(handle, batch, whole),
        units=_units(handle, batch),
    )


def _log_probs(handle: UserHandle, batch: Batch) -> list[Tensor]:
    """[T', C] a sample, its real frames only; [1, C] for classification."""
    outputs = handle.outputs(batch)
    rows = handle.normalised(outputs.scores.float())
    if rows.ndim == 2:
        return list(rows[:, None])
    return [rows[:n, i] for i, n in enumerate(outputs.lengths.tolist())]


def _changed(before: Sequence[Tensor], after: Sequence[Tensor]) -> float:
    """The largest change of a log-probability, in nats."""
    changes = [_moved(a[: len(b)], b[: len(a)]).max() for a, b in zip(before, after, strict=True)]
    return float(torch.stack(changes).nan_to_num(1e6).max().clamp(max=1e6))


def _moved(before: Tensor, after: Tensor) -> Tensor:
    """Element by element; a class that is masked with -inf in both has not moved."""
    return torch.where(before == after, 0.0, (before - after).abs())


def _sorted(rows: Sequence[Tensor]) -> list[Tensor]:
    """Without the order of the frames: of a model that looks at single frames nothing changes."""
    return [row.sort(dim=0).values for row in rows]


def _zero(batch: Batch) -> Batch:
    return batch.with_features(torch.zeros_like(batch.features))


def _shuffle(batch: Batch, generator: torch.Generator) -> Batch:
    features = batch.features.clone()
    for row, length in zip(features, batch.lengths.tolist(), strict=True):
        row[:length] = row[torch.randperm(length, generator=generator).to(row.device)]
    return batch.with_features(features)


def _mixing(handle: UserHandle, batch: Batch, whole: Sequence[Tensor]) -> float:
    """How far the first sample's output changes when the others are others, of the same lengths."""
    if len(whole) < 2:
        return 0.0
    features = batch.features.clone()
    features[1:] = features[1:] * -1.5 + 0.5
    return _changed(whole[:1], _log_probs(handle, batch.with_features(features))[:1])


def _padding(handle: UserHandle, batch: Batch, whole: Sequence[Tensor]) -> Padding:
    """The shortest sample in the batch and alone: where the two outputs differ so that it is felt."""
    place = int(batch.lengths.argmin())
    padded = 1 - float(batch.lengths[place]) / float(batch.features.shape[1])
    if not padded:
        return Padding()
    alone, together = _log_probs(handle, batch.only(place))[0], whole[place]
    length = min(len(alone), len(together))
    # only classes that could win: far below, a log-probability may move by much and mean nothing
    likely = torch.maximum(alone[:length], together[:length]) > -3.0
    change = torch.where(likely, _moved(alone[:length], together[:length]), 0.0)
    return Padding(
        largest=float(change.max().clamp(max=1e6)),
        padded=padded,
        frames=float((change.amax(-1) > FELT).float().mean()),
    )


def _units(handle: UserHandle, batch: Batch) -> tuple[Units, ...]:
    """Of each layer the share of units that never change over all frames, and how many it has."""
    units_of: dict[str, Units] = {}

    def keep(name: str, out: Any, layer: nn.Module) -> None:
        value = out[0] if isinstance(out, tuple) else out
        if not (isinstance(value, Tensor) and value.is_floating_point() and value.ndim >= 2):
            return
        is_convolution = isinstance(layer, (nn.modules.conv._ConvNd, nn.modules.batchnorm._BatchNorm))
        units = value.movedim(1, -1) if is_convolution and value.ndim > 2 else value
        flat = units.flatten(0, -2).float()  # [samples and frames, units]
        if len(flat) > 1:
            dead = (flat.amax(0) - flat.amin(0)) <= 1e-6 * flat.abs().amax(0).clamp_min(1e-6)
            units_of[name] = Units(name, float(dead.float().mean()), int(flat.shape[1]))

    with _hooks(handle.module, keep):
        handle.outputs(batch)
    return tuple(units_of.values())


@contextmanager
def _hooks(module: nn.Module, keep: Any, leaves: bool = True) -> Iterator[None]:
    """Call `keep(name, output, layer)` whenever a layer, or with not `leaves` any module, was called."""

    def hook(name: str) -> Any:
        return lambda layer, _given, out: keep(name, out, layer)

    wanted = [(n, m) for n, m in module.named_modules() if not leaves or (n and not list(m.children()))]
    hooks = [layer.register_forward_hook(hook(name)) for name, layer in wanted]
    try:
        yield
    finally:
        for one in hooks:
            one.remove()

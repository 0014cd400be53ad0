"""How the weights and the state of the optimizer are kept."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from clinic.layouts.draft import DoesNotApply, Draft
from clinic.layouts.registry import plain, value
from clinic.layouts.storing import save_torch

Tensors = dict[str, Any]


@plain
def with_optimizer(draft: Draft) -> None:
    """checkpoints/best.pt: epoch, model_state_dict and optimizer_state_dict"""
    _each(draft, "checkpoints/{name}.pt", "model_state_dict", "optimizer_state_dict")


@value
def short_keys(draft: Draft) -> None:
    """best.pth: epoch, model and optimizer"""
    _each(draft, "{name}.pth", "model", "optimizer")


@value
def of_data_parallel(draft: Draft) -> None:
    """model_best.pth.tar: state_dict with module. before every name"""
    _each(draft, "model_{name}.pth.tar", "state_dict", "optimizer", _prefixed("module."))


@value
def compiled(draft: Draft) -> None:
    """best.pt: model_state_dict with _orig_mod. before every name"""
    _each(draft, "{name}.pt", "model_state_dict", "optimizer_state_dict", _prefixed("_orig_mod."))


@value
def of_signjoey(draft: Draft) -> None:
    """best.ckpt: steps, model_state, optimizer_state and scheduler_state"""
    _each(
        draft, "{name}.ckpt", "model_state", "optimizer_state", steps=330, scheduler_state=None,
        best_ckpt_score=0.0,
    )  # fmt: skip


@value
def of_lightning(draft: Draft) -> None:
    """lightning_logs/version_0/checkpoints/epoch=17-step=270.ckpt and last.ckpt"""
    for name, kept in draft.subject.checkpoints.items():
        epoch, step = kept["epoch"] - 1, 15 * kept["epoch"]
        file = f"epoch={epoch}-step={step}.ckpt" if name == "best" else "last.ckpt"
        content = {
            "epoch": epoch,
            "global_step": step,
            "pytorch-lightning_version": "2.4.0",
            "state_dict": _prefixed("model.")(kept["model"]),
            "callbacks": {},
            "optimizer_states": [kept["optimizer"]],
            "lr_schedulers": [],
            "hyper_parameters": draft.subject.config,
            **draft.beside_weights,
        }
        save_torch(draft.at(f"lightning_logs/version_0/checkpoints/{file}"), content)


@value
def state_dict_alone(draft: Draft) -> None:
    """best_model.pth and last_model.pth: nothing but tensors"""
    _demand_nothing_beside(draft)
    for name, kept in draft.subject.checkpoints.items():
        save_torch(draft.at(f"{name}_model.pth"), kept["model"])


@value
def best_alone(draft: Draft) -> None:
    """weights/best.pt, and no other checkpoint"""
    kept = draft.subject.checkpoints["best"]
    draft_only = {"model_state_dict": kept["model"], "epoch": kept["epoch"]}
    save_torch(draft.at("weights/best.pt"), draft_only | draft.beside_weights)


@value
def named_by_epoch(draft: Draft) -> None:
    """ckpt/epoch_018.pt and ckpt/epoch_022.pt"""
    for kept in draft.subject.checkpoints.values():
        content = {"epoch": kept["epoch"], "net": kept["model"], "optim": kept["optimizer"]}
        save_torch(draft.at(f"ckpt/epoch_{kept['epoch']:03d}.pt"), content | draft.beside_weights)


@value
def safetensors(draft: Draft) -> None:
    """model.safetensors of the best epoch, its tensors by the alphabet"""
    _demand_nothing_beside(draft)
    _safetensors(draft, "model.safetensors", draft.subject.checkpoints["best"]["model"])


@value
def safetensors_in_shards(draft: Draft) -> None:
    """model-00001-of-00002.safetensors, model-00002-of-00002.safetensors and their index"""
    _demand_nothing_beside(draft)
    model = draft.subject.checkpoints["best"]["model"]
    names = sorted(model)
    weight_map: dict[str, str] = {}
    for number in (1, 2):
        file = f"model-{number:05d}-of-00002.safetensors"
        own = names[: len(names) // 2] if number == 1 else names[len(names) // 2 :]
        weight_map |= dict.fromkeys(own, file)
        _safetensors(draft, file, {name: model[name] for name in own})
    size = sum(tensor.numel() * tensor.element_size() for tensor in model.values())
    index = {"metadata": {"total_size": size}, "weight_map": weight_map}
    draft.json("model.safetensors.index.json", index)


@value
def of_trainer(draft: Draft) -> None:
    """checkpoint-270/model.safetensors beside optimizer.pt, as the Trainer of Hugging Face has it"""
    _demand_nothing_beside(draft)
    for kept in draft.subject.checkpoints.values():
        folder = f"checkpoint-{15 * kept['epoch']}"
        _safetensors(draft, f"{folder}/model.safetensors", kept["model"])
        save_torch(draft.at(f"{folder}/optimizer.pt"), kept["optimizer"])


@value
def with_averages(draft: Draft) -> None:
    """best.pt: model and ema, the latter an average of it"""
    for name, kept in draft.subject.checkpoints.items():
        content = {
            "epoch": kept["epoch"],
            "model": kept["model"],
            "ema": {k: v.clone() for k, v in kept["model"].items()},
            "optimizer": kept["optimizer"],
            **draft.beside_weights,
        }
        save_torch(draft.at(f"{name}.pt"), content)


@value
def with_idle_head(draft: Draft) -> None:
    """A head that was made and never used: in the weights, and in the optimizer without a state"""
    changed = copy.deepcopy(draft.subject.checkpoints)
    for kept in changed.values():
        inner = [tensor for tensor in kept["model"].values() if tensor.ndim == 2][-1].shape[1]
        kept["model"] |= _head("aux_head", len(draft.subject.tokens), inner)
        group = kept["optimizer"]["param_groups"][0]
        count = 1 + max(i for g in kept["optimizer"]["param_groups"] for i in g["params"])
        group["params"] = [*group["params"], count, count + 1]
    _each(draft, "checkpoints/{name}.pt", "model_state_dict", "optimizer_state_dict", of=changed)


@value
def with_old_classifier(draft: Draft) -> None:
    """The classifier of 400 classes that an encoder was trained with: not in the optimizer"""
    _with_more(draft, _head("encoder_old.fc", 400, 512))


@value
def with_frozen_backbone(draft: Draft) -> None:
    """A backbone for pictures that was frozen on purpose: before the model, not in the optimizer"""
    import torch

    generator = torch.Generator().manual_seed(3)
    more = {
        "backbone.conv1.weight": torch.randn(16, 3, 7, 7, generator=generator) * 0.05,
        "backbone.bn1.weight": torch.ones(16),
        "backbone.bn1.bias": torch.zeros(16),
    }
    _with_more(draft, more, before=True)


def _each(
    draft: Draft,
    pattern: str,
    model: str,
    optimizer: str,
    change: Callable[[Tensors], Tensors] = dict,
    of: dict[str, dict[str, Any]] | None = None,
    **more: Any,
) -> None:
    """Write best and last under these keys."""
    for name, kept in (of or draft.subject.checkpoints).items():
        content = {
            "epoch": kept["epoch"] - 1 + draft.first_epoch,
            model: change(kept["model"]),
            optimizer: kept["optimizer"],
        }
        save_torch(draft.at(pattern.format(name=name)), content | more | draft.beside_weights)


def _with_more(draft: Draft, more: Tensors, before: bool = False) -> None:
    def change(model: Tensors) -> Tensors:
        return {**more, **model} if before else {**model, **more}

    _each(draft, "checkpoints/{name}.pt", "model_state_dict", "optimizer_state_dict", change)


def _prefixed(prefix: str) -> Callable[[Tensors], Tensors]:
    return lambda model: {prefix + name: tensor for name, tensor in model.items()}


def _head(name: str, classes: int, inner: int) -> Tensors:
    import torch

    generator = torch.Generator().manual_seed(5)
    weight = torch.randn(classes, inner, generator=generator) * 0.1
    return {f"{name}.weight": weight, f"{name}.bias": torch.zeros(classes)}


def _safetensors(draft: Draft, place: str, model: Tensors) -> None:
    from safetensors.torch import save_file

    ordered = {name: model[name].clone().contiguous() for name in sorted(model)}
    save_file(ordered, draft.at(place))


def _demand_nothing_beside(draft: Draft) -> None:
    if draft.beside_weights:
        raise DoesNotApply("this file holds tensors only")

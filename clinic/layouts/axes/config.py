"""How the settings of the training are written down."""

from __future__ import annotations

from typing import Any

import yaml

from clinic.layouts.draft import Draft
from clinic.layouts.registry import plain, value


@plain
def in_yaml(draft: Draft) -> None:
    """config.yaml with a section per part"""
    draft.text("config.yaml", yaml.safe_dump(draft.subject.config, sort_keys=False))


@value
def in_json(draft: Draft) -> None:
    """config.json with a section per part"""
    draft.json("config.json", draft.subject.config)


@value
def flat_in_yaml(draft: Draft) -> None:
    """config.yaml without sections"""
    draft.text("config.yaml", yaml.safe_dump(_flat(draft), sort_keys=False))


@value
def arguments_in_json(draft: Draft) -> None:
    """args.json without sections"""
    draft.json("args.json", _flat(draft))


@value
def in_hydra(draft: Draft) -> None:
    """.hydra/config.yaml, overrides.yaml and hydra.yaml"""
    draft.text(".hydra/config.yaml", yaml.safe_dump(draft.subject.config, sort_keys=False))
    draft.text(".hydra/overrides.yaml", "- training.seed=0\n")
    draft.text(".hydra/hydra.yaml", "hydra:\n  run:\n    dir: outputs\n  job:\n    name: train\n")


@value
def in_toml(draft: Draft) -> None:
    """config.toml"""
    lines = [f"{k} = {_toml(v)}" for k, v in draft.subject.config.items() if not isinstance(v, dict)]
    for name, part in draft.subject.config.items():
        if isinstance(part, dict):
            lines += ["", f"[{name}]", *(f"{k} = {_toml(v)}" for k, v in part.items())]
    draft.text("config.toml", "\n".join(lines) + "\n")


@value
def in_the_checkpoint(draft: Draft) -> None:
    """checkpoint["args"]"""
    draft.beside_weights["args"] = _flat(draft)


def _flat(draft: Draft) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, part in draft.subject.config.items():
        if not isinstance(part, dict):
            flat[name] = part
            continue
        flat |= {("model_name" if k == "name" else k): v for k, v in part.items()}
    return flat


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)

"""Load what the user names as path/to/file.py:name, in the child process, and nowhere else."""

from __future__ import annotations

import importlib.util
import inspect
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from torch import nn


class CannotUse(Exception):
    """What the user's code gives cannot be used. The message is a sentence for the user."""


def load(spec: str) -> Any:
    """The attribute `name` of the file; the file's folder is importable, as when it is run itself.

    Raises CannotUse where there is no such file or name, and whatever importing it raises.
    """
    where, _, name = spec.rpartition(":") if ":" in Path(spec).name else (spec, "", "")
    path = Path(where)
    if not path.is_file():
        raise CannotUse(f"there is no file {path}")
    sys.path.insert(0, str(path.parent.resolve()))
    found = importlib.util.spec_from_file_location(path.stem, path)
    if found is None or found.loader is None:
        raise CannotUse(f"{path} is no Python file")
    module = importlib.util.module_from_spec(found)
    # pickles, dataclasses and the file's own helpers look it up by its name
    sys.modules.setdefault(path.stem, module)
    found.loader.exec_module(module)
    if not name:
        name = _only_factory(module, path)
    if not hasattr(module, name):
        raise CannotUse(f"{path} has no {name}: give it as {path.name}:factory")
    return getattr(module, name)


def build(factory: Any, known: Mapping[str, Any]) -> nn.Module:
    """The model: an nn.Module as it is, or what a class or function gives.

    What the factory takes is given by name from `known`, under the names that are usual for it.
    Raises CannotUse where it wants what is not known.
    """
    model = factory if isinstance(factory, nn.Module) else factory(**_arguments(factory, known))
    if isinstance(model, (tuple, list)) and model and isinstance(model[0], nn.Module):
        model = model[0]
    if not isinstance(model, nn.Module):
        raise CannotUse(f"the factory gave a {type(model).__name__}, not a torch.nn.Module")
    return model


# what a factory may ask for, by the names that are in use
NAMES: Mapping[str, tuple[str, ...]] = {
    "dims": (
        "input_size", "input_dim", "in_dim", "input_dims", "feature_dim", "feature_size", "features",
        "n_features", "num_features", "feat_dim", "in_features", "in_channels", "dim_in", "d_in",
    ),
    "classes": (
        "classes", "num_classes", "n_classes", "nclasses", "num_class", "output_size", "output_dim",
        "out_dim", "vocab_size", "vocabulary_size", "n_vocab", "num_glosses", "num_labels", "d_out",
    ),
    "blank": ("blank", "blank_id", "blank_index", "blank_idx"),
}  # fmt: skip


def _arguments(factory: Any, known: Mapping[str, Any]) -> dict[str, Any]:
    given = {}
    for name, parameter in _parameters(factory).items():
        kind = next((kind for kind, names in NAMES.items() if name.lower() in names), "")
        if kind and kind in known:
            given[name] = known[kind]
        elif parameter.default is parameter.empty and parameter.kind not in (
            parameter.VAR_POSITIONAL,
            parameter.VAR_KEYWORD,
        ):
            raise CannotUse(
                f"the factory wants {name!r}, and nothing says what that is: give a function without "
                f"it, or with input_size and num_classes"
            )
    return given


def _parameters(function: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    try:
        return inspect.signature(function).parameters
    except (TypeError, ValueError):
        return {}


def _only_factory(module: Any, path: Path) -> str:
    """The name to take where none is given: build_model and the like, or the file's only module."""
    for name in ("build_model", "make_model", "create_model", "get_model", "factory", "model"):
        if hasattr(module, name):
            return name
    own = [
        name
        for name, value in vars(module).items()
        if inspect.isclass(value)
        and issubclass(value, nn.Module)
        and value.__module__ == module.__name__
    ]
    if len(own) == 1:
        return str(own[0])
    raise CannotUse(f"which of {', '.join(own) or 'nothing'} in {path}? Give it as {path.name}:factory")

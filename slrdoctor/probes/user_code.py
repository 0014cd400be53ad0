"""Load what the user names as path/to/file.py:name, in the child process, and nowhere else."""

from __future__ import annotations

import difflib
import importlib.util
import inspect
import sys
import sysconfig
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from torch import nn

from slrdoctor.probes.beside import make_importable
from slrdoctor.probes.processes import one_line

PACKAGE, STANDARD = Path(__file__).parents[1], sysconfig.get_path("stdlib")


class CannotUse(Exception):
    """What the user's code gives cannot be used. The message is a sentence for the user."""


def said_of(error: BaseException) -> str:
    """What the user's code raised, and where, in one line."""
    said = one_line(str(error))
    place = "" if isinstance(error, SyntaxError) else _place(error)
    return f"it raised {type(error).__name__}{f': {said}' if said else ''}{place}"


def _place(error: BaseException) -> str:
    """The line of the user's own that raised: the last that is of no installed package, nor ours."""
    own = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_file()
        and not Path(frame.filename).is_relative_to(PACKAGE)
        and not Path(frame.filename).is_relative_to(STANDARD)
        and not {"site-packages", "dist-packages"} & set(Path(frame.filename).parts)
    ]
    if not own:
        return ""
    return f" ({Path(own[-1].filename).name}, line {own[-1].lineno}: {one_line(own[-1].line or '', 60)})"


def load(spec: str) -> Any:
    """The attribute `name` of the file; what lies beside the file can be imported.

    Raises CannotUse where there is no such file or name, and whatever importing it raises.
    """
    where, _, name = spec.rpartition(":") if ":" in Path(spec).name else (spec, "", "")
    path = Path(where)
    if not path.is_file():
        raise CannotUse(f"there is no file {path}")
    make_importable(path.parent)
    found = importlib.util.spec_from_file_location(path.stem, path)
    if found is None or found.loader is None:
        raise CannotUse(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(found)
    # pickles, dataclasses and the file's own helpers look it up by its name
    sys.modules.setdefault(path.stem, module)
    found.loader.exec_module(module)
    if not name:
        name = _only_factory(module, path)
    if not hasattr(module, name):
        near = difflib.get_close_matches(name, [n for n in vars(module) if n[:1] != "_"], n=1)
        meant = f"did you mean {near[0]}?" if near else f"give it as {path.name}:factory"
        raise CannotUse(f"{path} has no {name}: {meant}")
    return getattr(module, name)


def build(factory: Any, known: Mapping[str, Any]) -> nn.Module:
    """The model: an nn.Module as it is, or what a class or function gives.

    What the factory takes is given by name from `known`, under the names that are usual for it.
    Raises CannotUse where it wants what is not known, or gives no module.
    """
    model = factory
    if not isinstance(factory, nn.Module):
        if not callable(factory):
            raise CannotUse(
                f"what is named is {_a(factory)}: name a torch.nn.Module, its class, or a function "
                "that returns one"
            )
        places, names = _arguments(factory, known)
        model = factory(*places, **names)
    if isinstance(model, (tuple, list)):  # with an optimizer or a config beside it
        model = next((part for part in model if isinstance(part, nn.Module)), model)
    if model is None:
        raise CannotUse("the factory returned None: does it return the model?")
    if not isinstance(model, nn.Module):
        raise CannotUse(f"the factory returned {_a(model)}, not a torch.nn.Module")
    return model


def _a(value: Any) -> str:
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


# what a factory may ask for, by the names that are in use
NAMES: Mapping[str, tuple[str, ...]] = {
    "dims": (
        "input_size", "input_dim", "in_dim", "input_dims", "feature_dim", "feature_size", "features",
        "n_features", "num_features", "feat_dim", "in_features", "in_channels", "dim_in", "d_in",
        "in_size",
    ),
    "classes": (
        "classes", "num_classes", "n_classes", "nclasses", "num_class", "output_size", "output_dim",
        "out_dim", "vocab_size", "vocabulary_size", "n_vocab", "num_glosses", "num_labels", "d_out",
        "n_cls", "num_cls", "n_glosses", "n_labels", "num_tokens", "n_tokens", "out_size",
    ),
    "blank": ("blank", "blank_id", "blank_index", "blank_idx"),
}  # fmt: skip


def _arguments(factory: Any, known: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """What to give it by place, where it may not be named, and by name."""
    places: list[Any] = []
    given: dict[str, Any] = {}
    for name, parameter in _parameters(factory).items():
        kind = next((kind for kind, names in NAMES.items() if name.lower() in names), "")
        if kind and kind in known and parameter.kind is parameter.POSITIONAL_ONLY:
            places.append(known[kind])
        elif kind and kind in known:
            given[name] = known[kind]
        elif parameter.default is parameter.empty and parameter.kind not in (
            parameter.VAR_POSITIONAL,
            parameter.VAR_KEYWORD,
        ):
            raise CannotUse(
                f"the factory needs {name!r}, which is unknown: name a function that "
                "fills it in, and takes no more than input_size and num_classes"
            )
    return places, given


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
    if not own:
        raise CannotUse(
            f"{path} defines no torch.nn.Module and no build_model: where a function of another name "
            f"gives the model, name it as {path.name}:factory"
        )
    raise CannotUse(f"which of {', '.join(own)} in {path}? Name it as {path.name}:{own[0]}")

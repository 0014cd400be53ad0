"""YAML, read without running anything that its tags ask for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from slrdoctor.artifacts.content import Opaque, Reader, Tree, Unreadable
from slrdoctor.artifacts.formats._example_files import write_text
from slrdoctor.artifacts.storage.text_encoding import read_text

DEEPEST = 100  # levels; libyaml's C code overruns the stack far below 100,000
MOST = 2_000_000  # nodes, with every alias counted as often as it is used
LIMIT = 64 * 2**20  # bytes
_OBJECT = "tag:yaml.org,2002:python/object"
_CORE = "tag:yaml.org,2002:"
# what PyYAML's constructors raise for scalars that do not fit their tag: `!!int x`, 2021-13-45
_MISFITS = (yaml.YAMLError, ValueError, KeyError, AttributeError, IndexError, TypeError, OverflowError)
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]
    """The safe loader, which keeps the plain value of what it has no constructor for."""


def _plain(loader: Any, node: yaml.Node) -> Any:
    """The value without its tag: a dict, a list or text."""
    if isinstance(node, yaml.MappingNode):
        loader.flatten_mapping(node)
        pairs = [
            (_plain_key(loader, key), loader.construct_object(item, deep=True))
            for key, item in node.value
        ]
        return dict(pairs)
    if isinstance(node, yaml.SequenceNode):
        return [loader.construct_object(item, deep=True) for item in node.value]
    return node.value


def _plain_key(loader: Any, node: yaml.Node) -> Any:
    key = loader.construct_object(node, deep=True)
    return key if isinstance(key, (str, int, float, bool, type(None))) else str(key)


def _tagged(loader: Any, tag: str, node: yaml.Node) -> Any:
    value = _plain(loader, node)
    # `!!python/object/apply:pathlib.PosixPath [/, data]` is how Lightning dumps hyperparameters
    return (
        Opaque(tag.partition(":python/")[2].partition(":")[2], value)
        if tag.startswith(_OBJECT)
        else value
    )


def _mapping(loader: Any, node: yaml.Node) -> Any:
    return _plain(loader, node)


def _text(_loader: Any, node: yaml.Node) -> Any:
    return node.value


def _keys(loader: Any, node: yaml.Node) -> Any:
    value = _plain(loader, node)
    return list(value) if isinstance(value, dict) else value


_Loader.add_constructor(_CORE + "map", _mapping)
_Loader.add_constructor(_CORE + "timestamp", _text)
_Loader.add_constructor(_CORE + "binary", _text)
_Loader.add_constructor(_CORE + "set", _keys)
_Loader.add_constructor(_CORE + "omap", _mapping)
_Loader.add_constructor(_CORE + "pairs", _mapping)
_Loader.add_multi_constructor("", _tagged)
# YAML 1.1 reads 1e-4 as text; whoever writes a learning rate so means the number
_Loader.add_implicit_resolver(
    _CORE + "float", re.compile(r"[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?[eE][-+]?[0-9]+$"), list("-+0123456789")
)


def read(path: Path) -> Tree:
    """The document, or a list where the file holds several.

    Unknown tags give their plain value, tags that would build an object an Opaque. Raises
    Unreadable: not YAML, nested too deeply, aliases that multiply or refer to themselves.
    """
    text, _ = read_text(path, LIMIT)
    try:
        _examine(text)
        documents = list(yaml.load_all(text, Loader=_Loader))
    except RecursionError as error:
        raise Unreadable("YAML nested too deeply to read", "corrupt") from error
    except _MISFITS as error:
        raise Unreadable(_sentence(error), "corrupt") from error
    return Tree(documents[0] if len(documents) == 1 else documents)


def _examine(text: str) -> None:
    """Raise Unreadable for a document that would grow when loaded, by its events alone."""
    sizes: dict[str, int] = {}  # nodes below each finished anchor
    open_nodes: list[tuple[str | None, int]] = []  # (anchor, nodes counted before it)
    total = 0
    for event in yaml.parse(text, Loader=_Base):
        if isinstance(event, yaml.AliasEvent):
            if event.anchor in (anchor for anchor, _ in open_nodes):
                raise Unreadable("YAML with an alias that refers to itself", "refused")
            total += sizes.get(event.anchor or "", 0)
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = open_nodes.pop()
            if anchor is not None:
                sizes[anchor] = total - before
        elif isinstance(event, yaml.NodeEvent):
            if isinstance(event, yaml.CollectionStartEvent):
                open_nodes.append((event.anchor, total))
                if len(open_nodes) > DEEPEST:
                    raise Unreadable(f"YAML nested over {DEEPEST} levels deep", "corrupt")
            elif event.anchor is not None:
                sizes[event.anchor] = 1
            total += 1
        if total > MOST:
            raise Unreadable(f"YAML of over {MOST:,} nodes, counted with its aliases", "refused")


def _sentence(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or str(error) or type(error).__name__
    return f"not YAML: {what}" + (f", in line {mark.line + 1}" if mark is not None else "")


def _example(folder: Path) -> Path:
    return write_text(folder / "config.yaml", "training:", "  batch_size: 8", "  betas: [0.9, 0.998]")


READER = Reader("yaml", (".yaml", ".yml"), read, _example)

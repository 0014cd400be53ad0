"""Whether a node of a source is a place where values are normalised, told by its names alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

NORMALISES = re.compile(r"normali[sz]|standardi[sz]|(?:standard|min_?max|robust)_?scaler", re.IGNORECASE)
# what else is normalised in a training: texts, layers, weights, losses, outputs and graphs
OF_OTHERS = re.compile(
    r"text|gloss|token|label|word|unicode|string|sentence|caption|transcript|hypothes|reference|answer"
    r"|\bhyps?\b|\brefs?\b|layer|batch|group|instance|weight|loss|score|grad|length|logit|prob|embed"
    r"|\badj|_adj|graph|path|decod|before|confusion|denormal|unnormal",
    re.IGNORECASE,
)
LIBRARIES = {"F", "functional", "unicodedata", "nn", "os", "path"}
_SIDE = r"(?:img|image|frame|video|pic|picture|screen)_?(?:w|h|width|height|size|dims?)|width|height"
SIDE = re.compile(_SIDE, re.IGNORECASE)
DIVISOR = re.compile(
    rf"{_SIDE}|std(?:ev)?|sigma|.*_std|std_.*|.*shoulder.*|torso\w*|body_?(?:size|scale|height)|bbox_?size"
    r"|norm|.*_norm",
    re.IGNORECASE,
)
SMALLEST_SIDE = 128  # of a picture in pixels: a smaller divisor is a number of another kind
UNITS = (1024, 3600)  # bytes and seconds


def normalises(node: ast.AST) -> bool:
    """Whether the node scales its values: a call by such a name, a transform, a division by a size."""
    if isinstance(node, ast.Call):
        return _is_call(node)
    if isinstance(node, ast.keyword):  # dict(type="PreNormalize2D")
        value = node.value
        return node.arg == "type" and isinstance(value, ast.Constant) and _is_name(str(value.value))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return _is_divided(node.left, node.right)
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Div):
        return _is_divided(node.target, node.value)
    return False


def _is_name(name: str) -> bool:
    return bool(NORMALISES.search(name)) and not OF_OTHERS.search(name)


def _is_call(node: ast.Call) -> bool:
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    of_library = isinstance(owner, (ast.Name, ast.Attribute)) and _name(owner) in LIBRARIES
    of_others = any(OF_OTHERS.search(name) for one in node.args[:1] for name in _names(one))
    return _is_name(called) and not of_library and not of_others


def _is_divided(value: ast.expr, divisor: ast.expr) -> bool:
    if any(SIDE.fullmatch(name) or OF_OTHERS.search(name) for name in _names(value)):
        return False  # the shape of a picture, or a mean of losses
    if isinstance(value, ast.Constant):
        return False
    if isinstance(divisor, ast.Constant):
        number = divisor.value
        if not isinstance(number, (int, float)) or number in UNITS or number % 1000 == 0:
            return False
        return number >= SMALLEST_SIDE
    return any(DIVISOR.fullmatch(name) for name in _names(divisor))


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _names(node: ast.expr) -> Iterator[str]:
    """The names that a value is made of, without those of indices and factors."""
    if isinstance(node, ast.Call):
        yield from _names(node.func)
        if _name(node.func) in ("max", "maximum", "clip", "clamp", "float", "int", "where"):
            for one in node.args:
                yield from _names(one)
    elif isinstance(node, ast.Attribute):
        yield node.attr
        yield from _names(node.value)
    elif isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Subscript):
        yield from _names(node.value)
        if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
            yield node.slice.value
    elif isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        yield from _names(node.left)
        yield from _names(node.right)

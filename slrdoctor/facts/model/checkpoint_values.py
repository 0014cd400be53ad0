"""The values of a checkpoint's tensors, summed up one tensor after the other."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.kinds.checkpoints.weights import Weights
from slrdoctor.artifacts.run import OF_NO_RUN, OWN, TrainingRun
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.model.checkpoint import Checkpoint, CheckpointFiles, reopened
from slrdoctor.words.grammar import counted

BLOCK = 1 << 20  # values that are looked at together: 8 MiB as float64
MOST_VALUES = 1 << 30  # of all tensors; a file may name its bytes again and again
MOST_VALUES_OF_OTHERS = 1 << 28  # of all checkpoints that are not the judged one together
# tensors that training does not update by a gradient
BUFFER = re.compile(
    r"(?:^|[./])(?:running_mean|running_var|num_batches_tracked|moving_mean|moving_variance|position_ids|pe"
    r"|inv_freq|\w*mask|min_val|max_val|weight_u|parametrizations\.\w+\.\d+\._[uv]|A|adj\w*)$"
)


@dataclass(frozen=True, slots=True)
class TensorRow:
    """One tensor: `mean`, `std` and `largest` (absolute) are of its finite values."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    is_buffer: bool
    nans: int
    infinite: int
    mean: float
    std: float
    largest: float
    is_mask: bool = False  # infinities of one sign beside a single other value, as attention masks

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def is_sound(self) -> bool:
        return not self.nans and (not self.infinite or self.is_mask)


@dataclass(frozen=True)
class WeightValues:
    """Every tensor of the checkpoint that is judged."""

    rows: tuple[TensorRow, ...]
    unlooked: int  # tensors beyond what is read of one file
    read_from: str

    @property
    def unsound(self) -> tuple[TensorRow, ...]:
        return tuple(row for row in self.rows if not row.is_sound)

    @property
    def sentence(self) -> str:
        values = sum(row.size for row in self.rows)
        missing = f"; {counted(self.unlooked, 'tensor')} not read" if self.unlooked else ""
        tensors = f"{counted(len(self.rows), 'tensor')} in {self.read_from}"
        if not self.unsound:
            return f"all {values:,} values of {tensors} are finite{missing}"
        return f"{len(self.unsound)} of {tensors} contain NaN or infinite values{missing}"

    def takes_off(self, scale: float, dims: int) -> bool:
        """Whether there is a mean of each of so many inputs, and on that scale."""
        means = (row for row in self.rows if "mean" in row.name.rpartition(".")[2])
        return any(row.size == dims and row.largest >= scale for row in means)

    def row(self, name: str) -> TensorRow | None:
        return next((row for row in self.rows if row.name == name), None)


@measure
def weight_values(checkpoint: Checkpoint) -> WeightValues:
    return _values(checkpoint.where, checkpoint.weights, MOST_VALUES)


def _values(where: str, weights: Weights, most: int) -> WeightValues:
    """The tensors of one checkpoint, up to so many values. Raises Unavailable."""
    rows: list[TensorRow] = []
    left = most
    for name, info in weights.tensors.items():
        left -= math.prod(info.shape)
        if left < 0:
            break
        try:
            rows.append(tensor_row(name, weights))
        except Unreadable as error:
            raise Unavailable(f"{where}: {name}: {error}") from error
    return WeightValues(tuple(rows), len(weights.tensors) - len(rows), where)


@dataclass(frozen=True)
class EveryCheckpointsValues:
    """The values of the checkpoint that is judged, and of all others that lie with the run."""

    files: tuple[WeightValues, ...]  # the judged one first
    standings: tuple[str, ...]  # of each: "" the run's own, else what it is
    unlooked: tuple[str, ...]  # checkpoints whose values were not read
    read_from: str

    @property
    def unsound(self) -> tuple[WeightValues, ...]:
        """Files with values that are not finite, without those of other models and earlier runs."""
        mine = (
            file
            for file, standing in zip(self.files, self.standings, strict=True)
            if standing in (OWN, OF_NO_RUN)
        )
        return tuple(file for file in mine if file.unsound)

    @property
    def sentence(self) -> str:
        others = [file.sentence for file in self.files if file.unsound][:3]
        missing = f"; {counted(len(self.unlooked), 'checkpoint')} not read" if self.unlooked else ""
        if others or len(self.files) == 1:
            return "; ".join(others or [self.files[0].sentence]) + missing
        values = sum(row.size for file in self.files for row in file.rows)
        unread = sum(file.unlooked for file in self.files)
        more = f"; {counted(unread, 'tensor')} not read" if unread else ""
        return f"all {values:,} values of {len(self.files)} checkpoints are finite{more}{missing}"


@measure
def every_checkpoints_values(
    files: CheckpointFiles, run: TrainingRun, judged: WeightValues | None
) -> EveryCheckpointsValues:
    """Raises Unavailable where no checkpoint could be read."""
    found = [(judged, OWN)] if judged is not None else []
    unlooked = list(files.left_out)
    left = MOST_VALUES_OF_OTHERS
    for row in (*files.rows, *files.beside):
        if judged is not None and row.where == judged.read_from:
            continue
        try:
            values = _values(row.where, reopened(run, row), left)
        except Unavailable:
            unlooked.append(row.where)
            continue
        left -= sum(tensor.size for tensor in values.rows)
        if values.rows:
            found.append((values, row.standing))
        else:
            unlooked.append(row.where)
    if not found:
        raise Unavailable(f"none of the checkpoints could be read: {files.read_from}")
    return EveryCheckpointsValues(
        files=tuple(values for values, _ in found),
        standings=tuple(standing for _, standing in found),
        unlooked=tuple(unlooked),
        read_from=", ".join(values.read_from for values, _ in found[:3]),
    )


def is_buffer(name: str, weights: Weights) -> bool:
    """Whether a tensor is no parameter: by the whole model's word, else by its name and type.

    Nor is one that is tied to another, which counts already.
    """
    kind = np.dtype(weights.tensors[name].dtype).kind
    if name.endswith(".weight_v") and f"{name[:-1]}orig" in weights.tensors:
        return True  # of spectral normalisation; weight normalisation trains its weight_v
    is_listed = name in weights.parts.buffers or name in weights.parts.shared
    return is_listed or bool(BUFFER.search(name)) or kind not in "fc"


def tensor_row(name: str, weights: Weights) -> TensorRow:
    """Read one tensor block by block. Raises Unreadable."""
    info, array = weights.tensors[name], weights.load(name)
    nans = below = above = count = 0
    total = squares = largest = 0.0
    low, high = math.inf, -math.inf
    for block in _blocks(array):
        is_finite = np.isfinite(block)
        finite = block if is_finite.all() else block[is_finite]
        if len(finite) < len(block):
            nans += int(np.isnan(block).sum())
            below += int((block == -np.inf).sum())
            above += int((block == np.inf).sum())
        if not len(finite):
            continue
        count += len(finite)
        total += float(finite.sum())
        squares += float(finite @ finite)
        low, high = min(low, float(finite.min())), max(high, float(finite.max()))
        largest = max(abs(low), abs(high))
    mean = total / count if count else 0.0
    spread = math.sqrt(max(squares / count - mean * mean, 0.0)) if count else 0.0
    is_mask = not nans and bool(below) != bool(above) and (not count or low == high)
    return TensorRow(
        name,
        info.shape,
        info.dtype,
        is_buffer(name, weights),
        nans,
        below + above,
        mean,
        spread,
        largest,
        is_mask,
    )


def _blocks(array: NDArray[Any]) -> Any:
    """The values of an array of any layout, BLOCK at a time, as float64."""
    if array.dtype.kind == "c":
        array = np.abs(array)
    if not array.size:
        return ()
    return np.nditer(
        array,
        flags=["external_loop", "buffered"],
        op_flags=["readonly"],
        op_dtypes=np.float64,
        casting="unsafe",
        buffersize=BLOCK,
    )

"""Whether the features on disk are what the model's first layer takes."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from slrdoctor.artifacts.kinds.features.widths import width_of, widths_of_parts
from slrdoctor.artifacts.run import DataSet, SourceFile, Sources, TrainingRun
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.config._configured import Configured, every_value
from slrdoctor.facts.features.features import ClipTable
from slrdoctor.facts.model.checkpoint import CheckpointFiles
from slrdoctor.facts.model.checkpoint_architecture import ModelInput
from slrdoctor.words.grammar import counted
from slrdoctor.words.landmark_layouts import EMBEDDING_SIZES, Layout, layouts_of
from slrdoctor.words.settings import INPUT_SIZE

# names of the number of features a frame, in lower case with underscores
OF_THE_MODEL = re.compile(r"(?:model_)?(?:input|in)_(?:size|dims?|features?)")  # after any loader
# names by which configs and sources choose among features, and by which they make more of them
_CHOICES = (
    r"(?:^|[._])(?:use|with|include|add|drop|exclude|only|no)_(?:face|pose|hands?|lips?|body|visib\w*|z|depth)\b"
    r"|landmark_?(?:set|subset|groups?|idx|ind\w+|ids)"
    r"|(?:keypoint|joint|hand|pose|face|lip|body)s?_?(?:idx|indices|ids|subset)"
    r"|feature_?(?:set|group)s?|select(?:ed)?_(?:landmarks|keypoints|joints|features|dims)"
)
_DERIVED = r"velocit|accelerat|\bdeltas?\b|use_(?:diff|motion|vel|acc)|\bpca\b"
CHOOSING = re.compile(rf"{_CHOICES}|modalit(?:y|ies)|(?:^|[._])streams?\b", re.IGNORECASE)
DERIVING = re.compile(_DERIVED, re.IGNORECASE)
IN_SOURCE = re.compile(
    rf"{_CHOICES}|{_DERIVED}|np\.(?:diff|gradient|delete)\(|torch\.diff\(|index_select\("
    r"|\[\s*(?::|\.\.\.)\s*,\s*(?:\d*\s*:\s*\d+|\d+\s*:)\s*\]",  # x[:, :126]
    re.IGNORECASE,
)
MOST_STORES = 20  # of features, whose sizes are looked at
LARGEST_SOURCE = 1_000_000  # bytes
SHORTEST_ROW = 5  # frames that may lie one after the other in the row of a sample
STACKED = (2, 3, 4)  # positions with velocities, accelerations and the like
ENABLE = 'give the features the model was trained on in slrdoctor.toml: [features] train = "..."'


@dataclass(frozen=True)
class InputFit:
    """What the first layer takes, against the stored dimension; `because` explains a difference."""

    layer: str
    takes: int
    stored: int
    fits: bool
    because: str  # how the loader may make one of the other, "" where nothing explains it
    known_by: str  # where the stored dimension is from
    read_from: str
    misfits: tuple[str, ...] = ()  # "old.pt takes 126": checkpoints that are not judged
    others: tuple[tuple[str, int], ...] = ()  # further layers that may be first, with what they take
    by_size_alone: bool = False  # nothing but the two sizes speaks for `because`

    @property
    def sentence(self) -> str:
        layer = f"{self.layer or 'the first layer'} in {self.read_from}"
        joint = "and" if self.fits else "but"
        taken = f"{layer} takes {counted(self.takes, 'feature')} per frame, {joint} {self.known_by} has "
        return "; ".join((f"{taken}{self.stored}", *filter(None, (self.because,)), *self.misfits))


@measure
def input_fit(
    model: ModelInput,
    files: CheckpointFiles,
    run: TrainingRun,
    data: DataSet,
    sources: Sources,
    clips: ClipTable | None,
) -> InputFit:
    """Against the dimension of most clips; where there are none, against what the config says.

    Loaders choose landmarks, drop coordinates, append velocities and flatten clips: what can
    come about so is no contradiction, unless the config itself says the stored size.
    """
    sizes = [found for found in every_value(run) if INPUT_SIZE.is_named(found.name)]
    said = {found.as_int or 0: found for found in sizes}
    of_model = {size: found for size, found in said.items() if OF_THE_MODEL.fullmatch(found.name)}
    stored, known_by = _stored(clips, of_model)
    fits = stored in (model.size, *model.sizes)
    because = "" if fits else _chosen(run, sources) or _among(stored, model)
    guess = ""
    if not fits and not because and stored not in of_model:
        because = _of_parts(data, model) or _beside(data, stored, model)
        because = because or _reshaped(stored, model, clips)
        guess = "" if because else _derived(stored, model)
    if not fits and not because:
        because = _of_another_step(sizes, stored, model.size)
    return InputFit(
        layer=model.layer,
        takes=stored if fits else model.size,
        stored=stored,
        fits=fits,
        because=because or guess,
        known_by=known_by,
        read_from=model.read_from,
        others=() if fits else model.others,
        misfits=tuple(
            f"{row.where} takes {row.takes[0]}"
            for row in files.rows[1:]
            if row.takes and stored not in row.takes
        ),
        by_size_alone=bool(guess) and not because,
    )


def _stored(clips: ClipTable | None, said: dict[int, Configured]) -> tuple[int, str]:
    """The features a frame, and what gives that number."""
    rows = [row.dims for row in clips.rows if row.frames] if clips is not None else []
    if rows and clips is not None:
        return Counter(rows).most_common(1)[0][0], clips.read_from
    only = next(iter(said)) if len(said) == 1 else 0
    # a size of landmarks is not that of an image or a layer
    if only and layouts_of(only) and only not in EMBEDDING_SIZES:
        return only, f"{said[only].key} in {said[only].read_from}"
    raise Unavailable(
        "the size of the features is unknown: neither features nor a config with their size", ENABLE
    )


def _of_another_step(sizes: Sequence[Configured], stored: int, takes: int) -> str:
    """Where a config has the size that is taken beside another one, which a loader starts from.

    The other is the stored size, or stands in the same file: a size in the config of another
    experiment says nothing of this loader.
    """
    for own in sizes:
        others = [one for one in sizes if one.as_int not in (takes, None)]
        if own.as_int == takes and any(
            one.as_int == stored or one.read_from == own.read_from for one in others
        ):
            return f"{own.key} in {own.read_from} has this size"
    return ""


def _chosen(run: TrainingRun, sources: Sources) -> str:
    """Where a config or a source says that features are chosen, derived or taken apart."""
    for found in every_value(run):
        derives = bool(DERIVING.search(found.key)) and not found.is_off
        if (derives or CHOOSING.search(found.key)) and not INPUT_SIZE.is_named(found.name):
            return f"{found.key} in {found.read_from} selects features"
    for file in sources.files:
        if file.kind == "python" and (match := IN_SOURCE.search(_text(file))):
            return f"{file.where} may select features ({match[0].strip()!r})"
    return ""


def _text(file: SourceFile) -> str:
    try:
        with file.path.open("rb") as source:
            return source.read(LARGEST_SOURCE).decode("utf-8", "replace")
    except OSError:
        return ""


def _among(stored: int, model: ModelInput) -> str:
    """Whether the streams of a model together take what is stored."""
    for count in range(2, min(len(model.sizes), 5) + 1):
        for streams in itertools.combinations(model.sizes, count):
            if sum(streams) == stored:
                return f"the {count} streams of the model take {' + '.join(map(str, streams))}"
    return ""


def _reshaped(stored: int, model: ModelInput, clips: ClipTable | None) -> str:
    """How the numbers in another shape are what the model takes, in words; "" where not."""
    takes = model.size
    rows = [row for row in clips.rows if row.dims == stored] if clips is not None else []
    shapes, frames = {row.shape[1:] for row in rows}, {row.frames for row in rows}
    inner = {
        math.prod(axes)
        for shape in shapes
        for n in range(1, len(shape) + 1)
        for axes in itertools.combinations(shape, n)
    }
    if takes == 1 or (frames == {takes} and model.kind == "conv1d"):
        return "the model takes frames as channels"
    if takes in inner:
        return "the model takes one of the axes of each frame"
    times = takes // stored if takes > stored and takes % stored == 0 else 0
    if times and model.kind == "linear" and ({times} == frames or times > max(STACKED)):
        return f"the model takes {times} frames at once"
    if frames == {1} and stored % takes == 0 and stored // takes >= SHORTEST_ROW:
        return f"each sample is stored as one row, which may be {stored // takes} frames"
    return ""


def _derived(stored: int, model: ModelInput) -> str:
    """What of the stored features, or made of them, may be what is taken; "" for nothing."""
    if model.size < stored:
        return _selection(stored, model.size)
    times = model.size // stored
    if model.size % stored or times not in STACKED:
        return ""
    points = {layout.points for layout in layouts_of(stored) if layout.stacked == 1}
    others = {layout.points for layout in layouts_of(model.size) if layout.stacked == 1}
    if points and others and not points & others:
        return ""  # a layout of more landmarks, two hands for one, and no velocities of the same
    return f"{times} times as many, as if velocities were added"


def _selection(stored: int, takes: int) -> str:
    """Whether fewer features are some of the stored landmarks, or some of their coordinates."""
    layouts = layouts_of(stored)
    if any(takes in _subsets(layout) for layout in layouts):
        return "this is the size of some of the stored landmarks"
    points = max((layout.points for layout in layouts), default=0)
    may_be_points = any(takes % values == 0 and takes // values <= points for values in (2, 3))
    if may_be_points and takes not in EMBEDDING_SIZES:
        chosen = takes // 3 if takes % 3 == 0 else takes // 2
        return f"the model may take {chosen} of the {points} stored landmarks"
    return ""


def _subsets(layout: Layout) -> set[int]:
    """The sizes of every choice of groups, with all or fewer of their coordinates."""
    sizes = set()
    for count in range(1, len(layout.groups) + 1):
        for groups in itertools.combinations(layout.groups, count):
            for values in (2, 3, 4):
                sizes.add(sum(points * min(own, values) for _, points, own in groups))
    return sizes


def _of_parts(data: DataSet, model: ModelInput) -> str:
    """The parts of the stored clips that together have the size that the model takes."""
    widths = next((widths_of_parts(one) for one in data.features if one.parts), {})
    for count in range(1, len(widths)):
        for some in itertools.combinations(widths, count):
            if sum(widths[part] for part in some) in model.sizes:
                return f"this is the size of {' and '.join(some)}"
    return ""


def _beside(data: DataSet, stored: int, model: ModelInput) -> str:
    """Features of the same samples that a model may take with these, or for them."""
    sets = [*data.features, *data.rivals][:MOST_STORES]
    widths = {width: one.where for one in sets if (width := width_of(one)) not in (0, stored)}
    for width, where in widths.items():
        if {width, width + stored} & set(model.sizes):
            together = "" if width in model.sizes else f", and {width + stored} with them"
            return f"{where} has {width}{together}"
    return ""

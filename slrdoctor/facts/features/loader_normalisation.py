"""What in the folder says that the loader normalises the features before a model sees them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from slrdoctor.artifacts.content import Arrays, Tree, Unreadable
from slrdoctor.artifacts.formats import reader_of
from slrdoctor.artifacts.run import DataSet, TrainingRun
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.config._configured import Configured, every_value
from slrdoctor.facts.environment.source_code import SourceCode

_WORD = r"(?:normali[sz]|standardi[sz])(?:e|ed|er|es|ing|ation)"
SWITCH = re.compile(
    rf"(?:.*_)?(?:pre)?{_WORD}(?:_.*)?|(?:standard|min_?max|robust|feature|input)_?scaler"
)
PLACE = re.compile(r"(?:.*_)?(?:dir|path|root|folder|file|name|id|run|experiment)")
NAMED = re.compile(rf"{_WORD}|(?:standard|min_?max|robust)_?scaler", re.IGNORECASE)
# settings of texts, layers, losses, decoding, and what transformers call their order of layers
OF_OTHERS = re.compile(
    r"text|gloss|token|label|word|sentence|layer|batch|group|instance|weight|loss|score|grad|length|logit"
    r"|prob|embed|decod|before|beam|optim|metric|eval|adj|graph|confusion|denormal|unnormal"
)
STATISTICS = re.compile(
    r"(?:.*[_-])?(?:stats?|statistics|norm|normali[sz]ation|mean[_-]?(?:and[_-]?)?std)"
)
SCALER = re.compile(
    r"(?:.*[_-])?(?:standard|minmax|robust)?[_-]?(?:scaler|normali[sz]er)", re.IGNORECASE
)
STORED = (".npz", ".json", ".pkl", ".pickle", ".joblib", ".pt", ".yaml", ".yml", ".npy", ".h5", ".mat")
MEAN, SPREAD = re.compile(r".*(?:mean|mu|average).*"), re.compile(r".*(?:std|sigma|var|scale).*")
MOST_FILES, MOST_FOLDERS, LARGEST = 5000, 50, 20_000_000


@dataclass(frozen=True)
class LoaderNormalisation:
    """A place that says so; `where` is "config.yaml data.normalize" or "dataset.py line 8"."""

    where: str

    @property
    def sentence(self) -> str:
        return f"{self.where} normalises the features in loading"


@measure
def loader_normalisation(
    run: TrainingRun, data: DataSet, code: SourceCode | None
) -> LoaderNormalisation:
    """A switch of the config, else a file of statistics, else the sources; a config may say no."""
    settings = [one for one in every_value(run) if not _is_of_others(one)]
    switches = [one for one in settings if SWITCH.fullmatch(one.name)]
    on = [one for one in settings if _is_on(one)]
    constants = [] if code is None else [c for c in code.constants if SWITCH.fullmatch(c.name.lower())]
    if on:
        return LoaderNormalisation(f"{on[0].read_from} {on[0].key}")
    if not switches and not any(c.value is False for c in constants):
        for where in _statistics(run.root, data.root):
            return LoaderNormalisation(where)
        if code is not None and code.normalising:
            return LoaderNormalisation(code.normalising[0])
    raise Unavailable("nothing in the folder says that the loader normalises the features")


def _is_of_others(one: Configured) -> bool:
    return bool(OF_OTHERS.search(one.key.lower()) or PLACE.fullmatch(one.name))


def _is_on(one: Configured) -> bool:
    """Whether a setting has such a name and is on, or its value names a transform that normalises."""
    other = isinstance(one.value, str) and OF_OTHERS.search(one.value.lower())
    if one.is_off or other:
        return False
    return bool(SWITCH.fullmatch(one.name) or (isinstance(one.value, str) and _is_transform(one.value)))


def _is_transform(value: str) -> bool:
    return len(value) < 60 and "/" not in value and bool(NAMED.search(value))


def _statistics(*roots: Path) -> Iterator[str]:
    """Files with a mean and a spread to normalise by, in the folders and those right below."""
    for root in dict.fromkeys(roots):
        names = _files(root)
        below = [path for path in names if path.is_dir()][:MOST_FOLDERS]
        for folder in (root, *below):
            files = names if folder == root else _files(folder)
            stems = {path.stem.lower() for path in files if path.suffix.lower() in STORED}
            for path in files:
                if path.suffix.lower() in STORED and _is_statistics(path, stems):
                    yield path.relative_to(root).as_posix()


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(islice(folder.iterdir(), MOST_FILES))
    except OSError:
        return []


def _is_statistics(path: Path, stems: set[str]) -> bool:
    stem = path.stem.lower()
    if SCALER.fullmatch(stem) and path.suffix.lower() != ".pt":  # that is one of losses
        return True
    if stem.endswith("mean") and f"{stem[:-4]}std" in stems:
        return True
    return bool(STATISTICS.fullmatch(stem)) and _has_mean_and_spread(path)


def _has_mean_and_spread(path: Path) -> bool:
    try:
        reader = reader_of(path) if path.stat().st_size < LARGEST else None
        content = reader.read(path) if reader is not None else None
    except (Unreadable, OSError):
        return False
    if isinstance(content, Arrays):
        names = [name.lower() for name in content.members]
    elif isinstance(content, Tree) and isinstance(content.value, Mapping):
        names = [str(name).lower() for name in content.value]
    else:
        return False
    return any(map(MEAN.fullmatch, names)) and any(map(SPREAD.fullmatch, names))

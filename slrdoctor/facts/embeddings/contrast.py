"""What a contrastive loss is given to compare: negatives in a batch, and positives at all."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from slrdoctor.artifacts.run import TrainingRun
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.config._configured import Configured, every_value
from slrdoctor.facts.labels.samples import Samples
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.training.epoch_size import EpochSize
from slrdoctor.words.settings import DEVICES

# positives are other clips of the label, which there must be
_BY_LABEL = re.compile(
    r"sup_?con|supervised_?contrast|triplet|(multi_?sim|lifted|n_?pairs?)_?loss", re.I
)
# positives are made: two views of a clip, or a clip and its text
_BY_PAIR = re.compile(
    r"clip_?(?:style_?)?loss|clip_?style|contrastive_?language|info_?nce|nt_?xent|sig_?lip|simclr|"
    r"\bitc\b|video_?text_?contrast",
    re.IGNORECASE,
)
_CONTRASTIVE = re.compile(r"contrastive", re.IGNORECASE)
_OF_LOSS = re.compile(r"loss|criterion|objective|weight|lambda|margin|temperature|tau|method|use")
_QUEUE = re.compile(r"(?:queue|memory_?bank|bank)(?:_?(?:size|len|length))?|moco\w*|cache_?size|xbm\w*")
LONGEST = 60  # characters of a value that is a name
MOST_DEVICES = 4096


@dataclass(frozen=True)
class Contrast:
    """A contrastive training: its batches, and how many clips share a label."""

    loss: str  # as the config has it: "supcon (train.loss)", or the key of a loss
    by_label: bool  # positives are other clips of the same label
    batch: int | None  # samples that are compared with each other
    batch_from: str
    queue: str  # what keeps negatives beyond the batch, or ""
    clips: int  # training samples with a label; 0 where unknown
    labels: int  # different ones
    positives_in_batch: float  # expected for a sample, in batches drawn at random
    read_from: str

    @property
    def clips_a_label(self) -> float:
        return self.clips / self.labels if self.labels else 0.0

    @property
    def sentence(self) -> str:
        batch = f"batches of {self.batch}" if self.batch else "batches of unknown size"
        clips = f", {self.clips_a_label:.2f} clips per label" if self.labels else ""
        return f"{self.loss} compares clips within {batch}{clips}"


@measure
def contrast(
    run: TrainingRun, task: Task | None, samples: Samples | None, size: EpochSize | None
) -> Contrast:
    """Raises Unavailable where the training is not contrastive, or only on the side."""
    found = next(_losses(run), None)
    beside = task is not None and task.name in ("ctc", "classification")
    if beside or (found is None and (task is None or task.name != "retrieval")):
        known = f"the task is {task.name} ({task.known_by})" if task else "the task is unknown"
        raise Unavailable(
            f"no contrastive training: {known}; looked for SupCon, CLIP, InfoNCE, NT-Xent or triplet "
            "losses in the configs",
            "add the config that names the loss",
        )
    loss, by_label = found if found is not None else ("a contrastive loss", False)
    batch, batch_from = _batch(run, size)
    rows = samples.training if samples is not None else ()
    labels = Counter(" ".join(row.glosses or ()) or (row.text or "").strip() for row in rows)
    labels.pop("", None)
    clips = sum(labels.values())
    if batch is None and not clips:
        raise Unavailable(
            f"{loss}, but neither a batch size nor labels of the training samples",
            "add the config with batch_size, or the annotations",
        )
    alike = sum(n * (n - 1) for n in labels.values()) / (clips * (clips - 1)) if clips > 1 else 0.0
    queue = next((f"{c.key}: {c.value}" for c in every_value(run) if _is_queue(c)), "")
    return Contrast(
        loss=loss,
        by_label=by_label,
        batch=batch,
        batch_from=batch_from,
        queue=queue,
        clips=clips,
        labels=len(labels),
        positives_in_batch=(batch - 1) * alike if batch else 0.0,
        read_from=samples.read_from if samples is not None else batch_from,
    )


def _losses(run: TrainingRun) -> Iterator[tuple[str, bool]]:
    """Contrastive losses that are switched on, and whether their positives need a label."""
    for words, by_label in ((_BY_LABEL, True), (_BY_PAIR, False), (_CONTRASTIVE, False)):
        for found in every_value(run):
            if not found.is_off and _names(found, words):
                named = isinstance(found.value, str)
                yield f"{found.value} ({found.key})" if named else found.key, by_label


def _names(found: Configured, words: re.Pattern[str]) -> bool:
    """Whether the value of a loss's key names such a loss, or a key of its own is about one."""
    key = found.key.lower().replace("-", "_")
    if words.search(found.name):
        return bool(_OF_LOSS.search(found.name))
    value = found.value
    named = isinstance(value, str) and len(value) < LONGEST and words.search(value.replace("-", "_"))
    if named and _OF_LOSS.search(key):
        return True
    above = key.rpartition(".")[0].rpartition(".")[2]
    return bool(words.search(above) and _OF_LOSS.search(found.name))


def _is_queue(found: Configured) -> bool:
    return not found.is_off and bool(_QUEUE.fullmatch(found.name))


def _batch(run: TrainingRun, size: EpochSize | None) -> tuple[int | None, str]:
    """The samples that are compared with each other, over all devices where several are named."""
    if size is None or size.batch_size is None:
        return None, ""
    devices = [c.as_int or 1 for c in every_value(run) if DEVICES.is_named(c.name)]
    several = max((n for n in devices if 1 < n <= MOST_DEVICES), default=1)
    return size.batch_size * several, size.known_by.get("batch_size", size.read_from)

"""How many classes the model puts out, and how many its vocabulary asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from slrdoctor.artifacts.run import TrainingRun
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.labels.configured_classes import ConfiguredClasses
from slrdoctor.facts.labels.samples import Samples, Targets
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.labels.vocabulary import BlankIndex, Vocabulary
from slrdoctor.words.grammar import counted

SPECIALS = 5  # blank, padding, unknown, start and end: what a model may add to its glosses
MULTIPLES = (8, 16, 32, 64)  # that a head is padded to, for the speed of its products
ROUND = (10, 20, 50, 100, 128, 256, 500, 512, 1000)  # that a number of classes may be rounded up to
LARGER_BY = 0.25  # of the classes: a head that was rounded up is not larger by more
ANY = 10**9


@dataclass(frozen=True)
class VocabularySize:
    """The numbers of outputs that go with a vocabulary, or with the annotated glosses."""

    glosses: int
    least: int
    needed: int  # with the blank, for CTC
    most: int
    read_from: str

    @property
    def sentence(self) -> str:
        return f"{self.glosses} glosses in {self.read_from} need {self.needed} classes"


def padding(outputs: int, least: int, most: int, multiples: Sequence[int] = MULTIPLES) -> int:
    """The multiple to which padding `least` to `most` classes makes `outputs`, 0 where none does."""
    sizes = range(least, min(most, outputs) + 1)
    return next((m for m in multiples if any(-(-size // m) * m == outputs for size in sizes)), 0)


@measure
def vocabulary_size(
    task: Task, vocabulary: Vocabulary | None, blank: BlankIndex | None, targets: Targets | None
) -> VocabularySize:
    """From the vocabulary; for CTC else from the annotations, which tell only the least."""
    if task.name not in ("ctc", "classification"):
        raise Unavailable(f"the task is {task.name}: the model's outputs are not glosses")
    ctc = task.name == "ctc"
    if vocabulary is not None and vocabulary.glosses:
        size, glosses = len(vocabulary.tokens), len(vocabulary.glosses)
        has_room = bool(vocabulary.specials) or None in vocabulary.tokens
        owns_blank = has_room and blank is not None and blank.index < size
        return VocabularySize(
            glosses=glosses,
            least=size if None in vocabulary.tokens else glosses,
            needed=size + (ctc and not owns_blank),
            most=size + (1 if has_room else SPECIALS),
            read_from=vocabulary.read_from,
        )
    # classes of a subset are common in classification; CTC needs every gloss of its targets
    distinct = (
        {g for target in targets.glosses for g in target} if targets is not None and ctc else set()
    )
    if targets is None or not distinct:
        raise Unavailable(
            "no vocabulary with glosses", 'name it: [vocabulary] path = "..." in slrdoctor.toml'
        )
    count = len(distinct)
    return VocabularySize(count, count, count + 1, ANY, targets.read_from)


@dataclass(frozen=True)
class OutputClasses:
    """How many classes the model puts out, the CTC blank included."""

    count: int
    known_by: str
    read_from: str

    @property
    def sentence(self) -> str:
        return f"{counted(self.count, 'class', 'classes')} ({self.known_by})"


@measure
def output_classes(
    task: Task,
    run: TrainingRun,
    config: ConfiguredClasses | None,
    sizes: VocabularySize | None,
    samples: Samples | None,
) -> OutputClasses:
    """What the config says, else the log, the vocabulary, and last the annotated labels."""
    if task.name not in ("ctc", "classification"):
        raise Unavailable(f"the task is {task.name}")
    if config is not None and len({said.value for said in config.counts}) == 1:
        said = config.counts[0]
        return OutputClasses(int(said.value), said.sentence, said.where)
    for history in run.histories:
        logged = history.facts.get("classes")
        if isinstance(logged, int) and logged > 1:
            return OutputClasses(logged, f"logged in {history.where}", history.where)
    if sizes is not None and sizes.needed > 1:
        return OutputClasses(sizes.needed, sizes.sentence, sizes.read_from)
    rows = samples.rows if samples is not None and not samples.excerpt else ()
    labels = {gloss for row in rows for gloss in row.glosses or ()}
    if samples is None or len(labels) < 2:
        raise Unavailable(
            "the number of classes is unknown: no num_classes in a config, no vocabulary, no labels",
            'name the vocabulary: [vocabulary] path = "..." in slrdoctor.toml',
        )
    return OutputClasses(len(labels), f"{len(labels)} labels", samples.read_from)

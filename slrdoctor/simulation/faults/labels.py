"""Faults of labels and vocabulary."""

from __future__ import annotations

from functools import partial

from slrdoctor.simulation.experiment import Experiment
from slrdoctor.simulation.faults.changing import keep_training, some
from slrdoctor.simulation.faults.features import UNSTRIDED
from slrdoctor.simulation.records import Run
from slrdoctor.simulation.registry import fault
from slrdoctor.simulation.worlds import Sample

RECOGNITION = ("ctc", "classification")


@fault("vocabulary-lacks-glosses", codes=("LAB201",), harms=True, tasks=("ctc",))
def vocabulary_lacks_glosses(x: Experiment) -> None:
    """The vocabulary is that of an older corpus: two glosses in five are not in it and are left out."""
    x.world.tokens = [token for i, token in enumerate(x.world.tokens) if i % 5 not in (1, 3)]


@fault("vocabulary-in-lower-case", codes=("LAB201",), harms=True, tasks=("ctc",), families=UNSTRIDED)
def vocabulary_in_lower_case(x: Experiment) -> None:
    """The vocabulary is in lower case and the annotations are not: no gloss is found in it."""
    x.world.tokens = [token.lower() for token in x.world.tokens]


@fault("vocabulary-mostly-unseen", codes=("LAB202",), harms=False, tasks=RECOGNITION)
def vocabulary_mostly_unseen(x: Experiment) -> None:
    """The output layer has the classes of a large dictionary, of which a few are ever shown."""
    x.world.tokens += [f"WORT{number:04d}" for number in range(600)]
    x.claim("most are unseen", lambda w: len(w.run.coder.tokens) > 600)


@fault("blank-is-a-gloss", codes=("LAB204",), harms=False, tasks=("ctc",), families=UNSTRIDED,
       conventions=("plain", "h5", "lightning"))  # fmt: skip
def blank_is_a_gloss(x: Experiment) -> None:
    """No index is kept for the blank: the loss takes index 0, the commonest gloss, for it."""
    x.world.tokens.remove(x.world.blank)
    x.world.blank = ""
    x.claim("the commonest gloss is never written", lambda w: not any(
        w.run.coder.tokens[0] in said for _, said, _ in w.run.predictions
    ))  # fmt: skip


@fault("targets-empty", codes=("LAB205",), harms=True, tasks=("ctc",))
def targets_empty(x: Experiment) -> None:
    """The gloss column of four training samples in five is empty."""
    for sample in some(x.world, 0.8):
        sample.glosses = ()


@fault("few-examples", codes=("LAB206", "TRN504"), harms=True, tasks=("classification",))
def few_examples(x: Experiment) -> None:
    """Two training clips a class."""
    keep_training(x.world, 2 * len(x.world.tokens))
    x.recipe.epochs = 30


@fault("annotations-contradict", codes=("LAB208",), harms=True, tasks=("ctc",),
       families=UNSTRIDED, conventions=("plain", "h5", "lightning"))  # fmt: skip
def annotations_contradict(x: Experiment) -> None:
    """Two annotators' files were concatenated: half of the training samples have other targets too."""
    rng = x.world.generator(11)
    train = x.world.of("train")
    for sample in some(x.world, 0.48):
        for _ in range(3):
            other = train[int(rng.integers(len(train)))]
            x.world.samples.append(
                Sample(sample.name, "train", sample.signer, sample.clip, other.glosses, other.text)
            )


@fault("labels-shifted", codes=("LAB209", "FEA114"), harms=True, families=UNSTRIDED)
def labels_shifted(x: Experiment) -> None:
    """A header line was read as a sample: every training clip has the label of the one before it."""
    # in an order in which one class does not always follow the same other one
    order = x.world.generator(35).permutation(len(x.world.of("train")))
    train = [x.world.of("train")[i] for i in order]
    x.world.samples = train + [s for s in x.world.samples if s.split != "train"]
    moved = [(s.glosses, s.text) for s in (train[-1], *train[:-1])]
    for sample, (glosses, text) in zip(train, moved, strict=True):
        sample.glosses, sample.text = glosses, text


@fault("labels-shuffled", codes=("FEA114",), harms=True, families=UNSTRIDED)
def labels_shuffled(x: Experiment) -> None:
    """Labels and clips were sorted by different keys: no label belongs to its clip."""
    for split in ("train", "dev", "test"):
        samples = x.world.of(split)
        order = x.world.generator(12).permutation(len(samples))
        mixed = [(samples[i].glosses, samples[i].text) for i in order]
        for sample, (glosses, text) in zip(samples, mixed, strict=True):
            sample.glosses, sample.text = glosses, text


@fault("vocabulary-permuted", codes=("LAB212",), harms=True, tasks=("ctc", "classification"))
def vocabulary_permuted(x: Experiment) -> None:
    """The decoder reads the vocabulary in another order than the training had."""
    tokens = [token for token in x.world.tokens if token != x.world.blank]
    moved = iter([*tokens[5:], *tokens[:5]])
    x.recipe.decoding_tokens = [
        token if token == x.world.blank else next(moved) for token in x.world.tokens
    ]


@fault("vocabulary-of-another-version", codes=("LAB210", "MDL607"), harms=False, tasks=RECOGNITION)
def vocabulary_of_another_version(x: Experiment) -> None:
    """The vocabulary was built again, with more glosses in its order, after the training."""
    x.after_training(partial(_add_tokens, count=17))
    x.claim("the vocabulary is larger", lambda w: len(w.run.coder.tokens) > len(x.world.tokens))


def _add_tokens(run: Run, count: int) -> None:
    """More glosses, and all of them sorted: most have another index than before."""
    glosses = [token for token in run.coder.tokens if token != run.world.blank]
    blank = run.coder.tokens[: len(run.coder.tokens) - len(glosses)]
    run.coder.tokens = blank + sorted(glosses + [f"BEZIRK{number:02d}" for number in range(count)])


@fault("vocabulary-empty", codes=("LAB211",), harms=False, tasks=("ctc",),
       conventions=("plain", "h5", "lightning"))  # fmt: skip
def vocabulary_empty(x: Experiment) -> None:
    """The vocabulary was written before the annotations were read: it has the blank and no gloss."""

    def empty(run: Run) -> None:
        run.coder.tokens = [run.world.blank]

    x.after_training(empty)
    x.claim("one token is left", lambda w: len(w.run.coder.tokens) == 1)

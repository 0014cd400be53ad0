from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from slrdoctor.artifacts.run import (
    AnnotationFile,
    ConfigFile,
    DataSet,
    HistoryFile,
    PredictionFile,
    Row,
    Scalar,
    TrainingRun,
    VocabularyFile,
)
from slrdoctor.artifacts.settings.read import Settings
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.labels.samples import Samples
from slrdoctor.facts.labels.task import Task, task

ROOT = Path("run")
SEQUENCES = Samples(tuple(Row(f"s{i}", "train", ("A", "B")) for i in range(4)), "a.csv")
LABELS = Samples(tuple(Row(f"s{i}", "train", ("A",)) for i in range(4)), "a.csv")
TEXTS = Samples(tuple(Row(f"s{i}", "train", text="a b") for i in range(4)), "a.csv")


def told(
    samples: Samples | None = None,
    config: Mapping[str, Any] | None = None,
    series: tuple[tuple[str, str], ...] = (),
    tokens: tuple[str, ...] = (),
    settings: Settings | None = None,
    classification: bool = False,
) -> Task:
    scalars = tuple(Scalar(name, "dev", quantity, (1.0,), (0.5,)) for name, quantity in series)
    run = TrainingRun(
        "",
        ROOT,
        histories=(HistoryFile("log.csv", "csv", scalars),) if series else (),
        configs=(ConfigFile("config.yaml", "yaml", config),) if config else (),
    )
    files = (AnnotationFile("a.csv", "csv", "csv", samples.rows if samples else (), classification),)
    words = (VocabularyFile("v.txt", "text", tokens),) if tokens else ()
    return task(settings or Settings(), DataSet("", ROOT, (), files, words), run, samples)


def test_the_users_word_comes_first() -> None:
    assert told(SEQUENCES, settings=Settings(task="retrieval")).name == "retrieval"


@pytest.mark.parametrize(
    ("samples", "name"), [(SEQUENCES, "ctc"), (LABELS, "classification"), (TEXTS, "translation")]
)
def test_annotations_alone_tell_the_task(samples: Samples, name: str) -> None:
    assert told(samples).name == name


def test_single_glosses_are_trained_by_ctc_where_the_run_says_so() -> None:
    assert told(LABELS, config={"model": "bilstm_ctc"}).name == "ctc"
    assert told(LABELS, config={"loss_weights": {"SeqCTC": 1.0}}).name == "ctc"
    assert told(LABELS, series=(("blank_ratio", "other"), ("val_acc", "accuracy"))).name == "ctc"
    assert told(LABELS, tokens=("<blank>", "A", "B")).name == "ctc"
    assert told(LABELS, tokens=("A", "B", "<blank>"), classification=True).name == "ctc"


def test_what_is_switched_off_tells_nothing() -> None:
    assert told(LABELS, config={"ctc_weight": 0.0, "use_ctc": False}).name == "classification"
    assert (
        told(TEXTS, config={"recognition_loss_weight": 0.0, "translation_loss_weight": 1.0}).name
        == "translation"
    )


def test_the_training_samples_tell_the_task() -> None:
    dev = (Row("d", "dev", ("A", "B"), text="a b"),)

    assert told(Samples(TEXTS.rows + dev, "a.csv")).name == "translation"


def test_a_cross_entropy_of_labels_is_a_classification() -> None:
    assert told(LABELS, {"loss": "CrossEntropyLoss"}, tokens=("<blank>", "A")).name == "classification"


def test_a_blank_sign_is_no_ctc() -> None:
    assert told(LABELS, tokens=("A", "B", "blank", "nothing")).name == "classification"


@pytest.mark.parametrize(
    ("series", "name"),
    [
        ((("val_wer", "wer"),), "ctc"),
        ((("val_acc", "accuracy"),), "classification"),
        ((("BLEU-4", "bleu"), ("wer", "wer")), "translation"),
        ((("PosSim", "possim"), ("wer", "wer")), "retrieval"),
        ((("R@1", "recall"),), "retrieval"),
        ((("ctc_loss", "loss"),), "ctc"),
    ],
)
def test_a_history_alone_tells_the_task(series: tuple[tuple[str, str], ...], name: str) -> None:
    assert told(series=series).name == name


def test_a_wer_of_texts_is_of_translation() -> None:
    assert told(TEXTS, series=(("wer", "wer"),)).name == "translation"


def test_an_accuracy_of_sequences_is_no_classification() -> None:
    assert told(SEQUENCES, series=(("val_acc", "accuracy"),)).name == "ctc"


def test_configs_name_the_task() -> None:
    assert told(config={"task": "S2G"}).name == "ctc"
    assert told(config={"task": "isolated"}).name == "classification"
    assert told(config={"task_name": "translation"}).name == "translation"
    assert told(config={"loss": {"name": "SupCon"}}).name == "retrieval"
    assert told(config={"criterion": "CrossEntropyLoss"}).name == "classification"


def test_nothing_tells_nothing() -> None:
    with pytest.raises(Unavailable, match="the task is unknown"):
        told()


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("other", ["isolated_intent_classification", "ISLR"])
@pytest.mark.parametrize("own", [{"loss": "ctc"}, {"task": "cslr"}, {"loss_weights": {"SeqCTC": 1.0}}])
def test_of_two_configs_the_one_that_fits_the_sequences_tells_the_task(
    order: int, other: str, own: Mapping[str, Any]
) -> None:
    values = [{"name": "other set", "task": other}, own][::order]
    configs = tuple(ConfigFile(f"c{i}.yaml", "yaml", value) for i, value in enumerate(values))
    run = TrainingRun("", ROOT, configs=configs)
    data = DataSet("", ROOT, (), (AnnotationFile("a.csv", "csv", "csv", SEQUENCES.rows),), ())

    assert task(Settings(), data, run, SEQUENCES).name == "ctc"
    assert task(
        Settings(), data, TrainingRun("", ROOT, configs=configs[::order][:1]), SEQUENCES
    ).name == ("classification")


def test_a_model_with_a_decoder_translates_where_nothing_else_tells_the_task() -> None:
    """All that an output folder of Hugging Face has: config.json, and a log of its losses."""
    config = {"architectures": ["T5ForConditionalGeneration"], "is_encoder_decoder": True}
    loss = (("loss", "loss"), ("eval_loss", "loss"))

    assert told(None, config=config, series=loss).name == "translation"
    assert told(LABELS, config=config, series=loss).name == "classification"
    assert told(SEQUENCES, config=config, series=(("eval_wer", "wer"),)).name == "ctc"
    with pytest.raises(Unavailable):
        told(None, config={**config, "is_encoder_decoder": False}, series=loss)


def listed(target: str, tokens: tuple[str, ...], references: tuple[tuple[str, ...], ...] = ()) -> Task:
    words = VocabularyFile("labels.txt", "text", tokens, (), target)
    pairs = (PredictionFile("p.csv", "csv", "dev", ("a",), (("A",),), references),) if references else ()
    run = TrainingRun("", ROOT, predictions=pairs)
    return task(Settings(), DataSet("", ROOT, (), (), (words,)), run, None)


def test_a_list_of_classes_tells_the_task_where_nothing_else_does() -> None:
    assert listed("class", ("A", "B", "C")).name == "classification"
    assert listed("class", ("A", "B", "C"), (("B",),)).name == "classification"


@pytest.mark.parametrize(
    ("target", "tokens", "references"),
    [
        ("gloss", ("A", "B"), ()),
        ("text", ("A", "B"), ()),
        ("class", ("A", "B"), (("A", "B"),)),
    ],
)
def test_other_lists_and_sequences_leave_the_task_unknown(
    target: str, tokens: tuple[str, ...], references: tuple[tuple[str, ...], ...]
) -> None:
    with pytest.raises(Unavailable, match="task is unknown"):
        listed(target, tokens, references)

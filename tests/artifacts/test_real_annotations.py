"""Real annotation files, vocabularies and configs, each read for what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from slrdoctor.artifacts.formats import reader_of
from slrdoctor.artifacts.kinds.annotations import recognise_annotations, recognise_split_list
from slrdoctor.artifacts.kinds.config import recognise_config
from slrdoctor.artifacts.kinds.config.search import every_setting
from slrdoctor.artifacts.kinds.vocabulary import is_named_like_vocabulary, recognise_vocabulary

EXPECTED = {
    "train_labels.csv": (28142, True, "train"),
    "validation_labels.csv": (4418, True, "dev"),
    "gsl_split_SI_train.csv": (8821, False, "train"),
    "gsl_split_SI_test.csv": (881, False, "test"),
    "train_include50.csv": (766, True, "train"),
    "asl100.json": (2038, True, "train"),
    "MS_ASL_SI_ASL100_val.json": (1190, True, "dev"),
    "train_info.npy": (324, False, "train"),
    "dev_info.npy": (18, False, "dev"),
    "QSLR2024-groundtruth-train.stm": (324, False, "train"),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_real_annotations_give_every_sample(shared_data: Path, name: str) -> None:
    path = next(shared_data.rglob(name))
    reader = reader_of(path)
    assert reader is not None
    found = recognise_annotations(name, reader.name, reader.read(path))
    assert found is not None
    count, classification, split = EXPECTED[name]
    assert len(found.rows) == count
    assert found.classification is classification
    assert found.rows[0].split == split
    assert found.skipped == ()
    assert all(row.id and row.glosses for row in found.rows)


VOCABULARIES = {
    "SignList_ClassId_TR_EN.csv": (226, "abla"),
    "greek_classes.txt": (481, None),  # its first line is blank: nothing owns index 0
    "gloss_dict.npy": (65, None),
    "terms.txt": (150, "hospital"),
    "terms_sample.txt": (5, "ambulancia"),
}


@pytest.mark.parametrize("name", VOCABULARIES)
def test_real_vocabularies_give_their_tokens_by_index(shared_data: Path, name: str) -> None:
    path = next(shared_data.rglob(name))
    reader = reader_of(path)
    assert reader is not None
    content = reader.read(path)
    found = recognise_vocabulary(name, reader.name, content)
    assert found is not None
    assert (len(found.tokens), found.tokens[0]) == VOCABULARIES[name]
    assert found.collisions == ()
    assert is_named_like_vocabulary(name)
    assert recognise_annotations(name, reader.name, content) is None


def test_the_vocabulary_inside_a_summary_is_found(shared_data: Path) -> None:
    path = next(shared_data.rglob("hands_bilstm/summary.json"))
    reader = reader_of(path)
    assert reader is not None
    found = recognise_vocabulary("results/summary.json", "json", reader.read(path))
    assert found is not None
    assert found.tokens == tuple(f"SIGN{i:02}" for i in range(10))
    assert not is_named_like_vocabulary("results/summary.json")


def test_real_configs_give_their_settings(shared_data: Path) -> None:
    wanted = {
        "hyperparams.yaml": ("dataset.num_classes", 25),
        "baseline.yaml": ("model_args.num_classes", 1296),
        "config_LSTM_64.json": ("units", [64]),
        "QSLR2024.yaml": ("dict_path", "./preprocess/QSLR2024/gloss_dict.npy"),
    }
    for name, (path, value) in wanted.items():
        file = next(shared_data.rglob(name))
        reader = reader_of(file)
        assert reader is not None
        found = recognise_config(f"configs/{name}", reader.name, reader.read(file))
        assert found is not None
        assert (path, value) in [(".".join(keys), one) for keys, one in every_setting(found.value)]


NEITHER = (
    "metrics.json",
    "results.json",
    "latency.json",
    "per_class_performance.csv",
    "PERFORMANCE_LSM_MODELS.csv",
    "PERFORMANCE_LSM_MODELS_CV.csv",
    "metrics.csv",
    "table_main_results.csv",
    "statistics.txt",
    "predictions.txt",
    "training_log.txt",
    "LICENSE.txt",
    "test_hyps.npy",
    "test_refs.npy",
)


@pytest.mark.parametrize("name", NEITHER)
def test_real_histories_scores_and_texts_are_none_of_these(shared_data: Path, name: str) -> None:
    for path in shared_data.rglob(name):
        reader = reader_of(path)
        assert reader is not None
        content = reader.read(path)
        where = path.relative_to(shared_data).as_posix()
        for recognise in (
            recognise_annotations,
            recognise_vocabulary,
            recognise_config,
            recognise_split_list,
        ):
            assert recognise(where, reader.name, content) is None

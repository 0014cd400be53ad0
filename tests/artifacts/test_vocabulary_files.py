"""Vocabularies in every form they are written down, and what is none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from slrdoctor.artifacts.content import ArrayInfo, Arrays, Content, Opaque, Text, Tree
from slrdoctor.artifacts.formats.csv_table import table_of
from slrdoctor.artifacts.kinds.annotations import recognise_annotations
from slrdoctor.artifacts.kinds.vocabulary import is_named_like_vocabulary, recognise_vocabulary
from slrdoctor.artifacts.run import VocabularyFile


def vocabulary(where: str, content: Content) -> VocabularyFile:
    found = recognise_vocabulary(where, "x", content)
    assert found is not None
    assert recognise_annotations(where, "x", content) is None, "one file, one kind"
    return found


FORMS: tuple[tuple[str, Any], ...] = (
    ("vocab.json", ["A", "B", "C"]),
    ("gloss2id.json", {"A": 0, "B": 1, "C": 2}),
    ("gloss2id.json", {"C": 2, "A": 0, "B": 1}),
    ("gloss2id.json", {"A": "0", "B": "1", "C": "2"}),
    ("id2gloss.json", {"0": "A", "1": "B", "2": "C"}),
    ("id2gloss.pkl", {0: "A", 1: "B", 2: "C"}),
    ("label_map.npy", {"A": np.int64(0), "B": np.int64(1), "C": np.int64(2)}),
    ("vocab.json", {"gloss2id": {"A": 0, "B": 1, "C": 2}, "id2gloss": {"0": "A", "1": "B", "2": "C"}}),
    ("summary.json", {"run": "x", "vocab": ["A", "B", "C"], "wer": 0.3}),
    ("config.json", {"lr": 0.1, "id2label": {"0": "A", "1": "B", "2": "C"}}),
    ("classes.json", [{"id": 0, "gloss": "A"}, {"id": 1, "gloss": "B"}, {"id": 2, "gloss": "C"}][:3]),
    ("data.yaml", {"nc": 3, "names": ["A", "B", "C"]}),
    ("data.yaml", {"train": "images/train", "nc": 3, "names": {0: "A", 1: "B", 2: "C"}}),
    ("settings.json", {"lr": 0.1, "num_classes": 3, "names": ["A", "B", "C"]}),
    ("classes.npy", np.array(["A", "B", "C"], dtype=object)),
    ("vocab.pt", Opaque("torchtext.vocab.Vocab", {"itos": ["A", "B", "C"]})),
    (
        "tokenizer.json",
        {"version": "1", "model": {"type": "WordLevel", "vocab": {"A": 0, "B": 1, "C": 2}}},
    ),
)


@pytest.mark.parametrize(
    ("where", "value"), FORMS, ids=[f"{i}-{where}" for i, (where, _) in enumerate(FORMS)]
)
def test_containers_give_the_tokens_by_index(where: str, value: Any) -> None:
    if isinstance(value, list) and isinstance(value[0], dict):
        value += [{"id": 3, "gloss": "D"}, {"id": 4, "gloss": "E"}]
    assert vocabulary(where, Tree(value)).tokens[:3] == ("A", "B", "C")


def test_vac_gloss_dict_leaves_the_blank_without_an_owner() -> None:
    assert vocabulary("gloss_dict.npy", Tree({"A": [1, 30], "B": [2, 4]})).tokens == (None, "A", "B")


def test_tokens_that_claim_one_index_are_told() -> None:
    found = vocabulary(
        "gloss2ids.pkl", Tree({"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "<mask>": 4, "REGEN": 4})
    )
    assert found.tokens == ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
    assert found.collisions == (("<mask>", "REGEN"),)


def test_one_that_was_cut_down_keeps_its_indices() -> None:
    assert vocabulary("gloss2ids.json", Tree({"A": 0, "B": 7})).tokens == ("A", *[None] * 6, "B")


@pytest.mark.parametrize(
    ("where", "lines", "tokens"),
    [
        ("gls.vocab", "<si>\n<unk>\n<pad>\nA\n", ("<si>", "<unk>", "<pad>", "A")),
        ("greek_classes.txt", "\n1\n10\nΓΕΙΑ\n\n\n", (None, "1", "10", "ΓΕΙΑ")),
        ("vocab.txt", "A\n\nB\n", ("A", None, "B")),
        ("label_map.txt", "hello 0\nthank you 1\n", ("hello", "thank you")),
        ("wlasl_class_list.txt", "0\tbook\n1\tthank you\n", ("book", "thank you")),
        ("vocab.txt", "B,1\nA,0\n", ("A", "B")),
        ("labels.txt", "0: hello\n1: bye\n", ("hello", "bye")),
        ("dict.txt", "THE 500\nA 30\n", ("THE", "A")),
        ("terms.txt", "mal \nmayo  \nবাংলা\nشكرا\n", ("mal", "mayo", "বাংলা", "شكرا")),
        ("vocab.txt", '{"A": 0, "B": 1}', ("A", "B")),
        (
            "classes.txt",
            "thank you\ngood morning\nbook\npen\n",
            ("thank you", "good morning", "book", "pen"),
        ),
    ],
)
def test_text_files_give_the_tokens_by_line_or_by_number(
    where: str, lines: str, tokens: tuple[str | None, ...]
) -> None:
    assert vocabulary(where, Text(lines.split("\n"))).tokens == tokens


@pytest.mark.parametrize(
    ("where", "text", "tokens"),
    [
        (
            "SignList_ClassId_TR_EN.csv",
            "ClassId,TR,EN\n0,abla,sister\n1,acele,hurry\n",
            ("abla", "acele"),
        ),
        ("classes.csv", "name,id\nhello,1\nbye,2\n", (None, "hello", "bye")),
        ("vocab.csv", "gloss,count\nA,50\nB,7\n", ("A", "B")),
        ("gloss_vocab.csv", "gloss\nA\nB\n", ("A", "B")),
        ("labels.csv", "0,hello\n1,bye\n", ("hello", "bye")),
    ],
)
def test_class_lists_in_tables(where: str, text: str, tokens: tuple[str | None, ...]) -> None:
    assert vocabulary(where, table_of(text)).tokens == tokens


def test_a_saved_array_of_names() -> None:
    names = np.array(["hello", "bye"])
    arrays = Arrays({"": ArrayInfo(names.shape, names.dtype.str)}, lambda _: names)
    assert vocabulary("classes.npy", arrays).tokens == ("hello", "bye")
    assert recognise_vocabulary("train_ids.npy", "npy", arrays) is None


@pytest.mark.parametrize(
    ("where", "content"),
    [
        ("vocab.json", Tree({})),
        ("gloss_dict.npy", Tree({})),
        ("labels.json", Tree([])),
        ("vocab.txt", Text([""])),
    ],
)
def test_an_empty_file_with_the_name_of_a_vocabulary_is_one_without_tokens(
    where: str, content: Content
) -> None:
    assert vocabulary(where, content).tokens == ()


@pytest.mark.parametrize(
    ("where", "content"),
    [
        ("data.json", Tree({})),
        ("config.json", Tree({"batch_size": 0, "epochs": 1, "layers": 2, "heads": 3, "seed": 4})),
        ("metrics.json", Tree({"acc": 0.9, "wer": 1.0})),
        ("history.json", Tree({"loss": [3.0, 2.0]})),
        ("gloss_counts.json", Tree({"A": 40, "B": 3})),
        ("class_weights.json", Tree({"A": 0.5, "B": 1.0})),
        ("labels.json", Tree({"v1": 0, "v2": 1, "v3": 0, "v4": 1})),
        ("labels.json", Tree({"v1": "A", "v2": "B"})),
        ("train.json", Tree({"00001": "A", "00002": "B", "00003": "C", "00004": "D", "00005": "E"})),
        ("glosses.json", Tree({"1": "A B C", "2": "D E", "3": "F G"})),
        ("x.json", Tree({"id": ["a", "b"], "glosses": ["A", "B"]})),
        ("files.json", Tree(["clip_0001", "clip_0002", "clip_0003"])),
        ("special_tokens.json", Tree({"model": {"vocab": {"<pad>": 0, "<unk>": 1}}})),
        ("x.json", Tree([1, 2, 3, 4])),
        ("y_labels.txt", Text(["hello", "bye", "hello"])),
        ("labels.txt", Text(["video1 3", "video2 7"])),
        ("train.gloss", Text(["A B C", "D E"])),
        ("notes.txt", Text(["hello", "bye"])),
        ("dev.hyp.gls", Text(["A", "B"])),
        ("labels.csv", table_of("id,label\nv1,A\nv2,B\nv3,C\n")),
        ("cv.csv", table_of("fold,units,accuracy\n1,64,0.99\n2,64,0.98\n3,64,0.97\n")),
        ("history.csv", table_of("epoch,note\n1,start\n2,warm\n3,end\n")),
        ("ann.csv", table_of("id,sentence\n0,hello\n1,bye\n")),
        ("vocab.json", Tree({f"t{i}": i for i in range(200_001)})),
        ("vocab.json", Tree({"A": 10**5000, "B": 1})),
        ("vocab.json", Tree({"A": -1, "B": float("nan")})),
    ],
)
def test_what_is_no_vocabulary_is_not_claimed(where: str, content: Content) -> None:
    assert recognise_vocabulary(where, "x", content) is None


@pytest.mark.parametrize(
    ("where", "target"),
    [
        ("gls.vocab", "gloss"),
        ("txt.vocab", "text"),
        ("text_vocab.json", "text"),
        ("vocab.txt", "gloss"),
        ("label_map.json", "class"),
        ("classes.json", "class"),
        ("sign_to_prediction_index_map.json", "class"),
        ("character_to_prediction_index.json", "gloss"),
    ],
)
def test_the_name_tells_what_a_vocabulary_is_of(where: str, target: str) -> None:
    content: Content = Text(["A", "B"]) if not where.endswith("json") else Tree({"A": 0, "B": 1})
    assert vocabulary(where, content).target == target


@pytest.mark.parametrize(
    ("where", "is_one"),
    [
        ("data/gloss_dict.npy", True),
        ("gls.vocab", True),
        ("labels.txt", True),
        ("vocab/de.txt", True),
        ("train_vocab.json", True),
        ("train_labels.csv", False),
        ("validation_labels.csv", False),
        ("dev.hyp.gls", False),
        ("history.json", False),
        ("config.yaml", False),
        ("gloss_counts.json", False),
        ("train.csv", False),
    ],
)
def test_names_of_vocabularies(where: str, is_one: bool) -> None:
    assert is_named_like_vocabulary(where) is is_one


@pytest.mark.parametrize("count", [{}, {"nc": 4}, {"nc": 3.0}, {"nc": "3"}])
def test_names_that_nothing_counts_are_no_vocabulary(count: dict[str, Any]) -> None:
    value = {**count, "names": ["left hand", "right hand", "face"]}
    assert recognise_vocabulary("data.yaml", "yaml", Tree(value)) is None

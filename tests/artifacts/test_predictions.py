"""Hypotheses with their references, in every form that they are stored in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from slrdoctor.artifacts.content import ArrayInfo, Arrays, Content, Table, Text, Tree
from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.formats import read
from slrdoctor.artifacts.formats.csv_table import table_of
from slrdoctor.artifacts.kinds.predictions import recognise_predictions
from slrdoctor.artifacts.kinds.predictions.pairs import reference_names
from slrdoctor.artifacts.kinds.predictions.tokens import tokens_of
from slrdoctor.artifacts.run import PredictionFile


def predictions(
    content: Content, where: str = "preds.json", format: str = "json", **beside: Content
) -> PredictionFile | None:
    named = {name.replace("__", "."): found for name, found in beside.items()}
    return recognise_predictions(where, format, content, named.get)


def pairs(found: PredictionFile | None) -> list[tuple[str, str, str]]:
    assert found is not None
    return [
        (i, " ".join(h), " ".join(r)) for i, h, r in zip(found.ids, found.hypotheses, found.references)
    ]


def array(values: Any) -> Arrays:
    stored = np.array(values)
    return Arrays({"": ArrayInfo(stored.shape, str(stored.dtype))}, lambda _: stored)


@pytest.mark.parametrize(
    "value",
    [
        [{"id": "a", "hyp": "X Y", "ref": "X Z"}, {"id": "b", "hyp": "", "ref": "Q"}],
        {"a": {"hypothesis": "X Y", "reference": "X Z"}, "b": {"hypothesis": [], "reference": ["Q"]}},
        {"a": {"gls_hyp": "X Y", "gls_ref": "X Z", "txt_hyp": "t", "txt_ref": "u"},
         "b": {"gls_hyp": "", "gls_ref": "Q", "txt_hyp": "t", "txt_ref": "u"}},
        {"ids": ["a", "b"], "hyps": ["X Y", ""], "refs": ["X Z", "Q"]},
        {"hypotheses": {"a": "X Y", "b": ""}, "references": {"a": "X Z", "b": "Q"}},
        {"wer": 0.7, "predictions": [
            {"video": "a", "prediction": "X Y", "ground_truth": "X Z", "confidence": 0.3},
            {"video": "b", "prediction": "", "ground_truth": "Q", "confidence": 0.3}]},
        [{"name": "a", "pred": "X Y", "gloss": "X Z", "pred_score": 1.0},
         {"name": "b", "pred": "", "gloss": "Q", "pred_score": 1.0}],
        [{"name": "a", "output": "X Y", "target": "X Z"}, {"name": "b", "output": "", "target": "Q"}],
    ],
)  # fmt: skip
def test_records_lists_and_dicts(value: Any) -> None:
    assert pairs(predictions(Tree(value))) == [("a", "X Y", "X Z"), ("b", "", "Q")]


def test_tables_with_both_columns() -> None:
    text = "filename,true_label,predicted_label,confidence\na,X,Y,.3\nb,Q,Q,.9\n"
    found = predictions(table_of(text), "dev_predictions.csv", "csv")
    assert pairs(found) == [("a", "Y", "X"), ("b", "Q", "Q")]
    assert found is not None and found.split == "dev"
    assert pairs(predictions(table_of("y_true,y_pred\n1,2\n"), "p.csv", "csv")) == [("0", "2", "1")]


@pytest.mark.parametrize(
    "text",
    [
        "id,gloss,signer\n1,2,3\n",
        "id,target,label\n1,2,3\n",
        "path,participant_id,sequence_id,sign\na,1,2,x\n",
        "class,precision,recall,support\nA,1,1,26\n",
        "id,label,prediction_time\na,X,3\n",
    ],
)
def test_annotations_and_reports_are_no_predictions(text: str) -> None:
    assert predictions(table_of(text), "train.csv", "csv") is None


@pytest.mark.parametrize(
    "value",
    [
        {"model": {"output": "x", "label": "y"}},
        {"train_loss": [1, 2], "pred_loss": [1, 2]},
        [{"name": "a", "gloss": "X", "predictions": np.zeros(3)}],
        [{"name": "a", "gloss": "X", "pred": [0.1, 0.9]}],
        {"HELLO": 0},
        [],
        None,
    ],
)
def test_other_trees_are_no_predictions(value: Any) -> None:
    assert predictions(Tree(value), "x.pkl", "pickle") is None


def test_two_text_files_line_by_line() -> None:
    found = predictions(
        Text(["A B", "C", ""]), "hyps.txt", "text", refs__txt=Text(["A", "C D", "E", ""])
    )
    assert pairs(found) == [("0", "A B", "A"), ("1", "C", "C D"), ("2", "", "E")]
    gfslt = predictions(Text(["A B"]), "tmp_pres.txt", "text", tmp_refs__txt=Text(["A"]))
    assert pairs(gfslt) == [("0", "A B", "A")]


def test_the_references_alone_are_not_the_predictions() -> None:
    assert predictions(Text(["A B"]), "refs.txt", "text", hyps__txt=Text(["A"])) is None
    assert predictions(Text(["A B"]), "hyps.txt", "text") is None


def test_signjoey_files_are_paired_by_name() -> None:
    beside = {"references.dev.gls": Text(["dev/2|C", "dev/1|A B"])}
    found = recognise_predictions(
        "gls/12000.dev.hyp.gls", "text", Text(["dev/1|A B", "dev/2|"]), beside.get
    )
    assert pairs(found) == [("dev/1", "A B", "A B"), ("dev/2", "", "C")]
    assert found is not None and found.split == "dev"
    assert {"references.dev.gls", "../references.dev.gls"} <= set(reference_names("12000.dev.hyp.gls"))


def test_arrays_of_classes_and_of_probabilities() -> None:
    same = predictions(array([1, 2, 3]), "y_pred.npy", "npy", y_true__npy=array([1, 2, 4]))
    assert pairs(same) == [("0", "1", "1"), ("1", "2", "2"), ("2", "3", "4")]
    soft = predictions(
        array([[0.1, 0.9], [0.8, 0.2]]), "test_preds.npy", "npy", test_labels__npy=array([1, 1])
    )
    assert pairs(soft) == [("0", "1", "1"), ("1", "0", "1")]
    padded = predictions(array([[1, 2, -1]]), "hyps.npy", "npy", refs__npy=array([[1, 3, 4]]))
    assert pairs(padded) == [("0", "1 2", "1 3 4")]


def test_one_array_with_both_columns_and_one_npz() -> None:
    assert pairs(predictions(array([[1, 1], [2, 3]]), "predictions.npy", "npy")) == [
        ("0", "1", "1"),
        ("1", "2", "3"),
    ]
    assert predictions(array([[1, 1], [2, 3]]), "offsets.npy", "npy") is None
    both = Arrays(
        {n: ArrayInfo((2,), "int64") for n in ("y_true", "y_pred")}, lambda n: np.array([1, len(n)])
    )
    assert pairs(predictions(both, "r.npz", "npz")) == [("0", "1", "1"), ("1", "6", "6")]


def test_a_ctm_takes_its_references_from_the_stm() -> None:
    ctm = Table(
        ("id", "channel", "start", "duration", "token"),
        [["a", "1", "0", "1", "X"], ["a", "1", "1", "1", "Y"]],
    )
    stm = Table(
        ("id", "channel", "speaker", "start", "end", "gloss"),
        [["a", "1", "s", "0", "1", "X Z"], ["b", "1", "s", "0", "1", "Q"]],
    )
    beside = {"phoenix2014-groundtruth-dev.stm": stm}
    found = recognise_predictions("work/output-hypothesis-dev.ctm", "ctm", ctm, beside.get)
    assert pairs(found) == [("a", "X Y", "X Z"), ("b", "", "Q")]
    assert recognise_predictions("out.ctm", "ctm", ctm, lambda _: None) is None


def test_blocks_of_text() -> None:
    sample = "Sample 1\nTrue Sign       : {}\nPredicted Sign  : {}\nStatus : ok\n\n"
    blocks = sample.format("G", "G") + sample.format("Z", "A")
    assert pairs(predictions(Text(blocks.splitlines()), "p.txt", "text")) == [
        ("0", "G", "G"),
        ("1", "A", "Z"),
    ]
    lines = [
        "ref: A B C hyp: A B",
        "Ground truth: D | Prediction: D E (conf 0.9)",
        "REF: a *** b",
        "HYP: a c   b",
    ]
    assert pairs(predictions(Text(lines), "out.txt", "text")) == [
        ("0", "A B", "A B C"),
        ("1", "D E", "D"),
        ("2", "a c b", "a b"),
    ]


def test_what_a_translator_generated_is_its_hypothesis() -> None:
    block = "ID: clip_{}\nVis Token: x y\nReference: {}\nGenerated: {}\n\n"
    text = block.format(0, "a b", "a") + block.format(1, "c", "c d")
    assert pairs(predictions(Text(text.splitlines()), "test_results.txt", "text")) == [
        ("0", "a", "a b"),
        ("1", "c d", "c"),
    ]
    for key in ("generated", "generation", "generated_text"):
        records = [{"id": i, "reference": r, key: h} for i, h, r in (("u", "a", "a b"), ("v", "c", "c"))]
        assert pairs(predictions(Tree(records))) == [("u", "a", "a b"), ("v", "c", "c")]
    assert predictions(Tree([{"id": "u", "text": "a", "generated": "2024"}] * 2)) is None


def test_one_pair_in_a_text_is_an_example_and_no_list() -> None:
    assert predictions(Text(["Reference: A", "Hypothesis: B"]), "notes.txt", "text") is None
    assert predictions(Text(["output: dir", "target: gloss"]), "config.txt", "text") is None


def test_tokens() -> None:
    assert tokens_of("  A   B ") == ("A", "B")
    assert tokens_of(["A B"]) == ("A", "B")
    assert tokens_of([3, 4.0]) == ("3", "4")
    assert tokens_of(3.0) == ("3",)
    assert tokens_of(None) == () == tokens_of([])


def test_the_real_pickled_arrays(shared_data: Path) -> None:
    folder = shared_data / "juanmcastroviejo__asl-cslr" / "results" / "full_bilstm"
    found = recognise_predictions(
        "results/full_bilstm/test_hyps.npy",
        "npy",
        read(folder / "test_hyps.npy"),
        lambda name: read(folder / name),
    )
    assert found is not None and len(found.ids) == 300 and found.split == "test"
    assert found.hypotheses[0] == ("2", "5", "9", "10")
    assert found.references[0] == ("2", "5", "3", "4", "9", "10")


def test_the_real_text_blocks(shared_data: Path) -> None:
    path = (
        shared_data / "Keyur-0__SIGN2SOUND_CODECREW" / "results" / "sample_outputs" / "predictions.txt"
    )
    assert pairs(predictions(read(path), "predictions.txt", "text")) == [
        ("0", "G", "G"),
        ("1", "Z", "Z"),
    ]


@pytest.mark.parametrize(
    ("value", "tokens"),
    [
        ("['A', 'B C']", ("A", "B C")),
        ("['A' \"B'\"]", ("A", "B'")),
        ("[1 2, 3]", ("1", "2", "3")),
        ("[]", ()),
        ("[CLS] A", ("[CLS]", "A")),
        ("[A]", ("[A]",)),
        (float("nan"), ()),
        ([["A", "B"]], ("A", "B")),
        (np.array([[1, 2]]), ("1", "2")),
        (b"A B", ("A", "B")),
        (np.array(["A", "B"], "S1"), ("A", "B")),
        (["A", None], ("A",)),
        ([10**5000], ("a large number",)),
    ],
)
def test_tokens_that_were_written_oddly(value: Any, tokens: tuple[str, ...]) -> None:
    assert tokens_of(value) == tokens


@pytest.mark.parametrize(
    "value",
    [
        {"hyps": [[["A"], ["B", "C"]], [["D"]]], "refs": [[["A"], ["B"]], [["E"]]],
         "ids": [["a", "b"], ["c"]]},
        {"hyps": [["A", "B C"], ["D"]], "refs": [["A", "B"], ["E"]], "ids": [["a", "b"], ["c"]]},
        {"ids": ["a", "b", "c"], "hyps": ["A", "B C", "D"], "refs": [["A", "B", "E"]]},
        {"wer": 0.5, "a": {"hyp": "A", "ref": "A"}, "b": {"hyp": "B C", "ref": "B"},
         "c": {"hyp": "D", "ref": "E"}},
        {"config": {"lr": 1}, "a": {"hyp": "A", "ref": "A"}, "b": {"hyp": "B C", "ref": "B"},
         "c": {"hyp": "D", "ref": "E"}},
        [{"id": ["a"], "hyp": b"A", "ref": "A"}, {"id": "b", "hyp": "B C", "ref": "B"},
         {"id": "c", "hyp": "D", "ref": "E"}],
    ],
)  # fmt: skip
def test_batches_and_scores_among_the_samples(value: Any) -> None:
    assert pairs(predictions(Tree(value))) == [("a", "A", "A"), ("b", "B C", "B"), ("c", "D", "E")]


def test_a_missing_first_hypothesis_hides_no_other() -> None:
    records = [
        {"id": i, "hyp": h, "ref": "A"} for i, h in (("a", float("nan")), ("b", "A"), ("c", None))
    ]
    assert pairs(predictions(Tree(records))) == [("a", "", "A"), ("b", "A", "A"), ("c", "", "A")]


def test_of_several_splits_in_one_file_dev_is_taken() -> None:
    held = {"test": {"hyps": ["A"], "refs": ["B"]}, "val": {"hyps": ["C", "D"], "refs": ["C", "E"]}}
    found = predictions(Tree(held), "results.json")
    assert found is not None and found.split == "dev" and found.hypotheses == (("C",), ("D",))


def test_classes_as_floats_are_the_same_classes() -> None:
    lists = [{"id": "a", "hyp": [1.0, 12.0], "ref": [1, 12]}]
    assert pairs(predictions(Tree(lists))) == [("a", "1 12", "1 12")]
    table = predictions(table_of("y_true,y_pred\n1,1.0\n2,3.0\n"), "p.csv", "csv")
    assert pairs(table) == [("0", "1", "1"), ("1", "3", "2")]
    assert predictions(Tree([{"name": "a", "gloss": "X", "pred": [0.0, 1.0]}])) is None


def test_zeros_that_fill_padded_rows_are_no_tokens() -> None:
    found = predictions(
        array([[3, 4, 0, 0], [5, 0, 0, 0]]), "hyps.npy", "npy", refs__npy=array([[3, 4, 6], [5, 0, 0]])
    )
    assert pairs(found) == [("0", "3 4", "3 4 6"), ("1", "5", "5")]
    with_class_0 = predictions(
        array([[3, 0, 4, 0], [5, 0, 0, 0]]), "hyps.npy", "npy", refs__npy=array([[3, 0, 4], [5, 0, 0]])
    )
    assert pairs(with_class_0)[0] == ("0", "3 0 4 0", "3 0 4")


def test_scores_and_one_hot_labels_are_classes() -> None:
    one_hot = array([[0, 1, 0], [0, 0, 1]])
    soft = array([[0.1, 0.8, 0.1], [np.nan, 0.0, 0.0]])
    found = predictions(soft, "dev_preds.npy", "npy", dev_labels__npy=one_hot)
    assert pairs(found) == [("0", "1", "1"), ("1", "", "2")]


def test_sclite_trn_names_its_sentences_at_the_end() -> None:
    found = predictions(
        Text(["A B (dev-1)", "(dev-2)"]), "hyp.trn", "text", ref__trn=Text(["C (dev-2)", "A (dev-1)"])
    )
    assert pairs(found) == [("dev-1", "A B", "A"), ("dev-2", "", "C")]
    assert found is not None and found.split == ""


@pytest.mark.parametrize("name", ["clip {}", "my clip no {}", "{}"])
def test_the_ids_of_a_trn_may_have_blanks(name: str) -> None:
    first, second = name.format(1), name.format(2)
    found = predictions(
        Text([f"A B ({first})", f"({second})"]),
        "hyp.trn",
        "text",
        ref__trn=Text([f"C ({second})", f"A ({first})"]),
    )
    assert pairs(found) == [(first, "A B", "A"), (second, "", "C")]


def test_a_ctm_is_read_in_the_order_of_time_and_cut_at_segments() -> None:
    ctm = Table(
        ("id", "channel", "start", "duration", "token"),
        [["a", "1", "5.1", "1", "Z"], ["a", "1", "2", "1", "Y"], ["a", "1", "0", "1", "X"], ["a"]],
    )
    columns = ("id", "channel", "speaker", "start", "end", "gloss")
    whole = Table(columns, [["a", "1", "s", "0", "1.79e+308", "X Y"]])
    found = recognise_predictions("dev.ctm", "ctm", ctm, {"dev.stm": whole}.get)
    assert pairs(found) == [("a", "X Y Z", "X Y")]
    cut = Table(columns, [["a", "1", "s", "0", "5", "X Y"], ["a", "1", "s", "5", "9", "Z"]])
    found = recognise_predictions("dev.ctm", "ctm", ctm, {"dev.stm": cut}.get)
    assert pairs(found) == [("a", "X Y", "X Y"), ("a", "Z", "Z")]


def test_labels_of_an_evaluation_are_no_annotations_where_others_are(tmp_path: Path) -> None:
    def annotations() -> set[str]:
        [(data, _)] = discover(tmp_path).cases
        return {a.where for a in data.annotations}

    np.save(tmp_path / "y_pred.npy", np.arange(4))
    np.save(tmp_path / "y_true.npy", np.arange(4.0))
    assert annotations() == {"y_true.npy"}

    (tmp_path / "dev.csv").write_text("id|gloss\nx|A\ny|B\n", encoding="utf-8")
    assert annotations() == {"dev.csv"}

    np.save(tmp_path / "X.npy", np.random.default_rng(0).normal(size=(4, 9, 6)))
    assert annotations() == {"dev.csv", "y_true.npy"}


ACTIONS = ("hello", "thanks", "yes")
TAKES = [(action, n, ACTIONS[(i + (n == 2)) % 3]) for i, action in enumerate(ACTIONS) for n in range(4)]


@pytest.mark.parametrize(
    "columns",
    [
        ("action", "sequence", "predicted"), ("Action", "Seq", "Predicted_Action"),
        ("gesture", "take", "prediction"), ("word", "video_no", "pred_word"),
        ("letter", "number", "pred"),
    ],
)  # fmt: skip
def test_a_class_with_the_number_of_its_take_is_a_sample_of_that_name(columns: tuple[str, ...]) -> None:
    found = recognise_predictions("predictions.csv", "csv", Table(columns, TAKES), lambda _: None)

    assert found is not None
    assert found.ids == tuple(f"{action}/{n}" for action, n, _ in TAKES)
    assert found.references == tuple((action,) for action, _, _ in TAKES)
    assert found.hypotheses == tuple((said,) for _, _, said in TAKES)


def test_a_take_that_is_a_name_of_its_own_is_the_id() -> None:
    rows = [(action, f"clip_{i}", said) for i, (action, _, said) in enumerate(TAKES)]
    table = Table(("action", "sequence", "predicted"), rows)

    found = recognise_predictions("predictions.csv", "csv", table, lambda _: None)

    assert found is not None and found.ids == tuple(f"clip_{i}" for i in range(12))


def test_takes_that_tell_no_sample_are_numbered() -> None:
    rows = [(action, 1, said) for action, _, said in TAKES]
    table = Table(("action", "sequence", "predicted"), rows)

    found = recognise_predictions("predictions.csv", "csv", table, lambda _: None)

    assert found is not None and found.ids == tuple(map(str, range(12)))


def test_a_table_of_actions_without_predictions_is_none() -> None:
    table = Table(("action", "sequence", "frames"), TAKES)

    assert recognise_predictions("samples.csv", "csv", table, lambda _: None) is None

"""Heads that an embedding, an attention or padding keeps from looking like their vocabulary."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

import slrdoctor
from slrdoctor.facts.labels.output_classes import padding

Shapes = Mapping[str, tuple[int, ...]]
CODES = ("LAB210", "MDL607")


def found(folder: Path, shapes: Shapes, glosses: int = 9, config: str = "", log: str = "") -> str:
    """What a scan says of the sizes: the codes that fired, else `fine` or `not judged` of LAB210.

    The weights have a bias beside each matrix that is not called an embedding.
    """
    state = {f"{name}.weight": torch.randn(shape) for name, shape in shapes.items()}
    state |= {
        f"{name}.bias": torch.randn(shape[0]) for name, shape in shapes.items() if "emb" not in name
    }
    save_file(state, folder / "model.safetensors")
    tokens = ["<blank>", *(f"SIGN{i}" for i in range(glosses))]
    (folder / "vocab.json").write_text(json.dumps({token: i for i, token in enumerate(tokens)}))
    (folder / "config.yaml").write_text(f"loss: ctc\nblank: 0\n{config}")
    if log:
        (folder / "history.csv").write_text(log)
    report = slrdoctor.scan(folder)
    fired = [finding["code"] for finding in report.findings if finding["code"] in CODES]
    if fired:
        return " ".join(fired)
    return "not judged" if "LAB210" in {one.code for one in report.not_judged} else "fine"


@pytest.mark.parametrize("outputs", [10, 7])
@pytest.mark.parametrize(
    "shapes",
    [
        {"proj": (96, 160), "fc1": (192, 96), "gloss_embed": (10, 96), "head": (0, 96)},
        {"inp": (48, 84), "enc.attn.qkv": (144, 48), "tgt_emb": (10, 48), "classifier": (0, 48)},
        {"a.conv": (64, 150, 5), "a.to_kv": (128, 64), "dec.embedding": (10, 64), "ctc.out": (0, 64)},
        {"frame": (32, 63), "layer.linear1": (128, 32), "word_embeddings": (10, 32), "zfinal": (0, 32)},
    ],
)
def test_a_head_beside_an_embedding_of_its_glosses_is_found(
    shapes: Shapes, outputs: int, tmp_path: Path
) -> None:
    shapes = {name: (shape[0] or outputs, *shape[1:]) for name, shape in shapes.items()}

    assert found(tmp_path, shapes) == ("fine" if outputs == 10 else "LAB210")


@pytest.mark.parametrize("rows", [10, 41])
@pytest.mark.parametrize(
    "shapes",
    [
        {"proj": (96, 160), "mlp.up": (192, 96), "gloss_embed": (0, 96)},
        {"inp": (48, 84), "ff.1": (128, 48), "tgt_emb": (0, 48)},
        {"frame": (44, 63), "block.fc1": (176, 44), "block.fc2": (44, 176), "word_embeddings": (0, 44)},
    ],
)
def test_an_embedding_may_hold_the_weight_of_the_head(shapes: Shapes, rows: int, tmp_path: Path) -> None:
    shapes = {name: (shape[0] or rows, *shape[1:]) for name, shape in shapes.items()}

    assert found(tmp_path, shapes, glosses=9) == ("fine" if rows == 10 else "LAB210")


@pytest.mark.parametrize(
    ("outputs", "glosses", "config", "expected"),
    [
        (16, 9, "pad_vocab_to_multiple_of: 8", "fine"),
        (120, 110, "model:\n  padding_factor: 40", "fine"),
        (128, 9, "make_vocab_size_divisible_by: 128", "fine"),
        (16, 9, "num_classes: 10\npad_vocab_size_multiple: 8", "fine"),
        (16, 9, "num_classes: 16", "not judged"),
        (16, 9, "", "not judged"),
        (64, 9, "", "not judged"),
        (96, 70, "", "not judged"),
        (12, 9, "pad_vocab_to_multiple_of: 8", "not judged"),  # padding and end, say
        (14, 9, "", "not judged"),
        (15, 9, "", "LAB210"),
        (100, 92, "", "not judged"),
        (260, 239, "", "not judged"),
        (250, 239, "", "not judged"),
        (100, 60, "", "LAB210"),  # far too many to be rounded up
        (93, 79, "", "LAB210"),
        (79, 92, "", "LAB210"),
        (48, 9, "", "LAB210"),  # a multiple, and not the next
        (48, 9, "pad_vocab_to_multiple_of: 8", "LAB210"),
        (128, 9, "", "LAB210"),
        (8, 9, "pad_vocab_to_multiple_of: 8", "LAB210"),
        (64, 79, "", "LAB210"),
    ],
)
def test_a_head_is_padded_to_the_next_multiple(
    outputs: int, glosses: int, config: str, expected: str, tmp_path: Path
) -> None:
    shapes = {"inp": (52, 84), "ctc_head": (outputs, 52)}

    assert found(tmp_path, shapes, glosses, config) == expected


@pytest.mark.parametrize(
    ("outputs", "best", "expected"),
    [(12, 0.2, "not judged"), (31, 0.35, "not judged"), (1300, 0.19, "not judged"),
     (12, 1.0, "LAB210"), (31, 0.99, "LAB210"), (8, 0.2, "LAB210")],
)  # fmt: skip
def test_a_larger_head_does_not_block_a_run_whose_dev_score_is_beyond_guessing(
    outputs: int, best: float, expected: str, tmp_path: Path
) -> None:
    wer = [best + (1 - best) * 0.8**epoch for epoch in range(30)]
    rows = "".join(f"{e},{3 * 0.9**e + 1:.4f},{value:.4f}\n" for e, value in enumerate(wer, 1))
    shapes = {"inp": (52, 84), "ctc_head": (outputs, 52)}

    assert found(tmp_path, shapes, log=f"epoch,train_loss,val_wer\n{rows}") == expected


@pytest.mark.parametrize(
    ("outputs", "multiple"), [(16, 8), (32, 32), (64, 64), (10, 0), (24, 0), (48, 0), (8, 0), (128, 0)]
)
def test_the_multiple_that_makes_a_head_of_ten_classes(outputs: int, multiple: int) -> None:
    assert padding(outputs, 10, 10) == multiple

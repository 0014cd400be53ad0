"""Outputs written from an evaluation loop are what a scan reads."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import slrdoctor
from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.kinds.features.clips import open_clip
from slrdoctor.artifacts.run import OutputFile, TrainingRun

RNG = np.random.default_rng(0)
IDS = ["train/11August_2010-1", "a b", "ähnlich", "file", "0"]
LENGTHS = [7, 5, 9, 3, 6]


def read_back(root: Path) -> TrainingRun:
    [(_, [run])] = [(data, list(runs)) for data, runs in discover(root).cases]
    return run


def arrays_of(output: OutputFile) -> dict[str, Any]:
    return {clip.key: np.asarray(open_clip(clip)) for clip in output.clips}


def test_log_probs_come_back_sample_by_sample_without_padding(tmp_path: Path) -> None:
    batch = RNG.normal(size=(5, 9, 4)).astype(np.float32)

    slrdoctor.dump_outputs(tmp_path / "dev", IDS, log_probs=batch, lengths=LENGTHS)

    [output] = read_back(tmp_path).outputs
    stored = arrays_of(output)
    assert (output.kind, output.split, list(stored)) == ("log_probs", "dev", IDS)
    for row, (name, length) in enumerate(zip(IDS, LENGTHS)):
        np.testing.assert_array_equal(stored[name], batch[row, :length])


def test_batches_add_up_in_any_order_of_axes(tmp_path: Path) -> None:
    first, second = RNG.normal(size=(8, 2, 4)), RNG.normal(size=(3, 6, 4))

    slrdoctor.dump_outputs(tmp_path / "dev", IDS[:2], log_probs=first)  # [T, N, C]
    slrdoctor.dump_outputs(tmp_path / "dev", IDS[2:], log_probs=second)  # [N, T, C]

    [output] = read_back(tmp_path).outputs
    stored = arrays_of(output)
    np.testing.assert_allclose(stored[IDS[1]], first[:, 1], rtol=1e-6)
    np.testing.assert_allclose(stored[IDS[4]], second[2], rtol=1e-6)


def test_a_sample_that_is_dumped_again_is_replaced(tmp_path: Path) -> None:
    for epoch in (1, 2):
        slrdoctor.dump_outputs(
            tmp_path / "dev", IDS, log_probs=np.full((5, 2, 3), float(epoch)),
            hypotheses=[str(epoch)] * 5, references=["A"] * 5,
        )  # fmt: skip

    run = read_back(tmp_path)
    [output], [pairs] = run.outputs, run.predictions
    assert len(output.clips) == 5 and {float(a.max()) for a in arrays_of(output).values()} == {2.0}
    assert sorted(pairs.ids) == sorted(IDS) and set(pairs.hypotheses) == {("2",)}


def test_hypotheses_and_references_are_texts_or_tokens(tmp_path: Path) -> None:
    slrdoctor.dump_outputs(
        tmp_path,
        IDS[:3],
        hypotheses=["A B", ["C"], ()],
        references=[["A", "B"], "C D", np.array([1, 2])],
    )

    [pairs] = read_back(tmp_path).predictions
    assert pairs.hypotheses == (("A", "B"), ("C",), ())
    assert pairs.references == (("A", "B"), ("C", "D"), ("1", "2"))


def test_embeddings_come_back_with_their_labels(tmp_path: Path) -> None:
    rows = RNG.normal(size=(5, 16)).astype(np.float32)

    slrdoctor.dump_outputs(tmp_path, IDS, embeddings=rows, references=list("ABABA"))

    [output] = read_back(tmp_path).outputs
    assert (output.kind, output.ids, output.labels) == ("embeddings", tuple(IDS), tuple("ABABA"))
    np.testing.assert_array_equal(open_clip(output.clips[0]), rows)


def test_embeddings_of_several_batches_are_a_vector_a_sample(tmp_path: Path) -> None:
    rows = RNG.normal(size=(5, 16)).astype(np.float32)
    for start in range(0, 5, 2):
        part = slice(start, start + 2)
        slrdoctor.dump_outputs(
            tmp_path, IDS[part], embeddings=rows[part], references=list("ABABA")[part]
        )

    [output] = read_back(tmp_path).outputs
    assert dict(zip(arrays_of(output), output.labels)) == dict(zip(IDS, "ABABA"))
    np.testing.assert_array_equal(list(arrays_of(output).values()), rows)


@pytest.mark.parametrize("kind", ["float64", "float16", "bfloat16"])
def test_torch_tensors_of_any_precision_are_taken(tmp_path: Path, kind: str) -> None:
    import torch

    batch = torch.tensor(RNG.normal(size=(5, 9, 4)), requires_grad=True).to(getattr(torch, kind))
    ids = torch.arange(5) + 100

    slrdoctor.dump_outputs(tmp_path, ids, logits=batch, lengths=torch.tensor(LENGTHS))

    [output] = read_back(tmp_path).outputs
    stored = arrays_of(output)
    assert list(stored) == ["100", "101", "102", "103", "104"] and output.where == "logits/000000.npz"
    assert {a.dtype for a in stored.values()} == {
        np.dtype("float16" if kind == "float16" else "float32")
    }
    np.testing.assert_allclose(stored["102"], batch[2].detach().float().numpy()[:9], rtol=1e-6)


class OfAnotherFramework:
    """What tensorflow and jax have in common with every other: `__array__`."""

    def __init__(self, values: Any) -> None:
        self.values = values

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.asarray(self.values, dtype)


def test_anything_that_converts_to_an_array_is_taken(tmp_path: Path) -> None:
    batch = RNG.normal(size=(5, 9, 4)).astype(np.float32)

    slrdoctor.dump_outputs(
        tmp_path, IDS, log_probs=OfAnotherFramework(batch), lengths=OfAnotherFramework(LENGTHS)
    )

    [output] = read_back(tmp_path).outputs
    np.testing.assert_array_equal(arrays_of(output)[IDS[0]], batch[0, :7])


def test_a_list_of_arrays_needs_no_padding(tmp_path: Path) -> None:
    clips = [RNG.normal(size=(length, 4)).astype(np.float32) for length in LENGTHS]

    slrdoctor.dump_outputs(tmp_path, IDS, log_probs=clips)

    [output] = read_back(tmp_path).outputs
    assert [len(a) for a in arrays_of(output).values()] == LENGTHS


def test_as_many_frames_as_samples_are_told_apart(tmp_path: Path) -> None:
    batch = np.cumsum(RNG.normal(size=(5, 5, 30)), axis=0)  # smooth along the first: [T, N, C]

    slrdoctor.dump_outputs(tmp_path, IDS, log_probs=batch)

    [output] = read_back(tmp_path).outputs
    np.testing.assert_allclose(arrays_of(output)[IDS[1]], batch[:, 1], rtol=1e-5)


@pytest.mark.parametrize(
    "given",
    [
        {"log_probs": np.zeros((4, 9, 3))},
        {"log_probs": np.zeros((5, 9))},
        {"log_probs": [np.zeros((9, 3))]},
        {"log_probs": np.zeros((5, 9, 3)), "lengths": [1, 2]},
        {"embeddings": np.zeros((4, 9))},
        {"hypotheses": ["A"]},
        {"references": ["A"], "log_probs": np.zeros((5, 9, 3))},
    ],
)
def test_what_does_not_fit_the_ids_is_refused_with_a_reason(
    tmp_path: Path, given: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"(for|of) 5 samples"):
        slrdoctor.dump_outputs(tmp_path, IDS, **given)


def test_two_processes_do_not_overwrite_each_other(tmp_path: Path) -> None:
    program = (
        "import sys, numpy as np, slrdoctor\n"
        "for i in range(20):\n"
        "    slrdoctor.dump_outputs(sys.argv[1], [f'{sys.argv[2]}{i}'], log_probs=np.zeros((1, 3, 2)))"
    )
    running = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path), name]) for name in "ab"]
    assert [process.wait() for process in running] == [0, 0]

    [output] = read_back(tmp_path).outputs
    assert len(output.clips) == 40


def test_dumping_needs_no_framework() -> None:
    program = (
        "import sys, numpy as np, tempfile, slrdoctor\n"
        "slrdoctor.dump_outputs(tempfile.mkdtemp(), ['a'], log_probs=np.zeros((1, 3, 2)))\n"
        "print(json.dumps([m for m in ('torch', 'pandas', 'h5py', 'matplotlib') if m in sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"import json\n{program}"], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == []


def test_the_report_lists_outputs_among_the_artifacts(tmp_path: Path) -> None:
    outputs = RNG.normal(size=(5, 9, 4)).astype(np.float32)
    slrdoctor.dump_outputs(
        tmp_path / "outputs" / "dev", IDS, log_probs=outputs, embeddings=outputs.mean(axis=1)
    )
    np.save(tmp_path / "test_embeddings.npy", RNG.normal(size=(12, 4)))
    np.savez(tmp_path / "logits.npz", train=outputs, dev=outputs)

    listed = slrdoctor.scan(tmp_path).run["artifacts"]

    keys = ("kind", "split", "path", "format", "samples")
    found = {tuple(one[key] for key in keys) for one in listed}
    assert {
        ("log_probs", "dev", "outputs/dev/log_probs/000000.npz", "npz", 5),
        ("embeddings", "dev", "outputs/dev/embeddings/000000.npz", "npz", 5),
        ("embeddings", "test", "test_embeddings.npy", "npy", 12),
    } <= found
    assert {one["split"] for one in listed if one["path"] == "logits.npz"} == {"train", "dev"}

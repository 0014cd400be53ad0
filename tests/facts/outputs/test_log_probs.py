"""What stored outputs say, against slow and obvious second implementations."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize

from slrdoctor.artifacts.run import Clip, OutputFile, PredictionFile, Row, TrainingRun
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.labels.samples import Samples
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.labels.vocabulary import BlankIndex, Vocabulary
from slrdoctor.facts.outputs.decoded_output import decoded_output
from slrdoctor.facts.outputs.log_probs import BlankScore, LogProbs, blank_rival, log_probs
from slrdoctor.facts.outputs.loss_input import loss_input
from slrdoctor.facts.outputs.output_pass import OutputPass, output_pass
from slrdoctor.facts.training.history import Curve, History

RNG = np.random.default_rng(2)
TOKENS = ("<blank>", *(f"G{i}" for i in range(1, 11)))
CTC = Task("ctc", "", "")
Floats = NDArray[np.float64]
Target = tuple[str, ...]


def peaky(target: Sequence[int], frames: int, classes: int, blank: int, sharp: float = 9.0) -> Floats:
    """Logits of a model that puts each gloss into one frame and the blank into all others."""
    values = RNG.normal(size=(frames, classes))
    values[:, blank] += sharp
    at = np.linspace(1, frames - 2, len(target)).astype(int)
    values[at, blank] -= sharp
    values[at, list(target)] += sharp
    return values


def log_softmax(values: Floats) -> Floats:
    return np.asarray(values - np.log(np.exp(values).sum(axis=-1, keepdims=True)))


def run_of(folder: Path, clips: dict[str, Floats], split: str = "dev", **more: Any) -> TrainingRun:
    stored = []
    for name, values in clips.items():
        path = folder / f"{split}_{name}.npy"
        np.save(path, values.astype(np.float32))
        stored.append(Clip(name, path, "npy"))
    where = f"log_probs/{split}"
    return TrainingRun(
        "", folder, outputs=(OutputFile(where, "npy", "log_probs", split, tuple(stored)),), **more
    )


def annotated(targets: dict[str, Target], split: str = "dev") -> Samples:
    return Samples(tuple(Row(name, split, glosses) for name, glosses in targets.items()), "dev.csv")


def passed(
    run: TrainingRun,
    targets: dict[str, Target],
    tokens: tuple[str | None, ...] = TOKENS,
    specials: tuple[int, ...] = (0,),
    blank: BlankIndex | None = None,
) -> OutputPass:
    words = Vocabulary(tokens, specials, "vocabulary.json")
    return output_pass(run, CTC, annotated(targets) if targets else None, words, blank, None)


def sentences(count: int, glosses: int = 10) -> dict[str, list[int]]:
    return {f"s{i}": RNG.integers(1, glosses + 1, RNG.integers(2, 6)).tolist() for i in range(count)}


def named(targets: dict[str, list[int]]) -> dict[str, Target]:
    return {name: tuple(f"G{g}" for g in target) for name, target in targets.items()}


@pytest.fixture
def healthy(tmp_path: Path) -> LogProbs:
    targets = sentences(30)
    clips = {n: log_softmax(peaky(t, 40 + len(t), 11, 0)) for n, t in targets.items()}
    known = BlankIndex(0, "the token <blank>", True, "vocabulary.json")
    return log_probs(passed(run_of(tmp_path, clips), named(targets), blank=known))


def test_a_peaky_model_is_decoded_without_error_and_with_as_many_blanks_as_it_should(
    healthy: LogProbs,
) -> None:
    assert healthy.wer == 0 and healthy.hypotheses == healthy.references
    assert healthy.blank_share == pytest.approx(healthy.peaky_share, abs=0.01)
    assert (
        healthy.over_floor < 0.1
        and healthy.per_token < healthy.floor_per_token < healthy.start_per_token
    )


def test_t_250_with_95_percent_blank_is_healthy(tmp_path: Path) -> None:
    targets = {f"s{i}": RNG.integers(1, 11, 10).tolist() for i in range(12)}
    clips = {n: log_softmax(peaky(t, 250, 11, 0)) for n, t in targets.items()}

    outputs = log_probs(passed(run_of(tmp_path, clips), named(targets)))

    assert outputs.wer < 0.05 and outputs.blank_share == pytest.approx(0.96) == outputs.peaky_share


def test_decoding_and_wer_are_those_of_the_slow_way(tmp_path: Path) -> None:
    targets = sentences(20)
    clips = {n: log_softmax(RNG.normal(size=(12, 11))) for n in targets}

    outputs = log_probs(passed(run_of(tmp_path, clips), named(targets)))

    wrong = 0
    for name, said in zip(outputs.ids, outputs.hypotheses):
        merged = [c for c, _ in itertools.groupby(clips[name].astype(np.float32).argmax(axis=1))]
        slow = [TOKENS[c] for c in merged if c != outputs.blank]
        assert list(said) == slow
        wrong += edits(slow, [f"G{g}" for g in targets[name]])
    assert outputs.wer == pytest.approx(wrong / sum(map(len, targets.values())))


def edits(one: list[str], other: list[str]) -> int:
    """The edit distance, by the table of all prefixes."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        before, row[0] = row[0], i
        for j, b in enumerate(other, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


def test_the_floor_is_what_torch_finds_by_moving_one_bias_vector(tmp_path: Path) -> None:
    import torch

    targets = sentences(10, glosses=4)
    clips = {n: log_softmax(RNG.normal(size=(int(RNG.integers(12, 20)), 5))) for n in targets}
    outputs = log_probs(passed(run_of(tmp_path, clips), named(targets), TOKENS[:5]))
    lengths = torch.tensor([len(clips[n]) for n in outputs.ids])
    sizes = torch.tensor([len(targets[n]) for n in outputs.ids])
    flat = torch.tensor([g for n in outputs.ids for g in targets[n]])

    def loss(bias: Floats) -> tuple[float, Floats]:
        moved = torch.tensor(bias, requires_grad=True)
        constant = moved.log_softmax(0).expand(int(lengths.max()), len(lengths), 5)
        value = torch.nn.CTCLoss()(constant, flat, lengths, sizes)
        value.backward()
        assert moved.grad is not None
        return value.item(), moved.grad.numpy()

    best = minimize(loss, np.array([2.0, 0, 0, 0, 0]), jac=True, method="L-BFGS-B")

    assert outputs.floor_per_token == pytest.approx(best.fun, rel=1e-3)


@pytest.mark.parametrize("change", ["logits", "probabilities", "log-probabilities"])
def test_the_loss_is_the_same_on_every_scale(tmp_path: Path, change: str) -> None:
    import torch

    targets = sentences(12)
    values = {n: RNG.normal(size=(30, 11)) * 3 for n in targets}
    forms = {
        "logits": lambda x: x + 2,
        "probabilities": lambda x: np.exp(log_softmax(x)),
        "log-probabilities": log_softmax,
    }
    clips = {n: np.asarray(forms[change](v)) for n, v in values.items()}
    outputs = passed(run_of(tmp_path, clips), named(targets))

    assert outputs.splits[0].axes.scale == change
    theirs = [
        torch.nn.CTCLoss(reduction="sum")(
            torch.tensor(log_softmax(values[n]))[:, None],
            torch.tensor([t]), torch.tensor([30]), torch.tensor([len(t)]),
        ).item()
        for n, t in targets.items()
    ]  # fmt: skip
    np.testing.assert_allclose(log_probs(outputs).losses, theirs, rtol=1e-4)
    assert loss_input(CTC, outputs, None).stored.scale == change  # type: ignore[union-attr]


@pytest.mark.parametrize("blank", [0, 10])
def test_a_blank_that_nothing_configures_is_told_by_how_it_behaves(tmp_path: Path, blank: int) -> None:
    """Ten glosses and eleven classes: the blank is before or after them."""
    targets = {f"s{i}": RNG.integers(0, 10, 4).tolist() for i in range(20)}
    coded = {n: [g + (g >= blank) for g in t] for n, t in targets.items()}
    clips = {n: log_softmax(peaky(t, 30, 11, blank)) for n, t in coded.items()}
    tokens = tuple(f"G{i}" for i in range(10))
    assumed = BlankIndex(10 - blank, "assumed", False, "")
    glosses = {n: tuple(f"G{g}" for g in t) for n, t in targets.items()}

    outputs = log_probs(passed(run_of(tmp_path, clips), glosses, tokens, (), assumed))

    assert outputs.blank == blank and not outputs.blank_is_certain and outputs.wer == 0
    assert outputs.over_floor < 0.5
    with pytest.raises(Unavailable, match="nothing configures the blank"):
        blank_rival(outputs)


def test_a_configured_blank_is_kept_and_its_rival_scored(tmp_path: Path) -> None:
    targets = sentences(20, glosses=9)
    clips = {n: log_softmax(peaky(t, 30, 11, 10)) for n, t in targets.items()}
    configured = BlankIndex(0, "blank: 0 in the config", True, "config.yaml")

    outputs = log_probs(passed(run_of(tmp_path, clips), named(targets), blank=configured))

    assert outputs.blank == 0 and outputs.wer > 1
    assert blank_rival(outputs).likeliest == BlankScore(10, "G10", 0.0)


def test_targets_may_be_class_numbers(tmp_path: Path) -> None:
    targets = sentences(10)
    clips = {n: log_softmax(peaky(t, 30, 11, 0)) for n, t in targets.items()}
    numbers = {n: tuple(map(str, t)) for n, t in targets.items()}

    assert log_probs(passed(run_of(tmp_path, clips), numbers, ())).wer == 0


def test_letters_spell_words(tmp_path: Path) -> None:
    letters = ("<blank>", *"ABCDEFGHIJ")
    words = {"s0": ("BAD",), "s1": ("CAGE", "BE"), "s2": ("HIDE",)}
    clips = {
        n: log_softmax(peaky([letters.index(c) for c in "".join(w)], 30, 11, 0))
        for n, w in words.items()
    }

    assert log_probs(passed(run_of(tmp_path, clips), words, letters)).wer == 0


def test_a_gloss_without_a_class_leaves_its_sample_out_of_the_loss(tmp_path: Path) -> None:
    targets = sentences(6)
    clips = {n: log_softmax(peaky(t, 30, 11, 0)) for n, t in targets.items()}
    glosses = named(targets) | {"s0": ("G1", "UNKNOWN")}

    outputs = log_probs(passed(run_of(tmp_path, clips), glosses))

    assert math.isnan(outputs.losses[0]) and np.isfinite(outputs.losses[1:]).all()
    assert math.isfinite(outputs.per_token) and outputs.wer > 0


def test_references_stand_in_for_annotations(tmp_path: Path) -> None:
    targets = sentences(8)
    clips = {n: log_softmax(peaky(t, 30, 11, 0)) for n, t in targets.items()}
    references = tuple(named(targets).values())
    stored = PredictionFile("dev.json", "json", "dev", tuple(targets), references, references)

    outputs = log_probs(passed(run_of(tmp_path, clips, predictions=(stored,)), {}))

    assert outputs.wer == 0 and outputs.targets_from == "dev.json"


def test_outputs_without_names_are_not_held_against_the_floor(tmp_path: Path) -> None:
    """They are paired by position, and a shuffled loader would make a good model look blind."""
    targets = {f"clip_{c}": t for c, t in zip("abcdefgh", sentences(8).values())}
    batch = np.stack([log_softmax(peaky(t, 30, 11, 0)) for t in targets.values()]).astype(np.float32)
    np.save(tmp_path / "dev.npy", batch)
    clip = Clip("dev", tmp_path / "dev.npy", "npy")
    run = TrainingRun(
        "", tmp_path, outputs=(OutputFile("log_probs.npy", "npy", "log_probs", "dev", (clip,)),)
    )

    outputs = log_probs(passed(run, named(targets)))

    assert outputs.wer == 0 and outputs.by_position and math.isnan(outputs.over_floor)


def test_references_in_the_file_itself_name_its_samples_well_enough(tmp_path: Path) -> None:
    """In the loader's order, which the annotations need not have."""
    targets = {f"clip_{c}": t for c, t in zip("abcdefgh", sentences(8).values())}
    shuffled = list(targets.values())[::-1]
    batch = np.stack([log_softmax(peaky(t, 30, 11, 0)) for t in shuffled]).astype(np.float32)
    np.save(tmp_path / "dev.npy", batch)
    clip = Clip("dev", tmp_path / "dev.npy", "npy")
    labels = tuple(" ".join(glosses) for glosses in reversed(named(targets).values()))
    stored = OutputFile("log_probs.npz", "npz", "log_probs", "dev", (clip,), labels=labels)

    outputs = log_probs(passed(TrainingRun("", tmp_path, outputs=(stored,)), named(targets)))

    assert outputs.wer == 0 and not outputs.by_position and outputs.targets_from == "log_probs.npz"
    assert outputs.over_floor < 0.5


def test_outputs_of_no_split_and_without_names_are_those_of_the_split_that_has_as_many(
    tmp_path: Path,
) -> None:
    dev = {f"dev_{c}": t for c, t in zip("abcdefgh", sentences(8).values())}
    batch = np.stack([log_softmax(peaky(t, 30, 11, 0)) for t in dev.values()]).astype(np.float32)
    np.save(tmp_path / "all.npy", batch)
    clip = Clip("all", tmp_path / "all.npy", "npy")
    run = TrainingRun("", tmp_path, outputs=(OutputFile("logits.npy", "npy", "log_probs", "", (clip,)),))
    words = Vocabulary(TOKENS, (0,), "vocabulary.json")

    def outputs(train: int) -> LogProbs:
        rows = [Row(f"train_{i}", "train", ("G1",)) for i in range(train)]
        rows += [Row(name, "dev", glosses) for name, glosses in named(dev).items()]
        return log_probs(output_pass(run, CTC, Samples(tuple(rows), "csv"), words, None, None))

    assert outputs(train=20).wer == 0
    with pytest.raises(Unavailable, match="no target"):
        outputs(train=8)


def test_the_latest_epoch_and_the_dev_split_are_taken(tmp_path: Path) -> None:
    targets = sentences(6)
    found = []
    for where in ("epoch_3/dev", "epoch_12/dev", "epoch_12/train"):
        folder = tmp_path / where
        folder.mkdir(parents=True)
        clips = {n: log_softmax(peaky(t, 30, 11, 0)) for n, t in targets.items()}
        [output] = run_of(folder, clips, split=where.rpartition("/")[2]).outputs
        found.append(
            OutputFile(f"outputs/{where}/log_probs", "npy", "log_probs", output.split, output.clips)
        )

    rows = tuple(Row(n, s, g) for s in ("dev", "train") for n, g in named(targets).items())
    words = Vocabulary(TOKENS, (0,), "vocabulary.json")
    run = TrainingRun("", tmp_path, outputs=tuple(found))
    outputs = log_probs(output_pass(run, CTC, Samples(rows, "csv"), words, None, None))

    assert outputs.read_from == "outputs/epoch_12/dev/log_probs" and outputs.train_over_floor < 0.2


def test_a_skip_shows_the_line_that_dumps_outputs() -> None:
    with pytest.raises(Unavailable) as missing:
        output_pass(TrainingRun("", Path()), CTC, None, None, None, None)

    assert "slrdoctor.dump_outputs(" in missing.value.enable and "logits" in missing.value.reason


def test_outputs_without_targets_or_vocabulary_say_which_is_missing(tmp_path: Path) -> None:
    clips = {"s0": log_softmax(peaky([1], 10, 11, 0))}
    bare = output_pass(run_of(tmp_path, clips), None, None, None, None, None)
    no_words = output_pass(run_of(tmp_path, clips), CTC, annotated({"s0": ("G1",)}), None, None, None)

    with pytest.raises(Unavailable, match="no target"):
        log_probs(bare)
    with pytest.raises(Unavailable, match="which of 11 classes"):
        log_probs(no_words)


def test_long_outputs_wait_for_no_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from slrdoctor.facts.outputs import output_pass as module

    targets = sentences(9)
    clips = {n: log_softmax(peaky(t, 30, 11, 0)) for n, t in targets.items()}
    at_once = log_probs(passed(run_of(tmp_path, clips), named(targets))).losses
    monkeypatch.setattr(module, "BUFFERED_VALUES", 10)

    one_by_one = log_probs(passed(run_of(tmp_path, clips), named(targets))).losses

    np.testing.assert_allclose(one_by_one, at_once)


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    targets = sentences(6)
    run = run_of(tmp_path, {n: log_softmax(peaky(t, 30, 11, 0)) for n, t in targets.items()})
    (tmp_path / "dev_s0.npy").write_bytes(b"")

    outputs = log_probs(passed(run, named(targets)))

    assert len(outputs.ids) == 5 and "1 more could not be read" in outputs.sentence


def test_other_tasks_have_no_frames_to_decode(tmp_path: Path) -> None:
    run = run_of(tmp_path, {"s0": np.zeros((4, 11))})
    with pytest.raises(Unavailable, match="classification"):
        output_pass(run, Task("classification", "", ""), None, None, None, None)


def test_decoded_output_counts_tokens(healthy: LogProbs) -> None:
    said = decoded_output(CTC, healthy, None, None, None)

    assert said.length_ratio == 1 and said.empty_share == 0 and said.wer == 0
    assert said.what == "the greedy dev hypotheses"


@pytest.mark.parametrize(("name", "off"), [("log_probs", 240), ("posteriors", 0)])
def test_probabilities_are_off_where_they_are_called_log_probabilities(
    tmp_path: Path, name: str, off: int
) -> None:
    targets = sentences(6)
    clips = {n: np.exp(log_softmax(peaky(t, 40, 11, 0))) for n, t in targets.items()}
    run = run_of(tmp_path, clips)
    run = replace(run, outputs=tuple(replace(o, where=f"{name}/dev") for o in run.outputs))

    history = History((Curve("loss", "train", "loss", np.ones(1), np.ones(1), "log.csv"),), "log.csv")

    said = loss_input(CTC, passed(run, named(targets)), history)

    assert said.stored is not None and said.stored.off_frames == off


def test_a_sample_without_numbers_from_a_frame_on_is_broken_and_not_padded(tmp_path: Path) -> None:
    targets = sentences(4)
    clips = {n: log_softmax(peaky(t, 40, 11, 0)) for n, t in targets.items()}
    clips[next(iter(clips))][30:] = np.nan

    split = passed(run_of(tmp_path, clips), named(targets)).splits[0]

    assert split.frames.tolist() == [40] * 4 and split.not_finite.sum() == 10


def test_a_batch_of_one_has_the_name_that_stands_beside_it(tmp_path: Path) -> None:
    targets = {"only": [3, 1, 2]}
    np.save(tmp_path / "dev.npy", log_softmax(peaky(targets["only"], 40, 11, 0))[np.newaxis])
    clip = Clip("dev", tmp_path / "dev.npy", "npy")
    output = OutputFile("dev.npy", "npy", "log_probs", "dev", (clip,), ids=("only",))

    said = log_probs(passed(TrainingRun("", tmp_path, outputs=(output,)), named(targets)))

    assert said.ids == ("only",) and said.wer == 0


def test_a_head_of_zeros_has_no_distance_from_the_floor(tmp_path: Path) -> None:
    targets = sentences(6)
    clips = {n: np.full((40, 11), -math.log(11)) for n in targets}

    said = log_probs(passed(run_of(tmp_path, clips), named(targets)))

    assert said.per_token == pytest.approx(said.start_per_token)
    assert math.isnan(said.over_floor)

"""Sign to text against its protocol, a slow second loss, and a slow decoder and tokenizer."""

from __future__ import annotations

import ast
import math
import subprocess
import sys
import unicodedata
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from tests.programs import loaded

FILE = Path(__file__).resolve().parents[2] / "reference_models" / "sign2text.py"
TEXTS = [
    "tomorrow it rains in the north, and in the north-west it rains",
    "আগামীকাল উত্তরে বৃষ্টি হবে, উত্তরে বৃষ্টি",
    "غداً ستمطر في الشمال، ستمطر في الشمال",
    "  two  spaces\tand a tab\n",
    "🤟🏽 👩‍👩‍👧 🤟🏽",
]


M = loaded(FILE)
TOKENIZER = M.Tokenizer.train(TEXTS, 150)


@pytest.fixture
def m() -> ModuleType:
    return M


def batch() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    features = torch.randn(4, 21, 7, generator=torch.Generator().manual_seed(1))
    targets = torch.tensor([[7, 5, 9, 4], [6, 0, 0, 0], [8, 8, 0, 0], [0, 0, 0, 0]])
    return features, torch.tensor([21, 10, 1, 7]), targets, torch.tensor([4, 1, 2, 0])


def small(m: ModuleType, **changed: Any) -> Any:
    torch.manual_seed(0)
    config = {"input_size": 7, "classes": 11, "width": 16, "heads": 2, "max_length": 12} | changed
    return m.Model(m.Config(**config))


def test_each_input_subword_gets_logits_of_the_next(m: ModuleType) -> None:
    features, lengths, targets, _ = batch()
    model = small(m).eval()

    assert m.TASK == "translation" and (m.PAD, m.BOS, m.EOS, m.UNK) == (0, 1, 2, 3)
    assert model(features, lengths, targets).shape == (4, 4, 11)


def test_the_loss_is_the_cross_entropy_of_every_subword_and_eos_worked_out_by_hand(
    m: ModuleType,
) -> None:
    features, lengths, targets, target_lengths = batch()
    model = small(m).eval()
    surprises = []
    for i, length in enumerate(target_lengths.tolist()):
        told = targets[i, :length].tolist()
        inputs = torch.tensor([[1, *told]])  # a clip at a time: BOS goes in, EOS comes out
        logits = model(features[i : i + 1, : int(lengths[i])], lengths[i : i + 1], inputs)[0].tolist()
        for row, wanted in zip(logits, [*told, 2], strict=True):
            surprises.append(-math.log(math.exp(row[wanted]) / sum(map(math.exp, row))))

    loss = m.loss_of(model, features, lengths, targets, target_lengths)
    assert len(surprises) == 4 + 1 + 2 + 0 + 4
    assert loss.shape == () and loss.item() == pytest.approx(sum(surprises) / 11, abs=1e-5)


@pytest.mark.parametrize("filler", [2, 9, -100])
def test_what_pads_the_targets_does_not_matter(m: ModuleType, filler: int) -> None:
    features, lengths, targets, target_lengths = batch()
    model = small(m).eval()
    other = targets.clone()
    for row, length in zip(other, target_lengths.tolist()):
        row[length:] = filler
    wider = torch.nn.functional.pad(other, (0, 3), value=filler)

    loss = m.loss_of(model, features, lengths, targets, target_lengths).item()
    assert m.loss_of(model, features, lengths, other, target_lengths).item() == loss
    widened = m.loss_of(model, features, lengths, wider, target_lengths).item()
    assert widened == pytest.approx(loss, abs=1e-6)


def test_a_later_subword_changes_no_earlier_logit(m: ModuleType) -> None:
    features, lengths, targets, _ = batch()
    model = small(m).eval()
    plain = model(features, lengths, targets)
    for at in range(4):
        other = targets.clone()
        other[:, at] = 10
        changed = model(features, lengths, other)
        torch.testing.assert_close(changed[:, :at], plain[:, :at])
        assert not torch.allclose(changed[:, at], plain[:, at], atol=1e-3)
        if at < 3:
            assert not torch.allclose(changed[:, at + 1], plain[:, at + 1], atol=1e-4)


def test_a_clip_alone_and_in_a_padded_batch_gets_the_same_logits_and_text(m: ModuleType) -> None:
    features, lengths, targets, _ = batch()
    model = small(m).eval()
    together, told = model(features, lengths, targets), m.decode(model, features, lengths)

    for i, length in enumerate(lengths.tolist()):
        alone = features[i : i + 1, :length], lengths[i : i + 1]
        one = model(*alone, targets[i : i + 1])
        torch.testing.assert_close(one[0], together[i], atol=1e-5, rtol=1e-5)
        assert m.decode(model, *alone) == [told[i]]


@pytest.mark.parametrize("filler", [1e4, math.nan])
def test_frames_beyond_the_length_change_nothing(m: ModuleType, filler: float) -> None:
    features, lengths, targets, _ = batch()
    model = small(m).eval()
    plain = model(features, lengths, targets)
    for row, length in zip(features, lengths.tolist()):
        row[length:] = filler

    torch.testing.assert_close(model(features, lengths, targets), plain, atol=0.0, rtol=0.0)


def test_the_last_frame_within_the_length_is_seen(m: ModuleType) -> None:
    features, lengths, targets, _ = batch()
    model = small(m).eval()
    plain = model(features, lengths, targets)
    for row, length in zip(features, lengths.tolist()):
        row[length - 1] += 5.0
    changed = model(features, lengths, targets)

    assert ((changed - plain).abs().amax(dim=(1, 2)) > 1e-5).all()


def test_four_frames_become_one_step_and_a_started_step_counts(m: ModuleType) -> None:
    features, _, _, _ = batch()
    clip, real = small(m).eval().encode(features, torch.tensor([21, 20, 4, 0]))

    assert clip.shape == (4, 6, 16)
    assert real.sum(dim=1).tolist() == [6, 5, 1, 1] and clip[real].isfinite().all()


def test_decoding_is_greedy_one_subword_after_another_without_specials(m: ModuleType) -> None:
    features, lengths, _, _ = batch()
    model = small(m).eval()
    with torch.no_grad():
        model.subword.weight[m.EOS] += 0.25  # so that some texts end
    slow = []
    for i in range(4):
        row = [m.BOS]
        while len(row) <= 12:
            logits = model(features[i : i + 1], lengths[i : i + 1], torch.tensor([row]))[0, -1].tolist()
            best = max((m.EOS, *range(4, 11)), key=logits.__getitem__)
            if best == m.EOS:
                break
            row.append(best)
        slow.append(row[1:])

    assert m.decode(model, features, lengths) == slow
    assert all(i >= 4 for row in slow for i in row)


@pytest.mark.parametrize("always", ["EOS", "PAD"])
def test_a_text_may_be_empty_and_never_outgrows_its_limit(m: ModuleType, always: str) -> None:
    features, lengths, _, _ = batch()
    model = small(m).eval()
    with torch.no_grad():
        model.decoder.norm.weight.zero_()
        model.decoder.norm.bias.copy_(100.0 * model.subword.weight[getattr(m, always)])
    told = m.decode(model, features, lengths)

    assert [len(row) for row in told] == [0 if always == "EOS" else 12] * 4
    assert all(i >= 4 for row in told for i in row)


def test_the_statistics_centre_and_scale_the_input_and_dead_dimensions_stay_small(m: ModuleType) -> None:
    features, lengths, targets, _ = batch()
    model = small(m).eval()
    plain = model(features, lengths, targets)
    mean, scale = torch.arange(7.0), torch.linspace(0.5, 2.0, 7)
    model.set_statistics(mean, scale)

    moved = model(features * scale + mean, lengths, targets)
    torch.testing.assert_close(moved, plain, atol=1e-4, rtol=1e-4)
    model.set_statistics(mean, torch.tensor([0.0, 1e-9, 0.5, 0.5, 0.5, 1.0, math.nan]))
    assert model.scale.tolist() == pytest.approx([0.005, 0.005, 0.5, 0.5, 0.5, 1.0, 0.005])


def test_every_parameter_gets_a_gradient(m: ModuleType) -> None:
    model = small(m).train()
    m.loss_of(model, *batch()).backward()

    for name, parameter in model.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().sum() > 0, name


def test_the_seed_decides_everything_and_the_mode_is_left_to_the_caller(m: ModuleType) -> None:
    features, lengths, _, _ = batch()
    one, two = (m.loss_of(small(m).train(), *batch()).item() for _ in range(2))
    model = small(m).train()
    m.decode(model, features, lengths)

    assert one == two and model.training


def test_the_loss_is_in_full_precision_under_autocast(m: ModuleType) -> None:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = m.loss_of(small(m).eval(), *batch())

    assert loss.dtype == torch.float32 and loss.isfinite()


@given(st.text())
@settings(max_examples=300, deadline=None)
def test_any_text_comes_back_as_it_was_whatever_was_trained_on(text: str) -> None:
    ids = TOKENIZER.encode(text)

    assert TOKENIZER.decode(ids) == unicodedata.normalize("NFC", text)
    assert all(4 <= i < len(TOKENIZER) for i in ids)


@given(st.lists(st.text(), max_size=4), st.integers(21, 60))
@settings(max_examples=100, deadline=None)
def test_texts_come_back_from_a_tokenizer_that_was_trained_on_them(texts: list[str], size: int) -> None:
    tokenizer = M.Tokenizer.train(texts, size)

    assert len(tokenizer) <= size
    for text in texts:
        assert tokenizer.decode(tokenizer.encode(text)) == unicodedata.normalize("NFC", text)


@given(st.lists(st.integers(0, len(TOKENIZER) - 1)))
@settings(max_examples=100, deadline=None)
def test_any_row_of_ids_can_be_written_out_and_specials_say_nothing(ids: list[int]) -> None:
    assert isinstance(TOKENIZER.decode(ids), str)
    assert TOKENIZER.decode([M.BOS, *TOKENIZER.encode("north"), M.EOS, M.PAD]) == "north"


@pytest.mark.parametrize("text", TEXTS)
def test_what_was_trained_on_is_written_without_half_bytes(text: str) -> None:
    ids = TOKENIZER.encode(text)

    assert all(i >= M.FIRST for i in ids)
    assert TOKENIZER.decode(ids) == unicodedata.normalize("NFC", text)


def test_composed_and_decomposed_text_are_one(m: ModuleType) -> None:
    assert TOKENIZER.encode("é") == TOKENIZER.encode("e\u0301")
    assert TOKENIZER.decode(TOKENIZER.encode("e\u0301")) == "é"


def test_the_most_frequent_pair_is_joined_first_and_never_across_words(m: ModuleType) -> None:
    tokenizer = m.Tokenizer.train(["low low low lower newest", "low new"], 1000)
    made = [subword for subword in tokenizer.subwords if len(subword) > 1]

    assert made[:3] == ["ow", "low", " low"]
    assert not any(" " in subword[1:] for subword in tokenizer.subwords)
    assert [tokenizer.decode([i]) for i in tokenizer.encode("low lower")] == ["low", " low", "e", "r"]


def test_the_joins_are_those_of_a_slow_count_of_all_pairs(m: ModuleType) -> None:
    text = "the rain in spain stays mainly in the plain and the banana band bans bananas " * 2
    spelled = [list(word) for word in m.words(text)]
    made: list[str] = []
    while len(made) < 25:
        pairs = [pair for word in spelled for pair in pairwise(word)]
        best = max(pairs, key=lambda pair: (pairs.count(pair), pair))
        if "".join(best) not in made:
            made.append("".join(best))
        for word in spelled:
            i = 0
            while i < len(word) - 1:
                if (word[i], word[i + 1]) == best:
                    word[i : i + 2] = ["".join(best)]
                i += 1

    letters = len(set(text))
    tokenizer = m.Tokenizer.train([text], m.FIRST + letters + 25)
    assert tokenizer.subwords[letters:] == made
    assert [len(tokenizer.encode(word)) for word in m.words(text)] == [len(word) for word in spelled]


def test_a_tokenizer_is_the_same_from_its_json_and_from_the_same_texts(m: ModuleType) -> None:
    again = m.Tokenizer.from_json(TOKENIZER.to_json())

    assert again.subwords == TOKENIZER.subwords == m.Tokenizer.train(TEXTS, 150).subwords
    assert [again.encode(text) for text in TEXTS] == [TOKENIZER.encode(text) for text in TEXTS]


def test_frequent_characters_come_first_where_there_is_no_room_for_all(m: ModuleType) -> None:
    tokenizer = m.Tokenizer.train(["aaab" * 5 + "c"], 22)

    assert tokenizer.subwords == ["a", "b"] and tokenizer.decode(tokenizer.encode("cab")) == "cab"
    with pytest.raises(ValueError, match="20"):
        m.Tokenizer.train(["a"], 20)


@pytest.mark.slow
def test_it_translates_clips_that_it_has_not_seen(m: ModuleType) -> None:
    torch.manual_seed(0)
    slots = [["monday", "friday"], ["north", "south", "west"], ["rains", "snows", "clears"]]
    poses = [torch.randn(len(words), 16) for words in slots]

    def pairs(count: int) -> tuple[list[str], Tensor, Tensor]:
        chosen = [[int(torch.randint(len(words), ())) for words in slots] for _ in range(count)]
        clips = [
            torch.stack([pose[i] for pose, i in zip(poses, row)]).repeat_interleave(
                torch.randint(5, 10, (3,)), dim=0
            )
            for row in chosen
        ]
        clips = [clip + 0.3 * torch.randn_like(clip) for clip in clips]
        texts = ["on {} in the {} it {}".format(*(w[i] for w, i in zip(slots, row))) for row in chosen]
        lengths = torch.tensor([len(clip) for clip in clips])
        return texts, torch.nn.utils.rnn.pad_sequence(clips, batch_first=True), lengths

    (texts, features, lengths), (wanted, dev, dev_lengths) = pairs(120), pairs(30)
    tokenizer = m.Tokenizer.train(texts, 80)
    rows = [torch.tensor(tokenizer.encode(text)) for text in texts]
    targets = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
    target_lengths = torch.tensor([len(row) for row in rows])
    model = m.Model(m.Config(input_size=16, classes=len(tokenizer), width=64))
    optimizer = torch.optim.AdamW(model.parameters(), lr=m.LEARNING_RATE)
    for _ in range(15):
        for i in torch.split(torch.randperm(120), 24):
            optimizer.zero_grad()
            m.loss_of(model.train(), features[i], lengths[i], targets[i], target_lengths[i]).backward()
            optimizer.step()

    said = [tokenizer.decode(ids) for ids in m.decode(model.eval(), dev, dev_lengths)]
    assert sum(map(str.__eq__, said, wanted)) >= 24  # of 30; a constant sentence finds three or four


@pytest.mark.slow
def test_run_as_a_script_it_overfits_and_exits_with_0() -> None:
    done = subprocess.run([sys.executable, FILE], capture_output=True, text=True, encoding="utf-8")

    assert done.returncode == 0, done.stderr
    assert "loss" in done.stdout and "right 5 of 5" in done.stdout


def test_the_file_is_short_and_imports_torch_and_the_standard_library_only() -> None:
    text = FILE.read_text(encoding="utf-8")
    roots = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            roots |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            roots.add((node.module or "").split(".")[0])

    assert len(text.splitlines()) <= 300 and "What is left out" in text
    assert roots - set(sys.stdlib_module_names) == {"torch"}

"""`slrdoctor init` writes what was found, with why, and changes nothing until it is corrected."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from slrdoctor.artifacts.settings.read import NAME, Settings, read_settings
from tests.after_init import conclusions, differences, document, init, take_every_guess
from tests.programs import command

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


def _history(place: Path, last: float) -> None:
    rows = [{"epoch": e, "train_loss": 3.0 - e * last, "dev_wer": 1 - e * last / 9} for e in range(1, 6)]
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(rows), encoding="utf-8")


def several_runs(root: Path) -> None:
    """Of which one alone would be judged, if only the first were written down."""
    for name, last in (("lr1", 0.2), ("lr2", 0.0), ("lr3", 0.5)):
        _history(root / "multirun" / name / "log.json", last)
    (root / "vocab.txt").write_text("A\nB\nC\n", encoding="utf-8")


def one_file_of_all_splits(root: Path) -> None:
    """A table that tells its splits row by row, and a word list that no run uses."""
    rows = [
        f"{split}{i},{['AB', 'C', 'D'][i % 3]},{split}" for split in ("train", "dev") for i in range(9)
    ]
    (root / "all.csv").write_text("\n".join(["id,gloss,split", *rows]) + "\n", encoding="utf-8")
    (root / "old").mkdir()
    (root / "old" / "gloss_vocab.txt").write_text("X\nY\n", encoding="utf-8")
    (root / "gloss_vocab.txt").write_text("AB\nC\nD\n", encoding="utf-8")
    _history(root / "history.json", 0.3)


def two_logs_of_one_run(root: Path) -> None:
    """Of which the shorter one comes first by name."""
    _history(root / "log.json", 0.3)
    (root / "dev.txt").write_text("epoch 1 | train loss 2.7 | dev wer 96.7\n", encoding="utf-8")
    (root / "config.yaml").write_text("model: {type: ctc}\ntemporal_stride: 4\n", encoding="utf-8")


def names_that_toml_escapes(root: Path) -> None:
    _history(root / 'a "b" \\c' / "log #1.json", 0.3)


FOLDERS = (several_runs, one_file_of_all_splits, two_logs_of_one_run, names_that_toml_escapes)


@pytest.fixture(params=[*FOLDERS, "broken", "healthy"], ids=lambda made: getattr(made, "__name__", made))
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    root = tmp_path / "run"
    made: str | Callable[[Path], None] = request.param
    if isinstance(made, str):
        return Path(shutil.copytree(EXAMPLES / made, root))
    root.mkdir()
    made(root)
    return root


def test_a_scan_after_init_says_the_same_and_so_does_one_with_every_guess_taken(folder: Path) -> None:
    before = document(folder)
    init(folder)

    assert read_settings(folder) == Settings(read_from=NAME)
    assert differences(before, document(folder)) == {}

    take_every_guess(folder)

    assert read_settings(folder) != Settings(read_from=NAME)
    assert conclusions(document(folder)) == conclusions(before)


def test_what_is_written_is_every_file_that_is_used_with_why(tmp_path: Path) -> None:
    several_runs(tmp_path)

    text = init(tmp_path)

    for name in ("lr1", "lr2", "lr3"):
        assert f'#     "multirun/{name}/log.json",  # 5 epochs of train loss, dev WER' in text
    assert '# path = "vocab.txt"  # 3 tokens of glosses' in text


def test_a_candidate_that_was_not_taken_is_an_alternative(tmp_path: Path) -> None:
    one_file_of_all_splits(tmp_path)

    text = init(tmp_path)

    assert (
        '# path = "gloss_vocab.txt"  # 3 tokens of glosses; taken before old/gloss_vocab.txt: ' in text
    )
    assert '# or: path = "old/gloss_vocab.txt"  # 2 tokens' in text


def test_features_of_the_same_samples_that_were_not_taken_are_an_alternative_of_their_split(
    tmp_path: Path,
) -> None:
    folder = Path(shutil.copytree(EXAMPLES / "healthy", tmp_path / "run"))
    shutil.copytree(folder / "features", folder / "older")

    text = init(folder)

    taken = "features" if '# train = "features/train"' in text else "older"
    other = "older" if taken == "features" else "features"
    for split in ("train", "dev"):
        assert f'# {split} = "{taken}/{split}"' in text
        assert f'# or: {split} = "{other}/{split}"' in text


def test_what_is_unknown_is_left_for_the_user_to_write(tmp_path: Path) -> None:
    several_runs(tmp_path)

    text = init(tmp_path)

    for split in ("train", "dev"):
        assert f"# {split} = ?  # no features were found here" in text
        assert f"# {split} = ?  # no annotations were found here" in text
    assert "# stride = ?  # taken for 1: " in text and "# blank = ?  # taken for 0: " in text


@pytest.mark.parametrize("option", ["-v", "--verbose"])
def test_verbose_says_of_every_file_what_it_was_taken_for_and_why(tmp_path: Path, option: str) -> None:
    one_file_of_all_splits(tmp_path)
    for i in range(5):
        (tmp_path / f"clip{i}.mp4").write_bytes(b"x" * 1000)
    (tmp_path / "states.bin2").write_bytes(b"\x00" * 30)

    done = command("init", option, tmp_path)
    lines = [" ".join(line.split()) for line in done.output.splitlines()]

    assert done.exit_code == 0
    assert "history.json history 5 epochs of train loss, dev WER" in lines
    assert any(line.startswith("old/gloss_vocab.txt vocabulary 2 tokens") for line in lines)
    assert any(line.startswith("*.mp4 video (5 files, 5.0 kB): most likely videos") for line in lines)
    assert any(line.startswith("states.bin2 unknown format (30 bytes)") for line in lines)
    assert lines[-1].startswith("wrote ")


def test_without_verbose_only_the_file_is_named(tmp_path: Path) -> None:
    several_runs(tmp_path)

    done = command("init", tmp_path)

    assert done.output.split() == ["wrote", str(tmp_path / NAME)]

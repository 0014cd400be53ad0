"""What is written to slrdoctor.toml is read as it was meant: every key of the contract."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slrdoctor.artifacts.settings.read import (
    AXES,
    KEYS,
    NAME,
    TASKS,
    Settings,
    SettingsError,
    _parsed,
    read_settings,
)
from slrdoctor.artifacts.settings.write import Setting, settings_text

# the key of a section -> the attribute of Settings that holds it, and a value that it may have
ONE_OF_A_KIND: dict[tuple[str, str], tuple[str, str | int]] = {
    ("features", "parts"): ("parts", "right_hand"),
    ("vocabulary", "path"): ("vocabulary", 'words/"quoted".txt'),
    ("vocabulary", "blank"): ("blank", 7),
    ("checkpoint", "path"): ("checkpoint", "C:\\runs\\best.pt"),
    ("model", "factory"): ("factory", "train.py:build"),
    ("model", "stride"): ("stride", 4),
    ("model", "layers"): ("layers", "K5, P2, K5, P2"),
    ("model", "task"): ("task", TASKS[1]),
    ("model", "input"): ("input", AXES["input"][2]),
    ("model", "output"): ("output", AXES["output"][3]),
    ("model", "loss"): ("loss", "train.py:loss"),
    ("model", "decode"): ("decode", "train.py:decode"),
    ("history", "path"): ("history", "log\x7f\x85.txt"),
    ("predictions", "path"): ("predictions", "पूर्वानुमान/😀.json"),
    ("config", "path"): ("config", "a b\tc\n.yaml"),
}
OF_SPLITS = {
    (section, split): f"{section} of/{split}.csv"
    for section in ("features", "annotations")
    for split in ("train", "dev", "test", "path")
}
TUPLES = ("parts", "vocabulary", "checkpoint", "history", "predictions", "config")
SEVERAL = TUPLES[1:]  # paths, one or a list


def read(folder: Path, text: str) -> Settings:
    (folder / NAME).write_text(text, encoding="utf-8")
    return read_settings(folder)


def test_the_cases_below_are_every_key_of_the_contract() -> None:
    keys = {(section, key) for section, names in KEYS.items() for key in names or ()}

    assert keys == {*ONE_OF_A_KIND, *OF_SPLITS}
    assert [section for section, names in KEYS.items() if names is None] == ["ignore"]


@pytest.mark.parametrize(("place", "expected"), ONE_OF_A_KIND.items())
def test_a_key_is_read_as_it_was_written(
    place: tuple[str, str], expected: tuple[str, str | int], tmp_path: Path
) -> None:
    (section, key), (attribute, value) = place, expected
    settings = read(tmp_path, settings_text({section: [Setting(key, value, "known by: x\ny # z")]}))

    assert getattr(settings, attribute) == ((value,) if attribute in TUPLES else value)


@pytest.mark.parametrize("section", SEVERAL)
def test_several_paths_are_a_list(section: str, tmp_path: Path) -> None:
    paths = ["a.json", 'b "c".json', "d/e.json"]
    text = settings_text({section: [Setting("path", paths, "two", ["of it", "# all of it"])]})

    assert getattr(read(tmp_path, text), section) == tuple(paths)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[history]\npath = []\n", "is empty"),
        ('[history]\npath = ["a.json", 3]\n', "is text, not 3"),
        ('[history]\npath = ["a.json", " "]\n', "is empty"),
        ("[features]\ntrain = {}\n", "is text"),
    ],
)
def test_a_list_that_holds_no_paths_is_an_error(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=said):
        read(tmp_path, text)


def test_all_keys_together_are_read_as_they_were_written(tmp_path: Path) -> None:
    sections: dict[str, list[Setting]] = {}
    written: dict[tuple[str, str], Any] = {k: v for k, (_, v) in ONE_OF_A_KIND.items()} | OF_SPLITS
    for (section, key), value in written.items():
        sections.setdefault(section, []).append(Setting(key, value))
    sections["ignore"] = [Setting("FEA104", "on purpose"), Setting('a "name" with ünïcode', "so it is")]

    settings = read(tmp_path, settings_text(sections, "A heading\nof two lines"))

    assert {place: getattr(settings, name) for place, (name, _) in ONE_OF_A_KIND.items()} == {
        place: (value,) if name in TUPLES else value for place, (name, value) in ONE_OF_A_KIND.items()
    }
    assert settings.features == {
        split: (f"features of/{split}.csv",) for split in KEYS["annotations"] or ()
    }
    assert settings.annotations["dev"] == ("annotations of/dev.csv",)
    assert settings.ignore == {"FEA104": "on purpose", 'a "name" with ünïcode': "so it is"}


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.text())
def test_any_name_and_reason_is_read_back(name: str, reason: str) -> None:
    text = settings_text({"ignore": [Setting(name, "x", reason)]})

    assert parsed(text)["ignore"] == {name: "x"}


def parsed(text: str) -> dict[str, Any]:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        # as the reader does, which is given \r\n by some editors and takes it for \n
        (Path(folder) / NAME).write_bytes(text.encode())
        return _parsed(Path(folder) / NAME)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_path_is_read_back(path: str) -> None:
    assert parsed(settings_text({"config": [Setting("path", path)]})) == {"config": {"path": path}}


def test_a_guess_is_a_comment_and_counts_where_its_mark_is_taken_away(tmp_path: Path) -> None:
    sections = {
        "history": [Setting("path", ["a.txt", "b.txt"], "", ["one", "other"], is_guess=True)],
        "model": [Setting("stride", 1, "nothing says it", is_guess=True)],
    }
    text = settings_text(sections)
    plain = "\n".join(line.removeprefix("# ") for line in text.splitlines())

    assert read(tmp_path, text) == Settings(read_from=NAME)
    settings = read(tmp_path, plain)
    assert (settings.history, settings.stride) == (("a.txt", "b.txt"), 1)


def test_an_alternative_is_a_comment_and_changes_nothing(tmp_path: Path) -> None:
    paths = [Setting("path", "a.txt"), Setting("path", "b.txt", is_alternative=True)]
    text = settings_text({"config": paths})

    assert '# or: path = "b.txt"' in text.splitlines()
    assert read(tmp_path, text).config == ("a.txt",)


def test_a_name_that_is_no_unicode_is_written_as_a_comment(tmp_path: Path) -> None:
    text = settings_text({"config": [Setting("path", "caf\udce9.yaml")]})

    assert text.splitlines()[1].startswith('# path = "caf?.yaml"')
    assert read(tmp_path, text) == Settings(read_from=NAME)


@pytest.mark.parametrize("section", ["modell", "model"])
def test_what_would_not_be_read_is_not_written(section: str) -> None:
    with pytest.raises(ValueError, match=r"\[modell?\]"):
        settings_text({section: [Setting("factori", "x")]})


def test_sections_without_settings_are_left_out() -> None:
    assert settings_text({"model": [], "config": [Setting("path", "c.yaml")]}) == (
        '[config]\npath = "c.yaml"\n'
    )


@pytest.mark.parametrize("parts", ["pose, elbow", "pose, pose", "pose left_hand_score", ","])
def test_parts_of_no_person_are_an_error_that_names_the_parts(tmp_path: Path, parts: str) -> None:
    with pytest.raises(SettingsError, match=r"\[features\] parts lists some of pose, .*left_hand"):
        read(tmp_path, settings_text({"features": [Setting("parts", parts)]}))

"""What `slrdoctor.toml` points to: several files, several runs, and what is not there."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.run import DataSet, TrainingRun
from slrdoctor.artifacts.settings.read import SettingsError

HEALTHY = Path(__file__).resolve().parents[2] / "examples" / "healthy"


@pytest.fixture
def healthy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HEALTHY, tmp_path / "run"))


def say(run: Path, text: str) -> None:
    (run / "slrdoctor.toml").write_text(text, encoding="utf-8")


def only_case(run: Path) -> tuple[DataSet, TrainingRun]:
    [(data, [training])] = discover(run).cases
    return data, training


def history(place: Path, last: float) -> None:
    rows = [{"epoch": e, "train_loss": 3.0 - e * last, "dev_wer": 1 - e * last / 9} for e in range(1, 6)]
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(rows), encoding="utf-8")


@pytest.mark.parametrize(
    ("section", "key"),
    [
        ("features", "train"), ("features", "dev"), ("features", "path"),
        ("annotations", "train"), ("annotations", "path"),
        ("vocabulary", "path"), ("checkpoint", "path"), ("history", "path"),
        ("predictions", "path"), ("config", "path"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "path", ["nowhere", "nowhere/deep.json", "no*/*.npy", "**/no.json", "../no.json"]
)
@pytest.mark.parametrize("beside", [False, True])
def test_a_path_that_does_not_exist_is_an_error_that_names_it(
    section: str, key: str, path: str, beside: bool, healthy: Path
) -> None:
    paths = ["history.json", path] if beside else [path]
    say(healthy, f"[{section}]\n{key} = {json.dumps(paths)}\n")

    with pytest.raises(SettingsError) as refused:
        discover(healthy)

    assert str(refused.value).startswith(f"slrdoctor.toml: [{section}] {key} = {path!r} does not exist")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("features/trainn", "features/train"), ("feature/train", "features"),
        ("histroy.json", "history.json"), ("../rum", "../run"), ("zzz/train", ""),
    ],
)  # fmt: skip
def test_the_nearest_name_is_offered(written: str, meant: str, healthy: Path) -> None:
    say(healthy, f'[features]\ntrain = "{written}"\n')

    with pytest.raises(SettingsError) as refused:
        discover(healthy)

    said = str(refused.value)
    assert said.endswith(f"did you mean {meant!r}?") if meant else "did you mean" not in said


def test_several_histories_are_several_runs_where_their_folders_say_so(healthy: Path) -> None:
    for name, last in (("one", 0.1), ("two", 0.3), ("three", 0.5)):
        history(healthy / "runs_of_may" / name / "history.json", last)
    say(healthy, '[history]\npath = ["runs_of_may/one/history.json", "runs_of_may/three/*.json"]\n')

    [(_, runs)] = discover(healthy).cases

    assert [h.where for run in runs for h in run.histories] == [
        "runs_of_may/one/history.json", "runs_of_may/three/history.json"
    ]  # fmt: skip
    assert {run.name.rpartition("/")[2] for run in runs if run.histories} == {"one", "three"}


def test_several_predictions_are_all_taken_and_no_others(healthy: Path) -> None:
    for name in ("a", "b", "c"):
        shutil.copy(healthy / "dev_predictions.json", healthy / f"{name}_predictions.json")
    say(healthy, '[predictions]\npath = ["a_predictions.json", "c_predictions.json"]\n')

    _, run = only_case(healthy)

    assert [p.where for p in run.predictions] == ["a_predictions.json", "c_predictions.json"]


def test_features_of_one_split_in_several_folders_are_parts_of_it(healthy: Path) -> None:
    (healthy / "more").mkdir()
    for file in sorted((healthy / "features" / "train").iterdir())[:30]:
        shutil.move(file, healthy / "more" / file.name)
    say(healthy, '[features]\ntrain = ["features/train", "more"]\n')

    data, _ = only_case(healthy)

    assert sorted((s.split, len(s.clips)) for s in data.features) == [
        ("dev", 24), ("train", 30), ("train", 60)
    ]  # fmt: skip


def test_features_and_annotations_may_tell_their_splits_themselves(healthy: Path) -> None:
    say(healthy, '[features]\npath = "features"\n[annotations]\npath = ["train.csv", "dev.csv"]\n')

    data, _ = only_case(healthy)

    assert sorted((s.split, len(s.clips)) for s in data.features) == [("dev", 24), ("train", 90)]
    assert sorted((a.rows[0].split, len(a.rows)) for a in data.annotations) == [
        ("dev", 24),
        ("train", 90),
    ]


def test_hypotheses_that_the_user_names_have_the_references_beside_them(healthy: Path) -> None:
    """On their own they were refused: only a scan of their folder saw both files."""
    (healthy / "dev_predictions.json").unlink()
    (healthy / "out").mkdir()
    (healthy / "out" / "dev.hyp").write_text("A B\nC\nA C\n", encoding="utf-8")
    (healthy / "out" / "dev.ref").write_text("A B\nC\nA B\n", encoding="utf-8")
    say(healthy, '[predictions]\npath = "out/dev.hyp"\n')

    _, run = only_case(healthy)

    assert [(p.where, len(p.references)) for p in run.predictions] == [("out/dev.hyp", 3)]


def test_hypotheses_without_references_that_the_user_names_get_the_annotated_ones(healthy: Path) -> None:
    pairs = json.loads((healthy / "dev_predictions.json").read_text(encoding="utf-8"))
    (healthy / "dev_predictions.json").unlink()
    lines = [f"{p['id']}|{p['hypothesis']}" for p in pairs]
    (healthy / "decoded.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    say(healthy, '[predictions]\npath = "decoded.txt"\n')

    _, run = only_case(healthy)

    assert [len(p.references) for p in run.predictions] == [24]


def test_what_is_not_what_the_user_says_is_said_with_what_it_looks_like(healthy: Path) -> None:
    say(healthy, '[predictions]\npath = "train.csv"\n')

    with pytest.raises(SettingsError, match=r"as predictions: .* looks like annotations"):
        discover(healthy)


def test_the_settings_file_is_not_a_file_of_the_run(healthy: Path) -> None:
    before = discover(healthy)
    say(healthy, "[features]\n")

    after = discover(healthy)

    assert (after.looked, after.readings, after.unopened) == (
        before.looked, before.readings, before.unopened
    )  # fmt: skip

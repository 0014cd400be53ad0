"""What in a folder says that the loader normalises, and what does not."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import slrdoctor

SOUND = {"model": {"hidden_size": 64}, "optimizer": {"name": "adam"}}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Twelve clips of body and hands in pixels, with two glosses each, and nothing else."""
    rng = np.random.default_rng(3)
    folder = tmp_path / "run"
    (folder / "features").mkdir(parents=True)
    rows = ["id,gloss"]
    for n in range(12):
        steps = rng.normal(0, 4, (30, 75, 3)).cumsum(axis=0)
        clip = steps + rng.uniform(300, 900, (1, 75, 3))
        np.save(folder / "features" / f"clip{n}.npy", clip.reshape(30, 225).astype(np.float32))
        rows.append(f"clip{n},{'HELLO YES' if n % 2 else 'NO THANKS'}")
    (folder / "train.csv").write_text("\n".join(rows), encoding="utf-8")
    return folder


def configure(run: Path, config: dict[str, object]) -> None:
    (run / "config.json").write_text(json.dumps(SOUND | config), encoding="utf-8")


def reason(run: Path) -> str:
    """Why the check abstains; "" where it fires."""
    report = slrdoctor.scan(run, select=("FEA111",))
    assert not report.crashed
    if report.diagnoses:
        [finding] = report.findings
        assert "scale of pixels" in finding["message"]
        return ""
    [entry] = report.not_judged
    return entry.text


def test_pixels_of_which_nothing_is_known_are_found(run: Path) -> None:
    configure(run, {})
    assert reason(run) == ""


@pytest.mark.parametrize(
    ("config", "key"),
    [
        ({"data": {"normalize": True}}, "data.normalize"),
        ({"data": {"normalisation": "shoulder"}}, "data.normalisation"),
        ({"standardize": "true"}, "standardize"),
        ({"pipeline": [{"type": "PreNormalize2D"}, {"type": "PoseDecode"}]}, "pipeline.type"),
        ({"data": {"transforms": ["RandomCrop", "Normalize"]}}, "data.transforms"),
        ({"data": {"scaling": "StandardScaler"}}, "data.scaling"),
        ({"feeder-args": {"use-normalized-joints": 1}}, "feeder-args.use-normalized-joints"),
    ],
)
def test_a_config_that_normalises_is_believed(run: Path, config: dict[str, object], key: str) -> None:
    configure(run, config)
    assert f"config.json {key} says" in reason(run)


@pytest.mark.parametrize(
    "config",
    [
        {"data": {"normalize": False}},
        {"data": {"normalization": "none"}},
        {"training": {"normalization": "batch"}},
        {"model": {"encoder_normalize_before": True}},
        {"data": {"normalize_text": True}},
        {"loss": {"normalize": True}},
        {"data": {"features_dir": "normalized"}},
    ],
)
def test_a_config_that_normalises_nothing_or_other_things_is_no_excuse(
    run: Path, config: dict[str, object]
) -> None:
    configure(run, config)
    assert reason(run) == ""


@pytest.mark.parametrize(
    "code",
    [
        "x = (x - x[:, 11:13].mean(1)) / np.linalg.norm(x[:, 11] - x[:, 12], axis=-1).mean()",
        "x = normalize_keypoints(x)",
        "x = (x - mean) / (std + 1e-6)",
        "x[..., 0] /= self.img_width",
        "frames = frames / 255.0",
        "x = StandardScaler().fit_transform(x)",
        "pipeline = [dict(type='PreNormalize2D'), dict(type='PoseDecode')]",
        "x = x / np.maximum(shoulder_width, 1e-6)",
        "t = transforms.Normalize(mean, std)",
    ],
)
def test_a_source_that_normalises_is_believed(run: Path, code: str) -> None:
    (run / "dataset.py").write_text(f"import numpy as np\n{code}\n", encoding="utf-8")
    assert "dataset.py line 2 says" in reason(run)


@pytest.mark.parametrize(
    "code",
    [
        "pass  # normalize",
        "def normalize(x): return x",
        "text = normalize_text(line)",
        "line = unicodedata.normalize('NFC', line)",
        "z = F.normalize(z, dim=-1)",
        "self.norm = nn.LayerNorm(64)",
        "loss = loss / norm",
        "aspect = width / height",
        "megabytes = size / 1024",
        "w = 1 / std",
        "wer = wer(normalize(hypothesis), normalize(reference))",
        "h = tf.keras.layers.BatchNormalization()(h)",
    ],
)
def test_a_source_that_normalises_nothing_or_other_things_is_no_excuse(run: Path, code: str) -> None:
    (run / "dataset.py").write_text(f"{code}\n", encoding="utf-8")
    assert reason(run) == ""


def test_a_switch_that_is_off_outweighs_a_source_that_could_normalise(run: Path) -> None:
    (run / "dataset.py").write_text("if normalize:\n    x = x / std\n", encoding="utf-8")
    assert reason(run)
    configure(run, {"data": {"normalize": False}})
    assert reason(run) == ""


def npz(path: Path) -> None:
    np.savez(path, mean=np.ones(225), std=np.ones(225))


def two_arrays(path: Path) -> None:
    for name in ("train_mean.npy", "train_std.npy"):
        np.save(path.with_name(name), np.ones(225))


def in_json(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"mean": [1.0] * 225, "sigma": [2.0] * 225}), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "write"),
    [("norm_stats.npz", npz), ("train_mean.npy", two_arrays), ("stats/pose_statistics.json", in_json)],
)
def test_a_file_of_means_and_spreads_is_believed(run: Path, name: str, write: object) -> None:
    assert callable(write)
    write(run / name)
    assert f"{name} says" in reason(run)


@pytest.mark.parametrize("name", ["stats.json", "train_statistics.json", "norm.json"])
def test_a_file_that_counts_samples_is_no_excuse(run: Path, name: str) -> None:
    (run / name).write_text(json.dumps({"clips": 12, "mean_length": 30}), encoding="utf-8")
    assert reason(run) == ""

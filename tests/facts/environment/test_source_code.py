from __future__ import annotations

from pathlib import Path

import pytest

from slrdoctor.artifacts.run import SourceFile, Sources
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.environment.source_code import CPU_WHEELS, SourceCode, source_code


def read(folder: Path, **files: str | bytes) -> SourceCode:
    """The facts of these files; a name ending in _py is a Python source."""
    found = []
    for name, text in files.items():
        path = folder / name.replace("_py", ".py").replace("_txt", ".txt")
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        found.append(SourceFile(path.name, path, "python" if path.suffix == ".py" else "requirements"))
    return source_code(Sources(tuple(found)))


@pytest.mark.parametrize(
    "source",
    [
        "import mediapipe as mp\nh = mp.solutions.holistic",
        "import mediapipe\nh = mediapipe.solutions.hands",
        "from mediapipe import solutions",
        "from mediapipe.solutions import holistic",
        "import mediapipe.python.solutions.holistic as h",
        "from mediapipe.python.solutions import hands",
        "def f():\n    import mediapipe as m\n    return m.solutions",
        "import mediapipe as mp\nprint mp.solutions.hands",  # Python 2
    ],
)
def test_mp_solutions_is_found_however_it_is_imported(tmp_path: Path, source: str) -> None:
    found = read(tmp_path, extract_py=source).mediapipe_solutions
    assert len(found) == 1
    assert found[0].startswith("extract.py line ")


@pytest.mark.parametrize(
    "source",
    [
        "import mediapipe as mp\n# mp.solutions.holistic was used before",
        "import mediapipe as mp\nh = mp.tasks.vision",
        "text = 'mp.solutions'",
        "model.solutions = 3",
    ],
)
def test_what_only_looks_like_mp_solutions_is_not(tmp_path: Path, source: str) -> None:
    assert not read(tmp_path, extract_py=source).mediapipe_solutions


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("loss = nn.CTCLoss(blank=0, zero_infinity=True)", [True]),
        ("loss = torch.nn.functional.ctc_loss(x, y, a, b, zero_infinity=False)", [False]),
        ("a = CTCLoss(zero_infinity=True)\nb = CTCLoss(zero_infinity=False)", [True, False]),
        ("loss = nn.CTCLoss(zero_infinity=args.zero)", []),
        ("other(zero_infinity=True)", []),
        ("print 'py2'\nloss = CTCLoss(zero_infinity=True)", [True]),
    ],
)
def test_zero_infinity_is_read_from_calls_of_the_loss(
    tmp_path: Path, source: str, found: list[bool]
) -> None:
    assert [value for value, _ in read(tmp_path, loss_py=source).zero_infinity] == found


def test_constants_are_assignments_and_argument_defaults(tmp_path: Path) -> None:
    source = (
        "MAX_FRAMES = 250\nclass C:\n    stride: int = 4\n"
        'p.add_argument("--batch-size", default=8)\nx = f()\n'
    )
    constants = read(tmp_path, train_py=source).constants
    assert [(c.name, c.value) for c in constants] == [
        ("MAX_FRAMES", 250),
        ("stride", 4),
        ("batch_size", 8),
    ]
    assert constants[0].where == "train.py line 1"


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("mediapipe==0.10.32", "==0.10.32"),
        ("mediapipe >= 0.10.30, < 0.11  # new", ">=0.10.30,<0.11"),
        ("mediapipe", ""),
        ('    "mediapipe>=0.10.30",', ">=0.10.30"),
        ('mediapipe = "^0.10.31"', "^0.10.31"),
        ('mediapipe = {version = "~=0.10.30"}', "~=0.10.30"),
        ("  - mediapipe=0.10.32", "=0.10.32"),
        ("MediaPipe[extra]~=0.10.9", "~=0.10.9"),
    ],
)
def test_requirements_are_read_in_every_spelling(tmp_path: Path, line: str, asked: str) -> None:
    (pin,) = read(tmp_path, requirements_txt=line).pins_of("mediapipe")
    assert pin.asked == asked


@pytest.mark.parametrize(
    "line", ["# mediapipe==0.10.32", "mediapipe-extra==1", "my-mediapipe==2", "notmediapipe"]
)
def test_other_packages_and_comments_are_no_requirement(tmp_path: Path, line: str) -> None:
    assert not read(tmp_path, requirements_txt=line).pins


def test_a_lock_file_has_its_version_on_the_line_after(tmp_path: Path) -> None:
    text = (
        '[[package]]\nname = "mediapipe"\nversion = "0.10.32"\n'
        '[[package]]\nname = "numpy"\nversion = "2.0"\n'
    )
    (pin,) = read(tmp_path, lock_txt=text).pins
    assert (pin.package, pin.asked) == ("mediapipe", "==0.10.32")


@pytest.mark.parametrize(
    ("line", "without"),
    [
        ("torch==2.3.1+cpu", True),
        ("--extra-index-url https://download.pytorch.org/whl/cpu", True),
        ("torch @ https://download.pytorch.org/whl/cpu/torch-2.0.0%2Bcpu-cp311-linux.whl", True),
        ("  - cpuonly", True),
        ("torch==2.3.1+cu121", False),
        ("torch>=2", False),
        ("--extra-index-url https://download.pytorch.org/whl/cu121", False),
    ],
)
def test_torch_without_cuda_is_told_from_the_requirement(
    tmp_path: Path, line: str, without: bool
) -> None:
    pins = read(tmp_path, requirements_txt=line).pins_of("torch")
    assert any(pin.without_cuda for pin in pins) == without
    assert CPU_WHEELS


@pytest.mark.parametrize(
    "hostile",
    [b"\x00\x01\x02", b"(" * 100_000, b"\xff\xfei\x00m\x00", b"x = " + b"-" * 50_000 + b"1", b""],
)
def test_a_hostile_source_is_read_without_harm(tmp_path: Path, hostile: bytes) -> None:
    read(tmp_path, evil_py=hostile, requirements_txt=hostile)


def test_a_source_that_is_gone_does_not_stop_the_others(tmp_path: Path) -> None:
    good = tmp_path / "good.py"
    good.write_text("import torch", encoding="utf-8")
    gone = SourceFile("gone.py", tmp_path / "gone.py", "python")
    assert source_code(Sources((gone, SourceFile("good.py", good, "python")))).imports == {"torch"}


def test_without_sources_it_says_what_was_looked_for() -> None:
    with pytest.raises(Unavailable, match="no Python sources"):
        source_code(Sources())


def test_reading_runs_nothing(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    read(tmp_path, evil_py=f"import pathlib\npathlib.Path({str(mark)!r}).touch()\n")
    assert not mark.exists()

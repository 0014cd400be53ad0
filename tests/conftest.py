"""Where tests find the real runs, which are not part of the repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# a busy machine takes longer over an example, and none of them is wrong for that
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

ROOT = Path(__file__).resolve().parents[1]
pytest_plugins = ["tests.outcomes"]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real public runs; a test that needs it is skipped where it is absent."""
    folder = Path(os.environ.get("SLRDOCTOR_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no folder of real runs at {folder}; set SLRDOCTOR_SHARED_DATA to one")
    return folder


# whose tests start the program, train or scan whole runs: seconds of processor time each
SLOW = (
    "patients",
    "probes",
    "reference_models",
    "retraining",
    "runs",
    "simulation",
    "test_cli.py",
    "test_control_characters.py",
    "test_docs.py",
    "test_extras.py",
    "test_namesakes.py",
    "test_output.py",
    "test_packs.py",
    "test_startup.py",
    "test_wheel.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.relative_to(here).parts[0] in SLOW:
            item.add_marker(pytest.mark.slow)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test marked `gpu` is skipped, with the reason, where torch sees no CUDA device."""
    if item.get_closest_marker("gpu") is None:
        return
    import torch

    if not torch.cuda.is_available():
        pytest.skip(f"torch {torch.__version__} sees no CUDA device here")

"""RUN101 on unopened files made by hand."""

from __future__ import annotations

from slrdoctor.facts.environment.unopened_files import UnopenedFiles, UnopenedFormat
from slrdoctor.testing import findings

POSE = UnopenedFormat(
    "pose", "features", ("dev/a.pose", "dev/b.pose"), 24, 2_400_000, "pose-format",
    "Install pose-format: pip install 'slrdoctor[formats]'", "pip install 'slrdoctor[formats]'", False,
)  # fmt: skip
ONNX = UnopenedFormat(
    "ONNX", "checkpoint", ("model.onnx",), 1, 900, "", "Keep the checkpoint.", "", False
)
BESIDE = UnopenedFormat(
    "notebook", "history", ("train.ipynb",), 1, 900, "", "Save what the cells printed.", "", True
)


def test_run101_fires_where_a_package_is_missing_and_names_what_installs_it() -> None:
    (finding,) = findings("RUN101", UnopenedFiles((POSE,), 30, "dev/a.pose"))

    assert finding.message == (
        "24 files that may hold features could not be opened: "
        "24 pose files (dev/a.pose ..., 2.4 MB; needs pose-format)"
    )
    assert finding.fixes[0].how == "pip install 'slrdoctor[formats]'"
    assert finding.evidence[0].value == 24 and "dev/b.pose" in finding.evidence[0].read_from
    assert not finding.samples  # they are files, and no sample is known to be affected


def test_run101_fires_once_for_all_formats_with_what_each_needs_in_one_fix() -> None:
    (finding,) = findings("RUN101", UnopenedFiles((POSE, ONNX, BESIDE), 30, "dev/a.pose"))

    assert finding.message.startswith("25 files that may hold features or a checkpoint could not")
    assert finding.message.endswith("1 ONNX file (model.onnx, 900 bytes; no reader for this format)")
    assert finding.fixes[0].do == (
        "Install pose-format: pip install 'slrdoctor[formats]'; keep the checkpoint."
    )
    assert "ipynb" not in str(finding)


def test_run101_is_quiet_where_a_readable_form_of_the_same_was_read() -> None:
    assert not findings("RUN101", UnopenedFiles((BESIDE,), 30, "train.ipynb"))


def test_run101_is_quiet_where_everything_was_opened() -> None:
    nothing = UnopenedFiles((), 30, "the names of all files")

    assert not findings("RUN101", nothing)
    assert nothing.sentence == "none of 30 files is in a format that cannot be opened here"

"""Logs of batches whose first epoch is spent at a learning rate of zero."""

from __future__ import annotations

from pathlib import Path

import pytest

import slrdoctor

FORMS = {
    "mmcv": "Epoch [{e}][{b}/800], lr: {lr:.5e}, loss: {loss:.4f}",
    "torchvision": "Epoch: [{e}]  [{b}/800]  eta: 0:10:00  lr: {lr:.8f}  loss: {loss:.4f} ({loss:.4f})",
    "named": "epoch={e} batch={b}/800 train_loss={loss:.4f} lr={lr:.3e}",
}
BATCHES = range(10, 801, 10)


def log(folder: Path, form: str, rates: list[float], fall: float) -> Path:
    """Three epochs; the loss falls by a share in each that has a rate above zero, or in every one."""
    lines, loss = [], 6.0
    for epoch, rate in enumerate(rates, 1):
        for batch in BATCHES:
            loss *= (1 - fall) ** (1 / len(BATCHES))
            lines.append(FORMS[form].format(e=epoch, b=batch, lr=rate, loss=loss))
    (folder / "train.log").write_text("\n".join(lines) + "\n")
    return folder


@pytest.mark.parametrize("form", FORMS)
def test_an_epoch_at_a_rate_of_zero_is_found(form: str, tmp_path: Path) -> None:
    report = slrdoctor.scan(log(tmp_path, form, [0.0, 1e-4, 2e-4], 0.0), select=("TRN506",))
    assert [f["message"] for f in report.findings] == [
        "the learning rate is 0 in the first 33% of the logged steps, in which the training loss stands "
        "still"
    ]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("rates", "fall"), [([1e-6, 1e-4, 2e-4], 0.0), ([0.0, 1e-4, 2e-4], 0.3)])
def test_a_warm_up_or_a_rate_that_is_only_printed_as_zero_passes(
    form: str, rates: list[float], fall: float, tmp_path: Path
) -> None:
    assert not slrdoctor.scan(log(tmp_path, form, rates, fall), select=("TRN506",)).findings

"""The loss as the reference models have it, and the ways in which people get it wrong.

torch is imported in the functions: this module is loaded to list faults.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

    Batch = tuple[Tensor, Tensor, Tensor, Tensor]  # features, lengths, targets, target_lengths


def usual(module: Any, model: Any, batch: Batch) -> Tensor:
    loss: Tensor = module.loss_of(model, *batch)
    return loss


def ctc(
    model: Any, batch: Batch, blank: int | None = None, zero_infinity: bool = False, divide: int = 1
) -> Tensor:
    """A CTC loss a sample [B]; `divide` is what the lengths are divided by before the loss sees them."""
    from torch.nn.functional import ctc_loss

    features, lengths, targets, target_lengths = batch
    log_probs, output_lengths = model(features, lengths)
    return ctc_loss(
        log_probs,
        targets,
        (output_lengths // divide).clamp(min=1),
        target_lengths,
        blank=model.config.blank if blank is None else blank,
        reduction="none",
        zero_infinity=zero_infinity,
    )


def per_sample(module: Any, model: Any, batch: Batch) -> Tensor:
    """`reduction="none"` and a mean, as the VAC family has it: tens to hundreds are normal."""
    return ctc(model, batch).mean()


def silenced(module: Any, model: Any, batch: Batch) -> Tensor:
    """`zero_infinity=True`: what cannot be aligned costs nothing."""
    return (ctc(model, batch, zero_infinity=True) / batch[3].clamp(min=1)).mean()


def skipped(module: Any, model: Any, batch: Batch) -> Tensor:
    """Samples of infinite loss are left out of the mean, as `continue` leaves out batches elsewhere."""
    each = ctc(model, batch, zero_infinity=True) / batch[3].clamp(min=1)
    return each.sum() / (each > 0).sum().clamp(min=1)


def blank_is_last(module: Any, model: Any, batch: Batch) -> Tensor:
    """The loss takes the last class for the blank, whatever the rest of the program does."""
    each = ctc(model, batch, blank=model.head.out_features - 1, zero_infinity=True)
    return (each / batch[3].clamp(min=1)).mean()


def short_lengths(module: Any, model: Any, batch: Batch) -> Tensor:
    """Lengths divided by a stride of four that the model does not have."""
    return (ctc(model, batch, divide=4, zero_infinity=True) / batch[3].clamp(min=1)).mean()


def faint(module: Any, model: Any, batch: Batch) -> Tensor:
    """The loss so scaled down that its gradients drown in Adam's epsilon; its value is logged whole."""
    loss: Tensor = module.loss_of(model, *batch)
    return loss.detach() + 1e-11 * (loss - loss.detach())


def of_shuffled_targets(module: Any, model: Any, batch: Batch) -> Tensor:
    """Clips in the order of the batch, targets in another: pairs are lost in the collate function."""
    features, lengths, targets, target_lengths = batch
    loss: Tensor = module.loss_of(
        model, features, lengths, targets.roll(1, 0), target_lengths.roll(1, 0)
    )
    return loss


def drawn_together(module: Any, model: Any, batch: Batch) -> Tensor:
    """Positive pairs only: nothing pushes different labels apart."""
    video, text = model(*batch)
    loss: Tensor = (1 - (video * text).sum(-1)).mean()
    return loss

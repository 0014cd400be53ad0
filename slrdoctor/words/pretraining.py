"""What names say of a training that only prepares the weights for another."""

from __future__ import annotations

import re

_NAMES = re.compile(
    r"pre[-_ ]?(?:train|entrena|entra[iî]n|trein|addestra)|vor-?training|预训练|предобуч|事前学習"
    r"|사전학습|self[-_ ]?superv"
    r"|(?:^|[^a-z])(?:ssl|mae|mlm|simclr|moco|byol|simsiam|vicreg|barlow|dino)(?:[^a-z]|$)"
    r"|contrastive|autoencod|masked|reconstruct"
)
# the words of losses that need no labels
_PRETEXT = frozenset(
    ("mlm", "masked", "mask", "recon", "reconstruction", "rec", "mae", "contrastive", "infonce", "nce",
     "simclr", "moco", "byol", "vicreg", "kl", "kld", "vq", "commitment", "denoising")
)  # fmt: skip


def is_of_pretraining(where: str) -> bool:
    """Whether a folder or a file's name says it: pretrain/, stage1_contrastive/, mae_pretraining.log."""
    return bool(_NAMES.search(where.lower()))


def are_of_pretraining(words: frozenset[str]) -> bool:
    """Whether the words of a loss's name do: `mlm_loss`, `val_contrastive_loss`."""
    return bool(words & _PRETEXT)

"""Low-rank adapters (LoRA), as PEFT stores them: two thin matrices for a layer of another model.

`lora_A` [rank, in] begins at random and `lora_B` [out, rank] at zero, so that training starts from
the model as it is.
"""

from __future__ import annotations

import re

_OF_ADAPTER = re.compile(r"(?:^|[._])lora_(?:(?:embedding_)?[AB]|magnitude_vector|up|down)(?:[._]|$)")
_SECOND = re.compile(r"(?:^|[._])lora_(?:B|embedding_A|up)(?:[._]|$)")  # of an embedding the first


def is_of_adapter(name: str) -> bool:
    """Whether a tensor is a part of an adapter."""
    return bool(_OF_ADAPTER.search(name))


def begins_at_zero(name: str) -> bool:
    """Whether a tensor is the matrix of an adapter that is zero before training."""
    return bool(_SECOND.search(name))

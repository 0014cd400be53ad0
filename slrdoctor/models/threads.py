"""How many threads compute a batch."""

from __future__ import annotations

import torch

MANY = 2_000_000  # values of a batch, from which on more threads are worth their waiting


def threads_for(values: int) -> int:
    """The threads for batches of so many values.

    Small ones gain nothing by a second thread, and threads that wait for each other on a busy
    machine cost ten times what they share: measured on the reference models.
    """
    return 1 if values < MANY else torch.get_num_threads()

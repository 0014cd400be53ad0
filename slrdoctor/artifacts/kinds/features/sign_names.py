"""Tell folders that are named for signs from folders of signers, parts and splits."""

from __future__ import annotations

import re
from collections.abc import Collection

from slrdoctor.words.splits import split_of_name, split_of_word

FEWEST = 8  # folders side by side; so many are not splits alone
_NO_LABEL = re.compile(
    r"signer|speaker|session|subject|participant|fold|part|batch|chunk|shard|feat|keypoint|pose|data"
)


def are_classes(names: Collection[str]) -> bool:
    """Whether the names of folders that hold samples are those of classes."""
    if len(names) < 2 or any(_NO_LABEL.search(name.lower()) for name in names):
        return False
    return are_many_signs(names) or not any(map(split_of_word, names))


def are_many_signs(names: Collection[str]) -> bool:
    """Whether folders are many of which few are named for a split: there are signs TRAIN and TEST."""
    return len(names) >= FEWEST and 2 * sum(map(bool, map(split_of_name, names))) < len(names)

"""Recognise the labels that lie beside a batch of clips: `y` in an npz, `y_train.npy`."""

from __future__ import annotations

import re

import numpy as np

from slrdoctor.artifacts.content import ArrayInfo, Arrays
from slrdoctor.artifacts.run import AnnotationFile, Row
from slrdoctor.words.splits import split_of_name

BATCH_LABELS = "labels of a batch"  # the convention, in words
_LABEL_NAME = re.compile(r"^(?:y|labels?|targets?|classes|gloss(?:es)?)$")


def recognise_batch_labels(where: str, format: str, content: Arrays) -> AnnotationFile | None:
    """One row a label; ids are the rows' numbers, as the clips of the batch have them.

    Labels are whole numbers [N], [N, 1] or one-hot [N, K].
    """
    stem = where.rpartition("/")[2].partition(".")[0]
    for name, info in content.members.items():
        words = [w for w in re.split(r"[^a-z]+", f"{name if name else stem}".lower()) if w]
        if any(_LABEL_NAME.match(w) for w in words) and _is_label_shape(info):
            values = content.load(name)
            if values.ndim == 2 and values.shape[1] > 1:
                if not np.all((values == 0) | (values == 1)) or not np.all(values.sum(1) == 1):
                    continue
                values = values.argmax(1)
            labels = np.ravel(values)
            if not np.all(np.isfinite(labels)) or not np.all(labels == np.round(labels)):
                continue
            split = split_of_name(name) or split_of_name(where)
            rows = tuple(
                Row(str(i), split, glosses=(str(int(label)),), line=i)
                for i, label in enumerate(labels.tolist())
            )
            return AnnotationFile(where, format, BATCH_LABELS, rows, classification=True)
    return None


def _is_label_shape(info: ArrayInfo) -> bool:
    return np.dtype(info.dtype).kind in "iufb" and 1 <= len(info.shape) <= 2 and info.shape[0] > 1

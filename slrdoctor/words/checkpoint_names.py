"""What the names of checkpoints and of their folders say: best, last, of an earlier run, pretrained."""

from __future__ import annotations

import re

LAST = re.compile(r"(?:^|[^a-z])(?:last|final|latest)(?:[^a-z]|$)")
# epoch_12.pt, epoch=12-step=300.ckpt, and the 12000.ckpt of signjoey
NUMBERED = re.compile(
    r"(?:^|[^a-z])(?:epochs?|ep|steps?|iter(?:ation)?|ckpt|checkpoint)[_=. -]?(\d{1,12})|^(\d{1,12})\."
)
_EARLIER = re.compile(
    r"(?:^|[^a-z])(?:old|older|oldest|backups?|bak|archived?|archives|prev|previous|earlier|former|trash"
    r"|obsolete|deprecated|attic|alte?|anciens?|viejos?)(?:[^a-z]|$)"
)
_PRETRAINED = re.compile(
    r"pre[-_ ]?train|imagenet|kinetics|(?:^|[^a-z])(?:torchvision|timm|model_?zoo"
    r"|init(?:ial)?_?(?:weights?|model|ckpt|checkpoint)|start(?:ing)?_?(?:weights?|point))(?:[^a-z]|$)"
)
# models that others trained, and names that a run may give its own as well
_PERHAPS_PRETRAINED = re.compile(
    r"(?:^|[^a-z])(?:moco|simclr|byol|dino|dinov2|backbones?|extractors?|teacher|resnet|i3d|s3d|slowfast|vit|swin"
    r"|bert|t5|mbart|clip|hubert|wav2vec2?|videomae|hrnet|efficientnet|mobilenet)(?:[^a-z]|$)"
)
_OF_A_ZOO = re.compile(r"-[0-9a-f]{8}\.pth?$")  # resnet18-f37072fd.pth, as torchvision names its files
# keys of a configuration whose value training began with, and not what it made
_OF_THE_BEST = re.compile(r"best|final")
_STARTED_FROM = re.compile(
    r"pre_?train|init|backbone|teacher|finetune|fine_tune|load_from|imagenet|extractor|warm_?start"
)


def is_of_an_earlier_run(where: str) -> bool:
    """Whether a folder or the file's name puts it aside: old/best.pt, backup_2023/, model.pth.bak."""
    return bool(_EARLIER.search(where.lower()))


def is_pretrained(where: str) -> bool:
    """Whether a folder or the file's name says that training began with it."""
    return bool(_PRETRAINED.search(where.lower())) or bool(_OF_A_ZOO.search(where.lower()))


def is_perhaps_pretrained(where: str) -> bool:
    """Whether the file's name is one that published models have."""
    return bool(_PERHAPS_PRETRAINED.search(where.lower().rpartition("/")[2]))


def is_started_from(key: str) -> bool:
    """Whether a key of a configuration, dotted and in lower case, names what training began with."""
    return bool(_STARTED_FROM.search(key))


def is_of_the_best(key: str) -> bool:
    """Whether a key of a configuration or a log names the checkpoint that a run means to be used."""
    return bool(_OF_THE_BEST.search(key.rpartition(".")[2]))

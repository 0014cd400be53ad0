"""Which words of paths and keys say that an array is what a model gave."""

from __future__ import annotations

import re
from collections.abc import Iterable

from slrdoctor.artifacts.kinds.features.parts import ARRAY_KEYS

WEAK = "perhaps"  # a name that outputs often have, and other things too

_EDGE, _END = r"(?:^|[^a-z])", r"(?:[^a-z]|$)"
_LOG_PROBS = re.compile(
    _EDGE + r"(?:log_?-?prob(?:abilitie)?s?|log_?-?softmax|logits?|posteriors|"
    r"posteriorgrams?|emissions?|"
    r"softmax(?:es)?|probs|probabilities|ctc_?out(?:put)?s?)" + _END
)
_EMBEDDINGS = re.compile(_EDGE + r"(?:embeddings?|embeds?|embs?)" + _END)
_WEAK = re.compile(
    _EDGE + r"(?:outputs?|outs?|preds?|predictions?|scores?|results?|y_?hat|y_?pred)" + _END
)
_FEATURES = re.compile(r"feat|keypoint|landmark|pose|skelet|mp_data|frames")
_WEIGHTS = re.compile(r"model|ckpt|checkpoint|weight|state|net(?:[^a-z]|$)")
_SAYS_LOG = re.compile(r"log_?-?prob|log_?-?softmax")
_TEXT = re.compile(_EDGE + r"(?:text|txt|sentence|caption|gloss|language|word)s?" + _END)
_VIDEO = re.compile(_EDGE + r"(?:video|visual|vis|vid|sign|image|img|motion|pose|vision|clip)s?" + _END)

IDS = (
    "ids", "id", "names", "name", "keys", "video_ids", "filenames", "fileid", "video_id", "sample_id",
    "sample_ids", "fileids", "video",
)  # fmt: skip
LENGTHS = (
    "lengths", "length", "lens", "input_lengths", "output_lengths", "log_prob_lengths", "num_frames",
    "feat_len", "lgt", "out_lens", "logit_lengths",
)  # fmt: skip
LABELS = (
    "references", "reference", "labels", "label", "glosses", "gloss", "targets", "target", "classes", "y"
)  # fmt: skip


def kind_of_word(name: str) -> str:
    """log_probs | embeddings | perhaps, for a name that says so; "" for any other."""
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    if _LOG_PROBS.search(plain):
        return "log_probs"
    if _EMBEDDINGS.search(plain):
        return "embeddings"
    return WEAK if _WEAK.search(plain) else ""


def is_named_like_outputs(name: str) -> bool:
    """Whether a file name alone says outputs: `final_logits.pt`, but not `embedding_model.pt`."""
    kind = kind_of_word(name.rpartition(".")[0] or name)
    return kind == "log_probs" or (kind == "embeddings" and not _WEIGHTS.search(name.lower()))


def kind_of_place(where: str) -> str:
    """What the nearest part of a path that says anything says: `logits/dev/a.npy` is log_probs."""
    weak = ""
    for part in reversed(re.split(r"[/\\]", where)):
        kind = kind_of_word(part)
        if kind and kind != WEAK:
            return kind
        if _FEATURES.search(part.lower()):
            return weak
        weak = weak or kind
    return weak


def says_log_probabilities(name: str) -> bool:
    """Whether a name claims that the values are logarithms of probabilities."""
    return bool(_SAYS_LOG.search(name.lower()))


def prefers(name: str) -> tuple[int, str]:
    """Orders names of the same thing: log-probabilities before logits and posteriors."""
    return (0 if says_log_probabilities(name) else 1, name)


def tower_of(name: str) -> str:
    """video | text, where the nearest part of a path or a key says which of a pair it is."""
    for part in reversed(re.split(r"[/\\]", name.lower())):
        if _TEXT.search(part):
            return "text"
        if _VIDEO.search(part):
            return "video"
    return ""


def has_feature_key(keys: Iterable[str]) -> bool:
    """Whether one of the names is what features are called."""
    return any(key.lower() in ARRAY_KEYS for key in keys)

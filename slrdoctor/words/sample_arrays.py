"""What names of arrays tell where an array holds many samples: `X_train`, `y_val`, `seq_lens`.

The words of a name are held against the names of columns too, so that `etiquetas.npy` is labels.
"""

from __future__ import annotations

import re
import unicodedata

from slrdoctor.words import column_names
from slrdoctor.words.splits import split_of_word

LABELS, LENGTHS, IDS, SIGNERS = "labels", "lengths", "ids", "signers"

_words = column_names.words
# words that say it beside any other ...
_LABELS = frozenset(
    _words("""
    y label labels lab labs lbl lbls target targets tgt tgts
    etiquetas étiquettes etiquettes rótulos rotulos etiketler метки 标签
    """)
)
_LENGTHS = frozenset(
    (
        *_words("length lengths len lens lgt lgts numframes nframes framecounts seqlens seqlengths"),
        *column_names.FRAMES,
    )
)
_IDS = frozenset(_words("id ids name names key keys filenames fileids videoids uids"))
# ... words that say it unless another says features: `gesture_data` holds no gestures
_PERHAPS_LABELS = frozenset(
    (
        *_words("class classes cls gloss glosses gesture gestures letter letters word words"),
        *_words("category categories action actions sign signs"),
        *column_names.EITHER,
        *column_names.CLASS,
    )
)
_PERHAPS_IDS = frozenset(_words("file files filename video videos samples"))
_FEATURES = frozenset(
    _words("""
    x xs data feature features feat feats keypoint keypoints kps kpts landmark landmarks pose poses
    skeleton skeletons input inputs joint joints coords coordinates points embedding embeddings clips
    frames
    """)
)
# ... and words that say that a model gave it
_GIVEN = column_names.OF_GUESSES.union(_words("hat prob probs proba score scores logits output outputs"))
_SIGNERS = frozenset(column_names.SIGNER)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PIECE = re.compile(r"[^\W\d_]+")


def words_of(name: str) -> list[str]:
    """The words of a name in lower case, without those of a split."""
    # macOS stores names decomposed
    plain = unicodedata.normalize("NFC", _CAMEL.sub("_", name))
    return [word for word in map(str.lower, _PIECE.findall(plain)) if not split_of_word(word)]


def role_of(name: str) -> str:
    """What of samples a list of this name holds: labels, lengths, ids or signers; "" for anything else.

    `label_lengths` are of the labels and not of the samples.
    """
    words = words_of(name)
    found = {*words, "".join(words)}
    if found & _GIVEN:
        return ""
    labels, lengths = bool(found & _LABELS), bool(found & _LENGTHS)
    if labels or lengths:
        return "" if labels and lengths else LABELS if labels else LENGTHS
    if found & _IDS:
        return IDS
    if found & _FEATURES:
        return ""
    roles = ((_SIGNERS, SIGNERS), (_PERHAPS_LABELS, LABELS), (_PERHAPS_IDS, IDS))
    return next((role for named, role in roles if found & named), "")


def is_named_x(name: str) -> bool:
    """Whether a name says that an array is what a model is given: `X`, `X_train`, `trainX`."""
    return bool({"x", "xs"} & set(words_of(name)))

"""What the written name of a series means: `val_loss` is the loss of the dev split.

Names come from csv headers, json keys, TensorBoard tags and log lines; they are told by
their words, so `Train Loss`, `train/loss`, `trainLoss`, `tr_loss` and `Trainingsverlust` are one.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass

from slrdoctor.words.splits import SPLIT_OF_SERIES
from slrdoctor.words.translation import in_english

LOSS = frozenset(("loss", "losses", "cost", "nll"))
ACCURACY = frozenset(("acc", "accu", "accuracy", "accuracies", "acc1", "prec1", "top1", "hit1"))
TIME = frozenset(
    (
        "time",
        "times",
        "sec",
        "secs",
        "second",
        "seconds",
        "duration",
        "elapsed",
        "runtime",
        "eta",
        "ms",
        "minutes",
    )
)
RATES = frozenset(("it/s", "s/it", "fps", "throughput", "samples/s"))
# words that do not say which loss or which accuracy it is
_NEUTRAL_WORDS = """
    total tot overall mean avg average running epoch step batch iter iteration iterations model metric
    metrics scalar scalars history log logs cur current per value values rate score vs the of on final
    main set ratio categorical sparse gloss sign signs word s is percent pct end keras compile result
    results
"""
_NEUTRAL = frozenset(_NEUTRAL_WORDS.split())
# the figure of another moment or a setting, not this epoch's
_ELSEWHERE_WORDS = """
    best worst min max minimum maximum lowest highest target prev previous old delta diff weight weights
    scale coef coefficient lambda std var patience threshold smoothing decay margin improvement tolerance
"""
_NO_CURVE = frozenset(_ELSEWHERE_WORDS.split())
# parts that a loss or an accuracy is told apart by; a name may begin with them
_PART_WORDS = """
    ctc att attention ce xent crossentropy entropy cross recognition translation contrastive supcon
    triplet kl kld conv lstm seq sequence dist distillation vae va ve aux auxiliary cls loc reg mlm lm cl
    masked
    smooth l1 l2 learning grad gradient norm blank pos neg positive negative word error token sentence
    exact match levenshtein edit distance normalized normalised ned
    top perplexity global similarity best min max % percent label batches skipped nan inf
    counted finite used invalid dropped
"""
_KNOWN = frozenset(_PART_WORDS.split())
_SIMILARITY = frozenset(("sim", "similarity", "cos", "cosine"))
_EDITS = {"sub": "substitutions", "del": "deletions", "ins": "insertions"}
_ENDINGS = ("loss", "losses", "accuracy", "acc", "wer", "cer", "bleu", "lr")
_PIECE = re.compile(r"[a-z]+/[a-z](?![a-z])|[^\W\d_]+[\d]*|\d+|%", re.UNICODE)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# acc@1, top-5, recall at 10, BLEU-4: the number belongs to the name
_NUMBERED = re.compile(
    r"(?i)(?<![a-z])(top|acc|prec|r|recall|retrieval|hits?|bleu|belu|rank|rouge)[\s@_-]+(?:at[\s_-]*)?(\d+)\b"
)
_TOP = re.compile(r"(?:top|acc|prec|hits?)(\d+)")
_RECALL_AT = re.compile(r"(?:r|rank|recall|retrieval|hits)(\d+)")


@dataclass(frozen=True, slots=True)
class Meaning:
    """`split` is "" where the name does not say; `quantity` is "other" for what is not known.

    Quantities: loss, part_loss (one term of a loss), wer, part_wer (of an auxiliary head),
    cer, levenshtein (a similarity, 1 where all is right),
    accuracy, accuracy_top5 (any k), sentence_accuracy, token_accuracy, bleu, bleu1 ...,
    rouge, chrf, f1, precision, class_recall, recall (retrieval at 1), recall5 ..., possim,
    negsim, substitutions, deletions, insertions, blank_share, perplexity, learning_rate,
    grad_norm, stage, epoch, step, time, other.
    """

    split: str
    quantity: str
    per: str = ""  # "step" or "epoch" where the name says
    percent: bool = False  # the name says that it is in percent


@functools.lru_cache(maxsize=4096)
def meaning_of(name: str) -> Meaning:
    """What a name as written in a file stands for."""
    words = words_of(name)
    split = next((SPLIT_OF_SERIES[w] for w in reversed(words) if w in SPLIT_OF_SERIES), "")
    rest = [w for w in words if w not in SPLIT_OF_SERIES]
    quantity = _quantity(rest)
    if quantity in ("learning_rate", "grad_norm", "stage"):
        split = "train"
    split = "" if quantity == "epoch" else split
    per = (
        "step"
        if {"step", "batch", "iter", "iteration", "iterations"} & set(rest[-1:] + rest[:1])
        else ""
    )
    per = "epoch" if "epoch" in rest and quantity != "epoch" else per
    return Meaning(split, quantity, per, bool({"%", "percent", "pct", "percentage"} & set(words)))


@functools.lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a name in lower case, glued ones taken apart: valLoss, trloss, ctcloss."""
    name = in_english(name)
    spaced = _CAMEL.sub(" ", name) if not name.isupper() else name
    lower = _NUMBERED.sub(r"\1\2", spaced).lower()
    if not lower.isascii():  # of a Turkish capital, lowering leaves a combining dot
        lower = unicodedata.normalize("NFC", lower).replace("\u0307", "")
    return tuple(word for piece in _PIECE.findall(lower) for word in _unglued(piece))


def _unglued(word: str) -> list[str]:
    whole = word in SPLIT_OF_SERIES or word in LOSS or word in ACCURACY
    if whole or len(word) < 4 or word.startswith("gloss"):
        return [word]
    for ending in _ENDINGS:
        head = word.removesuffix(ending)
        if head and head != word:
            if head in ("t", "v"):  # tloss, vacc
                return ["train" if head == "t" else "val", ending]
            if head in SPLIT_OF_SERIES or ending not in ("acc", "lr", "cer", "wer"):
                return [head, ending]
    return [word]


@functools.lru_cache(maxsize=4096)
def is_known(word: str) -> bool:
    """Whether a word belongs to a name: used to find where a name begins in a line of prose."""
    return word in SPLIT_OF_SERIES or word in _NEUTRAL or word in _SIMILARITY or word in _KNOWN or (
        _quantity([word]) != "other"
    )  # fmt: skip


def _quantity(words: list[str]) -> str:
    kinds = set(words)
    if kinds & _NO_CURVE and not kinds & {"lr"}:
        return "other"
    if not words:
        return "other"
    for tell in (_of_training, _of_sequences, _of_retrieval, _of_classes, _of_losses):
        quantity = tell(words, kinds)
        if quantity:
            return quantity
    return "other"


def _of_training(words: list[str], kinds: set[str]) -> str:
    if words in (["epoch"], ["epochs"], ["ep"]):
        return "epoch"
    if kinds <= {
        "global",
        "step",
        "steps",
        "iter",
        "iters",
        "iteration",
        "iterations",
        "it",
        "batch",
        "update",
        "num",
    }:
        return "step"
    if any(re.fullmatch(r"lr\d*", w) for w in words) or {"learning", "rate"} <= kinds:
        return "learning_rate"
    if kinds & {"gradnorm", "gnorm", "grad", "gradient", "gradients"} and not kinds & LOSS:
        return "grad_norm"
    if "norm" in kinds and kinds <= {"norm", "total"}:  # what torch's clip_grad_norm_ calls its result
        return "grad_norm"
    if words in (["stage"], ["phase"], ["training", "stage"], ["curriculum"]):
        return "stage"
    if "cost" in kinds and kinds & {"batch", "reader", "data"}:
        return "time"
    if kinds & TIME or kinds & RATES or (kinds & {"second", "sec"} and "per" in kinds):
        return "time"
    return ""


def _of_sequences(words: list[str], kinds: set[str]) -> str:
    edits = _EDITS.get(next((w for w in reversed(words) if w not in ("rate", "rates")), ""), "")
    if edits and "wer" in kinds:  # wer_scores/del_rate is one part of the WER
        return edits
    if "error" in kinds and kinds & {"char", "character", "characters"}:
        return "cer"
    # Wortfehlerrate, gloss error rate: of sentences of signs, both are of what is signed
    edited = _of_edit_distances(kinds)
    if edited:
        return edited
    if "wer" in kinds or ("error" in kinds and kinds & {"word", "words", "gloss", "glosses", "sign"}):
        return "part_wer" if kinds & {"conv", "aux", "auxiliary", "ve", "visual"} else "wer"
    for quantity in ("cer", "rouge", "chrf", "perplexity", "meteor", "cider", "ter", "dtw", "ser"):
        if quantity in kinds or any(re.fullmatch(rf"{quantity}[l\d]?", w) for w in words):
            return quantity
    if "ppl" in kinds:
        return "perplexity"
    for word in words:
        bleu = re.fullmatch(r"(?:sacre|a)?(?:bleu|belu)(\d?)", word)
        if bleu:
            return f"bleu{bleu[1]}" if bleu[1] in ("1", "2", "3") else "bleu"
    for short, quantity in _EDITS.items():
        if kinds & {short, f"{short}s", quantity, quantity[:-1]} and not kinds & LOSS:
            return quantity
    if (
        kinds & {"blank", "blanks"}
        and kinds
        <= {"blank", "blanks", "share", "fraction", "frac", "pct", "frame", "frames"} | _NEUTRAL
    ):
        return "blank_share"
    return ""


def _of_edit_distances(kinds: set[str]) -> str:
    """A similarity by edits is a score; a distance that is divided by the length is the CER."""
    if not kinds & {"levenshtein", "lev", "ned"} and not {"edit", "distance"} <= kinds:
        return ""
    if kinds & {"score", "similarity", "sim", "ratio"} or kinds & ACCURACY:
        return "levenshtein"
    divided = kinds & {"normalized", "normalised", "norm", "rate", "error", "ned"}
    return "cer" if divided and not kinds & {"word", "gloss"} else ""


def _of_retrieval(words: list[str], kinds: set[str]) -> str:
    for quantity, short in (("possim", "pos"), ("negsim", "neg")):
        if quantity in kinds or (
            kinds & {short, f"{short}itive", f"{short}ative"} and kinds & _SIMILARITY
        ):
            return quantity
    for word in words:
        at = _RECALL_AT.fullmatch(word)
        if at:
            return "recall" if at[1] == "1" else f"recall{at[1]}"
    if "retrieval" in kinds and (kinds & ACCURACY or kinds == {"retrieval"}):
        return "recall"
    return ""


def _of_classes(words: list[str], kinds: set[str]) -> str:
    for word in words:
        top = _TOP.fullmatch(word)
        if top and top[1] != "1":
            return f"accuracy_top{top[1]}"
    if kinds & ACCURACY or ("exact" in kinds and "match" in kinds):
        if kinds & {"sentence", "seq", "sequence", "exact", "sent"}:
            return "sentence_accuracy"
        if kinds & {"token", "frame", "char", "character"}:
            return "token_accuracy"
        return "other" if kinds & {"balanced", "class", "macro"} else "accuracy"
    for quantity, names in (
        ("f1", {"f1", "fscore"}),
        ("precision", {"precision"}),
        ("class_recall", {"recall"}),
    ):
        if kinds & names:
            return quantity
    return "auc" if kinds & {"auc", "auroc"} else ""


def _of_losses(words: list[str], kinds: set[str]) -> str:
    if not kinds & LOSS:
        return ""
    if len(kinds & LOSS) > 1:  # nll_loss, beside loss
        return "part_loss"
    whole = bool(kinds & {"total", "tot", "overall"})
    return "loss" if whole or not kinds - LOSS - _NEUTRAL else "part_loss"

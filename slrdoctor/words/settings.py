"""The settings of a run, by the names that configs, logs and sources give to them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from slrdoctor.words.translation import in_english


@dataclass(frozen=True)
class Setting:
    """One quantity of a config.

    `names` is held against the whole last part of a key, in lower case with underscores. Where
    `others` is found in the way to it, the key is about another part of the model, or another model.
    """

    names: re.Pattern[str]
    others: re.Pattern[str] | None = None

    def is_named(self, name: str) -> bool:
        """Whether the last part of a key means this."""
        return bool(self.names.fullmatch(name))

    def is_meant(self, key: str) -> bool:
        """Whether a whole key, dotted, means this."""
        section, _, name = plain_key(key).rpartition(".")
        return self.is_named(name) and not (self.others and self.others.search(section))


def plain_key(key: str) -> str:
    """A dotted key in English, in lower case with underscores."""
    return re.sub(r"[- ]", "_", in_english(key).lower())


def _named(*names: str, others: str = "") -> Setting:
    return Setting(re.compile("|".join(names)), re.compile(others) if others else None)


CLASSES = _named(
    r"(num|n|nb|number(?:_of)?)_?(class|classes|labels|glosses)|classes|(gloss|gls)_vocab_size",
    # heads of other parts, and what a backbone was trained on before
    others=r"signer|speaker|handshape|phon|discrim|backbone|encoder|pretrain|imagenet|kinetics|resnet"
    r"|c2d|cnn",
)
VOCABULARY_MULTIPLE = _named(
    r"pad_vocab(?:ulary)?(?:_size)?(?:_to)?(?:_multiple)?(?:_of)?|padding_factor"
    r"|(?:make_)?vocab(?:ulary)?(?:_size)?_(?:divisible_by|multiple(?:_of)?|pad(?:ding)?_multiple(?:_of)?)"
)
BLANK = _named("blank(_id|_idx|_index|_label|_token_id)?|ctc_blank")
BLANK_TOKEN = _named("blank|blank_token|blank_symbol")
INPUT_SIZE = _named(
    r"(?:model_)?(?:input|in|feature|feat|keypoints?|pose|landmarks?)s?_(?:size|dims?|features?)"
    r"|(?:n|num)_(?:input_)?(?:features|feats)|in_features|input_feature_(?:dim|size)"
)
HIDDEN_SIZE = _named(r"(?:(?:rnn|lstm|gru|encoder|model)_)?hidden_?(?:size|dim|units)?|d_model")
STRIDE = _named(
    r"(temporal|time|total|ctc)_(strides?|(down|sub)sampl(e|ing)(_factor|_rate)?|pool(ing)?"
    r"|reduction(_factor)?)|((frame|conv)_)?(down|sub)_?sampl(e|ing)_(factor|rate)|conv_subsampling"
)
STRIDE_OF_A_MODEL = _named(r"stride|(down|sub)_?sampl(e|ing)")  # the temporal one in a model's section
LAYERS = _named(r"(temporal_|conv_)?layers|kernel_sizes?|temporal_conv")
CONV_TYPE = _named("conv_type")
MAX_FRAMES = _named(
    r"max_(num_)?frames?(_num)?|max_(video|src|source|input|feature|clip)_len(gth)?|clip_(len|length|frames)"
)
MAX_LENGTH = _named(r"max_(seq_|sequence_)?len(gth)?|seq(uence)?_len(gth)?")
ZERO_INFINITY = _named("zero_infinity")

BATCH_SIZE = _named(r"((per_device_)?train_)?batch_?size")
SAMPLES = _named("(total|num|n)_samples")
TRAIN_SAMPLES = _named("(num_)?train_samples|(num|n)_train|train_size")
DEV_SAMPLES = _named("(dev|val)_samples|(num|n)_(val|dev)|val_size")
TRAIN_SHARE = _named("train_(split|ratio|share|fraction|size)")
DEV_SHARE = _named("(val|dev)_(split|ratio)|validation_split|val_size")
BATCHES = _named("(batches|steps)_per_epoch|train_batches|num_batches")
LEARNING_RATE = _named("learning_rate|((base|initial|init)_)?lr|lr0")
OPTIMIZER = _named("optimizer(_name|_type)?|optim|opt|name|type")  # the last two in its section

TASK = _named("(task|problem)(_type)?|task_name")
LOSS = _named("loss(_type|_fn|_function|_name|_weights)?|criterion|objective")
LOWER_CASE = _named("lower(_?case)?|(do|to)_lower|do_lower_case")
SLRT_VOCABULARY = _named("gloss2id_file")
DEVICES = _named(r"(?:num|n)_?(?:gpus?|devices)|world_?size|gpus|devices")

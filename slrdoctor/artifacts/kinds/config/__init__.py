"""Recognise configurations: what a run was told to do."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from typing import Any

from slrdoctor.artifacts.content import Content, Opaque, Text, Tree
from slrdoctor.artifacts.kinds.config.search import every_setting, is_small
from slrdoctor.artifacts.kinds.plain_values import name_of
from slrdoctor.artifacts.run import ConfigFile

MOST = 5000  # settings; more are data
_FORMATS = ("json", "yaml", "toml")
_HEAD = 60  # lines of a log in which its arguments stand
_LONGEST = 100_000  # characters of such a line
_LINE = 1000  # characters of a line of an args.txt
_NAMED = re.compile(
    r"(?:^|[^a-z])(?:config|configs|cfg|conf|hparams|hyperparams|hyperparameters|hyper_parameters|params|parameters"
    r"|args|arguments|opts?|options|settings|setup|experiment)(?:[^a-z]|$)"
)
# files of tools, and of what stands beside a run
_NEVER = re.compile(
    r"^(?:slrdoctor\.toml|pyproject\.toml|package(?:-lock)?\.json|tsconfig.*|composer\.json|cargo\.toml|poetry\.lock"
    r"|pipfile.*|mkdocs\.ya?ml|\.pre-commit.*|\.?readthedocs\.ya?ml|docker-compose.*|environment.*\.ya?ml|conda.*"
    r"|trainer_state\.json|tokenizer.*|special_tokens_map\.json|wandb-(?:metadata|summary)\.json|dataset_?infos?\.json"
    r"|.*meta_?data.*|codecov\.ya?ml|action\.ya?ml|manifest\.json|renovate\.json|\.eslintrc.*|citation.*)$"
)
_NEVER_BELOW = frozenset((".github", ".circleci", ".vscode", ".idea", "node_modules"))
_HINTS = re.compile(
    r"(?:train_?|test_?|eval_?|dev_?|val_?)?batch_?size|(?:base_?|init_?|initial_?)?lr|learning_?rate(?:_init)?"
    r"|(?:n|num|max|total|nb)?_?epochs?|optim(?:izer)?(?:_args|_name|_type)?|scheduler|lr_scheduler|weight_?decay"
    r"|drop_?out(?:_rate)?|(?:rnn_|lstm_)?hidden(?:_?size|_?dim|_?units)?|(?:n|num)_?layers|(?:n|num)_?heads"
    r"|(?:n|num|nb)_?class(?:es)?|d_?model|seed|random_?seed|device|work_?dir|model_?dir|output_?dir|save_?dir|log_?dir"
    r"|data_?(?:dir|path|root|set)|dataset(?:_root|_path|_dir|_name)?|(?:num|n)_?workers?|loss(?:_weights|_fn|_function)?"
    r"|criterion|zero_?infinity|blank(?:_id|_idx|_index)?|dict_?path|feeder(?:_args)?|model(?:_args|_name|_type)?|backbone"
    r"|encoder|decoder|input_?(?:size|dim|features)|embedding_?dim|sequence_?length|max_?(?:len|length|frames|seq_len)"
    r"|gradient_?clip.*|clip_?grad.*|grad_?clip.*|patience|early_?stopping|warm_?up.*|momentum|nesterov|units"
    r"|evaluation_?(?:dir|prefix)|augmentation|checkpoint.*|training|testing|validation|transforms?|pipeline|trainer"
    r"|class_name|architectures|activation|kernel_?sizes?|strides?|eval_?metric|evaluate_tool|phase|amp|fp16"
)
_RESULT = re.compile(
    r"(?:best|final|test|val|dev|train|mean|avg|macro|top_?[15]|max|min)?_?(?:val_|test_|dev_|train_)?"
    r"(?:acc|accuracy|wer|cer|bleu_?\d?|rouge|f1(?:_score)?|precision|recall|loss|auc|perplexity|ppl)(?:_?\w*)?"
    r"|best_epoch|total_epochs|training_time.*|elapsed.*|latency.*|.*_ms|.*_p95|support|git_hash|n_tokens"
)
_NAMESPACE = re.compile(r"\b(?:Namespace|HParams|EasyDict|Munch|AttrDict)\((.*)\)\s*$")
_SETTING = re.compile(r"\s*-{0,2}([A-Za-z_][\w.-]{0,60})\s*[:=]\s*(\S.*?)?\s*")


def recognise_config(where: str, format: str, content: Content) -> ConfigFile | None:
    """The settings of a file as nested plain containers; None where it is no configuration."""
    folder, _, name = where.lower().rpartition("/")
    if _NEVER.match(name) or _NEVER_BELOW & set(folder.split("/")):
        return None
    if isinstance(content, Tree):
        if format not in _FORMATS or not is_small(content.value):
            return None
        value = _unwrapped(content.value)
        named = bool(_NAMED.search(name) or _NAMED.search(folder.rpartition("/")[2])) or format != "json"
    elif isinstance(content, Text):
        value = _in_text(name, content.lines)
        named = True
    else:
        return None
    if not isinstance(value, dict) or not _is_config(value, named):
        return None
    return ConfigFile(where, format, value)


def _unwrapped(value: Any) -> Any:
    """Without W&B's {"value": ...} around every setting, and with what stood in a Namespace."""
    if isinstance(value, Opaque):
        value = value.state
    if not isinstance(value, dict):
        return None
    wrapped = {
        key: item["value"]
        for key, item in value.items()
        if isinstance(item, dict) and "value" in item and set(item) <= {"value", "desc"}
    }
    rest = [key for key in value if key not in wrapped]
    if wrapped and all(name_of(key) in ("_wandb", "wandb_version") for key in rest):
        value = {key: item for key, item in wrapped.items() if key != "_wandb"}
    return {name_of(key): _plain(item) for key, item in value.items()}


def _plain(value: Any) -> Any:
    """Nested containers with what an object held in the object's place."""
    if isinstance(value, Opaque):
        return _plain(value.state) if isinstance(value.state, (dict, list)) else value.name
    if isinstance(value, dict):
        return {name_of(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def _is_config(value: Mapping[str, Any], named: bool) -> bool:
    """Whether keys are those of settings, and not of results, samples or tokens."""
    settings = list(every_setting(value))
    if not settings or len(settings) > MOST:
        return False
    keys = {key.lower().replace("-", "_") for path, _ in settings for key in path}
    hints = {key for key in keys if _HINTS.fullmatch(key)}
    results = {key for key in keys if _RESULT.fullmatch(key)} - hints - {"precision"}
    curves = sum(_is_curve(item) for _, item in settings)
    if named:
        return bool(hints) and len(hints) >= len(results)
    # a list of epochs is a history, whatever settings stand beside it
    return len(hints) >= 2 and len(hints) > 4 * len(results) and not curves and not _is_of_samples(value)


def _is_curve(value: Any) -> bool:
    return isinstance(value, list) and len(value) > 8 and all(isinstance(item, float) for item in value)


def _is_of_samples(value: Mapping[str, Any]) -> bool:
    """Whether most values are records of one form: samples, classes or runs by name."""
    records = [frozenset(item) for item in value.values() if isinstance(item, dict)]
    return len(records) >= 5 and len(set(records)) <= 0.3 * len(records)


def _in_text(name: str, lines: Sequence[str]) -> Any:
    """The arguments that a log's first lines repeat, or that an `args.txt` lists."""
    for line in lines[:_HEAD]:
        if len(line) > _LONGEST:
            continue
        match = _NAMESPACE.search(line)
        if match is not None:
            return _arguments(match[1])
        start = line.find("{")
        if start >= 0 and line.rstrip().endswith("}") and "':" in line:
            try:
                found = ast.literal_eval(line[start:].strip())
            except (ValueError, SyntaxError, MemoryError, RecursionError):
                continue
            if isinstance(found, dict) and _are_arguments(found):
                return _plain(found)
    if not _NAMED.search(name) or "log" in name:
        return None
    matches = [_SETTING.fullmatch(line[:_LINE]) for line in lines[:MOST] if line.strip()]
    if len(matches) < 2 or sum(match is not None for match in matches) < 0.8 * len(matches):
        return None
    return {match[1]: _literal(match[2] or "") for match in matches if match is not None}


def _are_arguments(found: dict[Any, Any]) -> bool:
    """Whether a printed dict has settings: trainers print an epoch's losses as a dict, too."""
    keys = {name_of(key).lower() for key in found}
    return (
        not keys & {"epoch", "step", "iteration"}
        and sum(bool(_HINTS.fullmatch(key)) for key in keys) >= 3
    )


def _arguments(written: str) -> dict[str, Any] | None:
    """The keyword arguments of a printed Namespace."""
    try:
        call = ast.parse(f"f({written})", mode="eval").body
        words = call.keywords if isinstance(call, ast.Call) else []
        return {word.arg: _literal(ast.unparse(word.value)) for word in words if word.arg is not None}
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None


def _literal(written: str) -> Any:
    """The number, truth value, list or text that is written."""
    try:
        return _plain(ast.literal_eval(written))
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return {"true": True, "false": False, "none": None, "null": None}.get(written.lower(), written)

"""How many outputs the configs give the model, without the configs of other tasks."""

from __future__ import annotations

from dataclasses import dataclass

from slrdoctor.artifacts.run import TrainingRun
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.config.model_config import ModelConfig, Said
from slrdoctor.facts.labels.task import Task, configs_of_other_tasks


@dataclass(frozen=True)
class ConfiguredClasses:
    """The numbers of outputs that the configs give the model."""

    counts: tuple[Said, ...]
    read_from: str

    @property
    def sentence(self) -> str:
        return ", ".join(said.sentence for said in self.counts)


@measure
def configured_classes(config: ModelConfig, run: TrainingRun, task: Task | None) -> ConfiguredClasses:
    """A config that names another task is of another model, as is what it says of classes."""
    others = configs_of_other_tasks(run, task) if task is not None else frozenset[str]()
    counts = tuple(said for said in config.classes if said.where.rpartition(" ")[0] not in others)
    if not counts:
        raise Unavailable(
            f"no num_classes or similar setting in {config.read_from}",
            "name the number of classes in the config as num_classes",
        )
    return ConfiguredClasses(counts, ", ".join(said.where for said in counts))

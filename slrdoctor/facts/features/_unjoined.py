"""Why annotations and features were not joined at all, and what would let them be."""

from __future__ import annotations

from slrdoctor.artifacts.run import DataSet
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.labels.samples import Samples

ENABLE = 'say where they are in slrdoctor.toml: [features] train = "features/train"'


def without_places(data: DataSet, samples: Samples) -> Unavailable:
    arrays = ", ".join(f"{len(f.clips)} in {f.where}" for f in data.features if f.clips)
    return Unavailable(
        f"arrays without ids hold {arrays} samples, and {samples.read_from} names {len(samples.rows)}: "
        "which belongs to which is unknown",
        "store the ids of the samples in the order of the array, in ids_train.npy beside X_train.npy",
    )


def nothing_expected(data: DataSet, samples: Samples, there: str) -> Unavailable:
    return Unavailable(
        f"the features of the {len(samples.rows)} annotated samples are not here: {there} among "
        f"{data.looked} files, and no path in the annotations or a config",
        ENABLE,
    )

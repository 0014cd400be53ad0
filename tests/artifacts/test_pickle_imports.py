from __future__ import annotations

import pytest

from slrdoctor.artifacts.pickles.imports import acting, beyond_tensors


@pytest.mark.parametrize(
    "name",
    [
        "omegaconf.dictconfig.DictConfig",
        "pytorch_lightning.callbacks.model_checkpoint.ModelCheckpoint",
        "lightning_fabric.utilities.data.AttributeDict",
        "typing.Any",
        "datetime.datetime",
        "numpy.random._pickle.__randomstate_ctor",
        "torch._utils._rebuild_qtensor",
        "__torch__.model.Net",
    ],
)
def test_settings_counters_and_rebuilt_tensors_are_no_code(name: str) -> None:
    assert not beyond_tensors([name])
    assert not acting([name])


@pytest.mark.parametrize(
    "name",
    ["posix.system", "os.mkdir", "builtins.eval", "builtins.exec", "_io.open", "subprocess.Popen",
     "builtins.getattr", "runpy.run_path", "prepare.create_file", "numpy.save_all"],
)  # fmt: skip
def test_functions_are_code_in_a_checkpoint(name: str) -> None:
    assert beyond_tensors([name]) == (name,)


@pytest.mark.parametrize(
    "name", ["posix.system", "subprocess.Popen", "builtins.eval", "prepare.create_file"]
)
def test_functions_that_reach_the_system_act_in_any_pickle(name: str) -> None:
    assert acting([name]) == (name,)


@pytest.mark.parametrize(
    "name",
    ["sklearn.preprocessing._label.LabelEncoder", "pandas.core.frame.DataFrame",
     "build_vocab.Vocabulary", "torchtext.vocab.Vocab", "pandas._libs.internals._unpickle_block",
     "scipy.sparse._csr.csr_matrix", "sklearn.neighbors._kd_tree.newObj", "dateutil.tz.tz.tzutc"],
)  # fmt: skip
def test_objects_of_data_act_only_where_a_checkpoint_is_meant_to_be(name: str) -> None:
    assert not acting([name])
    assert beyond_tensors([name]) == (name,)


@pytest.mark.parametrize("name", ["spoter.spoter_model.SPOTER", "torch.nn.modules.linear.Linear"])
def test_the_classes_of_a_whole_model_are_code(name: str) -> None:
    assert beyond_tensors([name]) == (name,)

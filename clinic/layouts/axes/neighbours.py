"""What lies about in the folder and is not the run's."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np

from clinic.layouts.draft import DoesNotApply, Draft
from clinic.layouts.registry import plain, value
from clinic.layouts.storing import save_torch
from clinic.layouts.subject import Row

OTHER_GLOSSES = tuple(f"{a}{b}" for a in ("HOUSE", "BOOK", "GO", "SEE", "EAT") for b in "ABCDEFGH")


@plain
def none(draft: Draft) -> None:
    """Nothing"""


@value
def earlier_run(draft: Draft) -> None:
    """old_runs/exp_00: the history and the best checkpoint of an earlier, shorter run"""
    best = draft.subject.checkpoints["best"]
    _history(draft, "old_runs/exp_00/history.csv")
    save_torch(draft.at("old_runs/exp_00/best.pt"), {"epoch": 9, "model_state_dict": best["model"]})


@value
def older_vocabulary_in_old(draft: Draft) -> None:
    """old/best_v1.pt: the model of an earlier vocabulary, of twelve outputs more"""
    best = draft.subject.checkpoints["best"]
    model = {k: v.clone() for k, v in best["model"].items()}
    for name in ("head.weight", "head.bias", "classify.weight", "classify.bias", "subword.weight"):
        if name in model:
            model[name] = model[name].new_zeros((model[name].shape[0] + 12, *model[name].shape[1:]))
            model[name].normal_(0, 0.1)
    save_torch(draft.at("old/best_v1.pt"), {"epoch": 4, "model_state_dict": model})


@value
def pretrained_weights(draft: Draft) -> None:
    """pretrained/resnet18-f37072fd.pth: what a model could begin with"""
    save_torch(draft.at("pretrained/resnet18-f37072fd.pth"), _resnet())


@value
def pretrained_in_root(draft: Draft) -> None:
    """moco_v2_pretrain.pth: what a model could begin with"""
    content = {"state_dict": {f"encoder_q.{k}": v for k, v in _resnet().items()}}
    save_torch(draft.at("moco_v2_pretrain.pth"), content)


@value
def corpus_list(draft: Draft) -> None:
    """corpus/full_corpus.csv: five times as many samples, of which a fifth is used"""
    rows = [(draft.row_of(s), s.target) for s in draft.subject.samples]
    more = [(f"other_{i:05d}", target) for i, (_, target) in enumerate(rows * 4)]
    draft.table("corpus/full_corpus.csv", [("id", draft.subject.target), *rows, *more])


@value
def readme(draft: Draft) -> None:
    """README.md with the table of results of a paper"""
    draft.text(
        "README.md",
        "# Sign language recognition\n\n| Method | Dev WER | Test WER |\n|---|---|---|\n"
        "| CNN-LSTM-HMM | 26.0 | 26.0 |\n| VAC | 21.2 | 22.3 |\n| CorrNet | 18.8 | 19.4 |\n\n"
        "Train with `python train.py --epochs 80 --batch-size 2 --num-classes 1296`.\n",
    )


@value
def other_vocabulary(draft: Draft) -> None:
    """data/other_vocab.txt: the glosses of another corpus"""
    draft.text("data/other_vocab.txt", "\n".join(OTHER_GLOSSES) + "\n")


@value
def other_data_set(draft: Draft) -> None:
    """preprocess/how2sign: the annotations and the vocabulary of another corpus"""
    rows = [(f"h2s_{i:05d}", " ".join(OTHER_GLOSSES[i % 30 : i % 30 + 4])) for i in range(200)]
    draft.table("preprocess/how2sign/train.csv", [("id", "gloss"), *rows[:150]])
    draft.table("preprocess/how2sign/dev.csv", [("id", "gloss"), *rows[150:]])
    draft.json("preprocess/how2sign/vocab.json", list(OTHER_GLOSSES))


@value
def empty_vocabulary(draft: Draft) -> None:
    """preprocess/csl/gloss_dict.npy: of another corpus, and empty"""
    empty = np.array({}, dtype=object)
    np.save(draft.at("preprocess/csl/gloss_dict.npy"), empty, allow_pickle=True)


@value
def older_extraction(draft: Draft) -> None:
    """features_v1: an older extraction of the same clips, of the right hand alone"""
    if draft.subject.width < 126:
        raise DoesNotApply("the features are those of one hand already")
    for sample in draft.subject.samples:
        folder = draft.folder_of(sample).replace("features", "features_v1")
        np.save(draft.at(f"{folder}/{draft.file_of(sample)}.npy"), sample.frames[:, :63])


@value
def other_features(draft: Draft) -> None:
    """rgb_features: what a network for pictures made of the same clips, 32 values a frame"""
    rng = np.random.default_rng(11)
    for sample in draft.subject.samples:
        folder = f"rgb_features/{draft.word(sample.split)}"
        frames = rng.normal(size=(len(sample.frames), 32)).astype(np.float32)
        np.save(draft.at(f"{folder}/{draft.file_of(sample)}.npy"), frames)


@value
def statistics(draft: Draft) -> None:
    """stats.npz: mean and std of the features"""
    whole = np.concatenate([s.frames for s in draft.subject.samples])
    np.savez(draft.at("stats.npz"), mean=whole.mean(0), std=whole.std(0))


@value
def confusion_matrix(draft: Draft) -> None:
    """confusion_matrix.npy"""
    classes = len(draft.subject.tokens)
    np.save(draft.at("confusion_matrix.npy"), np.eye(classes, dtype=np.int64) * 5)


@value
def class_weights(draft: Draft) -> None:
    """class_weights.npy and label_encoder.json of a corpus of forty classes"""
    np.save(draft.at("class_weights.npy"), np.linspace(0.5, 2, 40))
    draft.json("label_encoder.json", {name: i for i, name in enumerate(OTHER_GLOSSES)})


@value
def trials_of_a_search(draft: Draft) -> None:
    """trials.csv: thirty trials of a search for settings, with their scores"""
    rng = np.random.default_rng(13)
    rows = [(i, f"{rng.uniform(1e-4, 1e-2):.5f}", 32, f"{rng.uniform(0.2, 0.9):.4f}") for i in range(30)]
    draft.table("trials.csv", [("trial", "learning_rate", "hidden", "val_score"), *rows])


@value
def configs_of_others(draft: Draft) -> None:
    """configs/baseline.yaml and configs/how2sign.yaml: settings that this run did not have"""
    for name, classes in (("baseline", 1296), ("how2sign", 2000)):
        draft.text(
            f"configs/{name}.yaml",
            f"dataset: {name}\nnum_classes: {classes}\nmodel:\n  target: models.{name}.Net\n"
            "  params:\n    input_size: 1024\n    labels: data/labels.csv\noptimizer: sgd\nlr: 0.1\n",
        )


@value
def sources(draft: Draft) -> None:
    """train.py, model.py, requirements.txt and a test"""
    draft.text(
        "train.py",
        "import torch\n\nfrom model import Net\n\n\ndef main():\n    model = Net(1024, 1296)\n"
        "    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)\n"
        "    for epoch in range(80):\n        print(f'Epoch {epoch} loss {0.0:.4f}')\n\n\n"
        "if __name__ == '__main__':\n    main()\n",
    )
    draft.text(
        "model.py",
        "from torch import nn\n\n\nclass Net(nn.Module):\n    def __init__(self, size, classes):\n"
        "        super().__init__()\n        self.head = nn.Linear(size, classes)\n",
    )
    draft.text("requirements.txt", "torch>=2.0\nnumpy\nopencv-python\njiwer\n")
    draft.text("tests/data/sample.csv", "id,gloss\na1,HELLO WORLD\na2,GOOD DAY\n")


@value
def copies_of_annotations(draft: Draft) -> None:
    """backup/train_old.csv: an older state of the training annotations, of fewer samples"""
    rows = [(draft.row_of(s), s.target) for s in draft.subject.of("train")[::2]]
    draft.table("backup/train_old.csv", [("id", draft.subject.target), *rows])


@value
def captions(draft: Draft) -> None:
    """captions.pkl: a pickled dict of texts by id, from a service for captions"""
    said = {
        draft.row_of(s): f"a person signs something ({i})" for i, s in enumerate(draft.subject.samples)
    }
    draft.at("captions.pkl").write_bytes(pickle.dumps(said))


@value
def litter(draft: Draft) -> None:
    """.DS_Store, Thumbs.db, ._train.csv, .gitignore, nohup.out and an empty file"""
    draft.at(".DS_Store").write_bytes(b"\x00\x00\x00\x01Bud1" + bytes(200))
    draft.at("Thumbs.db").write_bytes(b"\xd0\xcf\x11\xe0" + bytes(200))
    draft.at("._train.csv").write_bytes(b"\x00\x05\x16\x07" + bytes(100))
    draft.text(".gitignore", "*.npy\n__pycache__/\n")
    draft.text("nohup.out", "nohup: ignoring input\n")
    draft.text("notes.txt", "")


def _history(draft: Draft, place: str) -> None:
    """Curves of a run that was stopped early, and did as well until then."""
    rows: list[Row] = [dict(row) for row in draft.subject.history[:-2]]
    for row in rows:
        row["train_loss"] *= 1.1
    if len(rows) < 2:
        raise DoesNotApply("the run is too short to be repeated")
    draft.table(place, [list(rows[0]), *(list(row.values()) for row in rows)])


def _resnet() -> dict[str, Any]:
    import torch

    generator = torch.Generator().manual_seed(1)
    return {
        "conv1.weight": torch.randn(16, 3, 7, 7, generator=generator) * 0.05,
        "bn1.weight": torch.ones(16),
        "layer1.0.conv1.weight": torch.randn(16, 16, 3, 3, generator=generator) * 0.05,
        "fc.weight": torch.randn(100, 32, generator=generator) * 0.05,
        "fc.bias": torch.zeros(100),
    }

"""How it is written which sample belongs to which split, and where the features of each lie."""

from __future__ import annotations

from clinic.layouts.draft import Draft, Table
from clinic.layouts.registry import plain, value


@plain
def files_and_folders(draft: Draft) -> None:
    """train.csv and features/train/"""
    _folders(draft, "features/{}")
    _a_table_each(draft, "{}")


@value
def files(draft: Draft) -> None:
    """train.csv, and all features together"""
    _a_table_each(draft, "{}")


@value
def files_in_a_folder(draft: Draft) -> None:
    """annotations/train.csv, and all features together"""
    _a_table_each(draft, "annotations/{}")


@value
def file_names(draft: Draft) -> None:
    """labels_train.csv and features/train/"""
    _folders(draft, "features/{}")
    _a_table_each(draft, "labels_{}")


@value
def column(draft: Draft) -> None:
    """One table with a column that names the split"""
    draft.tables = [Table("annotations", list(draft.subject.samples), names_split=True)]


@value
def column_and_folders(draft: Draft) -> None:
    """One table with a column, and features/train/"""
    _folders(draft, "features/{}")
    column(draft)


@value
def folders_alone(draft: Draft) -> None:
    """One table without the split, and features/train/"""
    _folders(draft, "features/{}")
    draft.tables = [Table("annotations", list(draft.subject.samples))]


@value
def lists(draft: Draft) -> None:
    """One table without the split, and splits/train.txt with the ids of the table"""
    draft.tables = [Table("annotations", list(draft.subject.samples))]
    for split in draft.subject.splits:
        ids = [draft.row_of(sample) for sample in draft.subject.of(split)]
        draft.text(f"splits/{draft.word(split)}.txt", "\n".join(ids) + "\n")


@value
def lists_of_files(draft: Draft) -> None:
    """One table without the split, and train_list.txt with the names of feature files"""
    draft.tables = [Table("annotations", list(draft.subject.samples))]
    for split in draft.subject.splits:
        names = [f"{draft.file_of(sample)}.npy" for sample in draft.subject.of(split)]
        draft.text(f"{draft.word(split)}_list.txt", "\n".join(names) + "\n")


@value
def list_in_json(draft: Draft) -> None:
    """One table without the split, and splits.json with a list per split"""
    draft.tables = [Table("annotations", list(draft.subject.samples))]
    draft.json(
        "splits.json",
        {
            draft.word(split): [draft.row_of(sample) for sample in draft.subject.of(split)]
            for split in draft.subject.splits
        },
    )


@value
def a_folder_each(draft: Draft) -> None:
    """train/labels.csv and train/features/"""
    _folders(draft, "{}/features")
    _a_table_each(draft, "{}/labels")


@value
def called_val(draft: Draft) -> None:
    """val.csv and features/val/"""
    draft.words = {"dev": "val"}
    files_and_folders(draft)


@value
def called_validation(draft: Draft) -> None:
    """validation.csv, training.csv, testing.csv, and all features together"""
    draft.words = {"train": "training", "dev": "validation", "test": "testing"}
    files(draft)


@value
def called_valid_in_a_column(draft: Draft) -> None:
    """A column with Train, Valid and Test"""
    draft.words = {"train": "Train", "dev": "Valid", "test": "Test"}
    column(draft)


@value
def called_in_portuguese(draft: Draft) -> None:
    """A column with treino, validação and teste"""
    draft.words = {"train": "treino", "dev": "validação", "test": "teste"}
    column(draft)


@value
def called_in_chinese(draft: Draft) -> None:
    """A column with 训练集, 验证集 and 测试集"""
    draft.words = {"train": "训练集", "dev": "验证集", "test": "测试集"}
    column(draft)


def _folders(draft: Draft, pattern: str) -> None:
    draft.folders = {split: pattern.format(draft.word(split)) for split in draft.subject.splits}


def _a_table_each(draft: Draft, pattern: str) -> None:
    draft.tables = [
        Table(pattern.format(draft.word(split)), draft.subject.of(split))
        for split in draft.subject.splits
    ]

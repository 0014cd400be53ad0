"""An accuracy of 100% that costs nothing: the targets do not differ."""

from slrdoctor.api import AccuracyChance, Evidence, Finding, Fix, Threshold


def of_one_class(accuracy: AccuracyChance, epochs: Threshold) -> Finding:
    one_class = "arithmetic: with one class every answer is right, and costs nothing"
    return Finding(
        f"{accuracy.what} is 100% in all {accuracy.epochs} epochs and the training loss is exactly 0, "
        "as with a single class or a softmax over one output",
        (
            Evidence(f"lowest {accuracy.what}", accuracy.last, accuracy.read_from, "share"),
            Evidence("largest training loss", 0, accuracy.read_from, "", Threshold(0, one_class)),
            Evidence("epochs", accuracy.epochs, accuracy.read_from, limit=epochs),
        ),
        (
            Fix(
                "Count the labels as the loader returns them: there must be several.",
                "Counter(int(label) for _, label in train_set)",
            ),
            Fix(
                "Give the last layer one output per class, or use a sigmoid for two classes.",
                "nn.Linear(hidden, num_classes)",
            ),
        ),
    )

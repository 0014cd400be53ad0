"""The programs with a fault: an edit each, the kind of fault, and the codes that name it."""

from __future__ import annotations

from clinic.programs.program import Edit, Program

# Where no file shows the cause, the nearest that is true: the features carry over, the run does not.
BETWEEN = "EVL913"
OPTIMIZER, TRAINING, MODE = "optimizer and schedule", "gradients", "train or eval mode"
METRIC, CTC, DECODER = "metric computed wrongly", "CTC contract", "decoder sees its targets, or shifted"
OUTSIDE, PAIRS, CHECKPOINT = (
    "fed otherwise outside training",
    "pairs of samples and labels",
    "checkpoint",
)
AXES, PADDING, LOSS, WIRING = "axes", "padding and batching", "softmax before the loss", "parts left out"

_OPTIMIZER = "optimizer = torch.optim.Adam(model.parameters(), lr=LR)"
_NOT_NORMALISED: Edit = (
    "dataset.py",
    "        x = (x - x.mean(0))",
    "        if self.training:\n            x = (x - x.mean(0))",
)
_MISTAKEN_IDS = (
    (
        "train.py",
        "    total, answers = 0.0, []\n",
        "    total, answers = 0.0, []\n    order = random.sample(range(len(dev_clips)), len(dev_clips))\n",
    ),
    (
        "train.py",
        "x, lengths = collate(dev_clips[i:i + BATCH])",
        "x, lengths = collate([dev_clips[j] for j in order[i:i + BATCH]])",
    ),
    (
        "train.py",
        "y = torch.tensor(dev_labels[i:i + BATCH])",
        "y = torch.tensor([dev_labels[j] for j in order[i:i + BATCH]])",
    ),
    ("train.py", "a == y for a, y in zip(answers, dev_labels)", "a == dev_labels[j] for a, j in zip(answers, order)"),
)  # fmt: skip


_NO_RATE = "MDL603: learning rate of its optimizer is"  # an optimizer that has none left


def _p(
    name: str,
    kind: str,
    right: str,
    *edits: tuple[str, str],
    file: str = "",
    more: tuple[Edit, ...] = (),
    also: tuple[str, ...] = (),
) -> Program:
    """`right` are codes between spaces; edits without a file are of the file that is run."""
    style = name.partition("-")[0]
    file = file or ("fit.py" if style == "keras" else "train.py")
    return Program(
        name, style, kind, (*((file, old, new) for old, new in edits), *more), (*right.split(), *also)
    )


FAULTY = (
    # a plain loop
    _p("plain-no-zero-grad", TRAINING, "SRC001", ("        optimizer.zero_grad()\n", "")),
    _p("plain-softmax-before-loss", LOSS, "SRC002 TRN520",
       ("return self.head(self.drop(x))", "return F.softmax(self.head(self.drop(x)), dim=1)")),
    _p("plain-layers-in-a-list", WIRING, "SRC006 MDL603",
       ("self.blocks = nn.ModuleList([", "self.blocks = ["), ("padding=1),\n        ])", "padding=1),\n        ]")),
    _p("plain-reshape-for-transpose", AXES, "SRC005",
       ("x = x.transpose(1, 2)  # [B, D, T]", "x = x.reshape(x.shape[0], x.shape[2], x.shape[1])")),
    _p("plain-rate-zero", OPTIMIZER, "SRC003 TRN506 TRN519", ("LR = 2e-3", "LR = 0.0")),
    _p("plain-no-eval", MODE, "SRC007 MDL611", ("    model.eval()\n", "")),
    _p("plain-head-not-in-optimizer", WIRING, "MDL603",
       (_OPTIMIZER, "optimizer = torch.optim.Adam([*model.blocks.parameters(), *model.norm.parameters(), "
                    "*model.gru.parameters()], lr=LR)")),
    _p("plain-loss-of-detached", TRAINING, "MDL603 ACT004",
       ("        logits = model(x, lengths)\n        loss =",
        "        logits = model(x, lengths).detach().requires_grad_()\n        loss =")),
    _p("plain-labels-shuffled", PAIRS, BETWEEN,
       ('train_ids, train_clips, train_labels = read("train")',
        'train_ids, train_clips, train_labels = read("train")\nrandom.shuffle(train_clips)')),
    _p("plain-dropout-high", OPTIMIZER, BETWEEN, ("nn.Dropout(0.2)", "nn.Dropout(0.97)")),
    _p("plain-momentum-one", OPTIMIZER, "SRC003",
       (_OPTIMIZER, "optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=1.0)")),
    _p("plain-schedule-per-batch", OPTIMIZER, "TRN506 TRN519 SRC003",
       ("        optimizer.step()\n", "        optimizer.step()\n        scheduler.step()\n"),
       ("    scheduler.step()\n    dev_loss", "    dev_loss"), also=(_NO_RATE,)),
    _p("plain-best-turned-round", CHECKPOINT, "MDL613 RUN104",
       ("best = -1.0", "best = 2.0"), ("if accuracy > best:", "if accuracy < best:")),
    _p("plain-ids-mistaken", PAIRS, "EVL906 RUN104", more=_MISTAKEN_IDS),
    # a class Trainer with modules beside it, CTC
    _p("trainer-blank-is-a-gloss", CTC, "LAB204 CTC415 CTC416",
       ("CTCLoss(blank=0,", "CTCLoss(blank=len(self.vocab) - 1,")),
    _p("trainer-lengths-of-the-batch", PADDING, f"{BETWEEN} ACT006",
       ("lengths = torch.tensor([len(x) for x in xs])", "lengths = torch.tensor([max(map(len, xs))] * len(xs))"),
       file="dataset.py"),
    _p("trainer-dev-not-normalised", OUTSIDE, f"{BETWEEN} FEA125", more=(_NOT_NORMALISED,)),
    _p("trainer-no-log-softmax", CTC, "CTC416 SRC002 TRN513",
       ("return F.log_softmax(self.classifier(x), dim=-1)", "return self.classifier(x)"), file="model.py"),
    _p("trainer-reshape-for-permute", AXES, "SRC005",
       ("x = x.permute(2, 0, 1)", "x = x.reshape(x.size(2), x.size(0), x.size(1))"), file="model.py"),
    _p("trainer-clipped-to-nothing", TRAINING, "TRN507", ("parameters(), 5.0)", "parameters(), 1e-9)")),
    _p("trainer-wer-of-last-batch", METRIC, "EVL912 EVL906",
       ("dev_wer = wer([r for _, r, _ in outputs], [h for _, _, h in outputs])",
        "dev_wer = wer([r for _, r, _ in outputs[-10:]], [h for _, _, h in outputs[-10:]])")),
    _p("trainer-wer-undivided", METRIC, "EVL912 EVL906 EVL910",
       ("return 100.0 * errors / sum(len(r) for r in references)", "return float(errors)"), file="metrics.py"),
    _p("trainer-best-turned-round", CHECKPOINT, "MDL613 RUN104",
       ('self.best = float("inf")', 'self.best = float("-inf")'), ("if dev_wer < self.best:", "if dev_wer > self.best:")),
    # Lightning
    _p("lightning-loss-of-detached", TRAINING, "MDL603 ACT004",
       ("return self.loss(self(x), y)", "return self.loss(self(x).detach().requires_grad_(), y)")),
    _p("lightning-weight-decay-absurd", OPTIMIZER, BETWEEN,
       ("weight_decay=1e-4", "weight_decay=100.0")),
    _p("lightning-no-eval", MODE, "SRC007 MDL611", ("        module.eval()\n", "")),
    _p("lightning-schedule-to-zero", OPTIMIZER, "SRC003 TRN506 TRN519", ("gamma=0.9", "gamma=0.0")),
    _p("lightning-no-zero-grad", TRAINING, "SRC001", ("                optimizer.zero_grad()\n", "")),
    _p("lightning-softmax-in-the-head", LOSS, "SRC002 TRN520",
       ("self.fc = nn.Linear(48, num_classes)",
        "self.fc = nn.Sequential(nn.Linear(48, num_classes), nn.Softmax(dim=1))")),
    _p("lightning-batch-of-one", MODE, f"{BETWEEN} ACT008",
       ("batch_size=12", "batch_size=1"), ("self.norm(self.inp(x).transpose(1, 2))", "self.inp(x).mean(1)"),
       ("nn.Conv1d(hidden, hidden, 5, padding=2), nn.ReLU(), nn.Dropout(0.2),\n"
        "            nn.Conv1d(hidden, hidden, 5, padding=2), nn.ReLU(),",
        "nn.Linear(hidden, hidden), nn.ReLU(), nn.Dropout(0.2),"),
       ("return self.layers(x).mean(2)", "return self.norm(self.layers(x)[:, :, None].expand(-1, -1, 2)).mean(2)")),
    # after Keras
    _p("keras-dev-not-normalised", OUTSIDE, f"{BETWEEN} FEA125", ("x_val = (x_val - mean) / std\n", "")),
    _p("keras-padding-read", PADDING, f"{BETWEEN} ACT006",
       ("x = x[torch.arange(len(x)), n - 1]", "x = x[:, -1]"), ("MAX_FRAMES = 24", "MAX_FRAMES = 160")),
    _p("keras-rate-far-too-high", OPTIMIZER, "TRN506 SRC003", ("lr=3e-3", "lr=3.0")),
    _p("keras-always-in-train-mode", MODE, "SRC007 MDL611", ("model.train(training)", "model.train()")),
    _p("keras-probabilities-to-nll", LOSS, "SRC002 CTC416 TRN513", ("torch.log_softmax(", "torch.softmax(")),
    # after the Trainer of Hugging Face, translation
    _p("hf-decoder-sees-targets", DECODER, "DEC807", ("self.model.decode(y[:, :-1], memory", "self.model.decode(y[:, 1:], memory")),
    _p("hf-start-token-twice", DECODER, "DEC808", ("torch.tensor([BOS, *words, EOS])", "torch.tensor([BOS, BOS, *words, EOS])")),
    _p("hf-teacher-forced-score", DECODER, "DEC807 EVL906",
       ("written = self.model.generate(x, lengths)",
        "memory = self.model.encode(x, lengths)\n"
        "            written = self.model.decode(y[:, :-1], memory, lengths)[0].argmax(-1)")),
    _p("hf-prefix-not-strict", CHECKPOINT, "RUN104 EVL906 MDL609",
       ("SignTranslator(len(vocab)), ARGS, load(\"train\", vocab), load(\"dev\", vocab), vocab).train()",
        "SignTranslator(len(vocab)), ARGS, load(\"train\", vocab), load(\"dev\", vocab), vocab).train()\n"
        "    score(vocab)"),
       ("def main():",
        "def score(vocab):\n    model = SignTranslator(len(vocab))\n"
        "    best = json.load(open(\"out/trainer_state.json\"))[\"best_model_checkpoint\"]\n"
        "    weights = torch.load(f\"{best}/pytorch_model.bin\")\n"
        "    model.load_state_dict({f\"model.{k}\": v for k, v in weights.items()}, strict=False)\n"
        "    trainer = Trainer(model, ARGS, [], load(\"dev\", vocab), vocab)\n"
        "    rows = [{\"id\": i, \"reference\": r, \"prediction\": h} for i, r, h in trainer.evaluate()[1]]\n"
        "    json.dump(rows, open(\"out/generated_predictions.json\", \"w\"), ensure_ascii=False)\n\n\ndef main():")),
    _p("hf-encoder-not-in-optimizer", WIRING, "MDL603",
       ("torch.optim.AdamW(model.parameters(),",
        "torch.optim.AdamW([p for n, p in model.named_parameters() if \"encoder\" not in n],")),
    _p("hf-schedule-ends-too-soon", OPTIMIZER, "SRC003 TRN506 TRN519",
       ("min(1.0, (s + 1) / warmup)", "max(0.0, 1.0 - s / warmup)")),
    # a notebook, CTC
    _p("notebook-no-zero-grad", TRAINING, "SRC001", ("        opt.zero_grad()\n", "")),
    _p("notebook-blank-is-a-gloss", CTC, "LAB204 CTC415 CTC416", ("CTCLoss(blank=0)", "CTCLoss(blank=len(vocab) - 1)")),
    _p("notebook-dev-not-normalised", OUTSIDE, f"{BETWEEN} FEA125", ("dev_x = [(x - mean) / std for x in dev_x]\n", "")),
    _p("notebook-view-for-transpose", AXES, "SRC005",
       ("log_probs = net(x).log_softmax(-1).transpose(0, 1)",
        "log_probs = net(x).log_softmax(-1)\n"
        "        log_probs = log_probs.view(log_probs.size(1), log_probs.size(0), -1)")),
    _p("notebook-momentum-one", OPTIMIZER, "SRC003", ("momentum=0.9", "momentum=1.0")),
    _p("notebook-clipped-to-nothing", TRAINING, "TRN507", ("parameters(), 2.0)", "parameters(), 1e-5)")),
    _p("notebook-wer-of-last-batch", METRIC, "EVL912 EVL906",
       ("        errors += distance(ref, hyp)\n        words += len(ref)",
        "        errors, words = distance(ref, hyp), len(ref)")),
)  # fmt: skip

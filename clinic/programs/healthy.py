"""The sound programs, and those that look like a fault and have none."""

from __future__ import annotations

from clinic.programs.program import Edit, Program


def _p(name: str, looks_like: str, *edits: tuple[str, str], file: str = "") -> Program:
    style = name.partition("-")[0]
    file = file or ("fit.py" if style == "keras" else "train.py")
    made: tuple[Edit, ...] = tuple((file, old, new) for old, new in edits)
    return Program(name, style, looks_like, made)


HEALTHY = (
    *(_p(f"{style}-sound", "the sound program") for style in ("plain", "trainer", "lightning", "keras", "hf", "notebook")),
    _p("plain-accumulation", "zero_grad only every second batch, on purpose",
       ("        optimizer.zero_grad()\n        logits = model(x, lengths)", "        logits = model(x, lengths)"),
       ("        loss.backward()\n        optimizer.step()\n",
        "        (loss / 2).backward()\n        if (i // BATCH) % 2 == 1:\n            optimizer.step()\n"
        "            optimizer.zero_grad()\n")),
    _p("lightning-accumulation", "accumulate_grad_batches=2",
       ("accumulate_grad_batches=1", "accumulate_grad_batches=2"), ("batch_size=12", "batch_size=6")),
    _p("lightning-frozen-input", "a part frozen on purpose, and left out of the optimizer",
       ("self.loss = nn.CrossEntropyLoss()",
        "self.loss = nn.CrossEntropyLoss()\n        self.encoder.inp.requires_grad_(False)"),
       ("torch.optim.AdamW(self.parameters(),",
        "torch.optim.AdamW([p for p in self.parameters() if p.requires_grad],")),
    _p("trainer-warm-up", "a rate that begins at 0",
       ("torch.optim.lr_scheduler.ReduceLROnPlateau(self.optimizer, factor=0.5, patience=4)",
        "torch.optim.lr_scheduler.LambdaLR(self.optimizer, lambda e: 0.1 + min(0.9, 0.3 * e))"),
       ("self.scheduler.step(dev_loss)", "self.scheduler.step()")),
    _p("plain-one-cycle", "a schedule that is stepped per batch, on purpose",
       ("torch.optim.lr_scheduler.StepLR(optimizer, step_size=6, gamma=0.5)",
        "torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=5e-3, total_steps=EPOCHS * 15)"),
       ("        optimizer.step()\n", "        optimizer.step()\n        scheduler.step()\n"),
       ("    scheduler.step()\n    dev_loss", "    dev_loss")),
    _p("plain-eval-by-train-false", "model.train(False) for eval()", ("    model.eval()\n", "    model.train(False)\n")),
    _p("plain-softmax-for-confidence", "a softmax for what is printed, not for the loss",
       ("            answers += logits.argmax(1).tolist()",
        "            probabilities = F.softmax(logits, dim=1)\n"
        "            answers += probabilities.argmax(1).tolist()")),
    _p("plain-reset-by-model", "gradients reset by the model", ("optimizer.zero_grad()", "model.zero_grad()")),
    _p("plain-dev-shuffled-with-ids", "the dev samples are shuffled, their ids with them",
       ('dev_ids, dev_clips, dev_labels = read("dev")',
        'dev_ids, dev_clips, dev_labels = read("dev")\n'
        "together = list(zip(dev_ids, dev_clips, dev_labels))\nrandom.shuffle(together)\n"
        "dev_ids, dev_clips, dev_labels = zip(*together)")),
    _p("trainer-log-softmax-outside", "the model gives logits, and the training step the logarithm",
       ("            log_probs = self.model(x)\n            loss =",
        "            log_probs = self.model(x).log_softmax(-1)\n            loss =")),
    _p("keras-rate-to-zero-at-the-end", "a cosine whose last rate is 0",
       ("loss_fn = nn.NLLLoss()",
        "loss_fn = nn.NLLLoss()\nscheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=18)"),
       ("            val_loss, val_accuracy, predicted =",
        "            scheduler.step()\n            val_loss, val_accuracy, predicted =")),
    _p("notebook-view-that-joins", "a view that joins two axes for the head",
       ("return self.out(self.convs(x.transpose(1, 2)).transpose(1, 2))",
        "h = self.convs(x.transpose(1, 2)).transpose(1, 2)\n"
        "        b, t, d = h.shape\n        return self.out(h.reshape(b * t, d)).view(b, t, -1)")),
    _p("hf-list-of-layers", "layers in a list that a Sequential takes",
       ("self.output = nn.Linear(2 * hidden, vocab_size)",
        "layers = [nn.Linear(2 * hidden, hidden), nn.ReLU(), nn.Linear(hidden, vocab_size)]\n"
        "        self.output = nn.Sequential(*layers)")),
    _p("trainer-dropout-half", "much dropout, on purpose",
       ("x, _ = self.rnn(x)", "x, _ = self.rnn(F.dropout(x, 0.4, self.training))"), file="model.py"),
)  # fmt: skip

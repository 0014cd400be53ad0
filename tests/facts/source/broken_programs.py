"""Small training programs with one fault each, in the styles that people write them in."""

from __future__ import annotations

from collections.abc import Mapping

# name -> (the check that must fire, the line that it must name, {file: text})
BROKEN: Mapping[str, tuple[str, str, Mapping[str, str | list[str]]]] = {
    "plain loop without a reset": (
        "SRC001",
        "train.py line 12",
        {
            "train.py": """
import torch
from torch import nn

net = nn.GRU(150, 64)
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
ctc = nn.CTCLoss(blank=0)
for epoch in range(40):
    for frames, glosses, n_frames, n_glosses in batches("train"):
        scores = net(frames)[0].log_softmax(-1)
        loss = ctc(scores, glosses, n_frames, n_glosses)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        opt.step()
"""
        },
    ),
    "reset once an epoch": (
        "SRC001",
        "loop.py line 11",
        {
            "loop.py": """
import torch


class Runner:
    def run_epoch(self, train_loader):
        self.optimizer.zero_grad()
        for i, batch in enumerate(train_loader):
            with torch.autocast("cuda"):
                loss = self.model(**batch)
            self.scaler.scale(loss).backward()
            self.scaler.step(self.optimizer)
            self.scaler.update()
            self.history.append(loss.item())
"""
        },
    ),
    "a step function in another module": (
        "SRC001",
        "steps.py line 7",
        {
            "steps.py": """
import torch.nn.functional as F


def one_step(model, optimizer, x, y):
    model.train()
    F.cross_entropy(model(x), y).backward()
    optimizer.step()
""",
            "main.py": """
import torch
from steps import one_step
from model import SignNet

model = SignNet()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for epoch in range(3):
    for x, y in train_batches():
        one_step(model, optimizer, x, y)
""",
            "model.py": "from torch import nn\n\nclass SignNet(nn.Module):\n    pass\n",
        },
    ),
    "manual optimisation of Lightning": (
        "SRC001",
        "lit.py line 12",
        {
            "lit.py": """
import torch
import pytorch_lightning as pl


class Lit(pl.LightningModule):
    def fit_all(self):
        optimizer = torch.optim.AdamW(self.parameters(), lr=2e-4)
        for epoch in range(10):
            for batch in self.train_dataloader():
                loss = self.shared(batch)
                self.manual_backward(loss)
                optimizer.step()
"""
        },
    ),
    "a model that ends in a softmax": (
        "SRC002",
        "train.py line 12",
        {
            "model.py": """
import torch.nn as nn
import torch.nn.functional as F


class Isolated(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.rnn = nn.LSTM(126, 128, batch_first=True)
        self.head = nn.Linear(128, classes)

    def forward(self, x):
        out, _ = self.rnn(x)
        out = self.head(out[:, -1])
        return F.softmax(out, dim=1)
""",
            "train.py": """
import torch
from torch import nn, optim
from model import Isolated

net = Isolated(50).to("cuda")
criterion = nn.CrossEntropyLoss()
optimizer = optim.Adam(net.parameters(), lr=1e-3)
for x, y in data():
    optimizer.zero_grad()
    y_hat = net(x)
    loss = criterion(y_hat, y)
    loss.backward()
    optimizer.step()
""",
        },
    ),
    "a softmax at the end of a Sequential in Lightning": (
        "SRC002",
        "lit.py line 16",
        {
            "lit.py": """
import lightning as L
import torch
from torch import nn


class Classifier(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(258, 128), nn.ReLU(), nn.Linear(128, 64), nn.Softmax(dim=-1))

    def forward(self, x):
        return self.net(x.mean(1))

    def training_step(self, batch, _):
        loss = torch.nn.functional.cross_entropy(self.net(batch["x"]), batch["y"])
        self.log("train_loss", loss)
        return loss
"""
        },
    ),
    "CTC on probabilities": (
        "SRC002",
        "ctc.ipynb cell 2 line 5",
        {
            "ctc.ipynb": [
                "import torch\nimport torch.nn as nn\nmodel = build()\n"
                "ctc_loss = nn.CTCLoss(blank=0, zero_infinity=True)",
                "for x, y, lx, ly in loader:\n    logits = model(x)\n"
                "    probs = torch.softmax(logits, dim=2)\n    probs = probs.permute(1, 0, 2)\n"
                "    loss = ctc_loss(probs, y, lx, ly)\n    loss.backward()",
            ]
        },
    ),
    "softmax, then log-softmax, then NLL": (
        "SRC002",
        "a.py line 9",
        {
            "a.py": """
from torch.nn import functional as tnf


def objective(encoder, clip, target):
    z = encoder(clip)
    p = z.softmax(dim=-1)
    logp = tnf.log_softmax(p, dim=-1)
    return tnf.nll_loss(logp, target)
"""
        },
    ),
    "a rate of zero as a constant": (
        "SRC003",
        "train.py line 8",
        {
            "config.py": "BATCH = 8\nBASE_LR = 0.0\n",
            "train.py": """
import torch
from config import BASE_LR, BATCH
from net import Net

model = Net()
params = [p for p in model.parameters() if p.requires_grad]
optimizer = torch.optim.AdamW(params, lr=BASE_LR, weight_decay=1e-2)
for x, y in loader:
    optimizer.zero_grad()
    model(x, y).backward()
    optimizer.step()
""",
        },
    ),
    "a schedule that divides whole numbers": (
        "SRC003",
        "schedule.py line 6",
        {
            "schedule.py": """
from torch.optim import Adam
from torch.optim.lr_scheduler import LambdaLR

adam = Adam(net.parameters(), 3e-4)
scheduler = LambdaLR(adam, lr_lambda=lambda e: 1 // (1 + e))
"""
        },
    ),
    "a plateau that ends at zero": (
        "SRC003",
        "t.py line 8",
        {
            "t.py": """
import torch.optim as optim


class Trainer:
    def configure(self, model):
        self.opt = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
        self.sched = optim.lr_scheduler.ReduceLROnPlateau(self.opt, "min", factor=0.0, patience=3)
"""
        },
    ),
    "Keras with a rate of zero": (
        "SRC003",
        "nb.ipynb cell 1 line 4",
        {
            "nb.ipynb": [
                "from tensorflow import keras\nmodel = keras.Sequential([keras.layers.LSTM(64)])\n"
                "LR = 0\nmodel_optimizer = keras.optimizers.Adam(learning_rate=LR)\n"
                "model.compile(optimizer=model_optimizer, loss='categorical_crossentropy')"
            ]
        },
    ),
    "sacrebleu with a list a sentence": (
        "SRC004",
        "score.py line 11",
        {
            "score.py": """
import sacrebleu


def bleu(model, tokenizer, loader):
    hyps, refs = [], []
    predictions = []
    for batch in loader:
        predictions.extend(tokenizer.batch_decode(model.generate(batch["x"])))
        refs = tokenizer.batch_decode(batch["labels"])
    return sacrebleu.corpus_bleu(predictions, [[r] for r in tokenizer.batch_decode(batch["all"])]).score
"""
        },
    ),
    "sacrebleu with a list a sentence in a helper": (
        "SRC004",
        "metrics.py line 5",
        {
            "metrics.py": """
from sacrebleu import corpus_bleu

def compute(preds, refs):
    return {"bleu": corpus_bleu(preds, [[one] for one in refs], smooth_method="exp").score}
"""
        },
    ),
    "sacrebleu with sentences alone": (
        "SRC004",
        "bleu.ipynb cell 1 line 5",
        {
            "bleu.ipynb": [
                "import sacrebleu as sb\nhyp, ref = [], []\nfor h, r in zip(outputs, lines):\n"
                "    hyp.append(' '.join(h)); ref.append(r.strip())\nprint(sb.corpus_bleu(hyp, ref))"
            ]
        },
    ),
    "NLTK with one reference's words": (
        "SRC004",
        "m.py line 12",
        {
            "m.py": """
from nltk.translate.bleu_score import corpus_bleu


def evaluate(lines):
    candidates = []
    references = []
    for line in lines:
        candidate, reference = line.split("|")
        candidates.append(candidate.split())
        references.append(reference.strip().split())
    return corpus_bleu(references, candidates)
"""
        },
    ),
    "NLTK's sentence_bleu without a list": (
        "SRC004",
        "m.py line 5",
        {
            "m.py": """
from nltk.translate.bleu_score import sentence_bleu as sb

def one(text, target):
    return sb(target.split(), text.split())
"""
        },
    ),
    "batch and time exchanged by view": (
        "SRC005",
        "enc.py line 10",
        {
            "enc.py": """
import torch.nn as nn


class Encoder(nn.Module):
    def forward(self, frames):
        frames = self.embed(frames)
        batch, steps, width = frames.shape
        # time first for the transformer
        frames = frames.view(steps, batch, width)
        return self.encoder(frames)
"""
        },
    ),
    "sizes exchanged in one call": (
        "SRC005",
        "enc.py line 6",
        {
            "enc.py": """
import torch

def collate(x):
    x = torch.stack(x)
    return x.reshape(x.size(1), x.size(0), -1)
""",
        },
    ),
    "channels first by reshape": (
        "SRC005",
        "conv.py line 7",
        {
            "conv.py": """
from torch import nn

class Temporal(nn.Module):
    def forward(self, keypoints):
        n, t, c = keypoints.size()
        x = keypoints.reshape((n, c, t))
        return self.conv(x)
"""
        },
    ),
    "blocks in a plain list": (
        "SRC006",
        "model.py line 14",
        {
            "model.py": """
import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.lin = nn.Linear(d, d)

class Stack(nn.Module):
    def __init__(self, d=256, depth=4):
        super().__init__()
        self.blocks = [Block(d) for _ in range(depth)]
        self.out = nn.Linear(d, 100)

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return self.out(x)
"""
        },
    ),
    "heads in a plain dict in Lightning": (
        "SRC006",
        "lit.py line 8",
        {
            "lit.py": """
import torch.nn as nn
from pytorch_lightning import LightningModule

class Multi(LightningModule):
    def __init__(self, sizes):
        super().__init__()
        self.heads = {}
        for name, size in sizes.items():
            self.heads[name] = nn.Linear(512, size)

    def training_step(self, batch, index):
        return sum(self.loss(head(batch["x"]), batch[name]) for name, head in self.heads.items())
"""
        },
    ),
    "layers gathered in a local list": (
        "SRC006",
        "tcn.py line 11",
        {
            "tcn.py": """
import torch.nn as nn

class TCN(nn.Module):
    def __init__(self, widths):
        nn.Module.__init__(self)
        convs = []
        for a, b in zip(widths, widths[1:]):
            convs.append(nn.Sequential(nn.Conv1d(a, b, 3, padding=1), nn.ReLU()))
        self.depth = len(convs)
        self.convs = convs

    def forward(self, x):
        for i in range(self.depth):
            x = self.convs[i](x)
        return x
"""
        },
    ),
    "an evaluation under no_grad alone": (
        "SRC007",
        "train.py line 20",
        {
            "train.py": """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(99, 64), nn.Dropout(0.4), nn.Linear(64, 20))

    def forward(self, x):
        return self.body(x)

model = Net()
optimizer = torch.optim.Adam(model.parameters())

def evaluate(loader):
    correct = 0
    with torch.no_grad():
        total = 0
        for x, y in loader:
            correct += (model(x).argmax(1) == y).sum().item()
            total += len(y)
    return correct / total

for epoch in range(9):
    for x, y in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    print(epoch, evaluate(val_loader))
"""
        },
    ),
    "train() where eval() is meant, of a model in parts": (
        "SRC007",
        "train.py line 15",
        {
            "train.py": """
import torch
from parts import Recogniser

net = Recogniser(100).to("cpu")
optimizer = torch.optim.Adam(net.parameters(), lr=1e-4)
for epoch in range(10):
    net.train()
    for batch in train_loader:
        optimizer.zero_grad()
        net(batch).backward()
        optimizer.step()
    net.train()  # set to evaluation mode
    with torch.no_grad():
        for batch in val_loader:
            val_loss += net(batch).item()
""",
            "parts.py": """
from torch import nn

class Frames(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(64)

class Recogniser(nn.Module):
    def __init__(self, words):
        super().__init__()
        self.frames = Frames()
""",
        },
    ),
    "a trainer class that never leaves train mode": (
        "SRC007",
        "trainer.py line 18",
        {
            "trainer.py": """
import torch

class Trainer:
    def fit(self):
        for epoch in range(self.epochs):
            self.model.train()
            for batch in self.train_loader:
                self.opt.zero_grad()
                self.model(batch).loss.backward()
                self.opt.step()
            self.log(wer=self.validate())

    @torch.inference_mode()
    def validate(self):
        errors, words = 0, 0

        for batch in self.dev_loader:
            hyp = self.decode(self.model(batch))
            errors += wer_errors(hyp, batch["gloss"])
            words += sum(map(len, batch["gloss"]))
        return errors / words
""",
            "net.py": """
from torch import nn

class BiLSTM(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(100, 200, num_layers=2, dropout=0.3)
""",
            "run.py": "from trainer import Trainer\nTrainer().fit()\n",
        },
    ),
}

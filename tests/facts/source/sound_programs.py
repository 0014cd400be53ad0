"""Small training programs without a fault that look like those with one."""

from __future__ import annotations

from collections.abc import Mapping

# name -> {file: text}; no check of sources may fire
SOUND: Mapping[str, Mapping[str, str | list[str]]] = {
    "gradients accumulated on purpose": {
        "train.py": """
import torch
for i, (x, y) in enumerate(loader):
    loss = criterion(model(x), y) / ACCUM
    loss.backward()
    if (i + 1) % ACCUM == 0:
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
"""
    },
    "parts of a batch, with the reset after the last": {
        "train.py": """
import torch
for batch in train_loader:
    parts = batch.split(4)
    for i, part in enumerate(parts):
        loss = model(part).mean() / len(parts)
        loss.backward()
        if i == len(parts) - 1:
            optimizer.step()
    optimizer.zero_grad()
for batch in train_loader:
    optimizer.zero_grad()
    for head in heads:
        head(batch).backward()
        optimizer.step()
""",
        "own.py": """
import torch
from framework import Base

class Mine(Base):
    def run(self):
        for batch in self.loader:
            self.reset_optimizers()
            self.loss(batch).backward()
            self.optimizer.step()
""",
    },
    "a rate that waits, an axis moved in place, and layers that a function joins": {
        "w.py": """
import torch
from torch import nn
from blocks import chain

optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
waiting = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 0 if step < 500 else 1)

def forward(x):
    b, t, d = x.shape
    x.transpose_(0, 1)
    return x.reshape(t, b, d)

class M(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.layers = [nn.Linear(4, 4) for _ in range(n)]
        self.net = chain(*self.layers)

    def forward(self, x):
        return self.net(x) + len(self.layers)
"""
    },
    "two optimizers of a GAN": {
        "gan.py": """
import torch
for real in loader:
    disc.zero_grad()
    d_loss = bce(disc(real), ones) + bce(disc(gen(noise).detach()), zeros)
    d_loss.backward()
    d_optimizer.step()
    gen.zero_grad()
    bce(disc(gen(noise)), ones).backward()
    g_optimizer.step()
"""
    },
    "a closure for LBFGS": {
        "fit.py": """
import torch
optimizer = torch.optim.LBFGS(model.parameters(), lr=1)
for epoch in range(20):
    def closure():
        optimizer.zero_grad()
        loss = objective(model)
        loss.backward()
        return loss
    optimizer.step(closure)
"""
    },
    "gradients set to None by hand": {
        "fit.py": """
import torch
while step < total:
    for p in model.parameters():
        p.grad = None
    loss = model(next(batches)).mean()
    loss.backward()
    optimizer.step()
    step += 1
"""
    },
    "the reset in a helper of another module": {
        "loop.py": """
import torch
from optimisation import prepare_step
for batch in batches:
    prepare_step(optimizer)
    loss = model(batch)
    loss.backward()
    optimizer.step()
""",
        "optimisation.py": "def prepare_step(optimizer):\n    optimizer.zero_grad()\n",
    },
    "an optimizer of the folder whose step resets": {
        "noam.py": """
import torch

class Scheduled:
    def __init__(self, inner):
        self.inner = inner

    def step(self):
        self.inner.step()
        self.inner.zero_grad()

optimizer = Scheduled(torch.optim.Adam(model.parameters(), lr=0, betas=(0.9, 0.98)))
for batch in batches:
    loss = model(batch)
    loss.backward()
    optimizer.step()
"""
    },
    "an engine that resets by itself": {
        "ds.py": """
import torch, deepspeed
engine, optimizer, _, _ = deepspeed.initialize(model=model)
for batch in batches:
    loss = engine(batch)
    engine.backward(loss)
    engine.step()
"""
    },
    "a model a turn": {
        "search.py": """
import torch
for lr in (1e-2, 1e-3):
    model = Net()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    loss = model(x).mean()
    loss.backward()
    optimizer.step()
"""
    },
    "a rate of zero that a schedule of the folder raises": {
        "noam.py": """
import torch

class NoamOpt:
    def step(self):
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate()
        self.optimizer.step()

adam = torch.optim.Adam(model.parameters(), lr=0, betas=(0.9, 0.98), eps=1e-9)
opt = NoamOpt(512, 1, 4000, adam)
"""
    },
    "a frozen group and a warm-up from zero": {
        "groups.py": """
import torch
from torch.optim.lr_scheduler import LambdaLR
optimizer = torch.optim.AdamW([{"params": backbone, "lr": 0.0}, {"params": head, "lr": 1e-3}], lr=0.0)
scheduler = LambdaLR(optimizer, lambda step: min(1.0, step / 1000))
later = LambdaLR(optimizer, lambda epoch: 0.95 ** epoch)
other = LambdaLR(optimizer, lambda epoch: 0.1 ** (epoch // 30))
"""
    },
    "a default of the command line that is overruled": {
        "main.py": """
import argparse, torch
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.0)
args = parser.parse_args()
optimizer = torch.optim.Adam(model.parameters(), lr=args.lr)
"""
    },
    "an optimizer that only gives a form to load a state into": {
        "gather.py": """
import torch
from accelerate import Accelerator
dummy = torch.optim.AdamW(model.parameters(), lr=0.0)
model, _ = Accelerator().prepare(model, dummy)
still = torch.optim.SGD(model.parameters(), lr=0.0)
before, after = state(model), one_step(model, still)
"""
    },
    "a model of MLX, and a list that becomes a ModuleList": {
        "mlx_model.py": """
import mlx.nn as nn

class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(4, 4) for _ in range(3)]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x
""",
        "late.py": """
from torch import nn

class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(4, 4), nn.Linear(4, 4)]
        self.layers.append(nn.Linear(4, 2))
        self.layers = nn.ModuleList(self.layers)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x
""",
    },
    "views by the sizes of another tensor, and a shift of relative positions": {
        "w.py": """
import torch.nn.functional as F

def whiten(X, wm, xc):
    xn = wm.matmul(xc)
    return xn.view(X.size(1), X.size(0), *X.size()[2:]).transpose(0, 1).contiguous()

def spread(x, module):
    y = module(x.contiguous().view(-1, x.size(-1)))
    return y.view(x.size(1), x.size(0), -1)

def skew(qer):
    padded = F.pad(qer, [1, 0])
    b, h, rows, cols = padded.shape
    return padded.reshape(b, h, cols, rows)[:, :, 1:, :]

def score(preds, refs, sacrebleu):
    return sacrebleu.corpus_bleu(preds, [[r for r in refs]])
"""
    },
    "no weight decay, no momentum, no dropout": {
        "o.py": """
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0, weight_decay=0)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=100, eta_min=0)
"""
    },
    "a softmax for the metrics alone": {
        "train.py": """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(10, 5)

    def forward(self, x):
        x = torch.softmax(self.attend(x), dim=1) * x
        return self.head(x.sum(1))

net = Net()
criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
for x, y in loader:
    optimizer.zero_grad()
    logits = net(x)
    probs = torch.softmax(logits, -1)
    confidence = probs.max(-1)
    loss = criterion(logits, y)
    loss.backward()
    optimizer.step()
"""
    },
    "probabilities in eval mode only": {
        "model.py": """
import torch.nn as nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 4)

    def forward(self, x):
        logits = self.fc(x)
        if self.training:
            return logits
        return F.softmax(logits, dim=-1)

model = Net()
for x, y in loader:
    loss = F.cross_entropy(model(x), y)
"""
    },
    "log-probabilities for CTC, and a log-softmax that changes nothing": {
        "ctc.py": """
import torch.nn as nn

class Head(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(16, 30)
        self.norm = nn.LogSoftmax(dim=-1)

    def forward(self, x):
        return self.norm(self.out(x))

model, ctc, ce = Head(), nn.CTCLoss(), nn.CrossEntropyLoss()
head = Head()
logp = head(x)
loss = nn.CTCLoss(blank=0)(logp.transpose(0, 1), y, a, b) + nn.CrossEntropyLoss()(logp, z)
"""
    },
    "soft targets of a teacher, and a mixture": {
        "kd.py": """
import torch.nn.functional as F

def distil(student, teacher, x, t):
    with_teacher = F.softmax(teacher(x) / t, dim=-1)
    return F.cross_entropy(student(x) / t, with_teacher) + F.kl_div(
        F.log_softmax(student(x), -1), with_teacher)

def mixture(gate, experts, x, y):
    weights = F.softmax(gate(x), dim=-1)
    out = (weights.unsqueeze(-1) * experts(x)).sum(1)
    return F.cross_entropy(out, y)
"""
    },
    "a loss of the folder by a known name": {
        "l.py": """
import torch
from torch import nn

class CrossEntropyLoss(nn.Module):
    def forward(self, probabilities, target):
        return -probabilities.gather(1, target[:, None]).log().mean()

criterion = CrossEntropyLoss()
loss = criterion(torch.softmax(model(x), 1), y)
"""
    },
    "BLEU as each library takes it": {
        "score.py": """
import evaluate
import sacrebleu
from nltk.translate.bleu_score import corpus_bleu, sentence_bleu

def score(pairs):
    hyps, refs = [], []
    tokens, ref_tokens = [], []
    for hyp, ref in pairs:
        hyps.append(hyp.strip())
        refs.append(ref.strip())
        tokens.append(hyp.split())
        ref_tokens.append([ref.split()])
    a = sacrebleu.corpus_bleu(hyps, [refs]).score
    b = corpus_bleu(ref_tokens, tokens)
    c = corpus_bleu([[r.split()] for r in refs], [h.split() for h in hyps])
    d = sentence_bleu([refs[0].split()], tokens[0])
    e = evaluate.load("sacrebleu").compute(predictions=hyps, references=[[r] for r in refs])
    two = sacrebleu.corpus_bleu(hyps, [refs, [other(r) for r in refs]])
    turned = sacrebleu.corpus_bleu(hyps, list(zip(*[[r] for r in refs])))
    return a, b, c, d, e, two, turned
"""
    },
    "views that merge, split and follow a transpose": {
        "v.py": """
import torch

def forward(self, x):
    b, t, d = x.shape
    flat = x.view(b * t, d)
    heads = x.view(b, t, self.h, d // self.h)
    again = flat.view(b, t, d)
    x = x.transpose(0, 1).contiguous()
    x = x.view(t, b, d)
    x = x.permute(1, 2, 0)
    y = x.reshape(b, d, t)
    return y, heads, again

def images(img):
    b, c, h, w = img.shape
    return img.reshape(b, c, w, h)

def shuffled(x, groups):
    n, c, l = x.size()
    x = x.view(n, groups, c // groups, l).transpose(1, 2).contiguous()
    return x.view(n, -1, l)

def noise(x):
    b, t, d = x.shape
    x = torch.randn(b, t, d)
    return x.view(t, b, d)
"""
    },
    "lists that are registered, borrowed, or of no layers": {
        "m.py": """
import torch
from torch import nn
from torch.nn import ModuleList

class A(nn.Module):
    def __init__(self):
        super().__init__()
        layers = []
        for _ in range(3):
            layers.append(nn.Linear(4, 4))
            layers.append(nn.ReLU())
        self.net = nn.Sequential(*layers)
        self.layers = layers
        self.norms = ModuleList([nn.LayerNorm(4) for _ in range(3)])
        self.first = nn.Linear(4, 4)
        self.second = nn.Linear(4, 4)
        self.both = [self.first, self.second]
        self.activations = [nn.ReLU(), nn.Tanh()]
        self.sizes = [4, 4]

    def forward(self, x):
        for layer in self.layers + self.both + self.activations:
            x = layer(x)
        return x

class B(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.heads = []
        for i in range(n):
            head = nn.Linear(4, 2)
            self.heads.append(head)
            self.add_module(f"head{i}", head)

    def forward(self, x):
        return [h(x) for h in self.heads]

class Frozen(nn.Module):
    def __init__(self):
        super().__init__()
        self.teacher = [nn.Linear(4, 4)]

    def forward(self, x):
        return self.teacher[0](x)
""",
        "keras_model.py": """
from tensorflow import keras

class K(keras.Model):
    def __init__(self):
        super().__init__()
        self.blocks = [keras.layers.Dense(4) for _ in range(3)]

    def call(self, x):
        for block in self.blocks:
            x = block(x)
        return x
""",
    },
    "parameters of a plain list that the optimizer is given": {
        "m.py": """
import itertools, torch
from torch import nn

class Ensemble(nn.Module):
    def __init__(self):
        super().__init__()
        self.members = [nn.Linear(4, 4) for _ in range(5)]

    def forward(self, x):
        return sum(m(x) for m in self.members)

e = Ensemble()
optimizer = torch.optim.Adam(itertools.chain(*(m.parameters() for m in e.members)), lr=1e-3)
"""
    },
    "eval() in the caller": {
        "train.py": """
import torch
from torch import nn
from scoring import accuracy

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.drop = nn.Dropout(0.5)

model = Net()
for epoch in range(5):
    model.train()
    for x, y in train_loader:
        optimizer.zero_grad()
        model(x).mean().backward()
        optimizer.step()
    model.eval()
    print(accuracy(model, val_loader))
""",
        "scoring.py": """
import torch

def accuracy(model, loader):
    correct = 0
    for x, y in loader:
        correct += (model(x).argmax(-1) == y).sum()
    return correct
""",
    },
    "a mode by phase": {
        "phases.py": """
import torch
from torch import nn
drop = nn.Dropout(0.5)
for phase in ("train", "val"):
    model.train(phase == "train")
    if phase == "train":
        for x, y in train_loader:
            optimizer.zero_grad()
            model(x).mean().backward()
            optimizer.step()
    else:
        for x, y in val_loader:
            acc += (model(x).argmax(1) == y).sum()
"""
    },
    "a model that another package loads, and may put in eval mode": {
        "test.py": """
import torch
from torch import nn
from elsewhere.zoo import load_model
drop = nn.Dropout(0.5)

def main():
    model = load_model()
    with torch.no_grad():
        for x, y in test_loader:
            acc = (model(x).argmax(1) == y).sum()

main()
""",
        "train.py": """
import torch
for x, y in train_loader:
    optimizer.zero_grad()
    model(x).mean().backward()
    optimizer.step()
""",
    },
    "Keras with a softmax, which its loss takes": {
        "nb.ipynb": [
            "import tensorflow as tf\nfrom tensorflow.keras import layers, models\n"
            "model = models.Sequential([layers.LSTM(64), layers.Dense(10, activation='softmax')])",
            "model.compile(tf.keras.optimizers.Adam(1e-3), loss='categorical_crossentropy')\n"
            "model.fit(x, y, validation_data=(xv, yv), epochs=20, batch_size=16)",
        ]
    },
    "a Trainer of Transformers, and its scores": {
        "hf.py": """
import evaluate
from transformers import Trainer, TrainingArguments

metric = evaluate.load("sacrebleu")

def compute_metrics(pair):
    predictions, labels = pair
    decoded = tokenizer.batch_decode(predictions)
    refs = [[line.strip()] for line in tokenizer.batch_decode(labels)]
    return {"bleu": metric.compute(predictions=decoded, references=refs)["score"]}

args = TrainingArguments("out", learning_rate=5e-5, warmup_steps=0, weight_decay=0.0, bf16=True)
Trainer(model=model, args=args, compute_metrics=compute_metrics).train()
"""
    },
    "functools and closures around a step": {
        "f.py": """
import functools
import torch

def step(model, optimizer, batch):
    loss = model(batch)
    loss.backward()
    optimizer.step()
    return loss.item()

def resetting(run, optimizer):
    @functools.wraps(run)
    def wrapped(*args):
        optimizer.zero_grad()
        return run(*args)
    return wrapped

train = resetting(functools.partial(step, model, optimizer), optimizer)
for batch in batches:
    train(batch)
"""
    },
    "a mode set in a helper": {
        "h.py": """
import torch
from torch import nn
drop = nn.Dropout(0.5)

def freeze(m):
    m.eval()

def test(model, test_loader):
    freeze(model)
    for x, y in test_loader:
        acc = (model(x).argmax(1) == y).sum()

for x, y in train_loader:
    optimizer.zero_grad()
    model(x).mean().backward()
    optimizer.step()
test(model, test_loader)
"""
    },
    "a model without layers that have modes": {
        "plain.py": """
import torch
from torch import nn

class Linear(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 2)

    def forward(self, x):
        return self.fc(x)

model = Linear()
for x, y in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
acc = 0
for x, y in test_loader:
    acc += (model(x).argmax(1) == y).sum()
"""
    },
    "Lightning, whose trainer sets the mode": {
        "lit.py": """
import pytorch_lightning as pl
import torch
from torch import nn

class Lit(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(nn.Dropout(0.1), nn.Linear(4, 4))

    def training_step(self, batch, i):
        return nn.functional.cross_entropy(self.model(batch[0]), batch[1])

    def validation_step(self, batch, i):
        self.log("val_acc", (self.model(batch[0]).argmax(1) == batch[1]).float().mean())

    def configure_optimizers(self):
        return torch.optim.AdamW(self.parameters(), lr=3e-4)
"""
    },
    "dropout on purpose": {
        "mc.py": """
import torch
from torch import nn
drop = nn.Dropout(0.5)
for x, y in train_loader:
    optimizer.zero_grad()
    model(x).mean().backward()
    optimizer.step()
# Monte Carlo dropout: thirty passes
for x, y in test_loader:
    preds = torch.stack([model(x) for _ in range(30)])
"""
    },
}

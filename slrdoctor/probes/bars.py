"""The bars of an overfit test, which parent and child share."""

REPRODUCED = (
    0.1  # nats a token, under which samples that are decoded without an error are known by heart
)
SAME = 1e-3  # nats: log-probabilities that differ by less are the same in single precision
MODES_APART = 0.3  # difference of error rates in train and eval mode
LEARNED = 0.2  # error rate in one mode that shows that the samples were learned

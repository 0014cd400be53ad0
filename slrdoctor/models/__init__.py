"""A torch model from outside: its batches, how it is called, the reference models, what it puts out."""

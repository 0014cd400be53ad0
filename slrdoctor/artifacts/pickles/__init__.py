"""Pickles and torch files, read without running what they name."""

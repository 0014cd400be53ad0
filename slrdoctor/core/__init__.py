"""The five words, and nothing of signs: checks yield findings, an engine judges, a diagnosis ranks."""

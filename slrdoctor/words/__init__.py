"""What the field calls things, each once."""

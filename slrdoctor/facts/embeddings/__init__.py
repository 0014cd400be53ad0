"""Facts of stored embeddings."""

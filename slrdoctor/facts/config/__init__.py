"""What the configs of a run say."""

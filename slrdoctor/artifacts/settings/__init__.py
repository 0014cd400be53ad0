"""`slrdoctor.toml`."""

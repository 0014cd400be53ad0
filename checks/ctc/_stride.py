"""What to do where nothing tells how far a model shortens its input."""

SET_STRIDE = "put stride under [model] in slrdoctor.toml"

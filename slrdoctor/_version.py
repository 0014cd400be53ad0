"""The version, for whoever must not import the package that exports it."""

__version__ = "0.1.0"

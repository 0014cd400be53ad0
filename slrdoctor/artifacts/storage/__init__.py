"""The bytes and texts of files, whatever their format."""

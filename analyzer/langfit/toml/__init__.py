"""TOML files that people write: where everything is in them, and all their mistakes at once."""

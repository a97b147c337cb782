"""TOML files that people write: where everything stands in them, and all their mistakes at once."""

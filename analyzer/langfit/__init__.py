"""langfit: which components of a Go or Rust repository sit in the language that suits them."""

__version__ = "0.2.0"

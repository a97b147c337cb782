"""Which language code suits, by the evidence alone: whoever uses it, and whatever a move would cost."""

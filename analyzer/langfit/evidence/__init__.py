"""What was found: producers of observations, one module per source of evidence, and their one consumer, `totals`.

A source of evidence is added by a module here that yields observations, and by its line in `sources`.
"""

"""Many repositories at once: each in a process of its own, every result a file, and one report on all of them.

`run.py` is the route of a run. Tasks write files and nothing else; what goes through an engine is a receipt.
"""

"""Parsing of one source file, whatever its language: the tree, its captures, and where each of them stands."""

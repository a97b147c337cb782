"""The nouns of langfit: frozen values without I/O, without tree-sitter and without opinions.

One module per layer: `repository` is what a tree holds, `summary` what the bytes of one file come to, `rule` what is
asked, `evidence` what was found, `report` what is said. A layer knows the ones before it and none after it.
"""

"""Says what there is to judge in a tree: files and their roles, manifests, components, and what ships.

Two steps, with the reading of the files between them: `files.listing` says which files are to be read and how, and
`settle.settle` makes components and deliverables of what they hold.
"""

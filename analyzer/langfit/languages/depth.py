"""The refusal of trees too deep to be asked: apart from `tree`, so that naming it loads no parser."""


class TooDeep(Exception):
    """The syntax tree is nested deeper than the limit that keeps queries exact, `tree.MAX_DEPTH`."""

"""The refusal of trees too deep to be queried: apart from `parser`, so that naming it loads no parser."""


class TooDeep(Exception):
    """The syntax tree is nested deeper than `parser.MAX_DEPTH`, the limit that keeps queries exact."""

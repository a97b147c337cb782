"""The refusals of files whose trees are too deep or too large: apart from `parser`, so that naming them loads none."""


class TooDeep(Exception):
    """The syntax tree is nested deeper than `parser.MAX_DEPTH`, the limit that keeps queries exact."""


class TooDense(TooDeep):
    """The file holds more than `parser.MOST_MARKS`: its syntax tree would take hundreds of megabytes."""

"""Verdicts: which language suits a component, from the evidence on both sides."""

from analyzer.verdicts.weigh import weigh

__all__ = ["weigh"]

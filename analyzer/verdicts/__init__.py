"""Verdicts: which language suits a component, from the evidence on both sides."""

from analyzer.verdicts.seam import seam_of
from analyzer.verdicts.weigh import weigh, with_seam

__all__ = ["seam_of", "weigh", "with_seam"]

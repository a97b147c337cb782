"""Verdicts: which language suits a component, from the evidence on both sides."""

from langfit.verdicts.seam import seam_of
from langfit.verdicts.weigh import weigh, with_seam

__all__ = ["seam_of", "weigh", "with_seam"]

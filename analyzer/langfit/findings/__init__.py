"""Places facts in files and components: what rules select, and what each component is made of."""

from langfit.findings.collect import Collector, Findings

__all__ = ["Collector", "Findings"]

"""Numbers of a report with their bounds: a saved one may hold anything, and is read no further than these."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

MOST = 2**53 - 1  # beyond it programs that read JSON begin to round
LAST_LINE = 2**31 - 1

Count = Annotated[int, Meta(ge=0, le=MOST)]
Line = Annotated[int, Meta(ge=0, le=LAST_LINE)]
Share = Annotated[float, Meta(ge=0, le=1)]
Lean = Annotated[float, Meta(ge=-1, le=1)]
Amount = Annotated[float, Meta(ge=-MOST, le=MOST)]

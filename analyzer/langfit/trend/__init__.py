"""Judges old revisions by today's rules: how deliverables lean over time, and what changed when.

`route.trend_of` is the way in; `schema.Trend` is what comes out, and all that the formats see.
"""

"""Performance as ratios to public yardsticks, both sides interleaved in one run: ``nurture bench``.

command ─► rows: what each measures ─► a row's file ─► figures: both sides in turn, medians, the table
                                       └─ rig: an engine over a store of its own, filled with leads
"""

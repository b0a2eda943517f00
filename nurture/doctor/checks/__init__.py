"""Facts in, findings out: one small function for each thing that may be wrong. Nothing here asks, waits or knows the time."""

STAYS = "nothing leaves this machine"
"""Why what is about sending is skipped."""

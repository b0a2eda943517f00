"""What a lead is worth: pure functions over accumulators, rules and fields.

rules   which points an event earns  ->  credit   what a group's limit leaves of them  ->  ledger   their decaying sum
refold  the ledger counted again, where what was counted was not what had happened
fit     who the lead is: fit score, completeness, persona fit
bands   grade and temperature of a score, and the exact moment at which decay will change them
"""

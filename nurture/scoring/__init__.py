"""What a lead is worth: pure functions over accumulators, rules and fields.

rules     which points an event earns  ->  ledger   accumulators, decay, credits, deductions
fit       who the lead is: fit score, completeness, persona fit
bands     grade and temperature of a score, and the exact moment at which decay will change them
"""

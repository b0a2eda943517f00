"""The shell around the decisions: it loads, asks, writes and sends. Each verb opens its own transactions.

tick ─► spool, timers ─► events ─► absorb: advance + apply ─► touches, timers, tasks, hand-offs
─► deliver: claim, judge, render, send ─► receipts ─► events ─► absorb

engine    what others call
live      the revision that is live, its mails compiled
absorb    waiting events, in order, a batch at a time
apply     effects to rows, with lead_rows and hand_overs
facts     what the gates need, loaded for a batch
list_rows  what lists filter by, written beside the states; lead_filter, how they are asked
sweeps    walks over the leads, a batch a turn: broadcasts, tags, segments
claim     due touches past the gates; deliver puts them on the wire and records what came of them
intake    how facts arrive: leads, forms, the tracking spool, timers
forms     what people send with forms, with form_answers, form_ticket and form_guard; opt_in: agreements and their proof
sales     hand-offs answered; consent: what ends the right to mail, at once
"""

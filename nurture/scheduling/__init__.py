"""When a touch may leave: windows and holidays in the lead's wall clock, caps, throttles, and working time.

Pure arithmetic: moments in, moments out, all aware UTC. A touch asks `caps`, then `windows` (with `holidays_of`), then
`throttle`; what is overdue is placed by `spread`; SLA clocks run on `business_time`; `zones` knows where a lead's
clock hangs.
"""

"""A virtual world for the real engine: people who come, read and answer by chance that can be repeated, on a clock that we turn.

chance     numbers from (seed, ids): the order of events does not matter
cohort     who comes, and when
behaviour  what a person does with a mail; what a rep does with a lead
world      turns the clock from one due moment to the next, ticks the engine, and lets people answer
ahead      one campaign played many times on leads as they are, in memory: nothing is written
digest     one value for everything that was decided, to compare runs by
"""

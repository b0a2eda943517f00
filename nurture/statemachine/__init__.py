"""What happens to a lead.

    event ─► advance ─► the next state, what must be done (effects), and when to look again

    advance     one turn, read from top to bottom: facts, score, profile, temperature, stage, enrolments, tracks, clock
    table       every move there is, of temperature and of stage; machine runs them, diagram draws them
    gates       may this touch leave now? first by right, then by time
    scope       what conditions see of a lead; known is what is looked up about a programme
    effects     what a turn asks the engine to do

Nothing here reads a clock, a database or chance.
"""

"""The fault simulator: the whole engine, several times over, on one store in virtual time, while everything goes wrong.

A seed is one run: its own mixture of perils, its own people. After every commit the invariants of docs/reliability.md are looked at
in the store and at the far end of the wire, and in the end, when nothing goes wrong any more, everything must be finished.

    run        who goes on when; the clock; what comes in between
    worker     a process with the whole engine: killed, stopped, standing still, begun again     web   the ones that answer
    line       its way to the relay      far_end  what has really arrived
    store      transactions that fail    actors   processes that can be stopped in the middle
    people     what readers and providers do     office   what we do     twin   a copy of the store
    oracle     what must be true after every commit: touches, folds      finished   and in the end
"""

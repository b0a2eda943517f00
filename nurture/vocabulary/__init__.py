"""The words of the glossary as frozen values. Everything else imports them; they import nothing of ours.

words   closed sets (Temperature, Stage, EventKind, Gate, ...)
lead    who a lead is
tags    how its labels are spelt
event   what happened
points  what it was worth
touch   a mail of one lead for one step
state   what deciding needs to know about a lead
"""

"""What keeps mail from arriving, and what to do about it.

    settings, store, network --ask, in parallel, with a limit--> Facts --checks, pure--> Findings --> terminal, JSON, page

ask      how each fact is learnt; whatever does not answer becomes a fact too
checks   one small function for each thing that may be wrong
examine  the table of checks
gather   asks everything at once
kept     the last report, and the sign of life of the worker, in the store
"""

from nurture.doctor.finding import Finding, Level, Report
from nurture.doctor.run import run_doctor

__all__ = ["Finding", "Level", "Report", "run_doctor"]

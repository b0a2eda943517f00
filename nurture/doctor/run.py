"""One visit of the doctor: ask, examine, report."""

from nurture.config import Settings
from nurture.doctor.examine import examine
from nurture.doctor.finding import Report
from nurture.doctor.gather import Limits, World, gather
from nurture.ports import Clock

LIMITS, WORLD = Limits(), World()


def run_doctor(settings: Settings, clock: Clock, *, limits: Limits = LIMITS, world: World = WORLD) -> Report:
    """Look at everything; takes at most ``limits.store + limits.rest`` seconds, whatever hangs."""
    began = clock.now()
    findings = examine(gather(settings, clock, limits=limits, world=world))
    return Report(began, (clock.now() - began).total_seconds(), findings)

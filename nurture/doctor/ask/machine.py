"""What the machine itself says: its disk, the secret key's file, its time-zone data."""

import shutil
from importlib.metadata import version
from pathlib import Path
from stat import S_IMODE
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nurture.config import Settings
from nurture.doctor.facts import Declared, Machine


def machine_of(settings: Settings, programme: Declared | None) -> Machine:
    disk = shutil.disk_usage(_existing(settings.home))
    key = settings.home / "secret.key"
    return Machine(
        disk_free=disk.free,
        disk_size=disk.total,
        key_mode=S_IMODE(key.stat().st_mode) if key.is_file() else None,
        zone_release=version("tzdata"),
        zone_problem=_zone_problem(programme.time_zone) if programme else "",
    )


def _zone_problem(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        return str(error)
    return ""


def _existing(folder: Path) -> Path:
    """*folder*, or the nearest one above it that is there: their disk is the same."""
    absolute = folder.absolute()
    return next(each for each in (absolute, *absolute.parents) if each.is_dir())

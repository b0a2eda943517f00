"""Where the shipped programme lies, and two leads who read it."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
ADDRESS = "https://track.tarewell.example"

NORA = {
    "first_name": "Nora",
    "last_name": "Brandt",
    "company": "Halvorsen Foods",
    "job_title": "Finance director",
    "seniority": "vp",
}
NOBODY: dict[str, str] = {}

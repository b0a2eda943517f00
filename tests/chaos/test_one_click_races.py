"""Some hundred of the races that `make chaos CHAOS=m2` runs by the ten thousand, on a machine that has other work."""

from tests.chaos.one_click_races import LOOKED_AT, races

RACES = 200
SLACK_SECONDS = 20


def test_one_click_beats_the_sender_and_looking_changes_nothing(tmp_path):
    url = f"sqlite:///{tmp_path / 'nurture.sqlite'}"
    found = races(url, tmp_path, what="quick", count=RACES, seed=3, seconds_max=SLACK_SECONDS)
    assert found.broken == (), (found, (tmp_path / "log").read_text())
    assert found.numbers["races"] == RACES * (1 - LOOKED_AT)

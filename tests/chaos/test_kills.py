"""Workers are killed in the middle of sending: no mail is lost, none is sent twice, and few are of unknown fate."""

from tests.chaos.dying import POINTS
from tests.chaos.figures import Options
from tests.chaos.kills import VARIANTS, WIRE, Variant, killed, plans

SHORT_MILLISECONDS, SLOW_MILLISECONDS = 30, 100
A_LIFE = 200
"""Messages that a worker who dies at random may send until somebody gets to it."""


def brief(url, variant, *, kills):
    messages, delay = (A_LIFE, SLOW_MILLISECONDS) if variant.at_random else (12, SHORT_MILLISECONDS)
    return killed(url, variant, messages=messages * kills, kills=kills, seed=5, delay_milliseconds=delay)


def test_killed_at_every_named_point_it_loses_nothing_and_doubles_nothing(sqlite_url):
    variant = Variant("brief", "sqlite", 1, at_random=False)
    figures = brief(sqlite_url, variant, kills=len(POINTS) + len(WIRE))
    assert figures.passes, figures


def test_several_workers_read_the_journals_of_their_dead(postgresql_url):
    figures = brief(postgresql_url, Variant("brief", "postgresql", 2), kills=4)
    assert figures.passes, figures


def test_what_is_sent_again_has_the_same_message_id(sqlite_url):
    variant = Variant("brief", "sqlite", 1, unknown="resend")
    figures = brief(sqlite_url, variant, kills=3)
    assert figures.passes, figures


def test_without_the_journals_leases_tell_that_a_worker_has_gone(sqlite_url):
    variant = Variant("brief", "sqlite", 1, keeps=False)
    figures = brief(sqlite_url, variant, kills=2)
    assert figures.passes, figures


def test_the_same_seed_plans_the_same_deaths_and_every_point_has_its_turn():
    def planned(seed):
        plan = plans(VARIANTS[0], kills=200, messages=100_000, seed=seed)
        return [next(plan) for _ in range(200)]

    assert planned(3) == planned(3) != planned(4)
    assert {plan.point for plan in planned(3)} == {"", *POINTS, *WIRE}


def test_the_full_run_is_as_the_specification_asks():
    assert Options().backends() == ("sqlite", "postgresql")
    assert {variant.unknown for variant in VARIANTS} == {"hold", "resend"}
    assert {(variant.backend, variant.keeps) for variant in VARIANTS} == {
        ("sqlite", True),
        ("sqlite", False),
        ("postgresql", True),
        ("postgresql", False),
    }

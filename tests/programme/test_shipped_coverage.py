"""Who gets what: content for every persona at every temperature, and none that speaks to another moment of buying."""

import pytest

from nurture.vocabulary.words import Stage, Temperature

COLD, WARM, HOT = Temperature
SELLING = {"pricing", "estimate", "calendar", "pilot", "choose"}
"""Names of links that lead to a purchase."""
SUITED = {
    COLD: {"research", "compare"},
    WARM: {"compare", "decide"},
    HOT: {"decide"},
}


@pytest.fixture(scope="session")
def programme(catalog):
    return catalog.sound_programme()


@pytest.fixture(scope="session")
def long_cycle(programme):
    return programme.campaigns["long-cycle"]


def mails_of(track):
    return [step.mail for step in track.walk() if step.mail is not None]


@pytest.mark.parametrize("temperature", Temperature)
@pytest.mark.parametrize("persona", ["champion", "buyer", "decision-maker", "user", None])
def test_every_persona_has_mails_at_every_temperature(long_cycle, persona, temperature):
    for stage in (Stage.INQUIRY, Stage.RECYCLED):
        assert len(mails_of(long_cycle.track_for(persona, temperature, stage))) >= 2


def test_every_persona_has_a_warm_track_of_its_own(programme, long_cycle):
    keys = {long_cycle.track_for(each.key, WARM, Stage.INQUIRY).key for each in programme.personas}
    assert len(keys) == len(programme.personas)


@pytest.mark.parametrize("temperature", Temperature)
def test_a_track_speaks_to_the_moment_of_its_readers(programme, catalog, long_cycle, temperature):
    for persona in (None, *(each.key for each in programme.personas)):
        track = long_cycle.track_for(persona, temperature, Stage.INQUIRY)
        stages = [stage_of(catalog, long_cycle, mail) for mail in mails_of(track)]
        assert set(stages) <= SUITED[temperature], track.key
        assert stages == sorted(stages, key=["research", "compare", "decide"].index) or temperature is WARM


def test_a_step_and_its_mail_agree_on_the_buying_stage(programme, catalog):
    for campaign in programme.campaigns.values():
        for track in campaign.tracks:
            for step in track.walk():
                if step.mail is not None and step.buying_stage is not None:
                    assert stage_of(catalog, campaign, step.mail) == step.buying_stage, step.mail


def test_the_researcher_is_sold_nothing(mails):
    selling = {
        path: sold
        for path, mail in mails.items()
        if mail.front.buying_stage == "research" and (sold := SELLING & set(mail.front.links))
    }
    assert selling == {}


def test_a_trial_reads_german_from_its_first_mail_to_its_last(catalog, programme):
    for mail in {
        mail for track in programme.campaigns["trial-onboarding"].tracks for mail in mails_of(track)
    }:
        family = catalog.mails[f"trial-onboarding/{mail}"]
        english, german = family.pick(None, "en").front, family.pick(None, "de-AT").front
        assert english is not german, mail
        assert set(english.links) == set(german.links), mail  # so that scores and reports count both


def test_there_are_enough_mails_for_every_moment_of_a_customer(programme, catalog):
    assert len(catalog.mails) >= 24
    assert {"long-cycle", "trial-onboarding", "customer-onboarding", "advocacy", "win-back"} <= set(
        programme.campaigns
    )


def stage_of(catalog, campaign, mail):
    return catalog.mails[campaign.mail_ref(mail)].pick(None, None).front.buying_stage

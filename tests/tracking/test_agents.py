"""What a user agent gives away, on the sets of real ones and on the mail clients that must never be taken for robots."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from nurture.tracking.agents import Agent, agent_of

SETS = Path(__file__).parents[3] / "shared" / "corpora" / "user-agents"
needs_sets = pytest.mark.skipif(not SETS.exists(), reason="the sets of user agents may not be copied here")

BROWSERS_AND_MAIL_CLIENTS = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)",
    "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Thunderbird/115.12.2",
    "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; WOW64; Trident/7.0; .NET4.0C; Microsoft Outlook 16.0.9226)",
    "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.12026; Pro)",
    "MacOutlook/16.29.0.190825 (Intelx64 Mac OS X Version 10.14.6 (Build 18G95))",
    "Outlook-iOS/709.2189947.prod.iphone (3.24.0)",
    "Lotus-Notes/6.0; Windows-NT",
    "The Bat! 4.0.0.22",
    "eM Client/7.2",
    "Airmail 2.0 rv:148",
    "Evolution/3.36.4",
    "KMail/1.9 (http://kmail.kde.org)",
    "Outlook-Express/7.0 (MSIE 7.0; Windows NT 5.1; SV1)",
    "Claws Mail Fancy Plugin",
    "Incredimail/2.5",
    "PocoMail 4.8 (4400)",
    "Spark/2.3",
    "YahooMobileMail/1.0 (Android Mail; 1.3.10) (hero;HTC;HTC Hero;2.1;en_US)",
    "MOT-V177/0.1.75 UP.Browser/6.2.3.9.c.12 (GUI) MMP/2.0 UP.Link/6.3.1.13.0",
    "Mozilla/6.0 (compatible; Amiga-AWeb)",
    "Mozilla/5.0 (Linux; Android 8.1.0; CUBOT NOTE Plus) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36",
]


@pytest.mark.parametrize("user_agent", BROWSERS_AND_MAIL_CLIENTS)
def test_no_browser_and_no_mail_client_is_taken_for_a_machine(user_agent):
    assert agent_of(user_agent) is Agent.PERSON


@pytest.mark.parametrize(
    ("user_agent", "agent"),
    [
        ("", Agent.NONE),
        ("   ", Agent.NONE),
        ("Mozilla/5.0", Agent.PRIVACY_PROXY),
        (
            "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
            Agent.IMAGE_PROXY,
        ),
        ("YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html", Agent.IMAGE_PROXY),
        ("Mozilla/5.0 SeznamEmailProxy/2.0.174", Agent.IMAGE_PROXY),
        ("Barracuda Sentinel (EE)", Agent.SCANNER),
        (
            "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/534+ (KHTML, like Gecko) BingPreview/1.0b",
            Agent.SCANNER,
        ),
        ("python-requests/2.32.3", Agent.BOT),
        ("curl/8.8.0", Agent.BOT),
        ("Go-http-client/2.0", Agent.BOT),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", Agent.BOT),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0.0.0 Safari/537.36",
            Agent.BOT,
        ),
        ("WhatsApp/2.23.20.0 A", Agent.BOT),
        ("whatsapp/784941593 cfnetwork/3826.600.41 darwin/24.6.0", Agent.BOT),
        ("Microsoft Office Existence Discovery", Agent.BOT),
        ("Shortwave Image Fetcher", Agent.IMAGE_PROXY),
        ("EmailWolf 1.00", Agent.BOT),
        ("Mozilla/5.0 (compatible; Mail.RU_Bot/2.0; +http://go.mail.ru/help/robots)", Agent.BOT),
        ("somebot/1.0 (somebody@protonmail.com)", Agent.BOT),
        ("SparkPost", Agent.STRANGER),
        ("A Mail Reader That Nobody Knows/2.0", Agent.PERSON),
        ("Rambox/1", Agent.STRANGER),
        ("Mozilla/5.0 (compatible; somebody)", Agent.BOT),
    ],
)
def test_what_machines_call_themselves(user_agent, agent):
    assert agent_of(user_agent) is agent


@given(st.text(max_size=600))
def test_any_text_has_an_answer(user_agent):
    assert agent_of(user_agent) in Agent


def of_yaml(path):
    return [agent for agents in YAML(typ="safe").load(path.read_text()).values() for agent in agents or ()]


def machine_share(user_agents):
    return sum(agent_of(each) is not Agent.PERSON for each in user_agents) / len(user_agents)


@needs_sets
def test_at_least_9_of_10_robots_are_found():
    first = of_yaml(SETS / "bots" / "isbot-crawlers.yml.txt")
    entries = json.loads((SETS / "bots" / "crawler-user-agents.json").read_text())
    second = [agent for entry in entries for agent in entry.get("instances", ())]
    assert machine_share(first) >= 0.90
    assert machine_share(second) >= 0.98


NO_PERSONS_PROGRAM = {
    'Mozilliqa"<?=print(9347655345-4954366);?>"',  # an attack
    "amazon-kendra-customer-id-<AccountID>",  # a search engine
    "pinterest/0.",  # the beginning of one
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Amzn-User/0.1) Chrome/119.0.6045.214 Safari/537.36",
}
"""What the set of browsers also holds."""


@needs_sets
def test_people_are_left_alone():
    browsers = set(of_yaml(SETS / "humans" / "isbot-browsers.yml.txt"))
    assert {each for each in browsers if agent_of(each) is not Agent.PERSON} <= NO_PERSONS_PROGRAM


@needs_sets
def test_the_proxies_of_the_set_are_known():
    proxies = {
        each["name"]: each.get("user_agent", "") for each in json.loads((SETS / "proxies.json").read_text())
    }
    assert agent_of(proxies["Apple Mail Privacy Protection"]) is Agent.PRIVACY_PROXY
    for name in ("Gmail image proxy", "Yahoo mail proxy", "Seznam mail proxy"):
        assert agent_of(proxies[name]) is Agent.IMAGE_PROXY
    for name in ("Bing preview (Safe Links)", "Barracuda"):
        assert agent_of(proxies[name]) is Agent.SCANNER

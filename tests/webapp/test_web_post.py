"""What came back and what the product itself sent, each on a page of its own."""

from nurture.engine.feedback import receive
from nurture.engine.system_mails import post

REPLY = b"""From: Ada Nowak <ada@engine.example>\r
To: hello@tarewell.example\r
Subject: Re: six lines\r
Message-ID: <r1@engine.example>\r
In-Reply-To: %s\r
\r
Could you call me on Thursday? <script>alert(1)</script>\r
"""


def test_nothing_has_come_back_at_first(client):
    page = client.get("/replies").text
    assert "Nothing has come back" in page


def test_a_reply_is_listed_with_what_came_of_it(client, stand):
    number = stand.engine.keyring.message_id(
        stand.first_touch("ada"), stand.engine.live.programme.sender.domain
    )
    receive(stand.engine, REPLY % number.encode(), source="test")
    page = client.get("/replies").text
    assert "Re: six lines" in page
    assert f'href="/leads/{stand.lead_id("ada")}"' in page
    assert "Could you call me on Thursday?" in page
    assert "<script>alert" not in page


def test_a_system_mail_is_listed_until_it_has_left(client, stand):
    with stand.engine.deciding() as (connection, now):
        values = {"link": "/login/x", "name": "Mira"}
        post(connection, "invitation", to="mira@tarewell.example", values=values, key="test", now=now)
    page = client.get("/system-mail").text
    assert "mira@tarewell.example" in page
    assert "planned" in page
    stand.later(minutes=1)
    assert "sent" in client.get("/system-mail").text
    assert "Every system mail has left." in client.get("/system-mail?troubled=1").text


def test_pages_go_on_where_the_one_before_ended(client, stand):
    with stand.engine.deciding() as (connection, now):
        for number in range(60):
            values = {"link": "/login/x", "name": "Mira"}
            post(
                connection,
                "invitation",
                to=f"m{number}@tarewell.example",
                values=values,
                key=f"t{number}",
                now=now,
            )
    first = client.get("/system-mail").text
    assert "m59@" in first
    assert "m5@" not in first
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "m5@" in client.get(older).text

"""What authors write is looked at by processes that may be killed, and nobody else notices when one is (SEC2)."""

import os
import pickle

import mjml
import pytest

from nurture.content import proof
from nurture.content.apart import pool
from nurture.content.apart.wire import Answered, Ended
from nurture.content.compile import compile_mail
from nurture.content.mails import read_mail
from nurture.content.proof import Lint, MailText, Reader, looked_over, prove, proved, shown
from nurture.content.render import render_preview
from nurture.errors import ProgrammeError, RenderError

BODY = "<mjml><mj-body><mj-section><mj-column><mj-text>{}</mj-text></mj-column></mj-section></mj-body></mjml>"
BASE_URL = "https://go.acme.example"


def mail(text="Hello {{ lead.first_name|default('you') }}", body=BODY):
    return MailText(read_mail("a.mjml", "---\nsubject: x\n---\n" + body.format(text)), {})


class Done:
    """A job that is no more than one call, as nobody outside could send one: what a bug, or the compiler's, would do."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def outcome_of(function, *arguments):
    return pool.ask(pickle.dumps(Done(function, *arguments)))


@pytest.mark.parametrize(
    ("call", "how"),
    [
        (
            (mjml.mjml2html, "<mjml><mj-body>" + "<mj-section>" * 9_000),
            "died",
        ),  # the compiler's segmentation fault
        ((os.abort,), "died"),
        ((os._exit, 0), "died"),
        ((eval, "[0] * 10**9"), "memory"),
        ((eval, "'x' * 10**9"), "memory"),
        ((eval, "sum(range(10**12))"), "time"),
        ((eval, "9 ** 9 ** 9"), "time"),
        ((eval, "1 / 0"), "died"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_whatever_a_job_does_the_next_one_is_done(call, how):
    outcome = outcome_of(*call)
    assert isinstance(outcome, Ended)
    assert outcome.how == how
    assert prove([mail()]) == [None]


def test_a_server_that_was_killed_is_started_anew():
    answered = outcome_of(os.getppid)
    assert isinstance(answered, Ended)  # its answer is none of ours, but it was made
    (server,) = pool._pool._idle[-1:]
    server._process.kill()
    server._process.wait()
    assert prove([mail("another mail {{ 1 }}")]) == [None]


def test_no_secret_is_where_templates_run(monkeypatch):
    monkeypatch.setenv("NURTURE_SECRET_KEY", "s" * 32)
    pool._pool.end()
    outcome = outcome_of(eval, "1 / ('NURTURE_SECRET_KEY' in __import__('os').environ)")
    assert outcome.why == "ZeroDivisionError: division by zero"


def test_a_forked_process_asks_servers_of_its_own():
    assert prove([mail()]) == [None]
    child = os.fork()
    if child == 0:
        os._exit(0 if prove([mail("asked by the child")]) == [None] and pool._pool._idle else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert prove([mail("asked by the parent")]) == [None]


# ---------------------------------------------------------------- what a proof is


def test_a_mail_that_is_proved_is_rendered_as_ever():
    program = proved(mail(), base_url=BASE_URL)
    assert "Hello Ada" in render_preview(program, lead={"first_name": "Ada"}, token="t").html


def test_a_mail_that_is_not_proved_is_never_compiled_here():
    with pytest.raises(ProgrammeError, match=r"a\.mjml:4:48: .*loops may be 2 deep"):
        proved(mail("{% for a in [1] %}" * 3 + "{% endfor %}" * 3), base_url=BASE_URL)


def test_an_unchanged_mail_is_proved_once(monkeypatch):
    first, second = mail("the first"), mail("the second")
    prove([first, second])
    looked_over([(first, Lint())])

    def never(jobs):
        assert not jobs
        return []

    monkeypatch.setattr(pool, "ask_all", never)
    assert prove([first, second, first]) == [None, None, None]
    looked_over([(first, Lint())])
    with pytest.raises(AssertionError):
        prove([mail("the first, changed")])
    monkeypatch.setattr(proof, "PROVED_BY", "another compiler")
    with pytest.raises(AssertionError):
        prove([first])


def test_an_unchanged_mail_is_compiled_once():
    text = mail("compiled")
    program = proved(text, base_url=BASE_URL)
    assert proved(mail("compiled"), base_url=BASE_URL) is program
    for changed in (
        proved(mail("compiled, changed"), base_url=BASE_URL),
        proved(MailText(text.mail, {**text.templates, "another.mjml": ""}), base_url=BASE_URL),
        proved(text, base_url="https://elsewhere.example"),
        proved(text, base_url=BASE_URL, direct={}),
    ):
        assert changed is not program


def test_as_many_programs_are_kept_as_are_meant_to_be(monkeypatch):
    monkeypatch.setattr(proof, "PROGRAMS_MAX", 1)
    first = proved(mail("kept"), base_url=BASE_URL)
    proved(mail("kept, and then another"), base_url=BASE_URL)
    assert proved(mail("kept"), base_url=BASE_URL) is not first


def test_whatever_was_looked_over_is_proved_too(monkeypatch):
    text = mail("looked over")
    looked_over([(text, Lint())])
    monkeypatch.setattr(pool, "ask_all", lambda jobs: [] if not jobs else pytest.fail("asked again"))
    assert prove([text]) == [None]


def test_a_refusal_for_want_of_time_is_asked_again(monkeypatch):
    text = mail("a machine that was too busy")
    monkeypatch.setattr(pool, "ask_all", lambda jobs: [Ended("time", "laid out") for _ in jobs])
    (refused,) = prove([text])
    assert str(refused) == (
        "a.mjml:4:1: the mail takes more than 2 seconds to be laid out; "
        "write it more simply: fewer elements, shorter loops"
    )
    monkeypatch.undo()
    assert prove([text]) == [None]


def test_many_are_looked_over_and_each_has_its_own_answer():
    texts = [
        mail(f"number {number} {{{{ lead.x|{name} }}}}") for number, name in enumerate(["upper", "nope"] * 6)
    ]
    refused = prove(texts)
    assert [each is None for each in refused] == [True, False] * 6


# ---------------------------------------------------------------- drafts, and mails that are laid out for each lead


def test_a_draft_is_shown_as_its_reader_would_get_it():
    reader = Reader(base_url=BASE_URL, lead={"first_name": "Ada & Bob"}, token="t", extra={})
    parts = shown(mail(), reader)
    whole = render_preview(
        compile_mail(mail().mail, templates={}, base_url=BASE_URL), lead=reader.lead, token="t"
    )
    assert (parts.subject, parts.html, parts.text) == (whole.subject, whole.html, whole.text)


def test_a_draft_that_cannot_be_read_says_where():
    reader = Reader(base_url=BASE_URL, lead={}, token="t", extra={})
    with pytest.raises(ProgrammeError) as raised:
        shown(mail("{{ 'a' ** 2 }}"), reader)
    assert raised.value.problem.line == 4
    with pytest.raises(RenderError, match="'first_name' is not known"):
        shown(mail("{{ lead.first_name }}"), reader)


MEASURED = (
    "<mjml><mj-body><mj-section><mj-column width='{{{{ lead.size }}}}px'><mj-text>{}</mj-text></mj-column></mj-section>"
    "</mj-body></mjml>"
)


def test_a_layout_that_depends_on_its_lead_is_made_apart(monkeypatch):
    program = proved(mail("Hello {{ lead.first_name }}", MEASURED), base_url=BASE_URL)
    asked = []
    ask = pool.ask
    monkeypatch.setattr(pool, "ask", lambda job: asked.append(job) or ask(job))
    for name in ("Ada", "Bob", "Cid"):
        assert name in render_preview(program, lead={"first_name": name, "size": 217}, token="t").html
    assert len(asked) == 1  # whoever has the same layout shares it


def test_a_layout_that_kills_the_compiler_fails_its_own_mail(monkeypatch):
    program = proved(mail("Hello", MEASURED), base_url=BASE_URL)
    monkeypatch.setattr(pool, "ask", lambda _: Ended("died", "laid out"))
    with pytest.raises(RenderError, match="came to no end"):
        render_preview(program, lead={"size": 311}, token="t")


def test_every_answer_is_what_was_asked_for():
    assert isinstance(pool.ask(proof.job("look", mail(), None)), Answered)
    assert isinstance(pool.ask(proof.job("nothing of ours")), Ended)

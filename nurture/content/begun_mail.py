"""What a new mail says before its author has written anything, in the language that it is to be written in."""

from collections.abc import Container, Mapping

LAYOUT = "mail/layout.mjml"
FILE = """\
---
subject: "{subject}"
preheader: ""
---
{{% extends "{layout}" %}}
{{% block body %}}
<mj-text>{greeting}</mj-text>
<mj-text>{body}</mj-text>
{{% endblock %}}
"""
GREETINGS: Mapping[str, str] = {
    "en": "Hello {{ lead.first_name|default('there', true) }},",
    "de": "Guten Tag{% if lead.first_name and lead.last_name %} {{ lead.first_name|default('', true) }} "
    "{{ lead.last_name|default('', true) }}{% endif %},",
}
BODIES: Mapping[str, str] = {
    "en": "Write here what this mail is about.",
    "de": "Schreiben Sie hier, worum es in dieser E-Mail geht.",
}


def begun_mail(subject: str, language: str, templates: Container[str]) -> str:
    """The text of a mail that begins in *language*, in the layout of *templates* that speaks it where there is one."""
    own = LAYOUT.replace(".mjml", f".{language}.mjml")
    layout = own if own in templates else LAYOUT
    return FILE.format(subject=subject, layout=layout, greeting=GREETINGS[language], body=BODIES[language])

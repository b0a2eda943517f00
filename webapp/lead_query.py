"""Which leads an address asks for."""

from werkzeug.datastructures import MultiDict

from nurture.engine.lead_filter import LeadFilter
from nurture.vocabulary.words import Grade, Stage, Temperature
from webapp.written import choice_of

SEARCH_MAX = 100
SAMPLES = {"1": True, "0": False}


def asked(args: MultiDict[str, str]) -> LeadFilter:
    """The filter in the URL; a value that is none of ours does not ask."""
    return LeadFilter(
        temperature=choice_of(args, Temperature, "temperature"),
        stage=choice_of(args, Stage, "stage"),
        grade=choice_of(args, Grade, "grade"),
        search=args.get("q", "").strip()[:SEARCH_MAX] or None,
        unmailable=args.get("unmailable") == "1",
        suppressed=args.get("suppressed") == "1",
        sample=SAMPLES.get(args.get("sample", "")),
        **{
            name: args.get(name, "").strip() or None
            for name in (
                "persona",
                "owner",
                "tag",
                "segment",
                "company",
                "source",
                "campaign",
                "lacks",
                "imported",
            )
        },
    )

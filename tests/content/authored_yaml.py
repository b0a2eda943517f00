"""YAML documents as authors may write them: lines or brackets, comments, blank lines."""

from hypothesis import strategies as st

from nurture.content.printing import flow

words = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
keys = st.text(alphabet="abcxyz", min_size=1, max_size=3)
leaves = st.one_of(
    words,
    st.booleans(),
    st.none(),
    st.integers(-(10**9), 10**9),
    st.floats(allow_nan=False, allow_infinity=False),
)


def values(depth: int = 2):
    if depth == 0:
        return leaves
    inner = values(depth - 1)
    return st.one_of(leaves, st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3))


documents = st.dictionaries(keys, values(), min_size=2, max_size=4)


def as_text(value, draw, indent: int = 0) -> str:
    """*value* in a manner that an author may choose: lines or brackets, comments, blank lines."""
    comment = draw(st.sampled_from(["", "", "  # why", " # {x: [", " # - a"]))
    lines = []
    entries = value.items() if isinstance(value, dict) else [("-", inner) for inner in value]
    for key, inner in entries:
        above = draw(st.sampled_from(["", "", "\n", "# above\n", "\n# above\n\n"]))
        lines.append("".join(f"{' ' * indent}{line}\n" if line else "\n" for line in above.splitlines()))
        lead = " " * indent + (f"{key}:" if isinstance(value, dict) else "-")
        if isinstance(inner, (dict, list)) and inner and draw(st.booleans()):
            beside = isinstance(inner, dict) and not isinstance(value, dict) and draw(st.booleans())
            body = as_text(inner, draw, indent + 2)
            first = body.lstrip("\n ")
            if beside and not first.startswith("#"):
                lines.append(f"{lead} {first}")
            else:
                lines.append(f"{lead}{comment}\n{body}")
        else:
            lines.append(f"{lead} {flow(inner)}{comment}\n")
    return "".join(lines)

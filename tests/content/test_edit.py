"""Edits as splices: what changes, what never does, and that the file then says what was meant."""

import copy
import difflib
from pathlib import Path

import msgspec
import pytest
from authored_yaml import as_text, documents, values, words
from hypothesis import given
from hypothesis import strategies as st

from nurture.content.codec import read_campaign
from nurture.content.edit import Edit, EditError, Insert, Move, Remove, Replace, apply
from nurture.content.printing import data_of, flow, scalar
from nurture.content.yaml_reader import parse

SHIPPED = Path(__file__).parents[2] / "campaigns"

TEXT = """\
format: 1
key: trial     # the folder's name
name:  'Trial'

# who enters
entry: {when: "lead.stage == 'inquiry'", again_after: 180 days}
tracks:
  # the cold one
  - key: cold
    steps:     # in this order
      # first of all
      - {mail: welcome,   wait: 0 minutes}   # at once

      # then
      - mail: more
        wait: 3 days   # let them read
      - {mail: last}
    exhausted:
      wait: 3 days
"""
STEPS = ("tracks", "cold", "steps")


def changed(*edits: Edit, text: str = TEXT) -> list[str]:
    """The lines that differ, as a diff tells them."""
    lines = difflib.ndiff(text.splitlines(), apply(text, edits).splitlines())
    return [line for line in lines if line[0] in "+-"]


# ---------------------------------------------------------------- what an edit changes


def test_a_value_is_replaced_in_its_own_quotes():
    assert changed(Replace(("name",), "Ada's trial")) == ["- name:  'Trial'", "+ name:  'Ada''s trial'"]
    assert changed(Replace(("key",), "trials")) == [
        "- key: trial     # the folder's name",
        "+ key: trials     # the folder's name",
    ]
    assert changed(Replace((*STEPS, "more", "wait"), "2 business hours")) == [
        "-         wait: 3 days   # let them read",
        "+         wait: 2 business hours   # let them read",
    ]


def test_what_needs_quotes_gets_them():
    assert changed(Replace(("key",), "no"))[1] == '+ key: "no"     # the folder\'s name'
    assert changed(Replace(("key",), "12:30"))[1] == '+ key: "12:30"     # the folder\'s name'


def test_the_same_value_changes_nothing():
    assert apply(TEXT, [Replace(("name",), "Trial"), Replace((*STEPS, "last"), {"mail": "last"})]) == TEXT


def test_a_step_is_inserted_before_another_and_its_comments_stay_there():
    assert changed(Insert(STEPS, {"mail": "new", "wait": "1 day"}, before="more")) == [
        "+       - {mail: new, wait: 1 day}"
    ]
    lines = apply(TEXT, [Insert(STEPS, {"mail": "new"}, before="more")]).splitlines()
    assert lines[lines.index("      - {mail: new}") + 1 :][:3] == ["", "      # then", "      - mail: more"]


def test_a_step_is_inserted_at_the_start_and_at_the_end():
    assert changed(Insert(STEPS, {"task": "call"}, before="welcome")) == ["+       - {task: call}"]
    assert changed(Insert(STEPS, {"task": "call"})) == ["+       - {task: call}"]


def test_a_key_is_inserted_in_brackets_and_in_lines():
    assert changed(Insert((*STEPS, "last", "repeat"), True)) == [
        "-       - {mail: last}",
        "+       - {mail: last, repeat: true}",
    ]
    assert changed(Insert((*STEPS, "more", "when"), "lead.plan == 'x'", before="wait")) == [
        "+         when: \"lead.plan == 'x'\""
    ]
    assert changed(Insert(("priority",), 60)) == ["+ priority: 60"]


def test_the_tables_around_a_new_key_are_written_too():
    assert changed(Insert(("tracks", "cold", "cadence", "every"), "5 days")) == [
        "+     cadence: {every: 5 days}"
    ]


def test_a_step_is_removed_with_the_comment_on_its_line():
    assert changed(Remove((*STEPS, "welcome"))) == [
        "-       - {mail: welcome,   wait: 0 minutes}   # at once"
    ]
    assert changed(Remove((*STEPS, "more"))) == [
        "-       - mail: more",
        "-         wait: 3 days   # let them read",
    ]


def test_the_key_beside_a_dash_gives_its_place_to_the_next():
    assert changed(Remove((*STEPS, "more", "mail"))) == [
        "-       - mail: more",
        "-         wait: 3 days   # let them read",
        "+       - wait: 3 days   # let them read",
    ]


def test_the_last_entry_leaves_empty_brackets():
    assert "+ tracks: []" in changed(Remove(("tracks", "cold")))
    assert changed(Remove(("tracks", "cold", "exhausted", "wait"))) == [
        "-     exhausted:",
        "+     exhausted: {}",
        "-       wait: 3 days",
    ]


def test_a_block_is_replaced_and_its_comment_stays():
    assert "+     steps: [{mail: only}]     # in this order" in changed(Replace(STEPS, [{"mail": "only"}]))


def test_several_edits_see_each_other():
    edits = [
        Insert(STEPS, {"mail": "new"}),
        Insert((*STEPS, "new", "wait"), "1 day"),
        Remove((*STEPS, "last")),
        Replace((*STEPS, "new", "wait"), "2 days"),
    ]
    campaign = read_campaign(apply(TEXT, edits), "c.yaml").value
    assert [(step.key, str(step.wait)) for step in campaign.tracks[0].steps] == [
        ("welcome", "0 minutes"),
        ("more", "3 days"),
        ("new", "2 days"),
    ]


def test_windows_line_ends_and_a_missing_final_newline_stay():
    text = TEXT.replace("\n", "\r\n").removesuffix("\r\n")
    after = apply(text, [Insert(("priority",), 60), Insert(STEPS, {"mail": "new"}), Remove((*STEPS, "more"))])
    assert after.replace("\r\n", "").count("\n") == 0
    assert after.endswith("\r\npriority: 60")
    assert apply(after, [Remove(("priority",))]).endswith("wait: 3 days")


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (Replace(("goal",), "x"), "goal is not written in this file; insert it instead"),
        (Remove((*STEPS, "gone")), "tracks cold steps gone is not written in this file; insert it instead"),
        (Insert(("name",), "x"), "name is written already; replace it instead"),
        (
            Insert(STEPS, {"mail": "x"}, before="gone"),
            "there is no entry 'gone' in this list; the file may have changed",
        ),
        (Insert(("name", "first"), "x"), "name holds no keys, so 'first' cannot be written there"),
        (Remove(()), "the whole file cannot be removed by an edit"),
        (Replace((), {}), "the whole file cannot be replaced by an edit; write a new file"),
    ],
)
def test_an_edit_that_does_not_fit_is_refused(edit, why):
    with pytest.raises(EditError) as refused:
        apply(TEXT, [edit])
    assert str(refused.value) == why


def test_edits_travel_as_json():
    edits = [Replace(("a", 1), {"x": [1, None]}), Insert(("b",), True, before="c"), Remove(("d",))]
    assert msgspec.json.decode(msgspec.json.encode(edits), type=list[Edit]) == edits


def test_a_step_moves_with_its_text_and_its_comments():
    moved = apply(TEXT, [Move((*STEPS, "more"), before="welcome")])
    assert (
        moved[moved.index("    steps:") : moved.index("    exhausted:")]
        == """\
    steps:     # in this order
      # then
      - mail: more
        wait: 3 days   # let them read

      # first of all
      - {mail: welcome,   wait: 0 minutes}   # at once
      - {mail: last}
"""
    )
    assert apply(moved, [Move((*STEPS, "more"), before="last")]) == TEXT


@pytest.mark.parametrize(
    ("move", "said"),
    [
        (Move((*STEPS, "gone")), "tracks cold steps gone is not written"),
        (Move(("entry", "when")), "entry when is no entry of a list"),
        (Move((*STEPS, "more"), before="more"), "cannot stand before itself"),
        (Move((*STEPS, "more"), before="gone"), "there is no entry 'gone'"),
    ],
)
def test_a_move_that_leads_nowhere_is_refused(move, said):
    with pytest.raises(EditError, match=said):
        apply(TEXT, [move])


# ---------------------------------------------------------------- properties


@given(values())
def test_every_value_reads_back_as_it_was_written(value):
    root, problems = parse(f"x: {flow(value)}", "f")
    assert problems == []
    assert data_of(root) == {"x": value}


@given(words)
def test_every_text_is_one_scalar(text):
    assert "\n" not in scalar(text)


def places(value, path=()):
    """Every path of a document that leads to something."""
    entries = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, inner in entries:
        yield (*path, key)
        yield from places(inner, (*path, key))


def inside(value, path):
    for part in path:
        value = value[part]
    return value


def untouched(one: str, other: str) -> int:
    """How many characters at the start and at the end of both are the same."""
    start = alike(one, other)
    return start + alike(one[start:][::-1], other[start:][::-1])


def alike(one: str, other: str) -> int:
    return next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )


@st.composite
def edited_documents(draw):
    """A text, one edit of it, and what the text must say then."""
    document = draw(documents)
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    text = as_text(document, draw).replace("\n", newline)
    if draw(st.booleans()):
        text = text.removesuffix(newline)
    meant = copy.deepcopy(document)
    path = draw(st.sampled_from(sorted(places(document), key=repr)))
    parent, value = inside(meant, path[:-1]), draw(values())
    match draw(st.sampled_from(["replace", "remove", "insert", "add"])):
        case "replace":
            parent[path[-1]] = value
            return text, Replace(path, value), meant
        case "remove" if len(path) > 1 or len(document) > 1:
            del parent[path[-1]]
            return text, Remove(path), meant
        case "insert" if isinstance(parent, list):
            parent.insert(path[-1], value)
            return text, Insert(path[:-1], value, before=path[-1]), meant
        case _:
            target = inside(meant, path)
            if isinstance(target, list):
                target.append(value)
                return text, Insert(path, value), meant
            holder, at = (target, path) if isinstance(target, dict) else (meant, ())
            holder["new"] = value
            return text, Insert((*at, "new"), value), meant


@given(edited_documents())
def test_after_an_edit_the_file_says_what_was_meant_and_the_rest_is_untouched(case):
    text, edit, meant = case
    after = apply(text, [edit])
    root, problems = parse(after, "f")
    assert problems == []
    assert data_of(root) == meant
    if isinstance(edit, Insert):
        assert untouched(text, after) >= len(text)


@st.composite
def moves(draw):
    """A text, the path of a list of several entries in it, which one is moved, and before which other."""
    document = draw(documents)
    lists = [path for path in places(document) if len(as_list(inside(document, path))) > 1]
    if not lists:
        document = {**document, "several": draw(st.lists(values(), min_size=2, max_size=4))}
        lists = [("several",)]
    text = as_text(document, draw).replace("\n", draw(st.sampled_from(["\n", "\r\n"])))
    path = draw(st.sampled_from(sorted(lists, key=repr)))
    index, before = draw(st.permutations([None, *range(len(inside(document, path)))]))[:2]
    return text, document, path, *((index, before) if index is not None else (before, None))


def as_list(value):
    return value if isinstance(value, list) else []


@given(moves())
def test_after_a_move_only_the_order_is_another_and_the_way_back_returns_every_byte(case):
    text, document, path, index, before = case
    after = apply(text, [Move((*path, index), before=before)])
    root, problems = parse(after, "f")
    assert problems == []
    meant = copy.deepcopy(document)
    entries = inside(meant, path)
    order = [place for place in range(len(entries)) if place != index]
    at = len(order) if before is None else order.index(before)
    order.insert(at, index)
    entries[:] = [entries[place] for place in order]
    assert data_of(root) == meant
    assert sorted(after) == sorted(text)
    follower = None if index == len(order) - 1 else index + (at <= index)
    assert apply(after, [Move((*path, at), before=follower)]) == text


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*/campaign.yaml")), ids=lambda path: path.parent.name)
def test_every_wait_of_a_shipped_campaign_can_be_edited(path):
    text = path.read_text("utf-8")
    campaign = read_campaign(text, path.name).value
    for track in campaign.tracks:
        for step in track.steps:
            if step.wait is None:
                continue
            edit = Replace(("tracks", track.key, "steps", step.key, "wait"), "17 days")
            lines = changed(edit, text=text)
            assert [line[0] for line in lines] == ["-", "+"]
            again = read_campaign(apply(text, [edit]), path.name).value
            assert (
                str(
                    next(
                        s.wait
                        for t in again.tracks
                        if t.key == track.key
                        for s in t.steps
                        if s.key == step.key
                    )
                )
                == "17 days"
            )

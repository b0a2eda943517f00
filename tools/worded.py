"""Which strings of a module are words that pages show: those that read like words, and are no key, path or log line."""

import ast
import re
from collections.abc import Iterator
from typing import Any, TypeGuard

WORDED = (
    "webapp/*.py",
    "nurture/insight/*.py",
    "nurture/engine/*.py",
    "nurture/statemachine/*.py",
    "nurture/tracking/patterns.py",
    "nurture/content/mail_edits.py",
    "nurture/content/condition_form.py",
    "nurture/vocabulary/words.py",
    "nurture/scheduling/rates.py",
    "nurture/feedback/model.py",
    "nurture/delivery/sender_problems.py",
    "nurture/languages/said.py",
    "nurture/languages/fields.py",
    "nurture/doctor/finding.py",
    "nurture/doctor/examine.py",
    "nurture/doctor/checks/*.py",
    "nurture/capture/candidates.py",
    "nurture/capture/charset.py",
    "nurture/capture/columns.py",
    "nurture/capture/dates.py",
    "nurture/capture/evidence.py",
    "nurture/capture/mapping.py",
    "nurture/capture/numbers.py",
    "nurture/capture/places.py",
    "nurture/capture/records.py",
    "nurture/capture/rejects.py",
    "nurture/capture/rows.py",
    "nurture/capture/sayings.py",
    "nurture/capture/sniff.py",
    "nurture/capture/values.py",
    "nurture/capture/exports/parts.py",
    "nurture/capture/exports/product.py",
    "nurture/capture/exports/recognise.py",
    "nurture/check/*.py",
    "nurture/content/conditions.py",
    "nurture/content/language.py",
    "nurture/content/lint.py",
    "nurture/content/merge_fields.py",
    "nurture/content/promises.py",
    "nurture/content/system_mails.py",
    "nurture/content/mjml/lint.py",
    "nurture/content/mjml/contrast.py",
    "nurture/content/mjml/protect.py",
    "nurture/content/mjml/markup.py",
    "nurture/content/mjml/quirks.py",
    "nurture/content/catalog.py",
    "nurture/content/compile.py",
    "nurture/content/flat.py",
    "nurture/content/flatten.py",
    "nurture/content/mails.py",
    "nurture/content/marks.py",
    "nurture/content/shared_block.py",
    "nurture/content/typed_reader.py",
    "nurture/content/yaml_reader.py",
)
"""The modules whose words pages show."""
UNWORDED = {
    "nurture/check/promises.py",  # the report of the command line
    "webapp/footer_words.py",  # what recipients read has its own words in each language
    "webapp/form_words.py",
    "webapp/footer.py",
    "webapp/form_headers.py",
    "webapp/inbox_hook.py",
    "webapp/languages.py",
    "webapp/mail_frame.py",  # what stands in the frame of a mail is the mail's
    "webapp/moments.py",
    "webapp/safety.py",
    "nurture/insight/why.py",  # the command line's
    "nurture/statemachine/diagram.py",
    "nurture/statemachine/table.py",
    "nurture/engine/feedback_imap.py",  # what logs say
    "nurture/engine/feedback_maildir.py",
}
IN_CALLS = {
    "nurture/content/scalars.py": "told",
    "nurture/doctor/gather.py": "told",
    "nurture/doctor/ask/api.py": "told",
    "nurture/doctor/ask/domain.py": "told",
    "nurture/doctor/ask/names.py": "told",
    "nurture/doctor/ask/relay.py": "told",
    "nurture/doctor/ask/site.py": "told",
    "nurture/doctor/ask/store.py": "told",
    "nurture/delivery/dkim.py": "told",
    "nurture/delivery/http/amazon_ses.py": "told",
    "nurture/delivery/http/mailgun.py": "told",
    "nurture/delivery/http/sendgrid.py": "told",
    "nurture/engine/feedback_imap.py": "told",
    "nurture/engine/feedback_maildir.py": "told",
    "nurture/capture/exports/hubspot.py": "left_out",
    "nurture/capture/exports/listmonk.py": "left_out",
    "nurture/capture/exports/mailchimp.py": "left_out",
    "nurture/capture/exports/mautic.py": "left_out",
}
"""Modules of which pages show the words of some calls alone."""
ENUMS = {
    "Temperature",
    "Stage",
    "BuyingRole",
    "MailClass",
    "ContactHow",
    "ContactOutcome",
    "TouchStatus",
    "BounceKind",
    "Gate",
    "Verdict",
    "ExitReason",
    "SuppressionCause",
    "Role",
    "MailState",
    "Heat",
    "Level",
    "FeedbackKind",
    "Question",
    "Act",
    "Shown",
    "Standing",
    "Saying",
    "CallStatus",
}
"""The closed sets whose values pages show as words."""
SILENT_CALLS = {
    "log",
    "re",
    "area",
    "url_for",
    "get_log",
    "TypeVar",
    "text",
    "SetupError",
    "InboxError",
    "AssertionError",
}
"""What is called with these is for no reader of pages."""
SILENT_METHODS = {"get", "post", "getlist", "setdefault", "register_error_handler"}
PLACE = "%({})s"
FILLED = re.compile(r"\{(\w*)(?:!r)?(?::[\w%.:]+)?\}")
SENTENCE = re.compile(r"^an? [a-z]{2,}$|[^\W\d_]{2,}[,;:.]? [^\W\d_]|^[A-Z][a-zé]+$|^[A-Z][a-z]+[ ’]")
SOME_WORD = re.compile(r"(^|[\s“(])[^\W\d_]{2,}([\s,.:;”)§]|$)")
"""Enough for a sentence that has values in it, such as ' by lena'."""
TAG_NAMED = re.compile(r"</?(?:§|mj[a-z-]*)>|(?<= )[\w-]+=\"[^\"]*\"")
CODE = re.compile(r"-src |[<>{}=]|^[A-Z]{3,} |://\w|;\s*$|^[\w-]+(/[\w+-]+)+$|^[A-Z]\w+(-[A-Z]\w+)+$")


COUNTED = "amount"
"""The place of ``len`` of something."""
SAYS_NOTHING = {
    "str", "repr", "len", "map", "join", "strip", "partition", "rpartition", "split", "capitalize", "lower",
    "upper", "replace", "removeprefix", "fromisoformat", "isoformat", "format", "get", "shorten", "listed",
    "plain", "said", "text", "total_seconds", "max", "min", "sorted", "event", "chr",
}  # fmt: skip
"""What code does to a value or finds it in: no name that a translator could read."""


def worded(tree: ast.Module) -> Iterator[str]:
    """The words of *tree* as a catalogue has them: an f-string with names in the places of its values."""
    silent = set(_silent(tree))
    for node in ast.walk(tree):
        if id(node) in silent:
            continue
        match node:
            case ast.Constant(value=str() as text):
                if FILLED.search(text):  # by its maker, as ``format`` does
                    text = _numbered(text)
                if is_words(text) or is_shape(text):
                    yield text
            case ast.JoinedStr():
                text = _pattern(node)
                if " " in text and (is_words(text) or is_shape(text)):
                    yield text
            case ast.Call(func=ast.Name(id="audit"), keywords=keywords):
                done = [each.value for each in keywords if each.arg == "what"]
                yield from (each.value for part in done for each in alternatives(part) if is_text(each))
            case ast.Call(func=ast.Name(id="told"), args=[ast.Constant(value=str() as w)]) if w.isalpha():
                yield w
            case ast.ClassDef(name=name) if name in ENUMS:
                yield from _values(node)


def words_of_calls(tree: ast.Module, name: str) -> Iterator[str]:
    """The words that stand in calls of *name* itself, not in what these hold."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node.func) == name:
            texts = [each.value for each in node.args if isinstance(each, ast.Constant)]
            shown = [_numbered(text) for text in texts if isinstance(text, str)]
            yield from (text for text in shown if is_words(text) or is_shape(text))


def alternatives(value: ast.expr) -> list[ast.expr]:
    """*value*, or both of 'a if x else b'."""
    return [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]


def is_text(node: ast.AST) -> TypeGuard[Any]:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def is_words(text: str) -> bool:
    return bool(SENTENCE.search(bare(text))) and not CODE.search(prose(text))


def is_shape(text: str) -> bool:
    """Whether *text* has places, and a word of its own."""
    return bare(text) != text and bool(SOME_WORD.search(bare(text))) and not CODE.search(prose(text))


def bare(text: str) -> str:
    """*text* with a sign in each of its places."""
    return re.sub(r"%\(\w+\)s", "§", text)


def prose(text: str) -> str:
    """*text* without the tags and attributes that it names: 'put them into <mj-text>' is words, '<p>them</p>' is code."""
    return TAG_NAMED.sub(" ", bare(text))


def _values(node: ast.ClassDef) -> Iterator[str]:
    """What a closed set calls its members, as ``plain`` shows them."""
    for each in node.body:
        match each:
            case ast.Assign(value=ast.Constant(value=str() as value)) if "." not in value:
                yield value.replace("-", " ").replace("_", " ")


def _numbered(text: str) -> str:
    """'Left “{}”: {}' as 'Left “%(one)s”: %(two)s', and 'Note{by}' as 'Note%(by)s'."""
    names = iter(("one", "two", "three", "four"))
    return FILLED.sub(lambda place: PLACE.format(place[1] or next(names)), text)


def _pattern(node: ast.JoinedStr) -> str:
    """The f-string with each value named by the last name in it; a second one of the same name is numbered."""
    parts: list[str] = []
    names: dict[str, str] = {}
    for each in node.values:
        if isinstance(each, ast.FormattedValue):
            source = ast.unparse(each.value)
            if source not in names:
                name = _name(each.value)
                taken = [used for used in names.values() if re.fullmatch(rf"{name}\d*", used)]
                names[source] = f"{name}{len(taken) + 1}" if taken else name
            parts.append(PLACE.format(names[source]))
        elif isinstance(each, ast.Constant):
            parts.append(str(each.value).replace("%", "%%"))
    return "".join(parts)


def _name(value: ast.expr) -> str:
    """What a translator knows the value by: the last name in it that tells of the value, and not of what code does to it."""
    match value:
        case ast.Call(func=ast.Name(id="len")):
            return COUNTED
    parts = list(ast.walk(value))
    named = [
        each.attr if isinstance(each, ast.Attribute) else each.id
        for each in parts
        if isinstance(each, ast.Attribute | ast.Name)
    ]
    asked_for = [str(each.value) for each in parts if isinstance(each, ast.Constant) and is_name(each.value)]
    telling = [name for name in (*named, *asked_for) if name not in SAYS_NOTHING]
    return (telling or named or ["value"])[0].lower().strip("_")


def is_name(value: object) -> bool:
    """Whether *value* is a key such as that of ``text(event, "form")``, and no sign or ending."""
    return isinstance(value, str) and value.isidentifier() and len(value) > 1


def _silent(tree: ast.Module) -> Iterator[int]:
    """The nodes that are for no reader: docstrings, notes of a type, keys, what is logged or asserted, parts of f-strings."""
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant() as text):
                yield id(text)
            case ast.Assert() | ast.Subscript():
                yield from map(id, ast.walk(node))
            case ast.Call(func=ast.Attribute(value=ast.Constant() as keys, attr="split")):
                yield id(keys)
            case ast.Call(func=function, args=args) if _called(function) in SILENT_CALLS | SILENT_METHODS:
                for each in args:
                    yield from map(id, ast.walk(each))
            case ast.JoinedStr(values=values):
                yield from (id(each) for each in values if isinstance(each, ast.Constant))
            case ast.FunctionDef(decorator_list=decorators, returns=returns):
                for each in decorators if returns is None else [*decorators, returns]:
                    yield from map(id, ast.walk(each))
            case ast.AnnAssign(annotation=annotation) | ast.arg(annotation=ast.expr() as annotation):
                yield from map(id, ast.walk(annotation))
            case ast.Dict(keys=keys):
                yield from (id(key) for key in keys if key is not None)
            case ast.Compare():
                yield from map(id, ast.walk(node))


def _called(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id=("log" | "re") as name)):
            return name
        case ast.Attribute(attr=name):
            return name
        case _:
            return ""

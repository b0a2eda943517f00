"""Which strings of a module are words that pages show: those that read like words, and are no key, path or log line."""

import ast
import re
from collections.abc import Iterator

WORDED = ("webapp/*.py",)
"""The modules whose words pages show."""
UNWORDED = {
    "webapp/footer_words.py",  # what recipients read has its own words in each language
    "webapp/form_words.py",
    "webapp/footer.py",
    "webapp/form_headers.py",
    "webapp/inbox_hook.py",
    "webapp/languages.py",
    "webapp/mail_frame.py",  # what stands in the frame of a mail is the mail's
    "webapp/moments.py",
    "webapp/safety.py",
}
SILENT_CALLS = {"log", "re", "area", "url_for", "get_log", "TypeVar", "audit", "Column", "shown_log"}
"""What is called with these is for no reader of pages."""
SILENT_METHODS = {"get", "post", "getlist", "setdefault", "register_error_handler"}
PLACE = "%({})s"
SENTENCE = re.compile(r"[^\W\d_]{2,}[,;:.]? [^\W\d_]|^[A-Z][a-zé]+$|^[A-Z][a-z]+[ ’]")
CODE = re.compile(r"[<>{}]|://|;\s*$|^[\w-]+(/[\w+-]+)+$|^[A-Z]\w+(-[A-Z]\w+)+$|=[\w']")


def worded(tree: ast.Module) -> Iterator[str]:
    """The words of *tree* as a catalogue has them: an f-string with names in the places of its values."""
    silent = set(_silent(tree))
    for node in ast.walk(tree):
        if id(node) in silent:
            continue
        match node:
            case ast.Constant(value=str() as text):
                if is_words(text):
                    yield text.replace("%", "%%") if "%(" in text else text
            case ast.JoinedStr():
                text = _pattern(node)
                if is_words(re.sub(r"%\(\w+\)s", "", text)):
                    yield text


def is_words(text: str) -> bool:
    return bool(SENTENCE.search(text)) and not CODE.search(text)


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
    found = [
        node.attr if isinstance(node, ast.Attribute) else node.id
        for node in ast.walk(value)
        if isinstance(node, ast.Attribute | ast.Name)
    ]
    return found[0].lower().strip("_") if found else "value"


def _silent(tree: ast.Module) -> Iterator[int]:
    """The nodes that are for no reader: docstrings, notes of a type, keys, what is logged or asserted, parts of f-strings."""
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant() as text):
                yield id(text)
            case ast.Assert() | ast.Subscript():
                yield from map(id, ast.walk(node))
            case ast.Call(func=function, args=args) if _called(function) in SILENT_CALLS | SILENT_METHODS:
                for each in args:
                    yield from map(id, ast.walk(each))
            case ast.JoinedStr(values=values):
                yield from (id(each) for each in values if isinstance(each, ast.Constant))
            case ast.FunctionDef(decorator_list=decorators):
                for each in decorators:
                    yield from map(id, ast.walk(each))
            case ast.AnnAssign(annotation=annotation):
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

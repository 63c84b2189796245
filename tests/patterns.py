"""Every regular expression of the source, and texts that would make a careless one slow."""

from __future__ import annotations

import ast
import importlib
import re
import re._constants as codes  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LAYERS = ("api", "auth", "calculators", "components", "data", "pages", "pipelines")
_CALLS = {"compile", "search", "match", "fullmatch", "sub", "split", "findall", "finditer"}
_ANCHORED = {"match", "fullmatch"}
_LETTERS = "aA0 -_'.,\t\n/\"<é%"  # of which samples of a set are taken
_MANY = 10  # a repeat that may be longer than this can be made long


@dataclass(frozen=True, slots=True)
class Use:
    """A pattern, where it stands, and whether it is tried at one place of a text or at all."""

    where: str
    pattern: re.Pattern[str] | None  # None where it is made of values of a function
    method: str


def uses() -> Iterator[Use]:
    for layer in LAYERS:
        for path in sorted((ROOT / layer).rglob("*.py")):
            source = path.read_text(encoding="utf-8")
            if "import re\n" in source:
                yield from _of_module(path, ast.parse(source))


def _of_module(path: Path, tree: ast.Module) -> Iterator[Use]:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    methods: dict[str, set[str]] = {}
    named: dict[int, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            methods.setdefault(node.value.id, set()).add(node.attr)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            named[id(node.value)] = node.targets[0].id
    for node in ast.walk(tree):
        if not (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.func.attr in _CALLS
        ):
            continue
        method = node.func.attr
        if method == "compile":
            used = methods.get(named.get(id(node), ""), set()) & _CALLS
            method = "match" if used and used <= _ANCHORED else "search"
        pattern = _compiled(node, name)
        if pattern is None:
            yield Use(f"{name}:{node.lineno}", None, method)
        elif isinstance(pattern.pattern, str):
            yield Use(
                f"{name}:{node.lineno}", pattern, "match" if method in _ANCHORED else "search"
            )


def _compiled(call: ast.Call, module: str) -> re.Pattern[str] | None:
    """The pattern of a call that stands there or in a constant of the module; None otherwise."""
    flags = 0
    for node in [*call.args[1:], *(k.value for k in call.keywords if k.arg == "flags")]:
        if ast.unparse(node).startswith("re."):
            flags |= _value(node, module)
    pattern = _value(call.args[0], module)
    return re.compile(pattern, flags) if isinstance(pattern, str | bytes) else None


def _value(node: ast.expr, module: str) -> Any:
    """Of literals as they stand, of names as the module has them; None for those of a function."""
    code = compile(ast.Expression(node), "<pattern>", "eval")
    try:
        return eval(code, {"re": re})
    except NameError:
        try:
            return eval(code, vars(importlib.import_module(module)))
        except NameError:
            return None


def attacks(pattern: re.Pattern[str], length: int) -> Iterator[str]:
    """Texts of about a length that go on matching, many times over, and then do not."""
    tree = parser.parse(pattern.pattern, pattern.flags)
    seen: set[str] = set()
    for before, pump in _repeats(tree, ""):
        for text in (
            before + _filled(pump, length) + "\0",
            _filled(before + pump, length) + "\0",
            _filled(pump, length) + "\0",
            _filled(before + pump + " ", length) + "\0",
        ):
            if text not in seen:
                seen.add(text)
                yield text


def _filled(piece: str, length: int) -> str:
    return (piece * (length // max(1, len(piece)) + 1))[:length]


def _repeats(tree: Any, before: str) -> Iterator[tuple[str, str]]:
    """(what must stand before it, what it repeats) for each repeat that has no small limit."""
    for code, argument in tree:
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            _, most, inner = argument
            if most > _MANY:
                for pump in _samples(inner):
                    yield before, pump
            yield from _repeats(inner, before)
        elif code is codes.BRANCH:
            for branch in argument[1]:
                yield from _repeats(branch, before)
        elif code is codes.SUBPATTERN:
            yield from _repeats(argument[-1], before)
        elif code is codes.ATOMIC_GROUP:
            yield from _repeats(argument, before)
        before += _first([(code, argument)])


def _first(tree: Any) -> str:
    return next(iter(_samples(tree)), "")


def _samples(tree: Any) -> list[str]:
    """A few texts that match: one for each kind of character of a set, and pairs of them."""
    texts = [""]
    for code, argument in tree:
        if code is codes.LITERAL:
            found = [chr(argument)]
        elif code is codes.NOT_LITERAL:
            found = ["a" if argument != ord("a") else "b"]
        elif code is codes.ANY:
            found = ["a", " "]
        elif code is codes.IN:
            found = [letter for letter in _LETTERS if _in(argument, letter)][:5] or ["a"]
            found += (
                [a + b for a, b in product(found, repeat=2) if a != b] if len(tree) == 1 else []
            )
        elif code is codes.BRANCH:
            found = [_first(branch) for branch in argument[1]]
        elif code is codes.SUBPATTERN:
            found = _samples(argument[-1])
        elif code is codes.ATOMIC_GROUP:
            found = _samples(argument)
        elif code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            least, _, inner = argument
            found = [text * max(1, least) for text in _samples(inner)]
        else:
            found = [""]
        texts = [a + b for a, b in product(texts, found[:25])][:25]
    return texts


def _in(argument: Any, letter: str) -> bool:
    negated, inside = False, False
    for code, value in argument:
        if code is codes.NEGATE:
            negated = True
        elif code is codes.LITERAL:
            inside |= value == ord(letter)
        elif code is codes.RANGE:
            inside |= value[0] <= ord(letter) <= value[1]
        elif code is codes.CATEGORY:
            inside |= _CATEGORIES[str(value)](letter)
    return inside != negated


_CATEGORIES = {
    "CATEGORY_SPACE": str.isspace,
    "CATEGORY_NOT_SPACE": lambda letter: not letter.isspace(),
    "CATEGORY_DIGIT": str.isdecimal,
    "CATEGORY_NOT_DIGIT": lambda letter: not letter.isdecimal(),
    "CATEGORY_WORD": lambda letter: letter.isalnum() or letter == "_",
    "CATEGORY_NOT_WORD": lambda letter: not (letter.isalnum() or letter == "_"),
}

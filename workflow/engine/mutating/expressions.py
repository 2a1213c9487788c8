"""A condition that is a little different: negated, another comparison, a number by one, `and` for `or`."""

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r"""(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<name>[A-Za-z_][A-Za-z0-9_.]*)
      | (?P<number>\d+(?:\.\d+)?)
      | (?P<sign>&&|\|\||==|!=|<=|>=|<|>)""",
    re.VERBOSE,
)
_OTHER = {"<=": "<", "<": "<=", ">=": ">", ">": ">=", "==": "!=", "!=": "==", "&&": "||", "||": "&&"}


def variants(source: str, *, truth: bool) -> Iterator[str]:
    """Each differs in one place; `truth`: it says yes or no, so that it can be negated."""
    if truth:
        yield f"({source}) == false"
    for found in _TOKEN.finditer(source):
        token = found[0]
        if found.lastgroup == "sign":
            yield _with(source, found, _OTHER[token])
        elif found.lastgroup == "number":
            yield _with(source, found, f"{float(token) + 1:g}")


def _with(source: str, found: re.Match[str], new: str) -> str:
    return source[: found.start()] + new + source[found.end() :]

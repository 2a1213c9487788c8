"""Of a ballot by link: whether one's vote is in, what it came to, and the opened votes, among which one finds his own."""

from dataclasses import dataclass
from typing import Any

from flask import Response, request, url_for
from sqlalchemy import Connection

from workflow.api.asking import office
from workflow.api.linked import Behind, behind, box_behind, result_of
from workflow.api.results import votes_page
from workflow.definition.model import Ballot
from workflow.errors import NotFound
from workflow.text import Language
from workflow.web.pages import page, pages, reader

blueprint = pages("polls", __name__)

_PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A choice in words, and how many of all chose it."""

    label: str
    count: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchShown:
    units: tuple[str, ...]
    counts: tuple[int, ...]  #: in the order of the choices


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """What the page of a link says of its ballot."""

    rules: Ballot
    result: dict[str, Any]
    counted: tuple[Counted, ...]
    branches: tuple[BranchShown, ...]

    @property
    def is_final(self) -> bool:
        """His vote is in, and stays."""
        return bool(self.result["voted"]) and not self.rules.changeable


def poll_behind(connection: Connection, found: Behind, speaks: Language) -> Poll | None:
    """None where a link is not for a ballot."""
    result = result_of(connection, found)
    rules = found.version.definition.states[result["state"]].activity if result is not None else None
    if result is None or not isinstance(rules, Ballot):
        return None
    counts = result["counts"] or {}
    cast = sum(counts.get(name, 0) for name in rules.choices)
    names = [name for name in rules.choices if name in counts]
    return Poll(
        rules=rules,
        result=result,
        counted=tuple(Counted(label=rules.choices[name].say(speaks), count=counts[name], of=cast) for name in names),
        branches=tuple(_branch(one, names) for one in result["branches"]) if result["closed_at"] else (),
    )


def _branch(one: dict[str, Any], names: list[str]) -> BranchShown:
    return BranchShown(
        units=tuple(unit["name"] for unit in one["units"] if unit),
        counts=tuple(one["counts"].get(name, 0) for name in names),
    )


@blueprint.get("/l/<code>/votes")
def votes(code: str) -> Response:
    """In the order of their receipts, two hundred a page."""
    speaks = reader()
    with office().database.read() as connection:
        found = behind(connection, code)
        poll = poll_behind(connection, found, speaks)
        if poll is None:
            raise NotFound
        listed = votes_page(
            connection, box_behind(connection, code), {"limit": _PAGE, "after": request.args.get("after")}
        )
    return page(
        "poll_votes.html",
        title=found.version.definition.title.say(speaks),
        poll=poll,
        votes=listed["items"],
        next=url_for("page_polls.votes", code=code, after=listed["next"]) if listed["next"] else None,
        back=url_for("page_answering.link", code=code),
        choices={name: label.say(speaks) for name, label in poll.rules.choices.items()},
    )

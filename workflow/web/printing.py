"""The approval form: a case as the paper that goes into the archive, A4, with a box for each stage."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from uuid import UUID

from flask import Response

from workflow.api.asking import office, signed_in
from workflow.api.subjects import seen_case
from workflow.cases.desk import stored_events
from workflow.engine.subject import Case
from workflow.web.looking import look
from workflow.web.opinions import boxes
from workflow.web.pages import page, pages, reader
from workflow.web.values import Shown

blueprint = pages("printing", __name__)

_PICTURES = (("jpg", "png"), ("jpg",), ("png",), ("png", "jpg"))
_SIGNS = 4
#: So many rows the photograph stands beside.
_BESIDE = 4
_GROUPS_OF_CODE = 3


@dataclass(frozen=True, slots=True)
class Pair:
    """A row of the paper: one or two fields side by side."""

    fields: tuple[Shown, ...]


@blueprint.get("/cases/<case_id>/form")
def approval_form(case_id: str) -> Response:
    """Personal data as this reader may see them, on paper too."""
    signed_in()
    speaks = reader()
    with office().database.read() as connection:
        held, version, context = seen_case(connection, case_id)
        shown = look(connection, held, version, context, speaks)
        case = held.subject
        assert isinstance(case, Case)
        stored, head = stored_events(connection, UUID(case.id))
        stages = boxes(stored, version.definition, case, context.directory, speaks)
    first = version.definition.states[version.definition.first_state].edit
    fields = version.definition.fields
    written = [one for group in shown.groups for one in group.fields if one.name in first]
    photo = next((name for name in first if fields[name].type == "files" and fields[name].accept in _PICTURES), None)
    pictures = shown.view["data"].get(photo) if photo else None
    rows = tuple(_rows([one for one in written if one.name != photo and fields[one.name].source is None]))
    return page(
        "approval.html",
        case=shown,
        rows=rows,
        beside=sum(1 for _ in takewhile(lambda row: len(row.fields) > 1, rows[:_BESIDE])),
        picture=pictures[0] if pictures else None,
        boxes=stages,
        printed=shown.wording.moment(context.now),
        code="-".join(_code(head)),
    )


def _code(head: bytes) -> Iterator[str]:
    """The beginning of the head of the chain, in groups."""
    text = head.hex().upper()
    yield from (text[_SIGNS * place : _SIGNS * (place + 1)] for place in range(_GROUPS_OF_CODE))


def _rows(fields: list[Shown]) -> Iterator[Pair]:
    """Short ones in pairs, long ones alone."""
    waiting: list[Shown] = []
    for one in fields:
        if one.whole:
            if waiting:
                yield Pair(tuple(waiting))
            waiting = []
            yield Pair((one,))
            continue
        waiting.append(one)
        if len(waiting) == 2:  # noqa: PLR2004 -- side by side
            yield Pair(tuple(waiting))
            waiting = []
    if waiting:
        yield Pair(tuple(waiting))

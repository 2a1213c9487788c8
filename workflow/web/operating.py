"""What the holder of a task may do with it beside deciding: a page for each that asks what it needs."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Response, redirect, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from workflow.api.asking import office, signed_in
from workflow.api.bodies import taken, unfit
from workflow.api.problems import status_of
from workflow.api.schemas.tasks import OperationBody
from workflow.api.subjects import seen_task
from workflow.api.tasks import OPERATIONS, operate_task
from workflow.definition import words
from workflow.engine.context import Context
from workflow.engine.directory import Principal
from workflow.engine.operations.offered import signer_kinds
from workflow.engine.subject import Case
from workflow.errors import InvalidData, NotFound, WorkflowError
from workflow.people.listing import list_persons
from workflow.text import Sentence, sentence
from workflow.web.deciding import Wrong, wrong_of
from workflow.web.desk import desk_page
from workflow.web.looking import named_apart
from workflow.web.pages import pages, reader

blueprint = pages("operating", __name__)

_MOST_FOUND = 20
_NUMBERS, _DIGITS = ("person", "days"), 18
#: By address: what is asked, and whether a reason has to be given.
ASKS: dict[str, tuple[str, ...]] = {
    "claim": (),
    "release": (),
    "delegate": ("person", "reason"),
    "transfer": ("person", "reason"),
    "add-signer": ("person", "kind", "reason"),
    "recuse": ("reason",),
    "extend": ("reason",),
    "pause": ("days", "reason"),
    "resume": ("reason",),
}
REASONED = frozenset({"transfer", "recuse", "extend", "pause"})
#: What it does, told before it is done.
MEANINGS: dict[str, Sentence] = {
    "delegate": sentence("Somebody else answers it; you confirm the answer, and it stays yours."),
    "transfer": sentence("It becomes the task of the person you name, and leaves your list."),
    "add-signer": sentence("Somebody else is asked too: before you, beside you, or after you."),
    "recuse": sentence("You step aside for the whole case, and who stands in for you is looked for."),
    "extend": sentence("The deadline is put off once, as the definition allows."),
    "pause": sentence("The clock stands for so many calendar days, then goes on by itself."),
    "resume": sentence("The clock goes on with what was left."),
}
KINDS: dict[str, Sentence] = {
    "before": sentence("before me; mine rests until then"),
    "beside": sentence("beside me; both are wanted"),
    "after": sentence("after me"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A person who can be chosen."""

    id: Principal
    name: str
    place: str


@blueprint.get("/t/<task_id>/<any('" + "','".join(ASKS) + "'):operation>")
def ask(task_id: str, operation: str) -> Response:
    return _form(task_id, operation)


@blueprint.post("/t/<task_id>/<any('" + "','".join(ASKS) + "'):operation>")
def operate(task_id: str, operation: str) -> BaseResponse:
    """Does it; or, of the button beside the name, looks for persons and forgets nothing that was typed."""
    actor, form = signed_in(), request.form
    if form.get("look") or ("person" in ASKS[operation] and not form.get("person") and form.get("who", "").strip()):
        return _form(task_id, operation)
    try:
        if wrong := list(unfit(form.to_dict(), "")):
            raise InvalidData(tuple(wrong))
        sent = {name: form[name].strip() for name in ASKS[operation] if form.get(name, "").strip()}
        body = taken(OperationBody(), {name: _whole(text) if name in _NUMBERS else text for name, text in sent.items()})
        operate_task(task_id, operation, body, actor, form.get("key") or None, None)
    except NotFound:
        raise
    except WorkflowError as error:
        return _form(task_id, operation, wrong_of(error, reader()), status_of(error))
    done: dict[str, Any] = {"done": task_id, "operated": operation}
    if operation in ("claim", "release", "pause", "resume", "extend"):
        return redirect(url_for("page_inbox.task", task_id=task_id, **done), code=303)
    return redirect(url_for("page_inbox.inbox", **done), code=303)


def _whole(text: str) -> int | str:
    """What is no number is told by the schema."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else text


def _form(task_id: str, operation: str, wrong: Wrong | None = None, status: int = 200) -> Response:
    signed_in()
    typed = request.form
    with office().database.read() as connection:
        held, version, context, _ = seen_task(connection, task_id)
        case = held.subject
        if not isinstance(case, Case):
            raise NotFound
        wants_person = "person" in ASKS[operation]
        persons = list(_persons(connection, context, typed.get("who", "").strip()[:100])) if wants_person else []
    return desk_page(
        "operating.html",
        status,
        here="inbox",
        heading=words.OPERATIONS[OPERATIONS[operation]],
        meaning=MEANINGS.get(operation),
        name=named_apart(case.subject)[0],
        task_id=task_id,
        operation=operation,
        asks=ASKS[operation],
        reasoned=operation in REASONED,
        persons=persons,
        kinds={kind: KINDS[kind] for kind in signer_kinds(version.definition, case)},
        typed=typed,
        wrong=wrong or Wrong(),
        key=typed.get("key") or secrets.token_hex(16),
    )


def _persons(connection: Connection, context: Context, who: str) -> Iterator[Choice]:
    """Who has this in his name; before anything is looked for, the colleagues of the reader's own posts."""
    directory, now = context.directory, context.now
    found: list[Principal]
    if who:
        found = [one.id for one in list_persons(connection, name=who, at=now, limit=_MOST_FOUND).items]
    else:
        mine = directory.posts_of(context.actor.person or 0, now)
        places = dict.fromkeys(post.organisation for post in mine)
        found = [
            person
            for post in directory.posts.values()
            if post.organisation in places
            for person in directory.holders(post.id, now)
        ]
    for person in list(dict.fromkeys(found))[:_MOST_FOUND]:
        if person != context.actor.person:
            posts = directory.posts_of(person, now)
            place = posts[0].organisation if posts else directory.persons[person].employer
            yield Choice(person, directory.name_of(person), directory.name_of(place) if place else "")

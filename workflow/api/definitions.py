"""Definitions: what can be started, their forms and diagrams, their versions; and publishing."""

import base64
import binascii
import re
from typing import Any

from flask import g, request

from workflow.api.asking import context_for, office, operator, signed_in
from workflow.api.bodies import taken
from workflow.api.doors import Door, refuses
from workflow.api.drawings import drawn
from workflow.api.schemas.common import page_of
from workflow.api.schemas.definitions import (
    MOST_TEXT,
    DefinitionLineSchema,
    DefinitionSchema,
    PublishBody,
    VersionSchema,
)
from workflow.api.showing import label
from workflow.cases.versions import Published, Texts, Version, publish
from workflow.definition.drawing import mermaid
from workflow.definition.explaining import explain
from workflow.definition.model import Definition
from workflow.engine.context import Context
from workflow.engine.directory import Principal
from workflow.engine.forms import form_of, round_form_of
from workflow.engine.permit import may_start
from workflow.errors import InvalidData, Malformed, Problem, TooLarge, WorkflowError
from workflow.store.metadata import instant_text
from workflow.text import sentence

blueprint = Door("definitions", __name__, url_prefix="/api/v1/definitions", description="Definitions")

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_OWN = ("definition.yaml", "stories.yaml")


@blueprint.get("")
@blueprint.response(200, page_of(DefinitionLineSchema))
def definitions() -> dict[str, Any]:
    """What can be started: the newest version of each definition, by key."""
    signed_in()
    with office().database.read() as connection:
        context = context_for(connection)
        items = [_line(version, context) for version in office().versions.all_newest(connection)]
    return {"items": items, "next": None}


@blueprint.get("/<key>")
@blueprint.response(200, DefinitionSchema)
def definition(key: str) -> dict[str, Any]:
    """One definition: its forms as JSON Schema, states and triggers, the diagram, the procedure in plain words."""
    signed_in()
    with office().database.read() as connection:
        context = context_for(connection)
        version = office().versions.newest(connection, key)
        others = {one.key: one.definition for one in office().versions.all_newest(connection)}
    found = version.definition
    first = found.states[found.first_state]
    return {
        **_line(version, context),
        "form": form_of(found).json_schema(),
        "start_form": form_of(found).json_schema(first.edit),
        "round_form": round_form_of(found).json_schema() if found.round else None,
        "states": [
            {"name": s.name, "label": label(s.label), "end": s.is_end, "together": s.together is not None}
            for s in found.states.values()
        ],
        "triggers": [{"name": t.name, "label": label(t.label), "sense": t.sense} for t in found.triggers.values()],
        "diagram": mermaid(found, "zh"),
        "drawing": {"zh": drawn(found, "zh", others.get), "en": drawn(found, "en", others.get)},
        "guide": {"zh": explain(found, "zh", others.get), "en": explain(found, "en", others.get)},
    }


@blueprint.get("/<key>/versions")
@blueprint.response(200, page_of(VersionSchema))
def versions(key: str) -> dict[str, Any]:
    """Every version with its texts, the newest first."""
    signed_in()
    with office().database.read() as connection:
        found = office().versions.all_of(connection, key)
    items = [
        {
            "key": one.key,
            "version": one.number,
            "sha256": one.digest.hex(),
            "published_at": instant_text(one.published_at),
            "by": one.by,
            "definition": one.texts.definition,
            "stories": one.texts.stories,
            "texts": {name: base64.b64encode(text.encode()).decode() for name, text in one.texts.texts.items()},
        }
        for one in found
    ]
    return {"items": items, "next": None}


@blueprint.put("/<key>")
@refuses(403)
@blueprint.doc(
    requestBody={
        "required": True,
        "content": {
            "application/yaml": {"schema": {"type": "string", "description": "the text of definition.yaml alone"}},
            "application/json": {"schema": PublishBody},
        },
    }
)
@blueprint.alt_response(
    200, schema=DefinitionLineSchema, description="The newest version has the same texts", success=True
)
@blueprint.response(201, DefinitionLineSchema, description="A new version")
def publish_one(key: str) -> tuple[dict[str, Any], int]:
    """Publish: 201 a new version, 200 the same texts, 422 with every problem of the files; for administrators at the top.

    A text older than the newest, sent again, is a new version. Running cases keep theirs.
    """
    operator()
    published = publish_texts(key, _texts())
    with office().database.read() as connection:
        context = context_for(connection)
    return _line(published.version, context), 201 if published.new else 200


def publish_texts(key: str | None, texts: Texts) -> Published:
    """For administrators at the top. Raises DefinitionWrong with every problem of the files."""
    actor = operator()
    with office().database.read() as connection:
        calendar = office().calendar(connection)
    return publish(office().database, office().versions, texts, calendar=calendar, key=key, by=actor.person)


def _texts() -> Texts:
    if request.mimetype in ("application/yaml", "application/x-yaml"):
        return Texts(definition=_yaml())
    body = taken(PublishBody(), g.get("body"))
    return Texts(
        definition=body["definition"],
        stories=body.get("stories"),
        texts={name: _text(name, content) for name, content in body["texts"].items()},
    )


def _yaml() -> str:
    if (request.content_length or 0) > MOST_TEXT:
        raise TooLarge(limit=sentence("{most} bytes", most=MOST_TEXT))
    body = request.get_data()
    if len(body) > MOST_TEXT:
        raise TooLarge(limit=sentence("{most} bytes", most=MOST_TEXT))
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise Malformed(sentence("The text is not UTF-8.")) from wrong


def _text(name: str, content: str) -> str:
    """A text of the folder: its bytes came in base64."""
    at = f"/texts/{name}"
    if not _NAME.fullmatch(name) or name in _OWN:
        raise InvalidData((Problem(at, "data", sentence("This is no name of a text beside the definition.")),))
    try:
        return base64.b64decode(content, validate=True).decode("utf-8")
    except (binascii.Error, ValueError) as wrong:
        raise InvalidData(
            (Problem(at, "data", sentence("A text in UTF-8 is wanted, its bytes in base64.")),)
        ) from wrong


def _line(version: Version, context: Context) -> dict[str, Any]:
    found = version.definition
    return {
        "key": found.key,
        "version": version.number,
        "sha256": version.digest.hex(),
        "title": label(found.title),
        "about": label(found.about) if found.about else None,
        "published_at": instant_text(version.published_at),
        "start": bool(units_to_start_for(found, context)),
        "has_rounds": found.round is not None,
    }


def units_to_start_for(found: Definition, context: Context) -> list[Principal]:
    """Of the places where he, or one for whom he stands in, holds a post or is employed, those for which he may start."""
    directory, person = context.directory, context.actor.person
    assert person is not None
    persons = (person, *directory.absent(person, found.key, context.now))
    places = dict.fromkeys(post.organisation for one in persons for post in directory.posts_of(one, context.now))
    employer = directory.persons[person].employer
    wanted = dict.fromkeys((*places, *([employer] if employer else [])))
    return [unit for unit in wanted if _may_start_for(found, unit, context)]


def _may_start_for(found: Definition, unit: Principal, context: Context) -> bool:
    try:
        may_start(found, unit, context)
    except WorkflowError:
        return False
    return True

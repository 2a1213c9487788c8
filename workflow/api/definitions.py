"""Definitions: what can be started, their forms and diagrams, their versions; and publishing."""

from typing import Any

from flask import request
from flask_smorest import Blueprint

from workflow.api import schemas
from workflow.api.asking import context_for, office, signed_in, whoever
from workflow.api.showing import label
from workflow.cases.versions import Texts, Version, publish
from workflow.definition.draw import mermaid
from workflow.definition.explaining import explain
from workflow.definition.model import Definition
from workflow.engine.context import Context
from workflow.engine.forms import form_of, round_form_of
from workflow.engine.permit import is_administrator, may_start
from workflow.errors import Malformed, NotPermitted, WorkflowError
from workflow.store.metadata import instant_text
from workflow.text import sentence

blueprint = Blueprint("definitions", __name__, url_prefix="/api/v1/definitions", description="Definitions")
_MOST_BYTES = 2_000_000


@blueprint.get("")
@blueprint.response(200, schemas.page_of(schemas.DefinitionSchema))
def definitions() -> dict[str, Any]:
    """The newest version of each."""
    with office().database.read() as connection:
        context = context_for(connection)
        items = [_line(version, context) for version in office().versions.all_newest(connection)]
    return {"items": items, "next": None}


@blueprint.get("/<key>")
@blueprint.response(200, schemas.DefinitionSchema)
def definition(key: str) -> dict[str, Any]:
    """The form as JSON Schema, the diagram, the procedure in words."""
    with office().database.read() as connection:
        context = context_for(connection)
        version = office().versions.newest(connection, key)
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
        "guide": {"zh": explain(found, "zh"), "en": explain(found, "en")},
    }


@blueprint.get("/<key>/versions")
@blueprint.response(200, schemas.page_of(schemas.VersionSchema))
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
        }
        for one in found
    ]
    return {"items": items, "next": None}


@blueprint.put("/<key>")
@blueprint.doc(
    requestBody={
        "content": {
            "application/yaml": {"schema": {"type": "string"}},
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "definition": {"type": "string"},
                        "stories": {"type": "string"},
                        "texts": {"type": "object", "additionalProperties": {"type": "string"}},
                    },
                    "required": ["definition"],
                }
            },
        }
    }
)
@blueprint.response(201, schemas.DefinitionSchema)
@blueprint.alt_response(200, schema=schemas.DefinitionSchema, description="The newest version has the same texts")
def publish_one(key: str) -> tuple[dict[str, Any], int]:
    """Publish: 201 a new version, 200 the same texts, 422 with every problem of the file."""
    actor = signed_in()
    with office().database.read() as connection:
        context = context_for(connection)
        calendar = office().calendar(connection)
    if not any(is_administrator(o.id, context) for o in context.directory.organisations.values() if o.parent is None):
        raise NotPermitted(sentence("Only administrators at the top publish definitions."))
    published = publish(office().database, office().versions, _texts(), calendar=calendar, key=key, by=actor.person)
    return _line(published.version, context), 201 if published.new else 200


def _texts() -> Texts:
    if (request.content_length or 0) > _MOST_BYTES:
        raise Malformed(sentence("A definition with its texts may have {most} bytes.", most=_MOST_BYTES))
    if request.mimetype == "application/json":
        body = schemas.PublishBody().load(request.get_json())
        return Texts(definition=body["definition"], stories=body.get("stories"), texts=body["texts"])
    try:
        return Texts(definition=request.get_data().decode("utf-8"))
    except UnicodeDecodeError as wrong:
        raise Malformed(sentence("The text is not UTF-8.")) from wrong


def _line(version: Version, context: Context) -> dict[str, Any]:
    found = version.definition
    return {
        "key": found.key,
        "version": version.number,
        "sha256": version.digest.hex(),
        "title": label(found.title),
        "about": label(found.about) if found.about else None,
        "published_at": instant_text(version.published_at),
        "start": _may_start(found, context),
        "has_rounds": found.round is not None,
    }


def _may_start(found: Definition, context: Context) -> bool:
    try:
        may_start(found, None, context)
    except WorkflowError:
        return False
    return whoever().person is not None

"""What was sent for a form: taken as its fields keep it, by who may write them, and what is still wanted."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from workflow.calendar import day_of
from workflow.definition.form import Form, Kept, instant_text
from workflow.definition.model import Definition, Field, Fields
from workflow.definition.term.reckoning import reckon
from workflow.definition.term.values import Anchors
from workflow.engine.context import Context
from workflow.engine.values import CaseValues, RoundValues, holds
from workflow.errors import InvalidData, Problem
from workflow.text import Sentence, sentence


@lru_cache(maxsize=256)
def form_of(definition: Definition) -> Form:
    return Form(definition.fields)


@lru_cache(maxsize=256)
def round_form_of(definition: Definition) -> Form:
    return Form(definition.round.fields if definition.round else {})


def clean(
    form: Form, fields: Fields, data: Mapping[str, Any], allowed: set[str], context: Context
) -> tuple[dict[str, Kept], list[Problem]]:
    """The values as they are kept, and what is wrong with them: rights, types, and what they name that is not there."""
    kept, problems = form.clean(data)
    problems += _forbidden(data, allowed, fields)
    problems += _not_there(kept, fields, context)
    return kept, problems


def needs(field: Field, values: CaseValues | RoundValues, context: Context) -> bool:
    """Whether a forward trigger asks for it. Raises ExpressionFailed where its rule cannot be reckoned."""
    if field.computed or isinstance(field.required, bool):
        return field.required is True and not field.computed
    return holds(field.required, values, context)


def need(missing: Iterable[tuple[str, Field]]) -> None:
    """Raises InvalidData where something is missing."""
    problems = [
        Problem(f"/data/{name}", "required", sentence("“{field}” is needed.", field=field.label))
        for name, field in missing
    ]
    if problems:
        raise InvalidData(tuple(problems))


def of_term(field: Field, anchors: Anchors, values: CaseValues | RoundValues, context: Context) -> Kept:
    term = next((term.value for term in field.term if holds(term.when, values, context)), None)
    found = reckon(term, anchors, context.calendar, context.now) if term else None
    if found is None:
        return None
    return day_of(found.at).isoformat() if field.type == "date" else instant_text(found.at)


def _forbidden(data: Mapping[str, Any], allowed: set[str], fields: Fields) -> Iterator[Problem]:
    for name in data:
        if name in fields and name not in allowed and not fields[name].computed:
            yield Problem(
                f"/data/{name}", "read_only", sentence("“{field}” cannot be written here.", field=fields[name].label)
            )


def _not_there(kept: Mapping[str, Kept], fields: Fields, context: Context) -> Iterator[Problem]:
    """Persons, organisations and attachments that do not exist, or do not fit."""
    for name, value in kept.items():
        yield from _missing(fields[name], value, f"/data/{name}", context)


def _missing(field: Field, value: Any, at: str, context: Context) -> Iterator[Problem]:
    match field.type:
        case "person" | "persons":
            for person in value if isinstance(value, list) else [value]:
                if person is not None and person not in context.directory.persons:
                    yield Problem(at, "data", sentence("There is no such person."))
        case "organisation" if value is not None and value not in context.directory.organisations:
            yield Problem(at, "data", sentence("There is no such organisation."))
        case "files" if isinstance(value, list):
            for file in value:
                yield from _unfit_file(field, file, at, context)
        case "table" if isinstance(value, list):
            for number, row in enumerate(value):
                for name, column in field.columns.items():
                    yield from _missing(column, row.get(name), f"{at}/{number}/{name}", context)


def _unfit_file(field: Field, file: str, at: str, context: Context) -> Iterator[Problem]:
    context.need("files")
    if context.files is None:
        kind = file.rpartition(".")[2].lower()
    elif file not in context.files:
        yield Problem(at, "data", sentence("There is no such attachment of this case; upload it first."))
        return
    else:
        known = context.files[file]
        kind = known.name.rpartition(".")[2].lower()
        if field.max_size is not None and known.size > field.max_size:
            yield Problem(
                at, "data", sentence("“{file}” is larger than {most} bytes.", file=known.name, most=field.max_size)
            )
    if not is_taken(field, kind):
        yield Problem(at, "data", kinds_taken(field))


def is_taken(field: Field, kind: str) -> bool:
    """Whether files that are called so, by their ending, belong into a field."""
    return not field.accept or _same_kind(kind.lower()) in {_same_kind(accepted) for accepted in field.accept}


def kinds_taken(field: Field) -> Sentence:
    return sentence("These kinds of file are taken: {kinds}.", kinds=list(field.accept))


def _same_kind(kind: str) -> str:
    return {"jpeg": "jpg", "tif": "tiff", "htm": "html"}.get(kind, kind)

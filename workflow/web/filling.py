"""A form as a page of its own: its groups, how far it is, what is wrong with it, what comes after. Drafts lie over the case."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from workflow.api.subjects import seen_task
from workflow.cases.drafts import Draft, saved_draft
from workflow.cases.listing import Held
from workflow.cases.versions import Version
from workflow.definition.form import shown
from workflow.definition.model import Definition, Field
from workflow.engine.context import Context
from workflow.engine.filling import Filling, filling
from workflow.engine.subject import Case
from workflow.errors import NotPermitted, Problem
from workflow.records.attachments import attachments_of, files_of
from workflow.text import Language, say, sentence
from workflow.web.inputs import FileShown, Filled, Input, Known, RefusedFile, inputs_of
from workflow.web.looking import CaseShown, look
from workflow.web.naming import Naming
from workflow.web.timeline import Line
from workflow.web.values import Values

DATA = "/data/"
_WHOLE = sentence("The service fills this in; it is not written.")
_RECKONED = sentence("It follows from the other answers.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A form that its holder fills in."""

    held: Held
    version: Version
    context: Context
    task: dict[str, Any]  #: as the API shows it
    case: Case
    shown: CaseShown
    draft: Draft | None

    @property
    def definition(self) -> Definition:
        return self.version.definition

    @property
    def fields(self) -> list[Field]:
        """Those that may be written here; what the service knows better stands among them, locked."""
        return [self.definition.fields[name] for name in self.task["edit"] if name in self.definition.fields]

    @property
    def naming(self) -> Naming:
        return Naming(self.context.directory, self.context.now)

    @property
    def values(self) -> dict[str, Any]:
        """The draft over what the case has."""
        return {**self.shown.view["data"], **(self.draft.data if self.draft else {})}


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    name: str
    heading: str
    why: str | None
    inputs: tuple[Input, ...]
    missing: int
    wrong: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    panels: tuple[Panel, ...]
    needed: int
    given: int
    above: tuple[dict[str, str], ...]
    returned: Line | None  #: who returned it, and why
    files: Mapping[str, FileShown]


def open_form(connection: Connection, task_id: str, speaks: Language) -> Opened:
    """Raises NotFound where no such task is open, NotPermitted where it is not this person's to fill in."""
    held, version, context, found = seen_task(connection, task_id)
    case = held.subject
    if not isinstance(case, Case):
        raise NotPermitted
    context = replace(context, files=files_of(connection, UUID(case.id)))
    seen = look(connection, held, version, context, speaks)
    task = next(one for one in seen.view["tasks"] if one["id"] == task_id)
    if not task["may"] or found.kind != "task" or not task["edit"]:
        raise NotPermitted
    assert context.actor.person is not None
    draft = saved_draft(connection, UUID(case.id), context.actor.person)
    return Opened(held=held, version=version, context=context, task=task, case=case, shown=seen, draft=draft)


def looked_at(opened: Opened, values: Mapping[str, Any]) -> Filling:
    """What is typed as it would stand; who was named and not found is told by name."""
    found = filling(opened.definition, opened.case, values, opened.task["edit"], opened.context)
    unknown = opened.naming.unknown(opened.fields, values)
    told = (Problem(one.at, one.code, unknown.get(one.at, one.text), one.hint) for one in found.problems)
    return replace(found, problems=tuple(told))


def sheet_of(
    opened: Opened,
    connection: Connection,
    values: Mapping[str, Any],
    speaks: Language,
    *,
    checked: bool,
    refused: Mapping[str, tuple[RefusedFile, ...]] | None = None,
) -> Sheet:
    found = looked_at(opened, values)
    problems = found.problems if checked else ()
    files = {str(one.id): _file(one) for one in attachments_of(connection, UUID(opened.case.id))}
    known = Known(
        naming=opened.naming,
        files=files,
        refused=refused or {},
        before=dict(_before(opened, found, speaks)) if opened.case.returned else {},
        locked=dict(_locked(opened, found, speaks)),
    )
    inputs = inputs_of(_in_order(opened, known), Filled(values, _by_field(problems, speaks), known), speaks)
    back = next((line for line in opened.shown.lines if line.tone == "back"), None)
    return Sheet(
        panels=tuple(_panels(opened, inputs, found, speaks)),
        needed=len(found.needed),
        given=len(found.needed) - len(found.missing),
        above=tuple({"words": _placed(opened, one, speaks), "field": _name(one)} for one in problems),
        returned=back if opened.case.returned else None,
        files=files,
    )


def _file(one: Any) -> FileShown:
    return FileShown(id=str(one.id), name=one.name, size=one.size, picture=one.media_type.startswith("image/"))


def _in_order(opened: Opened, known: Known) -> Iterator[Field]:
    """The fields to write, and what is reckoned from them, in the order of the definition."""
    edit = {field.name for field in opened.fields}
    return (field for name, field in opened.definition.fields.items() if name in edit or name in known.locked)


def _locked(opened: Opened, found: Filling, speaks: Language) -> Iterator[tuple[str, tuple[str, str]]]:
    words, edit = Values(opened.context.directory, speaks), set(opened.task["edit"])
    heads = _heads(opened.definition)
    written = {heads[name] for name in edit if name in heads}
    for name, field in opened.definition.fields.items():
        value = shown(field, found.data[name]) if name in found.data else None
        if name in edit and field.source is not None and not field.override:
            yield name, (words.words(field, value), _WHOLE.say(speaks))
        elif field.value is not None and field.constant is None and value is not None and heads[name] in written:
            yield name, (words.words(field, value), _RECKONED.say(speaks))


def _heads(definition: Definition) -> dict[str, str]:
    """Of each field the first of its group."""
    heads: dict[str, str] = {}
    head = ""
    for name, field in definition.fields.items():
        head = name if field.heading is not None or not head else head
        heads[name] = head
    return heads


def _before(opened: Opened, found: Filling, speaks: Language) -> Iterator[tuple[str, str]]:
    """Of a returned case what it had, where another value is typed now."""
    words = Values(opened.context.directory, speaks)
    for field in opened.fields:
        old, new = opened.case.data.get(field.name), found.data.get(field.name)
        if old != new:
            yield field.name, words.words(field, None if old is None else shown(field, old))


def _panels(opened: Opened, inputs: list[Input], found: Filling, speaks: Language) -> Iterator[Panel]:
    heads = _heads(opened.definition)
    missing = set(found.missing)
    for head in dict.fromkeys(heads[one.name] for one in inputs):
        own = tuple(one for one in inputs if heads[one.name] == head)
        heading = opened.definition.fields[head].heading or opened.definition.title
        private = any(opened.definition.fields[one.name].private for one in own)
        yield Panel(
            name=head,
            heading=heading.say(speaks),
            why=say("Personal details are seen by those who handle the case alone.", speaks) if private else None,
            inputs=own,
            missing=sum(one.name in missing for one in own),
            wrong=sum(bool(one.wrong) for one in own),
        )


def _by_field(problems: tuple[Problem, ...], speaks: Language) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in problems:
        found.setdefault(_name(one), []).append(one.say(speaks))
    return found


def _name(problem: Problem) -> str:
    return problem.at.removeprefix(DATA).replace("/", ".") if problem.at.startswith(DATA) else ""


def _placed(opened: Opened, problem: Problem, speaks: Language) -> str:
    """The sentence of a summary names the field, where it does not yet."""
    field = opened.definition.fields.get(_name(problem).partition(".")[0])
    words, label = problem.say(speaks), field.label.say(speaks) if field else ""
    if not label or label in words:
        return words
    return say("{field}: {problem}", speaks, field=label, problem=words)

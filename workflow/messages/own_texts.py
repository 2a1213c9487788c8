"""Texts of a definition's own folder: the first line is the subject line, then plain text with names in braces.

A name is replaced by its value, once, and nothing else happens: what a value says is never read again. A text that names
anything else, or is not there, is not used; the standard one goes out in its place, and operators find it in the log.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import structlog

from workflow.cases.versions import Version
from workflow.definition.form import as_moment, is_empty, shown
from workflow.definition.model import Field
from workflow.engine.directory import Directory
from workflow.engine.subject import Case, Kept, Subject
from workflow.messages.addresses import one_line
from workflow.messages.content import Content, OwnText
from workflow.messages.wording import Wording
from workflow.text import Language, sentence

log = structlog.get_logger()

_NAME = re.compile(r"\{([A-Za-z_][A-Za-z0-9_.]*)\}")
#: Said when the message goes out.
_LATER = frozenset({"due", "link"})
_GIVEN = frozenset({"subject", "state", "unit"})
#: Of what people write at length, and of where they can be reached, nothing goes into a mail.
_SAID = frozenset(
    {"text", "integer", "number", "percent", "money", "date", "moment", "yes_no", "choice", "choices", "organisation"}
)
_YES = sentence("yes")
_NO = sentence("no")


def template_of(version: Version, name: str, language: Language) -> str | None:
    """The text in this language, or the one for all."""
    texts = version.texts.texts
    return texts.get(f"{name}.{language}.txt", texts.get(f"{name}.txt"))


def own_text(
    name: str, content: Content, subject: Subject, version: Version, directory: Directory, wording: Wording
) -> OwnText | None:
    """The text with the values of now, or none where it cannot be used."""
    template = template_of(version, name, wording.language)
    if template is None or not template.strip():
        _note_unusable(version, name, "missing")
        return None
    known = {**_fields(subject, version, directory, wording), **_given(content, wording)}
    wanted = set(_NAME.findall(template)) - _LATER
    if unknown := sorted(wanted - known.keys()):
        _note_unusable(version, name, ", ".join(unknown))
        return None
    values = {placeholder: known[placeholder] for placeholder in wanted}
    return OwnText(name=name, definition=version.key, version=version.number, values=values)


def filled(template: str, values: Mapping[str, str]) -> tuple[str, list[str]]:
    """The subject line and the lines of the text."""
    first, _, rest = template.strip().partition("\n")
    return one_line(_fill(first, values)), [_fill(line.rstrip(), values) for line in rest.strip().split("\n")]


def _fill(line: str, values: Mapping[str, str]) -> str:
    return _NAME.sub(lambda found: values.get(found[1], found[0]), line)


def _note_unusable(version: Version, name: str, why: str) -> None:
    log.warning("own_text_unusable", definition=version.key, version=version.number, text=name, why=why)


def _given(content: Content, wording: Wording) -> dict[str, str]:
    found = {"subject": content.line, "unit": content.unit or "", "state": ""}
    if content.round is not None:
        found["subject"] = content.round.say(wording.language)
    if content.state is not None:
        found["state"] = content.state.say(wording.language)
    return found


def _fields(subject: Subject, version: Version, directory: Directory, wording: Wording) -> dict[str, str]:
    """Fields that anyone who sees the case may read: not personal, not for some only, nothing at length."""
    rules = version.definition.round
    fields = version.definition.fields if isinstance(subject, Case) else (rules.fields if rules else {})
    return {
        name: one_line(_said(field, subject.data.get(name, field.constant), directory, wording))
        for name, field in fields.items()
        if field.type in _SAID and not field.private and not field.see
    }


def _said(field: Field, kept: Kept, directory: Directory, wording: Wording) -> str:
    if is_empty(kept):
        return "–"
    match field.type:
        case "date":
            return wording.day(date.fromisoformat(str(kept)))
        case "moment":
            return wording.moment(as_moment(kept))
        case "money":
            return f"{Decimal(str(kept)) / 100:,.2f}"
        case "yes_no":
            return wording.say(_YES if kept else _NO)
        case "organisation" if isinstance(kept, int):
            return directory.name_of(kept)
        case "choice":
            return _option(field, str(kept), wording)
        case "choices" if isinstance(kept, list):
            return wording.listed([_option(field, str(option), wording) for option in kept])
    return str(shown(field, kept))


def _option(field: Field, option: str, wording: Wording) -> str:
    label = field.options.get(option)
    return label.say(wording.language) if label else option

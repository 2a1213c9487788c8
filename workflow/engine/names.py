"""What holders are called: whoever has no account, by the name that the case has of him."""

from collections.abc import Mapping

from workflow.definition.form import mask
from workflow.definition.model import Definition, InField
from workflow.engine.directory import Directory
from workflow.engine.subject import Case, CaseFacts, Holder
from workflow.engine.who import link_of


def names_by_link(definition: Definition, case: Case | CaseFacts) -> Mapping[Holder, str]:
    """Those without an account whom a case reaches by a link, with the names that it has of them."""
    specs = [entry.spec for people in definition.people.values() for entry in people.entries]
    found: dict[Holder, str] = {}
    for spec in specs:
        if isinstance(spec, InField) and spec.link is not None:
            table, _, column = spec.field.partition(".")
            known = case.data.get(table)
            rows = (known if isinstance(known, list) else []) if column else [case.data]
            for number, row in enumerate(rows):
                if name := row.get(column or table):
                    found[link_of(spec.link, number if column else None)] = str(name)
    return found


def name_of(holder: Holder | None, definition: Definition, case: Case | CaseFacts, directory: Directory) -> str:
    """The name of one who stands in a case, as all may read it; empty where it is not known."""
    if isinstance(holder, int):
        return directory.name_of(holder)
    name = names_by_link(definition, case).get(holder, "") if holder is not None else ""
    kept_in = (field for field in definition.fields.values() if field.private and case.data.get(field.name) == name)
    personal = next(kept_in, None)
    return name if personal is None else str(mask(personal, name))

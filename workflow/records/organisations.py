"""The register of organisations: level by level into the tree, known again by their names."""

from collections import Counter
from collections.abc import Sequence
from typing import cast

from sqlalchemy import select

from workflow.engine.directory import Organisation, Principal
from workflow.people.changing import Change
from workflow.people.directory import load_directory
from workflow.people.organisations import NewOrganisation, OrganisationChanges, add_organisations, alter_organisation
from workflow.people.tables import organisation
from workflow.records.importing import Entry
from workflow.records.registering import Done, Line, Names, Register, alter, here, not_one, plain_name
from workflow.text import sentence


def put_organisations(register: Register, change: Change) -> Done:
    """Level by level, as a line may stand before the one of its parent."""
    directory = load_directory(change.connection)
    names = Names(here(directory.organisations.values(), change))
    seen: dict[tuple[Principal | None, str], Line] = {}
    unnamed = _unnamed_top(change)
    done = Done()
    waiting = list(register.lines)
    while waiting:
        ready, later = _ready(register, names, waiting)
        if len(later) == len(waiting):
            for line in waiting:
                register.refuse_at(line, "parent", sentence("These organisations are below each other in a circle."))
            break
        fresh = [(line, parent) for line, parent in ready if _is_first(register, seen, line, parent)]
        known = {id(line): names.below(parent, line.values["name"]) for line, parent in fresh}
        for line, parent in fresh:
            if parent is None and known[id(line)] is None and unnamed is not None:
                known[id(line)], unnamed = unnamed, None
                names.add(cast("Principal", known[id(line)]), line.values["name"], None)
        _add_organisations(register, change, names, done, [one for one in fresh if known[id(one[0])] is None])
        for line, _ in fresh:
            found = known[id(line)]
            if found is not None:
                _alter_organisation(register, change, done, line, directory.organisations[found])
        waiting = later
    return done


def _unnamed_top(change: Change) -> Principal | None:
    """The organisation that was made together with the database; the first at the top gives it its name."""
    tops = select(organisation.c.id).where(organisation.c.parent.is_(None), organisation.c.proposed)
    found: Principal | None = change.connection.scalar(tops.order_by(organisation.c.id).limit(1))
    return found


def _ready(
    register: Register, names: Names, waiting: Sequence[Line]
) -> tuple[list[tuple[Line, Principal | None]], list[Line]]:
    """The lines whose parents are there, and those that wait for a line of this file; the others are refused."""
    coming = Counter(plain_name(line.values["name"]) for line in waiting)
    ready: list[tuple[Line, Principal | None]] = []
    later: list[Line] = []
    for line in waiting:
        path = line.values.get("parent")
        if path is None:
            ready.append((line, None))
            continue
        name = plain_name(path.split("/")[-1])
        if coming[name] > (name == plain_name(line.values["name"])):
            later.append(line)
            continue
        found = names.find(path)
        if len(found) == 1:
            ready.append((line, found[0]))
        else:
            register.refuse_at(line, "parent", not_one(path, found))
    return ready, later


def _is_first(
    register: Register, seen: dict[tuple[Principal | None, str], Line], line: Line, parent: Principal | None
) -> bool:
    first = seen.setdefault((parent, plain_name(line.values["name"])), line)
    if first is not line:
        register.refuse_at(line, "name", sentence("The same as {row}.", row=first.at.sentence))
    return first is line


def _add_organisations(
    register: Register, change: Change, names: Names, done: Done, wanted: list[tuple[Line, Principal | None]]
) -> None:
    parents = {id(line): parent for line, parent in wanted}

    def add(lines: Sequence[Line]) -> list[Principal]:
        rows = [{**line.values, "parent": parents[id(line)], "columns": line.others} for line in lines]
        return add_organisations(change, cast("list[NewOrganisation]", rows))

    for line, made in register.add([line for line, _ in wanted], add):
        names.add(made, line.values["name"], parents[id(line)])
        done.entries.append(Entry(row=line.row.number, made="organisation", object=str(made)))


def _alter_organisation(register: Register, change: Change, done: Done, line: Line, known: Organisation) -> None:
    """What the line says, blank cells leaving what there is; an organisation that was proposed is confirmed by it."""
    values = {name: value for name, value in line.values.items() if name != "parent"}
    others = {name: value for name, value in line.others.items() if value is not None}
    changes = {**values, "columns": others, "proposed": False}
    before = {"name": known.name, "level": known.level, "kind": known.kind, "columns": dict(known.columns)}
    alter(
        register,
        done,
        line,
        before,
        "organisation",
        known.id,
        lambda: alter_organisation(change, known.id, cast("OrganisationChanges", changes)),
    )

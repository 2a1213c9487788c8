"""The register of people: one line a post, several for one login; known again by it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from workflow.engine.directory import Directory, Person, Principal
from workflow.people.changing import Change
from workflow.people.directory import load_directory
from workflow.people.persons import NewPerson, PersonChanges, add_persons, alter_person
from workflow.people.posts import Appointment, appoint_many
from workflow.records.importing import Entry
from workflow.records.registering import Done, Line, Names, NewcomerRow, Register, alter, here, not_one
from workflow.text import sentence


def put_people(register: Register, change: Change) -> Done:
    directory = load_directory(change.connection)
    names = Names(here(directory.organisations.values(), change))
    done = Done()
    placed = [one for line in register.lines if (one := _placed(register, names, line)) is not None]
    agreed = _agreed(register, placed)
    persons = _put_persons(register, change, directory, done, agreed)
    gone = {row.at for row in register.refused}
    for line, _ in agreed:
        if line.values["login"] not in persons and line.at not in gone:
            register.refuse_at(
                line, "login", sentence("Another row of “{login}” was refused.", login=line.values["login"])
            )
    _appoint(register, change, done, [(line, at) for line, at in agreed if line.values["login"] in persons], persons)
    return done


_Places = Mapping[str, Principal]


def _placed(register: Register, names: Names, line: Line) -> tuple[Line, _Places] | None:
    """The line with the organisations that it names; none where it was refused."""
    places: dict[str, Principal] = {}
    for key in ("employer", "organisation"):
        path = line.values.get(key)
        found = names.find(path) if path is not None else []
        if path is not None and len(found) != 1:
            register.refuse_at(line, key, not_one(path, found))
            return None
        places |= dict.fromkeys([key] if found else [], found[0] if found else 0)
    role = line.values.get("role")
    if role is not None and not places:
        register.refuse_at(line, "organisation", sentence("A post is at an organisation; which?"))
        return None
    if role is None and "organisation" in places:
        register.refuse_at(line, "role", sentence("Which post is it?"))
        return None
    return line, places


def _put_persons(
    register: Register, change: Change, directory: Directory, done: Done, placed: list[tuple[Line, _Places]]
) -> dict[str, Principal]:
    """By login, the persons who are there afterwards."""
    known = {person.login: person for person in directory.persons.values() if person.login is not None}
    wanted = _by_login(placed)
    new = {login: values for login, (_, values) in wanted.items() if login not in known}
    lines = [line for login, (line, _) in wanted.items() if login in new]
    persons: dict[str, Principal] = {}

    def add(lines: Sequence[Line]) -> list[Principal]:
        return add_persons(change, [cast("NewPerson", new[line.values["login"]]) for line in lines])

    for line, made in register.add(lines, add):
        login, name = line.values["login"], line.values["name"]
        persons[login] = made
        done.entries.append(Entry(row=line.row.number, made="person", object=str(made)))
        done.newcomers.append(NewcomerRow(at=line.at, person=made, name=name, login=login))
    for login, (line, values) in wanted.items():
        if login in known and _alter_person(register, change, done, line, known[login], values):
            persons[login] = known[login].id
    return persons


def _agreed(register: Register, placed: Iterable[tuple[Line, _Places]]) -> list[tuple[Line, _Places]]:
    """Without the lines that say something else of a login than one before."""
    said: dict[str, tuple[Line, dict[str, Any]]] = {}
    agreed: list[tuple[Line, _Places]] = []
    for line, places in placed:
        login, values = line.values["login"], _of_person(line, places)
        first, before = said.setdefault(login, (line, {}))
        other = next((name for name, value in values.items() if before.get(name, value) != value), None)
        if other is None:
            before |= values
            agreed.append((line, places))
        else:
            reason = sentence("This is not what {row} says of “{login}”.", row=first.at.sentence, login=login)
            register.refuse_at(line, other, reason)
    return agreed


def _by_login(agreed: Iterable[tuple[Line, _Places]]) -> dict[str, tuple[Line, dict[str, Any]]]:
    """For each login its first line, and what all its lines say together."""
    found: dict[str, tuple[Line, dict[str, Any]]] = {}
    for line, places in agreed:
        _, said = found.setdefault(line.values["login"], (line, {}))
        said |= _of_person(line, places)
    return found


def _of_person(line: Line, places: _Places) -> dict[str, Any]:
    values = {name: value for name, value in line.values.items() if name not in ("role", "organisation", "employer")}
    return values | ({"employer": places["employer"]} if "employer" in places else {})


def _alter_person(
    register: Register, change: Change, done: Done, line: Line, known: Person, values: dict[str, Any]
) -> bool:
    if known.until is not None and known.until <= change.at:
        register.refuse_at(line, "login", sentence("{name} has left.", name=known.name))
        return False
    before = {name: getattr(known, name) for name in values}
    return alter(
        register,
        done,
        line,
        before,
        "person",
        known.id,
        lambda: alter_person(change, known.id, cast("PersonChanges", values)),
    )


def _appoint(
    register: Register,
    change: Change,
    done: Done,
    placed: list[tuple[Line, _Places]],
    persons: Mapping[str, Principal],
) -> None:
    places = {id(line): at.get("organisation", at.get("employer")) for line, at in placed}

    def appoint(lines: Sequence[Line]) -> list[Any]:
        rows = [
            {
                "person": persons[line.values["login"]],
                "role": line.values["role"],
                "organisation": places[id(line)],
            }
            for line in lines
        ]
        return list(appoint_many(change, cast("list[Appointment]", rows)))

    seen: set[tuple[Principal, Principal]] = set()
    for line, held in register.add([line for line, _ in placed if "role" in line.values], appoint):
        if held.since == change.at and (held.person, held.post) not in seen:
            seen.add((held.person, held.post))
            done.entries.append(Entry(row=line.row.number, made="post", object=f"{held.person}/{held.post}"))

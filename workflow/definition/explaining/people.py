"""Who: people entries as office posts, and what is to be known of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from workflow.definition.explaining.expressions import condition
from workflow.definition.explaining.office import LEVELS, ROLES, SINGLE_LEVELS, usual
from workflow.definition.explaining.page import Item
from workflow.definition.explaining.phrases import marked
from workflow.definition.explaining.vocabulary import Vocabulary
from workflow.definition.model import PUBLIC, STARTER, UNIT, UP, Decided, Entry, Group, InField, Members, Named, RoleAt
from workflow.errors import said
from workflow.text import Sayable, Sentence, sentence

Spec = RoleAt | InField | Members | Decided | Named

_BUILT_IN: Mapping[str, Sentence] = {
    STARTER: sentence("the starter"),
    PUBLIC: sentence("the public"),
    UP: sentence("those who hold the same post one level up"),
}


def who(group: Group, words: Vocabulary) -> Sayable:
    """All people of a group in words, each once."""
    return _one_or_all(_unique(part for name in group for part in _parts(name, words)))


def posts(group: Group, words: Vocabulary) -> Sayable:
    """The posts that a group is found from, whoever is drawn and whatever must hold."""
    entries = [entry for name in group for entry in _entries(name, words)]
    return _one_or_all(_unique(_spec(entry.spec, words) for entry in entries))


def people_of(entries: Sequence[Entry], words: Vocabulary) -> Sayable:
    return _one_or_all(_unique(_entry(entry, words) for entry in entries))


def concerned(words: Vocabulary) -> Sayable | None:
    """Whom the case is about, where it is not the starter."""
    name = words.definition.concerns
    if name is None or name not in words.definition.people:
        return None
    return people_of(words.definition.people[name].entries, words)


def level(word: str) -> Sayable:
    return usual(word, LEVELS)


def role(word: str) -> Sayable:
    return usual(word, ROLES)


def notes(words: Vocabulary) -> Iterator[Item]:
    """What is to be known of people beside their posts: links, lots, vacant posts."""
    seen: set[str] = set()
    held = False
    entries = [entry for people in words.definition.people.values() for entry in people.entries]
    for entry in (*words.definition.start, *entries):
        for note in _notes(entry, words):
            text = said(note, "en")
            if text not in seen:
                seen.add(text)
                yield Item(note)
        held = held or (isinstance(entry.spec, RoleAt) and entry.vacant == "hold")
    if held:
        yield Item(
            sentence(
                "A post that nobody holds: the task waits, and the administrators are told, unless said otherwise."
            )
        )


def _parts(name: str, words: Vocabulary, above: frozenset[str] = frozenset()) -> list[Sayable]:
    if name in _BUILT_IN:
        return [_BUILT_IN[name]]
    if name == words.definition.concerns:
        return [sentence("the person concerned")]
    known = words.definition.people.get(name)
    if known is None and name == UNIT:
        return [sentence("the unit")]
    if known is None or name in above:
        return [marked(name)]
    return [_entry(entry, words, above | {name}) for entry in known.entries]


def _entries(name: str, words: Vocabulary) -> tuple[Entry, ...]:
    known = words.definition.people.get(name)
    return known.entries if known and name != words.definition.concerns else (Entry(spec=Named(name)),)


def _entry(entry: Entry, words: Vocabulary, above: frozenset[str] = frozenset()) -> Sayable:
    people = _drawn(entry.spec, entry.draw, words) if entry.draw else _spec(entry.spec, words, above)
    if entry.when is None:
        return people
    return sentence("{who} (if {condition})", who=people, condition=condition(entry.when, words))


def _drawn(spec: Spec, count: int, words: Vocabulary) -> Sentence:
    match spec:
        case RoleAt(role=post, at=at, scope="own", of=None) if at in SINGLE_LEVELS:
            return sentence(
                "{count} drawn by lot from those with the post of {role} in the {level}",
                count=count,
                role=role(post),
                level=level(at),
            )
        case RoleAt(role=post, at=at, scope="own", of=None):
            return sentence(
                "{count} drawn by lot from those with the post of {level} {role}",
                count=count,
                role=role(post),
                level=level(at),
            )
    return sentence("{count} drawn by lot from those who are {who}", count=count, who=_spec(spec, words))


def _spec(spec: Spec, words: Vocabulary, above: frozenset[str] = frozenset()) -> Sayable:
    match spec:
        case RoleAt():
            return _role_at(spec, words)
        case InField(field=name):
            return sentence("the person named in “{field}”", field=words.called(tuple(name.split("."))) or marked(name))
        case Members():
            return sentence("all members of the unit")
        case Decided(state=state):
            return sentence("whoever last decided “{state}”", state=words.state_called(state))
        case Named(name=name):
            return _one_or_all(_parts(name, words, above))


def _role_at(spec: RoleAt, words: Vocabulary) -> Sentence:
    post, at = role(spec.role), level(spec.at)
    if spec.of is not None:
        field = words.called((spec.of,)) or marked(spec.of)
        return sentence("the {role} of the {level} of “{field}”", role=post, level=at, field=field)
    match spec.scope:
        case "every":
            return sentence("the {role} of every {level}", role=post, level=at)
        case "another":
            return sentence("the {role} of another {level}", role=post, level=at)
    if spec.at in SINGLE_LEVELS:
        return sentence("the {role} of the {level}", role=post, level=at)
    return sentence("the {level} {role}", role=post, level=at)


def _notes(entry: Entry, words: Vocabulary) -> Iterator[Sentence]:
    people = _spec(entry.spec, words)
    match entry.spec:
        case InField(link=link) if link is not None:
            yield sentence(
                "{who} needs no account: a one-time code is sent to “{field}”.",
                who=people,
                field=words.called(tuple(link.split("."))) or marked(link),
            )
        case Members():
            yield sentence("Each member acts by a link of their own.")
    if entry.draw:
        yield sentence(
            "{who}: lots are drawn once each time the step is entered; whoever is recused or leaves is replaced by lot.",
            who=people,
        )
    if entry.draw and entry.draw > 1:
        yield sentence("{who}: where there are fewer than {count}, all of them act.", who=people, count=entry.draw)
    if entry.vacant == "up":
        yield sentence("{who}: where nobody holds this post, the same post one level up acts, and so on.", who=people)


def _one_or_all(parts: Sequence[Sayable]) -> Sayable:
    if not parts:
        return sentence("nobody")
    if len(parts) == 1:
        return parts[0]
    return sentence("{people}", people=list(parts))


def _unique(parts: Iterable[Sayable]) -> list[Sayable]:
    return list({said(part, "en"): part for part in parts}.values())

"""Who exists and who holds what, frozen: the engine asks it, the people room builds it, stories make a small one."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TypeVar

from workflow.text import Language

K = TypeVar("K")
V = TypeVar("V")

#: An organisation, a post (a role at an organisation) or a person: the one kind of “who”.
Principal = int


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    id: Principal
    name: str
    level: str
    kind: str | None = None
    parent: Principal | None = None
    columns: Mapping[str, object] = field(default_factory=dict)  #: the register's: members, workers, …
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    id: Principal
    name: str
    login: str | None = None
    mobile: str | None = None
    email: str | None = None
    language: Language = "zh"
    employer: Principal | None = None  #: where he is employed or a member
    born_on: date | None = None
    columns: Mapping[str, object] = field(default_factory=dict)
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    id: Principal
    role: str
    organisation: Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    person: Principal
    post: Principal
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """A person who acts for another for a time (代理)."""

    person: Principal
    absent: Principal  #: for whom
    begins: datetime
    ends: datetime | None
    definition: str | None = None


def _holds(since: datetime | None, until: datetime | None, at: datetime) -> bool:
    return (since is None or since <= at) and (until is None or at < until)


def _is_valid(found: StandIn, definition: str, at: datetime) -> bool:
    return _holds(found.begins, found.ends, at) and found.definition in (None, definition)


@dataclass(frozen=True, eq=False)
class Directory:
    """The organisations, persons and posts of one moment; every question about a time takes that time."""

    organisations: Mapping[Principal, Organisation]
    persons: Mapping[Principal, Person]
    posts: Mapping[Principal, Post]
    holdings: tuple[Holding, ...] = ()
    stand_ins: tuple[StandIn, ...] = ()
    number: int = 0  #: rises with each change

    # --- the tree

    def climb(self, organisation: Principal | None) -> Iterator[Organisation]:
        """The organisation itself and those above it."""
        seen: set[Principal] = set()
        while organisation is not None and organisation not in seen:
            found = self.organisations.get(organisation)
            if found is None:
                return
            seen.add(organisation)
            yield found
            organisation = found.parent

    def below(self, organisation: Principal) -> tuple[Organisation, ...]:
        return self._children.get(organisation, ())

    def branch(self, organisation: Principal) -> Iterator[Organisation]:
        """The organisation itself and all below it."""
        found = self.organisations.get(organisation)
        if found is not None:
            yield found
        for child in self.below(organisation):
            yield from self.branch(child.id)

    def is_within(self, organisation: Principal | None, top: Principal) -> bool:
        return any(found.id == top for found in self.climb(organisation))

    # --- posts and their holders

    def post(self, role: str, organisation: Principal) -> Post | None:
        return self._posts_by_name.get((role, organisation))

    def holders(self, post: Principal, at: datetime) -> tuple[Principal, ...]:
        """Persons who hold a post at a time, those who joined first first."""
        return tuple(
            holding.person
            for holding in self._holdings_by_post.get(post, ())
            if _holds(holding.since, holding.until, at) and self.is_here(holding.person, at)
        )

    def posts_of(self, person: Principal, at: datetime) -> tuple[Post, ...]:
        return tuple(
            self.posts[holding.post]
            for holding in self._holdings_by_person.get(person, ())
            if _holds(holding.since, holding.until, at)
        )

    def is_here(self, person: Principal, at: datetime) -> bool:
        found = self.persons.get(person)
        return found is not None and (found.until is None or at < found.until)

    def has_role(self, person: Principal, role: str, organisation: Principal | None, at: datetime) -> bool:
        """Whether he holds the role at the organisation or above it."""
        above = {found.id for found in self.climb(organisation)}
        return any(post.role == role and post.organisation in above for post in self.posts_of(person, at))

    def members(self, organisation: Principal, at: datetime) -> tuple[Principal, ...]:
        """All who belong to it or to a branch of it (分会), in the order of the tree."""
        return tuple(
            person
            for place in self.branch(organisation)
            for person in self._by_employer.get(place.id, ())
            if self.is_here(person, at)
        )

    # --- one for another

    def absent(self, person: Principal, definition: str, at: datetime) -> tuple[Principal, ...]:
        """The persons for whom he stands in now."""
        return tuple(found.absent for found in self._standing_in.get(person, ()) if _is_valid(found, definition, at))

    def standing_in_for(self, person: Principal, definition: str, at: datetime) -> tuple[Principal, ...]:
        """The persons who stand in for him now."""
        return tuple(found.person for found in self._stood_in.get(person, ()) if _is_valid(found, definition, at))

    def principals(self, person: Principal, definition: str, at: datetime) -> dict[Principal, Principal | None]:
        """As whom he may act: himself and his posts, and those of whom he stands in for, each with that person."""
        found: dict[Principal, Principal | None] = {person: None}
        found |= dict.fromkeys((post.id for post in self.posts_of(person, at)), None)
        for other in self.absent(person, definition, at):
            for principal in (other, *(post.id for post in self.posts_of(other, at))):
                found.setdefault(principal, other)
        return found

    def principals_for_some(self, person: Principal, at: datetime) -> Iterator[tuple[Principal, str]]:
        """As whom he may act in one definition only, each with that definition."""
        for found in self._standing_in.get(person, ()):
            if found.definition is not None and _holds(found.begins, found.ends, at):
                for principal in (found.absent, *(post.id for post in self.posts_of(found.absent, at))):
                    yield principal, found.definition

    # --- finding

    def person_by_contact(self, contact: str, at: datetime) -> Principal | None:
        """The one person who is here with this mobile or e-mail; none where several share it, as families do."""
        found = [person for person in self._by_contact.get(contact.casefold(), ()) if self.is_here(person, at)]
        return found[0] if len(found) == 1 else None

    def name_of(self, principal: Principal) -> str:
        if principal in self.persons:
            return self.persons[principal].name
        if principal in self.organisations:
            return self.organisations[principal].name
        post = self.posts.get(principal)
        return f"{self.organisations[post.organisation].name} {post.role}" if post else str(principal)

    # --- indexes

    @cached_property
    def _children(self) -> dict[Principal, tuple[Organisation, ...]]:
        return _grouped((o.parent, o) for o in self.organisations.values() if o.parent is not None)

    @cached_property
    def _posts_by_name(self) -> dict[tuple[str, Principal], Post]:
        return {(post.role, post.organisation): post for post in self.posts.values()}

    @cached_property
    def _holdings_by_post(self) -> dict[Principal, tuple[Holding, ...]]:
        return _grouped((holding.post, holding) for holding in self.holdings)

    @cached_property
    def _holdings_by_person(self) -> dict[Principal, tuple[Holding, ...]]:
        return _grouped((holding.person, holding) for holding in self.holdings)

    @cached_property
    def _standing_in(self) -> dict[Principal, tuple[StandIn, ...]]:
        return _grouped((found.person, found) for found in self.stand_ins)

    @cached_property
    def _stood_in(self) -> dict[Principal, tuple[StandIn, ...]]:
        return _grouped((found.absent, found) for found in self.stand_ins)

    @cached_property
    def _by_employer(self) -> dict[Principal, tuple[Principal, ...]]:
        return _grouped((p.employer, p.id) for p in self.persons.values() if p.employer is not None)

    @cached_property
    def _by_contact(self) -> dict[str, tuple[Principal, ...]]:
        contacts = ((contact, p.id) for p in self.persons.values() for contact in (p.mobile, p.email) if contact)
        return _grouped((contact.casefold(), person) for contact, person in contacts)


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    found: dict[K, list[V]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in found.items()}

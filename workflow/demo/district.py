"""The district of the demo, made from a seed: the same seed gives the same district. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Final

from pypinyin import lazy_pinyin

from workflow.demo.words import (
    ASKED,
    BRANDS_FIRST,
    BRANDS_SECOND,
    GIVEN_MEN,
    GIVEN_WOMEN,
    INSTITUTIONS,
    OTHER_DEPARTMENTS,
    STYLES,
    SURNAMES,
    TOWNSHIPS,
    TRADES,
)

FEDERATION: Final = "彭湖区总工会"
GOVERNMENT: Final = "彭湖区人民政府"
ENTERPRISES: Final = 1120
#: Of these so many have a congress, open affairs and a collective contract.
WITH_CONGRESS: Final = 898
#: Where nobody holds the post yet, the township's chair stands in.
WITHOUT_CHAIR: Final = 60
ADMINISTRATOR: Final = "hejing"
CLERK: Final = "wangfang"
REVIEWER: Final = "liqiang"
LEADER: Final = "zhaomin"
MEMBER: Final = "sunli"
CLERKS_UNIT: Final = "江苏金彭车业有限公司"
CLERKS_WORKERS: Final = 460
#: A union of so many members is a large one: with these the district begins its reports and its assessment.
LARGE: Final = 300
#: So many of its committee have an account.
COMMITTEE: Final = 4
REVIEWERS_TOWNSHIP: Final = "滕庄子镇"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An organisation, as its row of the workbook has it."""

    name: str
    level: str
    parent: str | None = None
    kind: str | None = None
    industry: str | None = None
    members: int | None = None
    workers: int | None = None
    congress: bool = False
    assessed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """A person with his post."""

    name: str
    login: str
    mobile: str
    role: str | None  #: none: somebody who only works there
    at: str | None  #: the organisation of his post
    employer: str

    @property
    def email(self) -> str:
        return f"{self.login}@penghu.example"


@dataclass(frozen=True, slots=True)
class District:
    places: tuple[Place, ...]
    people: tuple[Resident, ...]

    @property
    def enterprises(self) -> tuple[Place, ...]:
        return tuple(place for place in self.places if place.level == "enterprise")

    @property
    def large(self) -> tuple[Place, ...]:
        return tuple(place for place in self.enterprises if (place.members or 0) >= LARGE)


def make_district(seed: int) -> District:
    random = Random(seed)  # noqa: S311 -- a demo that can be repeated
    places = (*_authorities(), *_townships(random), *_enterprises(random))
    return District(places, tuple(_people(places, _Names(random))))


def _authorities() -> Iterator[Place]:
    yield Place(name=FEDERATION, level="district")
    yield Place(name=GOVERNMENT, level="department", kind="government", parent=FEDERATION)
    for kind, name in ASKED.items():
        yield Place(name=f"彭湖区{name}", level="department", kind=kind, parent=FEDERATION, assessed=True)
    for name in OTHER_DEPARTMENTS:
        yield Place(name=f"彭湖区{name}", level="department", parent=FEDERATION, assessed=True)


def _townships(random: Random) -> Iterator[Place]:
    for name in TOWNSHIPS:
        workers = random.randrange(4_000, 18_000)
        yield Place(
            name=name,
            level="township",
            parent=FEDERATION,
            workers=workers,
            members=workers * 9 // 10,
            assessed=True,
        )


def _enterprises(random: Random) -> Iterator[Place]:
    names = [*_institutions(), (CLERKS_UNIT, "manufacturing", True, REVIEWERS_TOWNSHIP)]
    taken = {name for name, *_ in names}
    while len(names) < ENTERPRISES:
        industry = random.choice(list(TRADES))
        name = (
            random.choice(BRANDS_FIRST)
            + random.choice(BRANDS_SECOND)
            + random.choice(TRADES[industry])
            + random.choice(STYLES)
        )
        if name not in taken:
            taken.add(name)
            names.append((name, industry, False, random.choice(TOWNSHIPS)))
    congress = set(random.sample(range(ENTERPRISES), WITH_CONGRESS))
    for number, (name, industry, assessed, township) in enumerate(names):
        workers = min(int(random.lognormvariate(3.6, 1.0)) + 6, 3_000)
        workers = CLERKS_WORKERS if name == CLERKS_UNIT else workers
        yield Place(
            name=name,
            level="enterprise",
            parent=township,
            industry=industry,
            workers=workers,
            members=max(5, workers * random.randrange(70, 100) // 100),
            congress=number in congress,
            assessed=assessed,
        )


def _institutions() -> Iterator[tuple[str, str, bool, str]]:
    kinds = {
        "education_health": ("医院", "保健院", "中心", "中学", "小学", "学校", "大学"),
        "finance": ("银行", "支行"),
        "transport": ("公交", "客运", "港务", "铁路"),
        "agriculture": ("种子", "林场", "粮食"),
        "construction": ("设计院", "建设", "市政"),
        "manufacturing": ("机床", "盐业", "烟草"),
    }
    for number, name in enumerate(INSTITUTIONS):
        industry = next(
            (industry for industry, words in kinds.items() if any(word in name for word in words)), "public_service"
        )
        yield f"彭湖区{name}", industry, True, TOWNSHIPS[number % len(TOWNSHIPS)]


def _people(places: tuple[Place, ...], names: "_Names") -> Iterator[Resident]:
    yield names.known("何静", ADMINISTRATOR, "administrator", FEDERATION)
    yield names.known("赵敏", LEADER, "leader", FEDERATION)
    for role, number in (("leader", 2), ("model_worker_officer", 2), ("officer", 1), ("examiner", 8)):
        for _ in range(number):
            yield names.person(role, FEDERATION)
    for role, number in (("expert", 15), ("representative", 14)):
        for place in names.random.sample([place for place in places if place.assessed], number):
            yield names.person(role, FEDERATION, employer=place.name)
    yield names.person("leader", GOVERNMENT)
    for place in places:
        if place.level == "department" and place.kind in ASKED:
            yield names.person("officer", place.name)
        elif place.level == "township":
            yield from _township(place.name, names)
    yield from _chairs([place for place in places if place.level == "enterprise"], names)
    for role, number in (("accountant", 1), ("inspector", 5)):
        for _ in range(number):
            yield names.person(role, FEDERATION)
    for place in places:
        if place.level == "enterprise" and (place.members or 0) >= LARGE:
            yield names.person("employer_representative", place.name)
            for _ in range(COMMITTEE):
                yield names.person(None, None, employer=place.name)
    yield names.known("孙丽", MEMBER, None, None, employer=CLERKS_UNIT)


def _township(name: str, names: "_Names") -> Iterator[Resident]:
    yield names.person("union_chair", name)
    if name == REVIEWERS_TOWNSHIP:
        yield names.known("李强", REVIEWER, "reviewer", name)
    else:
        yield names.person("reviewer", name)
    for _ in range(2 if name == REVIEWERS_TOWNSHIP else 1):
        yield names.person("instructor", name)


def _chairs(enterprises: list[Place], names: "_Names") -> Iterator[Resident]:
    vacant = set(names.random.sample(range(len(INSTITUTIONS), len(enterprises)), WITHOUT_CHAIR))
    for number, place in enumerate(enterprises):
        if place.name == CLERKS_UNIT:
            yield names.known("王芳", CLERK, "union_chair", place.name)
        elif number not in vacant:
            yield names.person("union_chair", place.name)


@dataclass(slots=True)
class _Names:
    """Gives each person a name, a login that nobody has, and a mobile."""

    random: Random
    _logins: set[str] = field(default_factory=lambda: {ADMINISTRATOR, CLERK, REVIEWER, LEADER, MEMBER})
    _mobiles: Iterator[int] = field(default_factory=lambda: count(13_400_000_001, 7_919))

    def person(self, role: str | None, at: str | None, employer: str | None = None) -> Resident:
        name = given_name(self.random, man=self.random.random() < 0.5)  # noqa: PLR2004 -- a half
        spelled = "".join(lazy_pinyin(name))
        login = next(
            tried
            for number in count(1)
            if (tried := spelled if number == 1 else f"{spelled}{number}") not in self._logins
        )
        return self.known(name, login, role, at, employer)

    def known(self, name: str, login: str, role: str | None, at: str | None, employer: str | None = None) -> Resident:
        self._logins.add(login)
        works_at = employer or at
        assert works_at is not None
        return Resident(name=name, login=login, mobile=str(next(self._mobiles)), role=role, at=at, employer=works_at)


def given_name(random: Random, *, man: bool) -> str:
    signs = GIVEN_MEN if man else GIVEN_WOMEN
    return random.choice(SURNAMES) + "".join(random.sample(signs, random.choice((1, 2, 2, 2))))

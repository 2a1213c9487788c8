"""Candidates of the demo: whom the units nominate, as the rows of a workbook have them. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final

from stdnum.cn import ric

from workflow.demo.district import Place, given_name
from workflow.demo.words import DEED_END, DEEDS, HONOURS, POSITIONS

#: Of a hundred candidates.
_CATEGORIES: Final = {"worker": 62, "migrant": 14, "technician": 14, "head": 8, "official": 2}
_EDUCATION: Final = ("senior", "vocational", "college", "bachelor", "master")
_POLITICAL: Final = ("party_member", "masses", "masses", "youth_league")
_REGION: Final = "320982"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    name: str
    sex: str
    born_on: date
    id_number: str
    education: str
    political_status: str
    position: str
    industry: str
    category: str
    deeds: str
    honours_before: str | None
    mobile: str
    here_since: date
    unit: Place


def make_candidates(
    units: Sequence[Place], year: int, number: int, random: Random, taken: set[str]
) -> Iterator[Candidate]:
    """So many people of these units, none of whom has an ID number that is taken; theirs are taken then."""
    while number:
        unit = random.choice(units)
        made = _candidate(unit, year, random)
        if made.id_number not in taken:
            taken.add(made.id_number)
            number -= 1
            yield made


def values_of(candidate: Candidate) -> dict[str, object]:
    """The form as somebody would fill it in who puts himself forward."""
    names = (
        *("name", "sex", "id_number", "education", "political_status", "position", "industry", "category"),
        *("deeds", "honours_before", "mobile"),
    )
    values = {name: getattr(candidate, name) for name in names}
    dates = {"born_on": f"{candidate.born_on}", "here_since": f"{candidate.here_since}"}
    return {**values, **dates, "penalty": False}


def _candidate(unit: Place, year: int, random: Random) -> Candidate:
    man = random.random() < 0.58  # noqa: PLR2004 -- a share
    category = random.choices(list(_CATEGORIES), list(_CATEGORIES.values()))[0]
    born = date(year - random.randrange(28, 56), random.randrange(1, 13), random.randrange(1, 29))
    return Candidate(
        name=given_name(random, man=man),
        sex="male" if man else "female",
        born_on=born.replace(day=1),
        id_number=_id_number(born, man=man, random=random),
        education=random.choice(_EDUCATION),
        political_status=random.choice(_POLITICAL),
        position=random.choice(POSITIONS[category]),
        industry=unit.industry or "public_service",
        category=category,
        deeds=_deeds(random),
        honours_before=random.choice((*HONOURS, None)),
        mobile=f"13{random.randrange(5, 10)}{random.randrange(10**8):08}",
        here_since=date(year - random.randrange(6, 20), random.randrange(1, 13), 1),
        unit=unit,
    )


def _id_number(born: date, *, man: bool, random: Random) -> str:
    serial = random.randrange(0, 500) * 2 + (1 if man else 0)
    body = f"{_REGION}{born:%Y%m%d}{serial:03}"
    return body + ric.calc_check_digit(f"{body}0")


def _deeds(random: Random) -> str:
    said = [
        text.format(
            a=random.randrange(8, 30),
            b=random.randrange(3, 25),
            c=random.randrange(20, 300),
            d=random.randrange(70, 90),
            e=random.randrange(2, 9),
        )
        for text in random.sample(DEEDS, 5)
    ]
    return "".join([*said, DEED_END])

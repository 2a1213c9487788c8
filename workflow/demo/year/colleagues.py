"""Candidates who are on the register of people, and who works beside them: whom a review can ask. Pure."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Final

from workflow.demo.candidates import Candidate
from workflow.demo.district import Resident, given_name

#: Of so many candidates one has an account; the others are asked by links to their mobiles.
_EVERY: Final = 2
_BESIDE: Final = 4
_FIRST_MOBILE: Final = 13_300_000_001


def with_accounts(candidates: Sequence[Candidate], random: Random) -> Iterator[Resident]:
    """By the numbers of their works; the mobile is the one that stands in the nomination."""
    serial = 0
    for candidate in candidates[::_EVERY]:
        people = [(candidate.name, candidate.mobile)]
        for _ in range(_BESIDE):
            name = given_name(random, man=random.random() < 0.5)  # noqa: PLR2004 -- a half
            people.append((name, str(_FIRST_MOBILE + serial * 10 + len(people))))
        for name, mobile in people:
            serial += 1
            login = f"gh{serial:04}"
            yield Resident(name=name, login=login, mobile=mobile, role=None, at=None, employer=candidate.unit.name)

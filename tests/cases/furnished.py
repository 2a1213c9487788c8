"""A federation with a case of every kind: granted, in review, at a vote, voted, published, and one of a round that sits."""

from dataclasses import dataclass

from tests.cases.federation import MONDAY, Federation
from tests.cases.test_ballots import cast
from tests.cases.test_sittings import sitting
from workflow.engine.subject import Case, Round


@dataclass(frozen=True, kw_only=True)
class Furnished:
    """A federation with a case of every kind."""

    federation: Federation
    granted: Case
    in_review: Case
    voting: Case
    voted: Case
    published: Case
    listed: Case
    round: Round


def furnish(federation: Federation) -> Furnished:
    federation.set_clock(MONDAY)
    granted = federation.submitted(amount=300)
    for trigger, who in (("approve", "李强"), ("approve", "钱进"), ("approve", "孙丽")):
        federation.decide(granted, trigger, by=who)
    voting, voted = at_the_vote_of(federation, "投票中"), at_the_vote_of(federation, "已投票")
    for who in ("专家甲", "专家乙"):
        cast(federation, voting, who, "yes")
    for who, choice in (("专家甲", "yes"), ("专家乙", "no"), ("专家丙", "yes")):
        cast(federation, voted, who, choice)
    waiting = federation.submitted(id_number=None, name="公示中")
    published = federation.decide(waiting, "publish", by="李强").case
    round_ = federation.round()
    (listed,) = federation.listed("张伟")
    sitting(federation, round_)
    in_review = federation.submitted(id_number=None, name="待审")
    federation.tick()
    return Furnished(
        federation=federation,
        granted=granted,
        in_review=in_review,
        voting=voting,
        voted=voted,
        published=published,
        listed=listed,
        round=round_,
    )


def at_the_vote_of(federation: Federation, name: str) -> Case:
    case = federation.submitted(id_number=None, name=name, amount=300)
    return federation.decide(case, "vote", by="李强").case

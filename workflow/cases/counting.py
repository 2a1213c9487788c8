"""What must come out in numbers: of each secret ballot the votes, of each sequence the cases."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, RowMapping, Table, select

from workflow.cases.office import Secrets
from workflow.cases.polls import all_open, electorate_hash, root_of
from workflow.cases.tables import ballot, envelope, number, poll, voter
from workflow.text import Sentence, sentence

#: By case and poll, the root of the ballots as the closing event names it.
Closings = dict[tuple[UUID, int], str]


def of_polls(connection: Connection, secrets: Secrets, closings: Mapping[tuple[UUID, int], str]) -> Iterator[Sentence]:
    """Every secret ballot: what is wrong with it."""
    for row in connection.execute(select(poll)).mappings().all():
        found = _Poll(
            row=row,
            voters=_of(connection, voter, row),
            envelopes=_of(connection, envelope, row),
            ballots=_of(connection, ballot, row),
            closing=closings.get((row["case_id"], row["poll"])),
        )
        sealed = row["state"] != "open" or all_open(connection, row["case_id"], row["poll"], secrets)
        for what in _wrong(found, sealed=sealed):
            yield sentence("ballot {poll}: {what}", poll=f"{row['case_id']}/{row['poll']}", what=what)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Poll:
    row: RowMapping
    voters: list[RowMapping]
    envelopes: list[RowMapping]
    ballots: list[RowMapping]
    closing: str | None  #: the root that its closing event names; none where it was left without a count


def _wrong(found: _Poll, *, sealed: bool) -> Iterator[Sentence]:
    """One ballot a voter, and the ballots those of the closing; envelopes as they were sealed, none left of a closed one."""
    if electorate_hash(one["person"] for one in found.voters) != bytes(found.row["electorate_hash"]):
        yield sentence("its voters are others than at its opening")
    if not {one["person"] for one in found.envelopes} <= {one["person"] for one in found.voters}:
        yield sentence("there is an envelope of somebody who has no vote")
    if not sealed:
        yield sentence("an envelope is not as it was sealed")
    if found.row["state"] != "closed":
        return
    if found.envelopes or found.row["secret"] is not None:
        yield sentence("it is closed, but envelopes or the key are still there")
    voted = sum(one["voted"] for one in found.voters)
    if len(found.ballots) != voted:
        yield sentence("{ballots} ballots of {voted} voters", ballots=len(found.ballots), voted=voted)
    root = root_of((bytes(one["nonce"]), one["choice"]) for one in found.ballots)
    if root != (found.closing or root_of(())):
        yield sentence("its ballots are not those that were counted")


def of_sequences(connection: Connection, numbered: Counter[str]) -> Iterator[Sentence]:
    """No number is missing: each that was given belongs to a case."""
    given = {row.key: row.n for row in connection.execute(select(number))}
    for key in sorted(given.keys() | numbered.keys()):
        if given.get(key, 0) != numbered[key]:
            yield sentence(
                "numbers “{key}”: {given} were given, {found} cases have one",
                key=key,
                given=given.get(key, 0),
                found=numbered[key],
            )


def _of(connection: Connection, table: Table, row: RowMapping) -> list[RowMapping]:
    rows = select(table).where(table.c.case_id == row["case_id"], table.c.poll == row["poll"])
    return list(connection.execute(rows).mappings())

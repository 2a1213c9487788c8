"""What ballots came to."""

from marshmallow import fields

from workflow.api.schemas.common import (
    LabelSchema,
    NamedSchema,
    Shown,
    count,
    instant,
    listed,
    some,
    text,
    values,
    yes_no,
)


class BranchSchema(Shown):
    """A branch, or several that are told together so that nobody's vote is known by them."""

    units = listed(NamedSchema)
    counts = values("as of the whole; while the ballot runs, `electorate` and `cast`")


class ResultSchema(Shown):
    """A ballot of a case: while it runs its turnout, for those who oversee the case; afterwards its result."""

    task = text("{case}.{n}")
    state = text()
    state_label = fields.Nested(LabelSchema)
    secret = yes_no()
    open = yes_no("it runs")
    opened_at = instant()
    due_at = instant(allow_none=True)
    closed_at = instant("null while it runs, and where it was broken off", allow_none=True)
    cast = count("how many have voted; null to others while it runs", allow_none=True)
    counts = values(
        "each choice, `cast`, `electorate`, items as `item.choice`; null until it is closed", allow_none=True
    )
    branches = listed(BranchSchema, "with `hide_groups_under`: the same by branch, the small ones together")
    root = some(
        "of a closed secret ballot: the Merkle root (RFC 9162) over receipt ‖ body of its votes, as its event has it"
    )
    voted = fields.Boolean(
        allow_none=True, metadata={"description": "of the reader himself: his vote is in; null where he has none"}
    )


class VoteSchema(Shown):
    """One vote of a closed secret ballot. Whose it is nobody knows but who has its receipt."""

    receipt = text()
    vote = some()
    items = values("item → choice")
    rows = listed(fields.Integer(), "of a table: the numbers of its rows")
    votes = values("in a sitting: case → choice")
    body = text("the stored text of which the root is made")

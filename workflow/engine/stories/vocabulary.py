"""The words of a story file: its keys, the verbs of a step, what may stand beside them, what is looked at."""

BOOK = frozenset({"units", "cast", "round", "data", "facts", "stories"})
STORY = frozenset({"story", "on", "lot", "facts", "given", "round", "data", "steps", "expect"})
GIVEN = frozenset({"by", "unit", "state", "data", "figures"})

#: What a step does: by a person, the clock, or to look.
VERBS = frozenset(
    {
        "start",
        "do",
        "record",
        "vote",
        "score",
        "object",
        "retract",
        "answer",
        "signal",
        "ended",
        "open",
        "call_together",
        "close",
        "claim",
        "release",
        "delegate",
        "transfer",
        "add_signer",
        "remove_signer",
        "take_back",
        "urge",
        "copy",
        "comment",
        "recuse",
        "correct",
        "paper",
        "cancel",
        "suspend",
        "resume",
        "reassign",
        "extend",
        "pause",
        "retry",
    }
)
CLOCK = frozenset({"pass", "until"})
LOOK = "expect"
BESIDE = frozenset(
    {
        "by",
        "case",
        "task",
        "with",
        "opinion",
        "reason",
        "to",
        "then",
        "except",
        "unit",
        "kind",
        "date",
        "archive",
        "evidence",
        "name",
        "contact",
        "refused",
    }
)
#: Of these the value is a map.
MAPS = ("start", "record", "score", "ended", "open", "with", "except", "expect")
EXPECTED = frozenset(
    {
        "case",
        "state",
        "tasks",
        "due",
        "data",
        "figures",
        "round",
        "overdue",
        "incidents",
        "told",
        "not_told",
        "granted",
        "revoked",
        "suspended",
        "restored",
        "benefit",
        "started",
        "documents",
        "indicators",
    }
)

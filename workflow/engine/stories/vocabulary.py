"""The words of a story file: its keys, the verbs of a step, what may stand beside them, what is looked at.

Each key has the shape of its value, which `shapes` looks at.
"""

from typing import Literal

Shape = Literal[
    "text",  #: one word, number or date
    "said",  #: the same, or empty
    "texts",  #: one or a list of them, or empty
    "names",  #: one or a list of them
    "words",  #: a map of them
    "counts",  #: the same, those of a further question or of a case in a map of their own
    "times",  #: a map of how often
    "map",
    "maps",  #: a map of maps
    "person",  #: a name, or a map with one
    "then",  #: where a return leads back
    "choice",  #: one, several, or one for each case
    "deed",  #: a word, or a map of what belongs to it
    "any",
    "units",
    "cast",
    "stories",
    "steps",
]
Shapes = dict[str, Shape]

BOOK: Shapes = {"units": "units", "cast": "cast", "round": "map", "data": "map", "facts": "map", "stories": "stories"}
STORY: Shapes = {
    "story": "text",
    "on": "text",
    "lot": "texts",
    "facts": "map",
    "given": "maps",
    "round": "map",
    "data": "map",
    "steps": "steps",
    "expect": "map",
}
GIVEN: Shapes = {"by": "text", "unit": "text", "state": "text", "data": "map", "figures": "words"}
UNIT: Shapes = {"level": "text", "kind": "text", "in": "text"}
#: What is said of a person; his other keys are roles, each at its organisations, or columns of the register.
PERSON: Shapes = {"works_at": "text", "mobile": "text", "email": "text", "born_on": "text", "language": "text"}
STAND_IN: Shapes = {"for": "text", "from": "text", "to": "text", "definition": "text"}

#: What a step does: by a person, the clock, or to look.
VERBS: Shapes = {
    "start": "map",
    "do": "text",
    "record": "counts",
    "vote": "choice",
    "score": "words",
    "object": "text",
    "retract": "deed",
    "answer": "text",
    "signal": "text",
    "ended": "times",
    "open": "map",
    "call_together": "text",
    "close": "text",
    "claim": "deed",
    "release": "deed",
    "delegate": "person",
    "transfer": "person",
    "add_signer": "person",
    "remove_signer": "person",
    "take_back": "deed",
    "urge": "deed",
    "copy": "person",
    "comment": "deed",
    "recuse": "deed",
    "correct": "deed",
    "paper": "deed",
    "cancel": "deed",
    "suspend": "deed",
    "resume": "deed",
    "reassign": "person",
    "extend": "deed",
    "pause": "deed",
    "retry": "deed",
}
CLOCK: Shapes = {"pass": "text", "until": "text"}
LOOK: Shapes = {"expect": "map"}
BESIDE: Shapes = {
    "by": "names",
    "case": "text",
    "task": "text",
    "with": "map",
    "opinion": "said",
    "reason": "said",
    "to": "text",
    "then": "then",
    "except": "words",
    "unit": "text",
    "kind": "text",
    "date": "text",
    "archive": "said",
    "evidence": "texts",
    "name": "said",
    "contact": "said",
    "refused": "text",
}
EXPECTED: Shapes = {
    "case": "text",
    "state": "text",
    "tasks": "any",
    "due": "texts",
    "data": "map",
    "figures": "map",
    "round": "map",
    "overdue": "texts",
    "incidents": "texts",
    "told": "texts",
    "not_told": "texts",
    "granted": "any",
    "revoked": "any",
    "suspended": "any",
    "restored": "any",
    "benefit": "any",
    "started": "any",
    "documents": "any",
    "indicators": "any",
}

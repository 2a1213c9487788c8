"""Names that every definition has, and what several parts are made of."""

from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from workflow.definition.expression import Expression

T = TypeVar("T")

#: Targets that are no states: the state before, and any state passed.
PREVIOUS = "previous"
ANY_STATE = "any"
#: The end that every definition has.
CANCELLED = "cancelled"
#: People that every definition has.
STARTER = "starter"
UNIT = "unit"  #: of an effect: the unit itself holds it, where no people are called so
PUBLIC = "public"
UP = "up"

#: Names of people; several names mean all of them together.
Group = tuple[str, ...]
Sense = Literal["forward", "back", "stop"]
Then = Literal["again", "resume", "choice"]


@dataclass(frozen=True, slots=True)
class Alternative(Generic[T]):
    """One item of a list that stands for one value: the first whose `when` holds is taken."""

    value: T
    when: Expression | None = None


Alternatives = tuple[Alternative[T], ...]

"""One step of a story: who does it, upon which case or round, with which task and data."""

from collections.abc import Callable, Mapping
from typing import Any

from workflow.definition.form import is_empty
from workflow.definition.model import Definition
from workflow.engine.commands import Command
from workflow.engine.stories.aiming import Aiming
from workflow.engine.stories.book import Story
from workflow.engine.stories.naming import Naming
from workflow.engine.stories.world import World
from workflow.engine.stories.wrong import StoryWrong
from workflow.text import sentence

Act = Callable[[], None]


class Doing:
    """One step: who does it, upon which case, with which task."""

    def __init__(self, world: World, naming: Naming, story: Story, does: Mapping[str, Any], person: Any) -> None:
        self.world, self.naming, self.story, self.does, self.person = world, naming, story, does, person
        self.actor = naming.actor(person)
        self.aiming = Aiming(world, naming, does, self.actor)

    @property
    def definition(self) -> Definition:
        return self.world.definition

    @property
    def opinion(self) -> str:
        return str(self.does.get("opinion") or "")

    @property
    def to(self) -> str | None:
        return str(self.does["to"]) if "to" in self.does else None

    def act(self, place: str, command: Command) -> Act:
        return lambda: self.world.act(place, command, self.actor)

    def data(self, place: str, editable: tuple[str, ...]) -> dict[str, Any]:
        """`with`, and what the story's `data` fills of that which is still empty."""
        fields = dict(self.definition.fields)
        rules = self.definition.round
        fields |= {f"round.{name}": field for name, field in rules.fields.items()} if rules else {}
        given = self.naming.values(fields, dict(self.does.get("with") or {}))
        if "refused" not in self.does:
            self.naming.say_empty(place, given)
        for name in editable:
            field, value = fields.get(name), self.story.data.get(name)
            known = field is None or field.computed or field.source is not None
            said = name in given or self.naming.is_said_empty(place, name)
            if not said and not is_empty(value) and not known and is_empty(self.world.kept(place, name)):
                given |= self.naming.values(fields, {name: value})
        return given

    def round(self) -> str:
        """The round of the case that is named; else the one that is his, of several the latest."""
        if self.does.get("case") is not None and (own := self.world.cases[self.aiming.case()].round):
            return own
        rounds = self.aiming.rounds()
        if not rounds:
            raise StoryWrong(sentence("there is no round"))
        return rounds[0]

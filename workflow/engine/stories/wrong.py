"""What goes wrong with a story."""

from workflow.text import Sayable, sentence


class StoryWrong(Exception):
    """It means nothing in this world: somebody, a unit, a case or a moment that is not there."""

    def __init__(self, reason: Sayable) -> None:
        self.reason = reason
        super().__init__(str(reason))


class StoryFailed(Exception):
    """A step that did not come out as told: what was expected, and what was found."""

    def __init__(self, expected: Sayable, found: Sayable) -> None:
        self.expected = expected
        self.found = found
        super().__init__(f"expected {expected}, found {found}")


def nobody_called(name: object) -> StoryWrong:
    return StoryWrong(sentence("no one is called {name}", name=str(name)))

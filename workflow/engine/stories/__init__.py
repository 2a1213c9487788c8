"""Stories: a little world and what happens in it, on a virtual clock, without a database.

`book` reads the file, by the words of `vocabulary` and their `shapes`; `cast`, `giving` and `naming` make a little world of
it. `world` is the dictionary that stands where the service has a database, with `boxes` for secret ballots and a `clock`.
`telling` does a story's steps: `doing`, `acting`, `operating` turn each into the commands of its person, `aiming` finds the
task that is meant; `looking` compares what is expected with what is found. The steps themselves are the service's own.
"""

from workflow.engine.stories.telling import Coverage, Told, tell_book

__all__ = ["Coverage", "Told", "tell_book"]

"""Stories: a little world and what happens in it, on a virtual clock, without a database.

`book` reads the file, `world` is the dictionary that stands where the service has a database, `telling` does a story's
steps, `looking` compares what is expected with what is found. The steps themselves are the service's own.
"""

from workflow.engine.stories.telling import Coverage, Told, tell_book

__all__ = ["Coverage", "Told", "tell_book"]

"""What a command works with: the office, where its files lie, and how its mails leave."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # a command that needs no database loads none
    from flask import Flask

    from workflow.cases.office import Office
    from workflow.messages.settings import MailSettings

from workflow.text import Language


@dataclass(frozen=True, slots=True)
class House:
    office: "Office"
    folder: Path  #: beside the database: mails, attachments, reports
    mails: "MailSettings"
    deliver: Callable[[], int]  #: sends the messages that are due
    application: "Callable[[], Flask]"


class OpenHouse(Protocol):
    """Opens a database with all rooms registered; `create` makes the file and the tables where they are missing."""

    def __call__(self, url: str | None, *, create: bool = False) -> House: ...


@dataclass(frozen=True, slots=True)
class Call:
    """How the program was called: in which language, and what opens its house."""

    language: Language
    open_house: OpenHouse
    definitions: Path  #: the definitions that are shipped
    default_database: Path

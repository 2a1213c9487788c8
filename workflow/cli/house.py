"""What a command works with: the office, where its files lie, and how its mails leave."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # a command that needs no database loads none
    from flask import Flask

    from workflow.cases.office import Office
    from workflow.clock.settable import Delivery
    from workflow.messages.settings import MailSettings

from workflow.text import Language


@dataclass(frozen=True, slots=True)
class House:
    office: "Office"
    folder: Path  #: of the files that belong to the database: mails, attachments, reports
    mails: "MailSettings"
    delivery: "Delivery"
    application: "Callable[[], Flask]"


@dataclass(frozen=True, slots=True)
class Address:
    """A database, and the folder of the files that belong to it."""

    url: str
    folder: Path


class OpenHouse(Protocol):
    """Opens a database with all rooms registered; `create` makes the file and the tables where they are missing.

    Not `durable`: what is written may be lost with the power, and is written faster.
    """

    def __call__(self, url: str | None, *, create: bool = False, durable: bool = True) -> House: ...


@dataclass(frozen=True, slots=True)
class Call:
    """How the program was called: in which language, and what opens its house."""

    language: Language
    open_house: OpenHouse
    address: Callable[[str | None], Address]
    definitions: Path  #: the definitions that are shipped

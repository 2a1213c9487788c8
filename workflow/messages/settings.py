"""Where mails come from and where they go: what `service.py` reads from the environment."""

from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from typing import Literal

from workflow.messages.addresses import is_address, one_line

#: The plain connection is for a mail server on the same machine or network.
Security = Literal["none", "starttls", "tls"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """Raises ValueError, which names the field, where they cannot be meant."""

    sender: str  #: with the name of the house, as in 彭湖区总工会 <yangguang@example.org>
    base_url: str  #: what addresses of pages begin with
    folder: Path  #: where mails lie as files when there is no server; texts for mobiles always
    host: str | None = None  #: the mail server; none: the folder
    port: int = 587
    security: Security = "starttls"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    reply_to: str | None = None
    durable: bool = True  #: what lies in the folder is there after the power failed, too
    timeout: float = 10.0  #: seconds for one message, however slowly the server answers

    def __post_init__(self) -> None:
        if not is_address(self.sender_address) or one_line(self.sender) != self.sender:
            raise ValueError(f"sender: no e-mail address in {self.sender!r}")
        if self.reply_to is not None and not is_address(parseaddr(self.reply_to)[1]):
            raise ValueError(f"reply_to: no e-mail address in {self.reply_to!r}")
        if not self.base_url.startswith(("https://", "http://")):
            raise ValueError(f"base_url: no address of the web: {self.base_url!r}")
        if (self.user is None) != (self.password is None):
            raise ValueError("password: user and password come together")

    @property
    def sender_address(self) -> str:
        return parseaddr(self.sender)[1]

    @property
    def house(self) -> str | None:
        """Whose mails these are."""
        return one_line(parseaddr(self.sender)[0]) or None

"""The service's own door: HTTP, as somebody of the federation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.cases.federation import Federation
from workflow.clock.settable import Delivery
from workflow.messages.settings import MailSettings
from workflow.people.credentials import issue_token
from workflow.web.application import build


@dataclass
class Door:
    federation: Federation
    app: Flask
    _tokens: dict[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, *, by: str, headers: Mapping[str, str] | None = None, **more: Any
    ) -> TestResponse:
        given = {"Authorization": f"Bearer {self._token(by)}", "Accept-Language": "en", **(headers or {})}
        return self.app.test_client().open(f"/api/v1{path}", method=method, headers=given, buffered=True, **more)

    def get(self, path: str, *, by: str) -> Any:
        """What is answered; None where there is no such thing for him."""
        answer = self.ask("GET", path, by=by)
        assert answer.status_code in (200, 404), answer.text
        return answer.json if answer.status_code == 200 else None

    def all_pages(self, path: str, *, by: str, limit: int, between: Any = None) -> list[Any]:
        """Every item, page by page; `between` happens after each page."""
        items: list[Any] = []
        after = ""
        while after is not None:
            page = self.get(f"{path}{'&' if '?' in path else '?'}limit={limit}&after={after}", by=by)
            items += page["items"]
            after = page["next"]
            if between is not None:
                between()
        return items

    def _token(self, name: str) -> str:
        if name not in self._tokens:
            with self.federation.database.read() as connection:
                login = self.federation.office.directory(connection).persons[self.federation.people[name]].login
            self._tokens[name] = issue_token(self.federation.database, str(login))
        return self._tokens[name]


def a_door(federation: Federation, folder: Path) -> Door:
    mails = MailSettings(sender="阳光 <yangguang@example.org>", base_url="http://127.0.0.1:8000", folder=folder)
    return Door(federation, build(federation.office, Delivery(lambda: 0, lambda: None), mails))

"""Whoever calls the API: with a token, in a language; every answer is held against the document."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient

from tests.api.contract import Answer, Contract

#: A value for `json` that is not sent.
NOTHING: Any = object()


@dataclass(kw_only=True)
class Caller:
    client: FlaskClient
    contract: Contract
    token: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, json: Any = NOTHING, *, checked: bool = True, **more: Any) -> Answer:
        """Any call; `more` is what werkzeug's client takes. Not `checked` is one that the document does not know."""
        headers = {**self.headers, **more.pop("headers", {})}
        if self.token is not None:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        if json is not NOTHING:
            more["json"] = json
        response = self.client.open(path, method=method, headers=headers, buffered=True, **more)
        answer = Answer(
            status_code=response.status_code,
            headers=response.headers,
            data=response.data,
            text=response.data.decode(errors="replace"),
            mimetype=response.mimetype or "",
            json=response.get_json(silent=True),
        )
        if checked and path.startswith("/api/v1"):
            self.contract.check(method, path, answer)
            if json is not NOTHING and response.status_code < 300:
                self.contract.check_request(method, path, json)
        return answer

    def get(self, path: str, **more: Any) -> Answer:
        return self.call("GET", path, **more)

    def post(self, path: str, json: Any = NOTHING, **more: Any) -> Answer:
        return self.call("POST", path, json, **more)

    def put(self, path: str, json: Any = NOTHING, **more: Any) -> Answer:
        return self.call("PUT", path, json, **more)

    def patch(self, path: str, json: Any = NOTHING, **more: Any) -> Answer:
        return self.call("PATCH", path, json, **more)

    def read(self, path: str, **more: Any) -> Any:
        """The JSON of what is there."""
        response = self.get(path, **more)
        assert response.status_code == 200, response.text
        return response.json

    def do(self, path: str, json: Any = None, *, status: int = 200, method: str = "POST", **more: Any) -> Any:
        """The JSON of an act that succeeds."""
        response = self.call(method, path, {} if json is None else json, **more)
        assert response.status_code == status, f"{response.status_code}: {response.text}"
        return response.json

    def refused(self, path: str, json: Any = None, *, method: str = "POST", **more: Any) -> tuple[int, str]:
        """Status and code of an act that is refused; nothing of the inside is told."""
        response = self.call(method, path, {} if json is None else json, **more)
        assert response.status_code >= 400, response.text
        return problem(response)

    def each(self, path: str, limit: int = 50) -> Iterator[Any]:
        """All entries of a list, page by page."""
        sign, after = "&" if "?" in path else "?", ""
        while after is not None:
            page = self.read(f"{path}{sign}limit={limit}&after={after}")
            yield from page["items"]
            after = page["next"]


def problem(response: Answer) -> tuple[int, str]:
    """Status and code of a problem document, which is whole and tells nothing of the inside."""
    assert response.mimetype == "application/problem+json", response.text
    body = response.json
    assert body["status"] == response.status_code
    assert body["type"] == f"/problems/{body['code']}"
    assert "Traceback" not in response.text
    assert "sqlalchemy" not in response.text.casefold()
    return response.status_code, body["code"]


def places(response: Answer) -> list[str]:
    """Where something is wrong."""
    return [entry["at"] for entry in response.json["errors"]]

"""The OpenAPI document as a client reads it: whatever is answered must be what it says."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from openapi_schema_validator import OAS31Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from werkzeug.datastructures import Headers

ROOT = "urn:yangguang"
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, kw_only=True)
class Answer:
    status_code: int
    headers: Headers
    data: bytes
    text: str
    mimetype: str
    json: Any


class Contract:
    """One document; its schemas are compiled once."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        resource = Resource.from_contents(document, default_specification=DRAFT202012)
        self._registry: Registry[Any] = Registry().with_resource(ROOT, resource)
        self._validators: dict[str, Any] = {}

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], str]]:
        """Addresses without parts first, so that the plain one wins."""
        paths = sorted(self.document["paths"], key=lambda path: (path.count("{"), path))
        return [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), path) for path in paths]

    def operations(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Method, address, what is said of it."""
        for path, methods in self.document["paths"].items():
            for method in METHODS:
                if method in methods:
                    yield method, path, methods[method]

    def operation(self, method: str, path: str) -> dict[str, Any]:
        plain = path.partition("?")[0]
        for pattern, known in self._patterns:
            if pattern.fullmatch(plain) and method.lower() in self.document["paths"][known]:
                return {"path": known, **self.document["paths"][known][method.lower()]}
        raise AssertionError(f"{method} {plain} is not in the document")

    def resolved(self, found: dict[str, Any]) -> dict[str, Any]:
        """What a reference means."""
        while "$ref" in found:
            step: Any = self.document
            for part in found["$ref"].removeprefix("#/").split("/"):
                step = step[part]
            found = step
        return found

    def check(self, method: str, path: str, response: Answer) -> None:
        """The status is declared, and the body is what its schema says."""
        operation = self.operation(method, path)
        declared = operation["responses"].get(str(response.status_code))
        assert declared is not None, f"{method} {path}: {response.status_code} is not declared: {response.text}"
        content = self.resolved(declared).get("content")
        if content is None:
            assert response.data == b"", f"{method} {path}: a body was not declared"
            return
        described = content.get(response.mimetype, content.get("*/*"))
        assert described is not None, f"{method} {path}: {response.mimetype} is not declared"
        if response.mimetype.endswith("json"):
            self._check_body(described["schema"], response.json, f"{method} {path}")

    def check_request(self, method: str, path: str, body: Any) -> None:
        """What was taken is what the document says may be sent."""
        operation = self.operation(method, path)
        described = operation["requestBody"]["content"]["application/json"]["schema"]
        self._check_body(described, body, f"the body of {method} {path}")

    def _check_body(self, schema: dict[str, Any], body: Any, what: str) -> None:
        errors = sorted(self._validator(schema).iter_errors(body), key=lambda error: list(map(str, error.path)))
        listed = [f"{'/'.join(map(str, error.path))}: {error.message[:300]}" for error in errors[:5]]
        assert not listed, f"{what} is not what the document says:\n" + "\n".join(listed)

    def _validator(self, schema: dict[str, Any]) -> Any:
        key = json.dumps(schema, sort_keys=True)
        if key not in self._validators:
            anchored = json.loads(key.replace('"#/', f'"{ROOT}#/'))
            self._validators[key] = OAS31Validator(anchored, registry=self._registry)
        return self._validators[key]

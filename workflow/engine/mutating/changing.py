"""A document with one thing changed; all else of it is shared with the original."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from workflow.definition.loading.document import Listing, Mapping, Node, Scalar
from workflow.text import Sentence

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Mutation:
    """One rule that is changed: where it stands, and what it becomes; none is left out."""

    path: Path
    line: int
    what: Sentence
    edits: tuple[tuple[Path, Node | None], ...]

    @property
    def place(self) -> str:
        return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path).removeprefix(".")

    @property
    def state(self) -> str | None:
        """The state that it is a rule of."""
        return str(self.path[1]) if self.path[0] == "states" else None

    def of(self, whole: Mapping) -> Mapping:
        changed: Node | None = whole
        for path, node in self.edits:
            changed = _changed(changed, path, node) if changed is not None else None
        assert isinstance(changed, Mapping)
        return changed


def scalar(value: str | float | bool, line: int) -> Scalar:
    return Scalar(value, str(value), line)


def _changed(node: Node, path: Sequence[str | int], new: Node | None) -> Node | None:
    if not path:
        return new
    step, rest = path[0], path[1:]
    match node:
        case Mapping(entries=entries) if isinstance(step, str):
            inner = _changed(entries[step], rest, new) if step in entries else new
            others = {key: entry for key, entry in entries.items() if key != step or inner is not None}
            return replace(node, entries=others if inner is None else {**others, step: inner})
        case Listing(items=items) if isinstance(step, int):
            inner = _changed(items[step], rest, new)
            return Listing((*items[:step], *([] if inner is None else [inner]), *items[step + 1 :]), node.line)
    return node

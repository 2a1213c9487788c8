"""Pages of the directory's lists, and one entry of them."""

from collections.abc import Callable
from typing import Any

from workflow.api.asking import page_size
from workflow.api.paging import cursor, place_of
from workflow.api.schemas.values import LARGEST
from workflow.errors import NotFound
from workflow.people.listing import Page


def page_of_list(query: dict[str, Any], filters: object) -> dict[str, Any]:
    """Where a list goes on and how far."""
    place = place_of(query.get("after"), filters, (str,))
    return {"after": place[0] if place else None, "limit": page_size(query)}


def listed(page: Page[Any], view: Callable[[Any], dict[str, Any]], filters: object) -> dict[str, Any]:
    return {
        "items": [view(one) for one in page.items],
        "next": cursor((page.next,), filters) if page.next is not None else None,
    }


def only(number: int, lister: Callable[..., Page[Any]]) -> Any:
    """The entry of a list with this id. Raises NotFound."""
    if not 0 < number <= LARGEST:
        raise NotFound
    items = lister(after=str(number - 1), limit=1).items
    if not items or items[0].id != number:
        raise NotFound
    return items[0]

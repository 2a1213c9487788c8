"""What the page of signing in needs: where to go afterwards, and what was sent meanwhile."""

from typing import Any

from flask import request

from workflow.web.demonstrating import cast_of_demo

_MOST_KEPT = 500


def ask_to_sign_in(problem: str | None = None, login: str = "") -> dict[str, Any]:
    """For the template `sign_in.html`. What a form sent without being signed in stands in it, so that nothing is lost."""
    sent = request.method == "POST" and request.endpoint != "page_signing_in.sign_in"
    return {
        "next_page": request.full_path.rstrip("?") if not sent else request.path,
        "kept": [*request.form.items(multi=True)][:_MOST_KEPT] if sent else [],
        "problem": problem,
        "login": login,
        "cast": cast_of_demo(),
    }

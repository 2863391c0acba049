"""What every route of the review pages needs: the store, the templates, who is deciding, and the page's own token."""

from __future__ import annotations

import hmac
from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.datastructures import FormData

from limen.lexicon import Lexicon
from limen.review import render
from limen.review.decisions import REASONS
from limen.review.history import ADJUDICATION, stream_of
from limen.review.security import Rules
from limen.review.store import Store

REVIEWER_COOKIE = "limen_reviewer"


class Site:
    """What every route needs: the store, the rules, the catalogue and the templates."""

    def __init__(self, store: Store, rules: Rules, lexicon: Lexicon) -> None:
        self.store = store
        self.rules = rules
        self.lexicon = lexicon
        self.pages = Environment(
            loader=PackageLoader("limen.review"),
            autoescape=select_autoescape(default=True, default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.pages.filters.update(visible=render.visible, plain=render.plain)
        self.pages.globals.update(REASONS=REASONS)

    def page(self, request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """A template as a response, with what all of them use."""
        values.setdefault("reviewer", reviewer_name(request))
        shown = self.pages.get_template(template).render(page_token=self.rules.page_token, **values)
        return HTMLResponse(shown, status)

    def part(self, template: str, **values: Any) -> str:
        """A piece of a page."""
        return self.pages.get_template(template).render(page_token=self.rules.page_token, **values)


def site(request: Request) -> Site:
    """The site that a request came to."""
    found = request.app.state.site
    assert isinstance(found, Site)
    return found


def reviewer_name(request: Request) -> str:
    """Who is deciding, as they said themselves; empty when they have not."""
    return unquote(request.cookies.get(REVIEWER_COOKIE, ""))


class NeedsName(Exception):
    """The page was opened by somebody who has not said who they are."""


def reviewer(request: Request) -> str:
    """Who is deciding; the pages that need it ask first."""
    name = reviewer_name(request)
    if not name:
        raise NeedsName
    return name


async def page_form(request: Request) -> FormData:
    """The form of a request that carries the page's own token."""
    form = await request.form()
    given = request.headers.get("x-limen-token") or str(form.get("page_token", ""))
    if not hmac.compare_digest(given.encode(), site(request).rules.page_token.encode()):
        raise ForeignForm
    return form


class ForeignForm(Exception):
    """A form that does not come from a page of this store."""


async def line(request: Request) -> str:
    """Whose decisions a request is about: the reviewer's own, or the adjudication's."""
    source = await request.form() if request.method == "POST" else request.query_params
    asked = source.get("line")
    return ADJUDICATION if asked == ADJUDICATION else stream_of(reviewer(request))


Who = Annotated[str, Depends(reviewer)]
Here = Annotated[Site, Depends(site)]
Line = Annotated[str, Depends(line)]
PageForm = Annotated[FormData, Depends(page_form)]


def words(form: FormData) -> dict[str, str]:
    """A form's text fields, each once."""
    return {name: render.unplain(value) for name, value in form.items() if isinstance(value, str)}


def is_htmx(request: Request) -> bool:
    """Whether the page itself asks for a piece, rather than the browser for a page."""
    return "hx-request" in request.headers

"""The review pages: FastAPI routes over the store.  Each route that changes something asks for the page's token."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles

from limen.lexicon import Lexicon
from limen.review import pages, people, queue, render, verdicts
from limen.review.errors import ConflictError, FieldError, ReviewError, StoreError
from limen.review.security import ACCESS_COOKIE, Guard, Rules
from limen.review.site import (
    REVIEWER_COOKIE,
    ForeignForm,
    Here,
    NeedsName,
    PageForm,
    Site,
    Who,
    is_htmx,
    site,
    words,
)
from limen.review.store import Store

LONGEST_NAME = 60


def make_app(store: Store, rules: Rules, lexicon: Lexicon) -> FastAPI:
    """The review site over an open store."""
    app = FastAPI(title="limen review", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.site = Site(store, rules, lexicon)
    app.mount("/static", StaticFiles(directory=str(files("limen.review") / "static")), "static")
    app.add_api_route("/", show_queue, methods=["GET"], response_class=HTMLResponse)
    app.add_api_route("/name", ask_name, methods=["GET"], response_class=HTMLResponse)
    app.add_api_route("/name", take_name, methods=["POST"], response_class=HTMLResponse)
    app.add_api_route("/enter", ask_access, methods=["GET"], response_class=HTMLResponse)
    app.add_api_route("/enter", take_access, methods=["POST"], response_class=HTMLResponse)
    for router in (pages.router, verdicts.router, people.router):
        app.include_router(router)
    app.add_exception_handler(ReviewError, _refused)
    app.add_exception_handler(StoreError, _refused)
    app.add_exception_handler(ForeignForm, _refused)
    app.add_exception_handler(NeedsName, _ask_who)
    app.add_middleware(Guard, rules=rules)
    return app


def _refused(request: Request, error: Exception) -> Response:
    """One shape for every refusal: a sentence for the page, which stays as it is."""
    status = 409 if isinstance(error, ConflictError) else 503 if isinstance(error, StoreError) else 422
    sentence = str(error)
    if isinstance(error, ForeignForm):
        status, sentence = 403, "This form does not carry the page's own token: nothing was changed. Reload the page."
    if is_htmx(request):
        field = error.field if isinstance(error, FieldError) else None
        return JSONResponse({"error": sentence, "field": field}, status)
    return site(request).page(request, "refused.html", status, sentence=sentence)


def _ask_who(request: Request, _: Exception) -> Response:
    if is_htmx(request):
        return JSONResponse({"error": "Say who you are first: reload the page.", "field": None}, 401)
    return RedirectResponse(f"/name?next={quote(request.url.path)}", 303)


def show_queue(request: Request, here: Here, who: Who) -> Response:
    """The queue, or only its rows when the page's own filter asks."""
    asked = request.query_params
    number = asked.get("page", "1")
    wish = queue.Wish(
        view="criteria" if asked.get("view") == "criteria" else "trials",
        sort=asked.get("sort", "order"),
        state=asked.get("state", ""),
        search=asked.get("search", "")[:200],
        finding=asked.get("finding", ""),
        measurement=asked.get("measurement", ""),
        page=int(number) if number.isdecimal() and len(number) < 9 else 1,
    )
    found = queue.page(here.store, wish, who)
    values: dict[str, Any] = {
        "wish": wish,
        "found": found,
        "measured": _loaded,
        "SORTS": queue.SORTS,
        "STATES": queue.STATES,
    }
    if is_htmx(request):
        return here.page(request, "queue_rows.html", **values)
    codes, names = queue.choices(here.store)
    decided, total = queue.progress(here.store, who)
    return here.page(request, "queue.html", codes=codes, names=names, decided=decided, total=total, **values)


def _loaded(names: str) -> str:
    return ", ".join(str(name).replace("_", " ") for name in json.loads(names))


def ask_name(request: Request, here: Here, next: str = "/") -> Response:
    """Asks who is reviewing."""
    return here.page(request, "name.html", next=_local(next))


def take_name(here: Here, form: PageForm) -> Response:
    """Keeps the reviewer's name in a cookie of this browser."""
    given = words(form)
    name = " ".join(given.get("name", "").split())
    if not name or len(name) > LONGEST_NAME or any(render.is_hidden(c) for c in name):
        raise FieldError("name", f"give a name of 1 to {LONGEST_NAME} letters")
    answer = RedirectResponse(_local(given.get("next", "/")), 303)
    answer.set_cookie(REVIEWER_COOKIE, quote(name), max_age=31_536_000, httponly=True, samesite="strict")
    return answer


def _local(path: str) -> str:
    """A path of this site; anything that could lead elsewhere becomes the queue."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() else "/"


def ask_access(request: Request, here: Here) -> Response:
    """Asks for the access token of a server that other machines can reach."""
    return here.page(request, "enter.html", reviewer="", sentence="")


async def take_access(request: Request, here: Here) -> Response:
    """Lets a browser in that gives the right token."""
    form = await request.form()
    if not here.rules.opens(str(form.get("access", ""))):
        return here.page(request, "enter.html", 403, reviewer="", sentence="That is not the access token of this server.")
    answer = RedirectResponse("/", 303)
    answer.set_cookie(ACCESS_COOKIE, here.rules.access_cookie, max_age=86_400, httponly=True, samesite="strict")
    return answer

"""The page's guard: Host header, access token, page token, and the headers that keep hostile text from running.

The store holds other people's text and the reviewers' decisions, so: only the host names that the server was started for
are answered (DNS rebinding); every request that changes anything carries the page's own token (cross-site forms); another
address than loopback asks for a token that the user sets.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import ipaddress
import socket
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from limen.review.errors import ReviewError

ACCESS_COOKIE = "limen_access"
SHORTEST_TOKEN = 12
LARGEST_BODY = 1_000_000
_OPEN_PATHS = ("/enter", "/static/")
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


@dataclass(frozen=True)
class Rules:
    """Whom the server answers: host names, the store's secret, and the access token, if one is asked for."""

    hosts: frozenset[str]
    secret: str
    access: str | None = None
    page_token: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "page_token", _sign(self.secret, "page"))

    @property
    def access_cookie(self) -> str:
        """What a browser shows after the token was given once; it is worth nothing when the token changes."""
        return _sign(self.secret, f"access:{self.access}")

    def opens(self, token: str) -> bool:
        """Whether this is the access token."""
        return self.access is not None and hmac.compare_digest(token.encode(), self.access.encode())


def _sign(secret: str, what: str) -> str:
    return hmac.new(secret.encode(), what.encode(), hashlib.sha256).hexdigest()


def is_loopback(host: str) -> bool:
    """Whether an address can only be reached from this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def rules_for(host: str, port: int, token: str | None, secret: str) -> Rules:
    """The rules of a server; another address than loopback without a good token is a ReviewError."""
    if token is not None and len(token) < SHORTEST_TOKEN:
        raise ReviewError(f"The access token has {len(token)} characters: set one of {SHORTEST_TOKEN} or more.")
    if not is_loopback(host) and token is None:
        raise ReviewError(f"{host} can be reached from other machines: set an access token with --token, or stay on 127.0.0.1.")
    own = {"127.0.0.1", "localhost", "[::1]", *(own_names() if host in ("0.0.0.0", "::") else (host,))}
    named = {(f"[{name}]" if ":" in name and not name.startswith("[") else name).lower() for name in own}
    hosts = {f"{name}:{port}" for name in named}
    return Rules(frozenset(hosts | named if port == 80 else hosts), secret, token)


def own_names() -> set[str]:
    """The names and addresses under which other machines reach this one, for a server on all of its addresses."""
    name = socket.gethostname()
    found = {name}
    with contextlib.suppress(OSError):
        found.update(socket.gethostbyname_ex(name)[2])
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # a documentation address: choosing the route sends nothing
        found.add(probe.getsockname()[0])
    return found


class Guard:
    """ASGI middleware that applies the rules to every request."""

    def __init__(self, app: ASGIApp, rules: Rules) -> None:
        self.app = app
        self.rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers itself where a rule is broken; passes the rest on and adds the headers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await send(message)

        await (refusal or self.app)(scope, receive, send_guarded)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "").lower()
        if host not in self.rules.hosts:
            return PlainTextResponse(
                "This server does not answer for that host name: open it by the address that it was started with (--host).", 421
            )
        if int(headers.get("content-length") or 0) > LARGEST_BODY:
            return PlainTextResponse("That is more than a form can hold.", 413)
        if scope["method"] not in ("GET", "HEAD") and not _same_origin(headers, host):
            return PlainTextResponse("This request comes from another site: nothing was changed.", 403)
        if self.rules.access is None or str(scope["path"]).startswith(_OPEN_PATHS):
            return None
        if hmac.compare_digest(_cookie(headers).encode(), self.rules.access_cookie.encode()):
            return None
        if scope["method"] == "GET" and "hx-request" not in headers:
            return RedirectResponse("/enter", 303)
        return PlainTextResponse("Enter the access token first: open the page again.", 401)


def _same_origin(headers: Headers, host: str) -> bool:
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc.lower() != host:
        return False
    return headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")


def _cookie(headers: Headers) -> str:
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(ACCESS_COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""

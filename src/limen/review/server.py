"""Starts the review page: trials into the store, uvicorn on an address, a browser if one is asked for."""

from __future__ import annotations

import contextlib
import secrets
import socket
import sys
import threading
import webbrowser
from collections.abc import Iterable
from pathlib import Path

from limen.criteria import Trial
from limen.errors import MissingExtraError
from limen.lexicon import load
from limen.review.errors import ReviewError
from limen.review.intake import take_in
from limen.review.store import Store


def run(trials: Iterable[Trial], *, db: Path, host: str, port: int, token: str | None, open_browser: bool) -> None:
    """Serves until interrupted; see `limen.review.serve`."""
    try:
        import uvicorn

        from limen.review.app import make_app
        from limen.review.security import rules_for
    except ImportError as error:
        raise MissingExtraError("review", "review") from error
    with Store(db) as store, contextlib.ExitStack() as stack:
        rules = rules_for(host, port, token, store.setting("secret", lambda: secrets.token_hex(32)))
        listener = stack.enter_context(_listening(host, port))
        for line in take_in(store, trials).sentences():
            print(line, file=sys.stderr)
        server = uvicorn.Server(uvicorn.Config(make_app(store, rules, load()), log_level="warning", server_header=False))
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
        print(f"Review at {address} (Ctrl+C stops it)", file=sys.stderr)
        if open_browser:
            threading.Timer(1.0, webbrowser.open, [address]).start()
        stack.enter_context(contextlib.suppress(KeyboardInterrupt))
        server.run(sockets=[listener])


def _listening(host: str, port: int) -> socket.socket:
    """The address, taken before any record is read, so that a wrong one costs nothing."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise ReviewError(f"{host} port {port} cannot be served ({error.strerror}): choose another with --port.") from error

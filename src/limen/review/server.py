"""Starts the review page: trials into the store, uvicorn on an address, a browser if one is asked for."""

from __future__ import annotations

import secrets
import sys
import threading
import webbrowser
from collections.abc import Iterable
from pathlib import Path

from limen.criteria import Trial
from limen.errors import MissingExtraError
from limen.lexicon import load
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
    with Store(db) as store:
        rules = rules_for(host, port, token, store.setting("secret", lambda: secrets.token_hex(32)))
        for line in take_in(store, trials).sentences():
            print(line, file=sys.stderr)
        app = make_app(store, rules, load())
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
        print(f"Review at {address} (Ctrl+C stops it)", file=sys.stderr)
        if open_browser:
            threading.Timer(1.0, webbrowser.open, [address]).start()
        uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False)

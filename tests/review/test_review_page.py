"""The pages over HTTP: what they show, what they save, and whom they refuse."""

from __future__ import annotations

import re
import socket
import sqlite3
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the review extra is not installed")

from review_trials import CREATININE, small_lexicon

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # Starlette asks for another HTTP client than the one pinned here
    from fastapi.testclient import TestClient

from limen.criteria import Threshold, Trial
from limen.review import trees
from limen.review.app import make_app
from limen.review.errors import ReviewError
from limen.review.history import stream_of
from limen.review.intake import take_in
from limen.review.render import to_area
from limen.review.security import Rules, rules_for
from limen.review.store import Store

HTMX = {"HX-Request": "true"}
SECRET = "s" * 32


def client_for(store: Store, rules: Rules | None = None, name: str = "Ana") -> TestClient:
    rules = rules or rules_for("127.0.0.1", 8017, None, SECRET)
    client = TestClient(make_app(store, rules, small_lexicon()), base_url="http://127.0.0.1:8017")
    client.cookies.set("limen_reviewer", name)
    return client


@pytest.fixture
def client(store: Store, trials: list[Trial]) -> Iterator[TestClient]:
    take_in(store, trials)
    with client_for(store) as opened:
        yield opened


def token(client: TestClient) -> dict[str, str]:
    found = re.search(r'X-Limen-Token": "([0-9a-f]+)"', client.get("/").text)
    assert found
    return {"X-Limen-Token": found[1], **HTMX}


def post(client: TestClient, url: str, **form: object) -> str:
    answer = client.post(url, data={"version": "0", "generation": "1", **form}, headers=token(client))
    assert answer.status_code == 200, answer.text
    return answer.text


THRESHOLD = {
    "leaf": "threshold",
    "kind": "measurement",
    "concept": "creatinine",
    "concept_text": "Serum creatinine",
    "operator": "le",
    "value": "2.0",
    "unit_text": "mg/dL",
}


def test_a_reviewer_says_who_they_are_first(store: Store) -> None:
    with client_for(store, name="") as client:
        assert client.get("/", follow_redirects=False).headers["location"] == "/name?next=/"
        assert client.get("/", headers=HTMX).status_code == 401


def test_a_correction_through_the_form(client: TestClient, store: Store) -> None:
    shown = post(client, "/trials/1/criteria/0/correct", path="", **{**THRESHOLD, "value": "1.5", "operator": "lt"})
    assert "creatinine &lt; 1.5 mg/dL" in shown and "1 of 5 decided" in shown
    leaf = trees.leaf_paths(store.held(1, stream_of("Ana"))["I1"].draft.requirement)[0][1]
    assert isinstance(leaf, Threshold)
    assert (leaf.operator, leaf.high, leaf.high_inclusive, leaf.unit) == ("lt", 1.5, False, "mg/dL")
    assert leaf.canonical is not None and leaf.canonical.unit == "umol/L" and 132 < (leaf.canonical.high or 0) < 133
    assert leaf.concept_text == "Serum creatinine" and leaf.code is not None and leaf.code.code == "2160-0"


def test_a_missed_limit_keeps_its_place_behind_emoji(client: TestClient, store: Store) -> None:
    start = CREATININE.index("the last visit")
    area = {"span_start": to_area(CREATININE, start), "span_end": to_area(CREATININE, start + 14)}
    post(client, "/trials/1/criteria/0/add", **{**THRESHOLD, "concept_text": "", **area})
    draft = store.held(1, stream_of("Ana"))["I1"].draft
    added = trees.leaf_paths(draft.requirement)[1][1]
    assert added.text == "the last visit" == CREATININE[added.start : added.end]  # type: ignore[union-attr]
    assert draft.missed == 1


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("unit_text", "furlongs", "not a unit that limen knows"),
        ("value", "two", "is not a number"),
        ("value", "1e99999", "no number that a limit can have"),
        ("value", "NaN", "no number that a limit can have"),
        ("concept", "moon_phase", "is not in the catalogue"),
        ("concept_text", "words that are not there", "does not stand in the criterion"),
        ("span_start", "x", "could not be read"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_saved(client: TestClient, store: Store, field: str, value: str, said: str) -> None:
    form = {"version": "0", "generation": "1", "path": "", "span_end": "4", **THRESHOLD, field: value}
    answer = client.post("/trials/1/criteria/0/correct", data=form, headers=token(client))
    assert answer.status_code == 422
    assert said in answer.json()["error"] and answer.json()["field"] in (field, "words")
    assert store.events(1) == []


def test_two_tabs_get_a_conflict_not_a_loss(client: TestClient, store: Store) -> None:
    post(client, "/trials/1/criteria/0/accept")
    answer = client.post(
        "/trials/1/criteria/0/reject",
        data={"version": "0", "generation": "1", "reason": "duplicate"},
        headers=token(client),
    )
    assert answer.status_code == 409 and "nothing was saved" in answer.json()["error"]
    assert store.held(1, stream_of("Ana"))["I1"].draft.verdict == "accepted"


def test_a_locked_store_is_a_message(client: TestClient, store: Store) -> None:
    headers = token(client)
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    answer = client.post("/trials/1/criteria/0/accept", data={"version": "0", "generation": "1"}, headers=headers)
    other.execute("ROLLBACK")
    assert answer.status_code == 503 and "locked by another program" in answer.json()["error"]
    assert client.get("/trials/1").status_code == 200


def test_a_full_disk_is_a_message(client: TestClient, store: Store) -> None:
    headers = token(client)
    store.rows(f"PRAGMA max_page_count = {store.rows('PRAGMA page_count')[0][0]}")
    version = 0
    for _ in range(300):
        form = {"version": str(version), "generation": "1", "text": "full " * 700}
        answer = client.post("/trials/1/criteria/0/note", data=form, headers=headers)
        if answer.status_code != 200:
            break
        version = store.held(1, stream_of("Ana"))["I1"].version
    assert answer.status_code == 503 and "is full: nothing was saved" in answer.json()["error"]
    assert client.get("/trials/1").status_code == 200


def test_the_page_works_without_scripts(client: TestClient) -> None:
    page_token = token(client)["X-Limen-Token"]
    form = {"page_token": page_token, "version": "0", "generation": "1", "reason": "other", "detail": "a joke"}
    answer = client.post("/trials/1/criteria/0/reject", data=form)
    assert answer.status_code == 200 and "Rejected: “" in answer.text and "a joke" in answer.text
    assert "Not done" in client.post("/trials/1/criteria/0/reject", data={**form, "reason": ""}).text


def test_the_queue_filters_sorts_and_searches(client: TestClient) -> None:
    def ids(query: str) -> list[str]:
        return re.findall(r"<strong><bdi>(FAKE-\d+)", client.get(f"/?{query}", headers=HTMX).text)

    assert len(ids("")) == 12
    assert ids("search=thumbs") == ["FAKE-01"]
    assert ids("search=%25") == []
    assert ids("finding=unread_text") == ["FAKE-01", "FAKE-02", "FAKE-04"]
    assert ids("sort=confidence")[:3] == ["FAKE-01", "FAKE-02", "FAKE-04"]
    assert ids("measurement=bilirubin") == ["FAKE-01"]
    post(client, "/trials/3/criteria/0/accept")
    assert ids("state=in+progress") == ["FAKE-03"]
    post(client, "/trials/3/criteria/1/accept")
    assert ids("state=reviewed") == ["FAKE-03"]
    assert "28 criteria" in client.get("/?view=criteria&page=99999", headers=HTMX).text
    assert client.get("/?view=criteria&sort=finding&page=zzz").status_code == 200


# ---------------------------------------------------------------- security


def test_every_request_that_changes_something_needs_the_page_token(client: TestClient, store: Store) -> None:
    def posts(routes: list[object]) -> set[str]:
        found: set[str] = set()
        for route in routes:
            found |= posts(getattr(getattr(route, "original_router", None), "routes", []))
            if "POST" in (getattr(route, "methods", None) or ()):
                found.add(str(getattr(route, "path", "")))
        return found

    paths = posts(list(client.app.routes))  # type: ignore[attr-defined]
    assert {
        "/name",
        "/trials/{key}/undo",
        "/trials/{key}/criteria/{position}/{action}",
        "/trials/{key}/adjudicate",
    } <= paths
    for path in paths - {"/enter"}:
        url = path.format(key=1, position=0, action="accept")
        for headers in ({}, {"X-Limen-Token": "0" * 64}, HTMX):
            answer = client.post(url, data={"version": "0", "generation": "1", "name": "Eve"}, headers=headers)
            assert answer.status_code == 403, url
    assert store.events(1) == []


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}])
def test_another_site_cannot_post_even_with_the_token(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.post("/trials/1/criteria/0/accept", data={"version": "0", "generation": "1"}, headers=token(client) | headers)
    assert answer.status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8017", "127.0.0.1:9999", "127.0.0.1", ""])
def test_the_host_header_is_checked(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 421
    assert client.get("/", headers={"Host": "localhost:8017"}).status_code == 200


def test_every_answer_has_a_strict_content_security_policy(client: TestClient) -> None:
    for url in ("/", "/trials/2", "/static/review.js", "/nowhere", "/trials/999"):
        policy = client.get(url).headers["content-security-policy"]
        assert "default-src 'none'" in policy and "script-src 'self'" in policy
        assert "unsafe" not in policy and "*" not in policy


def test_hostile_text_is_escaped_on_every_page(client: TestClient) -> None:
    post(client, "/trials/2/criteria/0/note", text="<b onclick=alert(5)>\u202e")
    pages = [
        "/",
        "/?view=criteria",
        "/trials/2",
        "/trials/2/history",
        "/trials/2/criteria/0/leaf?path=",
        "/trials/2/criteria/0/leaf?path=new&start=0&end=30",
        "/trials/2/criteria/1/regroup",
        "/trials/2/criteria/0/note",
        "/?search=%22%3E%3Cscript%3Ealert(6)%3C/script%3E",
    ]
    for url in pages:
        html = client.get(url).text
        assert not re.search(r"<script(?! src=\"/static/)", html), url
        assert "<img" not in html and "<b onclick" not in html and "javascript:" not in re.sub(r">[^<]*<", "><", html), url
        assert not re.search(r"<[^>]*\son\w+=", html) and "\u202e" not in html, url
        assert not re.search(r"<[^>]*\sstyle=", html), url


def test_a_name_cannot_lead_to_another_site(client: TestClient) -> None:
    page_token = token(client)["X-Limen-Token"]
    for there in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/\tx"):
        answer = client.post("/name", data={"page_token": page_token, "name": "Bo", "next": there}, follow_redirects=False)
        assert answer.headers["location"] == "/"
    for name in ("", "x" * 61, "Ana\u202e"):
        assert client.post("/name", data={"page_token": page_token, "name": name}).status_code == 422


def test_another_address_needs_a_token_that_the_user_sets(store: Store, trials: list[Trial]) -> None:
    take_in(store, trials)
    for host in ("0.0.0.0", "192.168.1.5", "::", "review.example"):
        with pytest.raises(ReviewError, match="set an access token with --token"):
            rules_for(host, 8017, None, SECRET)
    with pytest.raises(ReviewError, match="12 or more"):
        rules_for("0.0.0.0", 8017, "short", SECRET)
    assert {"127.0.0.1:8017", f"{socket.gethostname().lower()}:8017"} <= rules_for("0.0.0.0", 8017, "x" * 12, SECRET).hosts
    assert "localhost" in rules_for("127.0.0.1", 80, None, SECRET).hosts
    rules = rules_for("192.168.1.5", 8017, "correct horse battery", SECRET)
    with TestClient(make_app(store, rules, small_lexicon()), base_url="http://192.168.1.5:8017") as client:
        client.cookies.set("limen_reviewer", "Ana")
        assert client.get("/", follow_redirects=False).headers["location"] == "/enter"
        assert client.get("/trials/1", headers=HTMX).status_code == 401
        assert client.get("/export/json", headers={"Cookie": "limen_access=guess"}, follow_redirects=False).status_code == 303
        assert rules.page_token not in client.get("/enter").text
        assert client.post("/enter", data={"access": "wrong"}).status_code == 403
        assert "Queue" in client.post("/enter", data={"access": "correct horse battery"}).text
        assert client.get("/trials/1").status_code == 200


def test_too_much_is_refused(client: TestClient) -> None:
    answer = client.post("/trials/1/criteria/0/note", content=b"x" * 1_100_000, headers=token(client))
    assert answer.status_code == 413


# ---------------------------------------------------------------- people


def test_two_reviewers_are_blind_until_both_are_done_and_then_adjudicated(client: TestClient, store: Store, tmp_path: Path) -> None:
    def accept_all(opened: TestClient, *positions: int) -> None:
        for position in positions:
            post(opened, f"/trials/3/criteria/{position}/accept")

    with client_for(store, name="Ben") as ben:
        post(ben, "/trials/3/criteria/0/reject", reason="not_a_limit", detail="Ben's secret opinion")
        for url in ("/trials/3", "/trials/3/history", "/", "/trials/3/criteria/0"):
            assert "secret opinion" not in client.get(url).text
        accept_all(client, 0)
        assert client.get("/export/csv").content.find(b"secret") < 0 and len(client.get("/export/json").content) < 100
        assert "It is not a limit" not in client.get("/report").text
        assert "Not done" in client.get("/trials/3/adjudicate").text
        accept_all(client, 1)
        assert "Adjudication needs two reviewers" in client.get("/trials/3/adjudicate").text
        accept_all(ben, 1)
    with client_for(store, name="Cleo") as cleo:
        assert "differ on 1" in cleo.get("/trials/3/adjudicate").text
        page_token = token(cleo)["X-Limen-Token"]
        opened = cleo.post("/trials/3/adjudicate", data={"page_token": page_token})
        assert "secret opinion" in opened.text or "Rejected" in opened.text
        assert "1 of 2 decided" in opened.text
        answer = client.post("/trials/3/criteria/0/flag", data={"version": "1", "generation": "1", "on": "yes"}, headers=token(client))
        assert answer.status_code == 409 or "being adjudicated" in answer.text
        version = store.held(3, "adjudication")["I1"].version
        post(cleo, "/trials/3/adjudicate/0", name="Ben", version=version)
        assert store.held(3, "adjudication")["I1"].draft.verdict == "rejected"
        assert "adjudicated" in cleo.get("/?state=adjudicated", headers=HTMX).text
        assert "kappa" in cleo.get("/agreement").text
        assert "Ben&#39;s secret opinion" in cleo.get("/trials/3/history").text

"""The page in a real browser: a whole review by keyboard, selections, conflicts, adjudication, narrow screens, contrast."""

# ruff: noqa: E402 (the imports below need what is asked for above them)
from __future__ import annotations

import json
import shutil
import socket
import sqlite3
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the review extra is not installed")
pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium")
if CHROMIUM is None:
    pytest.skip("no chromium on this machine", allow_module_level=True)

import uvicorn
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright
from review_trials import COMBINING, CREATININE, HOSTILE, JAPANESE, fake_trials, small_lexicon

from limen.criteria import Trial
from limen.review import trees
from limen.review.app import make_app
from limen.review.decisions import Accept, Reject
from limen.review.history import ADJUDICATION, stream_of
from limen.review.intake import take_in
from limen.review.security import rules_for
from limen.review.store import Store

ANA = stream_of("Ana")
WORDS = "Weight 🏋️ of 40 kg\r\nor more\r\nat entry"
# The colour that really lies behind each piece of text, and its contrast as WCAG 2.2 defines it.
CONTRAST = """() => {
  const rgb = (c) => (c.match(/[\\d.]+/g) || []).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (e) => { for (; e; e = e.parentElement) {
    const c = rgb(getComputedStyle(e).backgroundColor); if (c.length === 3 || c[3] === 1) return c; } return [255, 255, 255]; };
  const low = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !e.checkVisibility() || e.closest('.hidden, .skip, option')) continue;
    const [a, b] = [luminance(rgb(getComputedStyle(e).color)), luminance(behind(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) low.push(`${e.tagName}.${e.className} ${ratio.toFixed(2)}: ${e.textContent.slice(0, 30)}`);
  }
  return low;
}"""
NAMELESS = """() => [...document.querySelectorAll('input:not([type=hidden]), select, textarea, button, a[href]')]
  .filter((e) => e.checkVisibility()
    && !(e.labels && e.labels.length) && !e.getAttribute('aria-label') && !e.textContent.trim())
  .map((e) => e.outerHTML)"""
SELECT = """([position, start, end]) => {
  const text = document.querySelector(`#t${position}`);
  const at = (units) => {
    for (const piece of text.children) {
      const from = Number(piece.dataset.s), size = Number(piece.dataset.len || piece.textContent.length);
      if (units < from + size || piece === text.lastElementChild) return [piece.firstChild, Math.min(units - from, size)];
    }
  };
  document.getSelection().setBaseAndExtent(...at(start), ...at(end));
}"""


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


class Site:
    """A review server in a thread, with the store that it serves."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder / "review.sqlite", busy_timeout=0.2)
        take_in(self.store, fake_trials())
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        app = make_app(self.store, rules_for("127.0.0.1", self.port, None, "s" * 32), small_lexicon())
        self.server = uvicorn.Server(uvicorn.Config(app, port=self.port, log_level="error"))
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(5)
        self.store.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    running = Site(tmp_path)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


Open = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Open]:
    """Opens a page as a reviewer; whatever the browser complains about is an error of the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def make(path: str = "/trials/1", name: str = "Ana", **more: Any) -> Page:
        context = browser.new_context(**more)
        context.set_default_timeout(5000)
        context.add_cookies([{"name": "limen_reviewer", "value": name, "url": site.url()}])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda m: complaints.append(m.text) if "Content Security" in m.text else None)
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.goto(site.url(path))
        contexts.append(context)
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


def card(page: Page, position: int) -> Locator:
    return page.locator(f"#c{position}")


def decided(page: Page, said: str) -> None:
    expect(page.locator("#said")).to_contain_text(said)


def test_a_whole_review_by_keyboard_alone(browser: Browser, site: Site) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(site.url())
    page.keyboard.type("Ana")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Queue")
    page.locator(".row a").first.focus()
    page.keyboard.press("Enter")
    expect(card(page, 0)).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    decided(page, "I1 accepted. 1 of 5 decided.")
    expect(card(page, 1)).to_be_focused()
    page.keyboard.press("r")
    page.locator("[name=reason]").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Control+Enter")
    decided(page, "I2 rejected. 2 of 5 decided.")
    for name, count in (("I3", 3), ("E1", 4), ("E2", 5)):
        page.keyboard.press("a")
        decided(page, f"{name} accepted. {count} of 5 decided.")
    page.keyboard.press("u")
    decided(page, "Undone: E2. 4 of 5 decided.")
    expect(card(page, 4)).to_be_focused()
    page.keyboard.press("y")
    decided(page, "Redone: E2. 5 of 5 decided.")
    page.keyboard.press("f")
    decided(page, "E2 accepted.")
    page.keyboard.press("o")
    expect(page.locator("#form-4 textarea")).to_be_focused()
    page.keyboard.type("seen 👀")
    page.keyboard.press("Control+Enter")
    expect(card(page, 4).locator(".note")).to_contain_text("seen 👀")
    page.keyboard.press("]")
    expect(page.locator("h1")).to_contain_text("FAKE-02")
    held = site.store.held(1, ANA)
    assert [held[c].draft.verdict for c in ("I1", "I2", "I3", "E1", "E2")] == [
        "accepted",
        "rejected",
        *["accepted"] * 3,
    ]
    assert held["I2"].draft.rejections[0].reason == "duplicate"
    assert (held["E2"].draft.flagged, held["E2"].draft.note) == (True, "seen 👀")
    context.close()


def test_a_correction_with_completion_and_a_unit_check(visit: Open, site: Site) -> None:
    page = visit()
    page.keyboard.press("e")
    form = page.locator("#form-0 form")
    expect(form.locator("[name=concept]")).to_be_focused()
    form.locator("[name=concept]").fill("")
    form.locator("[name=concept]").press_sequentially("PLT")
    expect(page.locator("#concepts-0 option")).to_have_attribute("value", "platelets")
    form.locator("[name=concept]").fill("platelets")
    form.locator("[name=unit_text]").fill("furlongs")
    expect(page.locator("#unit-0")).to_contain_text("not a unit that limen knows")
    form.locator("[name=value]").fill("75")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#problem")).to_contain_text("furlongs")
    expect(form.locator("[name=unit_text]")).to_be_focused()
    expect(form.locator("[name=value]")).to_have_value("75")
    form.locator("[name=unit_text]").fill("/uL")
    expect(page.locator("#unit-0")).to_contain_text("fits platelets")
    form.locator("[name=operator]").select_option("ge")
    page.keyboard.press("Control+Enter")
    decided(page, "I1 corrected.")
    expect(page.locator("#problem")).to_be_hidden()
    expect(card(page, 0).locator(".leaf")).to_contain_text("platelets >= 75 /uL")
    assert site.store.held(1, ANA)["I1"].draft.corrected == ("measurement", "comparator", "value", "unit")


SELECTIONS = [
    (1, 0, CREATININE, "the last visit"),
    (1, 0, CREATININE, "2.0 mg/dL 👩‍⚕️ at"),
    (2, 0, HOSTILE, "\u202egnihtyna\u202c"),
    (2, 0, HOSTILE, "<img src=x"),
    (3, 0, JAPANESE, "直近4週間"),
    (4, 0, COMBINING, "spots 🧬 and hae\u0308moglobin"),
    (4, 1, WORDS, "kg\r\nor more\r\nat"),
    (4, 1, WORDS, "🏋️"),
]


def test_a_missed_limit_marked_by_selection_keeps_its_place(visit: Open, site: Site) -> None:
    page = visit()
    for trial, position, text, words in SELECTIONS:
        page.goto(site.url(f"/trials/{trial}"))
        expect(page.locator("article.card:focus")).to_have_count(1)
        first = units(text[: text.index(words)])
        page.evaluate(SELECT, [position, first, first + units(words)])
        page.keyboard.press("m")
        form = page.locator(f"#form-{position} form")
        expect(form.locator(":focus")).to_have_count(1)
        form.locator("[name=leaf]").select_option("condition")
        expect(form.locator("[name=experiencer]")).to_be_visible()
        form.locator("[name=concept]").press("Control+Enter")
        decided(page, "corrected.")
        criterion = site.store.trial(trial).criteria[position]
        tree = site.store.held(trial, ANA)[criterion.id].draft.requirement
        added = next(leaf for _, leaf in trees.leaf_paths(tree) if leaf.text == words)
        found = site.store.trial(trial).text[criterion.start + added.start : criterion.start + added.end]
        assert found == words


def test_a_missed_limit_marked_by_keyboard_alone(visit: Open, site: Site) -> None:
    page = visit("/trials/4")
    page.keyboard.press("j")
    page.keyboard.press("m")
    area = page.locator("#form-1 textarea.words")
    expect(area).to_be_focused()
    page.keyboard.press("Control+Home")
    for _ in range(units("Weight 🏋️ of ")):
        if area.evaluate("e => e.selectionStart") == units("Weight 🏋️ of "):
            break
        page.keyboard.press("ArrowRight")
    for _ in "40 kg\nor more":
        page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("#form-1 .selected-words")).to_have_text("40 kg\nor more")
    page.locator("#form-1 [name=value]").fill("40")
    page.locator("#form-1 [name=unit_text]").fill("kg")
    page.locator("#form-1 [name=whole]").check()
    page.keyboard.press("Control+Enter")
    decided(page, "I2 corrected.")
    leaf = site.store.held(4, ANA)["I2"].draft.requirement
    assert leaf.kind == "measurement" and leaf.text == "40 kg\r\nor more"
    assert WORDS[leaf.start : leaf.end] == leaf.text


def test_a_click_and_a_double_click_on_the_text(visit: Open) -> None:
    page = visit()
    card(page, 0).locator("mark.value").click()
    expect(page.locator("#form-0 h3")).to_have_text("Correct")
    page.keyboard.press("Escape")
    card(page, 4).locator(".unaccounted").last.dblclick()
    chosen = page.evaluate("document.getSelection().toString()").strip()
    assert chosen
    page.keyboard.press("m")
    expect(page.locator("#form-4 .selected-words")).to_contain_text(chosen)


def test_regrouping(visit: Open, site: Site) -> None:
    page = visit()
    page.keyboard.press("j")
    page.keyboard.press("g")
    page.locator("#form-1 [name=kind]").first.select_option("all_of")
    page.get_by_role("button", name="Change the word").click()
    decided(page, "I2 corrected.")
    expect(card(page, 1).locator(".group-word").first).to_have_text("ALL of")
    assert site.store.held(1, ANA)["I2"].draft.requirement.kind == "all_of"


def test_one_decision_for_all_the_same_words(visit: Open, site: Site) -> None:
    page = visit("/trials/5")
    page.keyboard.press("a")
    decided(page, "I1 accepted")
    page.keyboard.press("k")
    page.keyboard.press("s")
    expect(page.locator("#form-0 h3")).to_contain_text("8 other undecided criteria have exactly these words")
    page.get_by_role("button", name="Apply to 8").click()
    decided(page, "Applied to 8 identical criteria.")
    assert site.store.held(12, ANA)["I1"].draft.verdict == "accepted"


def test_a_second_tab_is_told_and_shown_the_newer_state(visit: Open, site: Site) -> None:
    one, two, three = visit(), visit(), visit()
    three.keyboard.press("e")
    three.locator("#form-0 [name=value]").fill("9")
    one.keyboard.press("a")
    decided(one, "I1 accepted")
    two.keyboard.press("r")
    expect(two.locator("#problem")).to_contain_text("has changed since this page was made")
    assert two.locator("#form-0 form").count() == 0, "no form opens on a state that was not seen"
    three.keyboard.press("Control+Enter")
    expect(three.locator("#problem")).to_contain_text("Ana chose 'accept'")
    expect(three.locator("#form-0 [name=value]")).to_have_value("9")
    two.get_by_role("button", name="Show the newer state").click()
    expect(card(two, 0).locator(".verdict")).to_have_text("accepted")
    assert len(site.store.events(1)) == 1


def test_a_locked_store_and_a_dead_server_keep_the_pages_state(visit: Open, site: Site) -> None:
    page = visit()
    page.keyboard.press("e")
    page.locator("#form-0 [name=value]").fill("7")
    other = sqlite3.connect(site.store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#problem")).to_contain_text("locked by another program: nothing was saved")
    other.execute("ROLLBACK")
    expect(page.locator("#form-0 [name=value]")).to_have_value("7")
    page.context.set_offline(True)
    page.locator("#form-0 [name=value]").press("Control+Enter")
    expect(page.locator("#problem")).to_contain_text("cannot be reached: nothing was saved")
    page.context.set_offline(False)
    page.locator("#form-0 [name=value]").press("Control+Enter")
    decided(page, "I1 corrected.")


def test_adjudication_and_export(visit: Open, site: Site, tmp_path: Path) -> None:
    for criterion_id in ("I1", "E1"):
        site.store.decide(3, criterion_id, Accept(), reviewer="Ana", version=0)
    site.store.decide(3, "I1", Accept(), reviewer="Ben", version=0)
    site.store.decide(3, "E1", Reject(reason="wrong_place"), reviewer="Ben", version=0)
    page = visit("/agreement", name="Cleo")
    page.get_by_role("link", name="FAKE-03").click()
    page.get_by_role("button", name="Open the adjudication").click()
    expect(page.locator("#progress")).to_contain_text("1 of 2 decided")
    page.get_by_role("button", name="Take Ana's reading").click()
    decided(page, "E1: Ana's reading taken. 2 of 2 decided.")
    page.get_by_role("button", name="Take Ben's reading").click()
    decided(page, "E1: Ben's reading taken.")
    page.keyboard.press("u")
    decided(page, "Undone: E1.")
    assert site.store.held(3, ADJUDICATION)["E1"].draft.verdict == "accepted"
    page.goto(site.url())
    with page.expect_download() as download:
        page.get_by_role("link", name="limen.trial/1").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert archive.namelist() == ["FAKE-03.json"]
        assert Trial.model_validate(json.loads(archive.read("FAKE-03.json"))) == fake_trials()[2]


def test_hostile_text_does_nothing(visit: Open) -> None:
    page = visit("/trials/2")
    page.keyboard.press("e")
    expect(page.locator("#form-0 form")).to_be_visible()
    expect(page).to_have_title('FAKE-02/../"><script> · limen')
    assert page.evaluate("document.images.length") == 0
    assert page.evaluate("document.querySelectorAll('main script').length") == 0
    assert "\u202e" not in page.content()


def test_nothing_runs_out_of_a_narrow_or_zoomed_page(visit: Open, site: Site) -> None:
    page = visit("/")
    for path in (
        "/",
        "/?view=criteria",
        "/trials/1",
        "/trials/2",
        "/trials/3",
        "/trials/4",
        "/report",
        "/trials/1/history",
    ):
        page.goto(site.url(path))
        if path == "/trials/1":
            page.keyboard.press("e")
            page.wait_for_selector("#form-0 form")
        for width in (1280, 640, 400, 320):  # 640 is 1280 at 200 % zoom, 320 is 1280 at 400 %
            page.set_viewport_size({"width": width, "height": 800})
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{path} is {wide} pixels wider than {width}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_and_names(visit: Open, site: Site, scheme: str) -> None:
    site.store.decide(1, "I1", Accept(), reviewer="Ana", version=0)
    site.store.decide(1, "I2", Reject(reason="unclear_text", path="1"), reviewer="Ana", version=0)
    site.store.decide(1, "E1", Reject(reason="duplicate"), reviewer="Ana", version=0)
    page = visit("/", color_scheme=scheme)
    for path in ("/", "/trials/1", "/trials/2", "/report", "/agreement", "/trials/1/history", "/name"):
        page.goto(site.url(path))
        if path == "/trials/1":
            page.locator(".legend summary").click()
            page.keyboard.press("e")
            page.wait_for_selector(".form-slot form")
        assert page.evaluate(CONTRAST) == [], path
        assert page.evaluate(NAMELESS) == [], path
        assert page.locator("h1").count() == 1 and page.locator("main").count() == 1


def test_single_keys_can_be_turned_off(visit: Open, site: Site) -> None:
    page = visit()
    page.keyboard.press("?")
    page.locator("#keys-on").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.wait_for_timeout(200)
    assert site.store.events(1) == []

"""Pages about several reviewers: their agreement, and the adjudication of what they differ on."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from limen.review import agreement, render
from limen.review.cards import sheet
from limen.review.decisions import Settle
from limen.review.errors import ReviewError
from limen.review.history import ADJUDICATION, stream_of
from limen.review.pages import criterion_card
from limen.review.site import Here, PageForm, Site, Who, words
from limen.review.verdicts import answer

router = APIRouter(default_response_class=HTMLResponse)


def _refuse_the_blind(here: Site, key: int, who: str) -> None:
    """A reviewer who is still at work on a trial must not see what the others said of it."""
    if here.store.closed(key):
        return
    if not agreement.may_see(here.store, key, who):
        raise ReviewError("You have not decided every criterion of this trial yet: finish it before you see the others' work.")
    if len(agreement.finished(here.store, key)) < 2:
        raise ReviewError("Adjudication needs two reviewers who have decided every criterion of the trial.")


@router.get("/agreement")
def show_agreement(request: Request, here: Here, who: Who) -> Response:
    """How far the reviewers agree, and the trials that wait for adjudication."""
    waiting = [key for key in here.store.trial_keys() if len(agreement.finished(here.store, key)) > 1]
    rows = [(key, here.store.trial(key), here.store.closed(key)) for key in waiting]
    return here.page(request, "agreement.html", found=agreement.agreements(here.store), waiting=rows)


@router.get("/trials/{key}/adjudicate")
def show_adjudication(request: Request, here: Here, who: Who, key: int) -> Response:
    """The reviewers' readings side by side, with the decision between them."""
    _refuse_the_blind(here, key, who)
    differing = agreement.differences(here.store, key)
    if not here.store.closed(key):
        names = agreement.finished(here.store, key)
        trial = here.store.trial(key)
        return here.page(request, "begin.html", trial=trial, key=key, names=names, differing=len(differing))
    sides = {
        difference.criterion_id: [(name, draft, render.node(draft.requirement)) for name, draft in difference.drafts.items()]
        for difference in differing
    }
    shown = sheet(here.store, key, ADJUDICATION)
    fields = {difference.criterion_id: ", ".join(difference.fields) for difference in differing}
    return here.page(request, "adjudicate.html", sheet=shown, sides=sides, fields=fields)


@router.post("/trials/{key}/adjudicate")
def begin(here: Here, who: Who, form: PageForm, key: int) -> Response:
    """Opens the adjudication of a trial."""
    _refuse_the_blind(here, key, who)
    agreement.begin(here.store, key, who=who)
    return RedirectResponse(f"/trials/{key}/adjudicate", 303)


@router.post("/trials/{key}/adjudicate/{position}")
def take(request: Request, here: Here, who: Who, form: PageForm, key: int, position: int) -> Response:
    """Takes one reviewer's reading of a criterion."""
    given = words(form)
    name = given.get("name", "")
    shown = criterion_card(here, key, position, ADJUDICATION)
    chosen = here.store.held(key, stream_of(name)).get(shown.criterion.id)
    if chosen is None or not here.store.closed(key):
        raise ReviewError(f"{name or 'Nobody'} has no reading of this criterion to be taken.")
    version = given.get("version", "")
    here.store.decide(
        key,
        shown.criterion.id,
        Settle(draft=chosen.draft.model_copy(update={"flagged": False})),
        reviewer=who,
        version=int(version) if version.isdecimal() else -1,
        stream=ADJUDICATION,
        source=f"{name}'s reading",
    )
    said = f"{shown.criterion.id}: {name}'s reading taken."
    return answer(request, here, ADJUDICATION, key, [position], said, moves_on=True)

"""Requests that decide: every one is a line of the audit trail, and answers with the changed cards."""

from __future__ import annotations

import json
from collections.abc import Iterable

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from limen.criteria import AnyLeaf, Expression
from limen.review import phrases, trees
from limen.review.cards import sheet
from limen.review.decisions import (
    REASONS,
    Accept,
    Add,
    Correct,
    Decision,
    Dissolve,
    Flag,
    Join,
    Negate,
    Note,
    Regroup,
    Reject,
    SetRole,
)
from limen.review.errors import FieldError, ReviewError
from limen.review.forms import Form, read_leaf
from limen.review.history import ADJUDICATION
from limen.review.pages import criterion_card
from limen.review.site import Here, Line, PageForm, Site, Who, is_htmx, words

router = APIRouter(default_response_class=HTMLResponse)


@router.post("/trials/{key}/criteria/{position}/{action}")
def decide(request: Request, here: Here, who: Who, line: Line, form: PageForm, key: int, position: int, action: str) -> Response:
    """One decision about one criterion."""
    given = words(form)
    shown = criterion_card(here, key, position, line)
    criterion = shown.criterion
    if action == "same":
        path = given.get("phrase")
        count = (
            phrases.apply_decision(here.store, key, criterion.id, reviewer=who)
            if path is None
            else phrases.apply_correction(here.store, key, criterion.id, path, reviewer=who)
        )
        said = f"Applied to {count} identical {'criterion' if count == 1 else 'criteria'}."
        return answer(request, here, line, key, [position], said)
    numbers = tuple(int(str(v)) for name, v in form.multi_items() if name == "numbers" and str(v).isdecimal())
    decision = read_decision(action, given, numbers, here, criterion.text, shown.draft.requirement)
    held = here.store.decide(
        key,
        criterion.id,
        decision,
        reviewer=who,
        version=_integer(given, "version"),
        generation=_integer(given, "generation"),
        stream=line,
    )
    said = f"{criterion.id} {held.draft.verdict if held.draft.verdict != 'undecided' else 'saved'}."
    moves_on = action in ("accept", "reject") and not given.get("path")
    return answer(request, here, line, key, [position], said, moves_on=moves_on)


def read_decision(action: str, form: Form, numbers: tuple[int, ...], here: Site, text: str, tree: Expression) -> Decision:
    """The decision that a form describes."""
    path = form.get("path", "")
    match action:
        case "accept":
            return Accept()
        case "reject":
            reason = next((known for known in REASONS if known == form.get("reason")), None)
            if reason is None:
                raise FieldError("reason", "choose why it is rejected")
            if reason == "other" and not form.get("detail", "").strip():
                raise FieldError("detail", "say which other reason")
            return Reject(reason=reason, detail=form.get("detail", "").strip()[:500], path=path)
        case "correct":
            old = trees.at(tree, path)
            return Correct(path=path, leaf=read_leaf(form, text, _leaf(old), here.lexicon))
        case "add":
            return Add(leaf=read_leaf(form, text, None, here.lexicon), whole=form.get("whole") == "yes")
        case "regroup":
            return Regroup(path=path, kind=_group_kind(form), count=_integer(form, "count"))
        case "join":
            return Join(path=path, numbers=numbers, kind=_group_kind(form), count=_integer(form, "count"))
        case "dissolve":
            return Dissolve(path=path)
        case "negate":
            return Negate(path=path)
        case "role":
            return SetRole(role="exclusion" if form.get("role") == "exclusion" else "inclusion")
        case "flag":
            return Flag(on=form.get("on") == "yes")
        case "note":
            return Note(text=form.get("text", "")[:4000])
        case _:
            raise ReviewError(f"There is no decision {action!r}.")


def _leaf(part: Expression) -> AnyLeaf:
    if isinstance(part, trees.LEAVES):
        return part
    raise ReviewError("Choose one limit of the group to correct it.")


def _group_kind(form: Form) -> trees.GroupKind:
    kinds: dict[str, trees.GroupKind] = {"all_of": "all_of", "any_of": "any_of", "at_least": "at_least"}
    if (kind := kinds.get(form.get("kind", ""))) is None:
        raise FieldError("kind", "choose all, any or at least")
    return kind


def _integer(form: Form, field: str) -> int:
    text = form.get(field, "").strip() or "1"
    if not text.isdecimal() or len(text) > 15:
        raise FieldError(field, "give a whole number")
    return int(text)


@router.post("/trials/{key}/undo")
def undo(request: Request, here: Here, who: Who, line: Line, form: PageForm, key: int) -> Response:
    """Takes back the reviewer's latest decision in this trial."""
    return _moved(request, here, who, line, key, redo=False)


@router.post("/trials/{key}/redo")
def redo(request: Request, here: Here, who: Who, line: Line, form: PageForm, key: int) -> Response:
    """Makes the decision again that was taken back last."""
    return _moved(request, here, who, line, key, redo=True)


def _moved(request: Request, here: Site, who: str, line: str, key: int, *, redo: bool) -> Response:
    changed = here.store.undo(key, reviewer=who, stream=line, redo=redo)
    ids = [criterion.id for criterion in here.store.trial(key).criteria]
    said = f"{'Redone' if redo else 'Undone'}: {', '.join(changed)}."
    return answer(request, here, line, key, [ids.index(name) for name in changed], said)


def answer(request: Request, here: Site, line: str, key: int, positions: Iterable[int], said: str, *, moves_on: bool = False) -> Response:
    """The changed cards and the progress, to be swapped into the page; without scripts, the trial's page."""
    changed = list(positions)
    if not is_htmx(request):
        place = f"/trials/{key}/adjudicate" if line == ADJUDICATION else f"/trials/{key}"
        return RedirectResponse(f"{place}#c{changed[0]}", 303)
    now = sheet(here.store, key, line)
    cards = [card for card in now.cards if card.position in changed]
    body = here.part("changed.html", sheet=now, cards=cards)
    told = {"said": f"{said} {now.decided} of {now.total} decided.", "position": changed[0], "moves_on": moves_on}
    return HTMLResponse(body, headers={"HX-Trigger-After-Settle": json.dumps({"limen:saved": told})})

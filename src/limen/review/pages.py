"""Pages that only show: a trial, a form, the audit trail, the catalogue's suggestions, the report, the downloads."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any, get_args

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from limen.criteria import Anchor, AnyLeaf, Kind, Reference, Relation, Threshold
from limen.render import number
from limen.review import agreement, phrases, transfer, trees
from limen.review.cards import Card, card, line_of, sheet
from limen.review.errors import ConflictError, ReviewError
from limen.review.forms import LEAF_KINDS, suggestions, unit_remark
from limen.review.history import reviewer_of, stream_of
from limen.review.render import area_text, from_area, from_utf16, to_area
from limen.review.report import report
from limen.review.site import Here, Line, Site, Who

router = APIRouter(default_response_class=HTMLResponse)
OPERATORS = {
    "lt": "<",
    "le": "≤",
    "gt": ">",
    "ge": "≥",
    "eq": "=",
    "ne": "≠",
    "between": "between",
    "in": "one of (grades)",
}
_SELECTIONS = ("span_start", "span_end", "start", "end")
CHOICES = {
    "KINDS": get_args(Kind),
    "LEAF_KINDS": LEAF_KINDS,
    "OPERATORS": OPERATORS,
    "REFERENCES": get_args(Reference),
    "RELATIONS": get_args(Relation),
    "ANCHORS": get_args(Anchor),
}


def criterion_card(here: Site, key: int, position: int, stream: str) -> Card:
    """The card of one criterion as it stands in the store."""
    trial = here.store.trial(key)
    if not 0 <= position < len(trial.criteria):
        raise ReviewError("This trial has no such criterion any more: reload the page.")
    held = here.store.held(key, stream).get(trial.criteria[position].id)
    return card(trial, position, held, key=key, generation=here.store.generation(key), line=line_of(stream))


@router.get("/trials/{key}")
def show_trial(request: Request, here: Here, who: Who, key: int) -> Response:
    """A trial: its text, its objects, and what this reviewer has decided."""
    keys = here.store.trial_keys()
    shown = sheet(here.store, key, stream_of(who))
    place = keys.index(key)
    return here.page(
        request,
        "trial.html",
        sheet=shown,
        previous=keys[place - 1] if place else None,
        following=keys[place + 1] if place + 1 < len(keys) else None,
        finished=agreement.finished(here.store, key),
    )


@router.get("/trials/{key}/criteria/{position}")
def show_card(here: Here, line: Line, key: int, position: int) -> Response:
    """One criterion anew, as after a conflict."""
    return HTMLResponse(here.part("card.html", card=criterion_card(here, key, position, line), swap=False))


@router.get("/trials/{key}/criteria/{position}/leaf")
def leaf_form(request: Request, here: Here, line: Line, key: int, position: int, path: str = "", leaf: str = "") -> Response:
    """The form that corrects the object at `path`, or, for the path "new", the one that marks a missed limit."""
    shown = unchanged(request, criterion_card(here, key, position, line))
    old = None if path == "new" else trees.at(shown.draft.requirement, path)
    if old is not None and not isinstance(old, trees.LEAVES):
        raise ReviewError("Choose one limit of the group to correct it.")
    text = shown.criterion.text
    first, last = selected_words(request, text, old)
    kind = leaf if leaf in LEAF_KINDS else "threshold" if old is None or old.kind == "unread" else _leaf_kind(old)
    return HTMLResponse(
        here.part(
            "leaf_form.html",
            card=shown,
            path=path,
            old=old,
            values=leaf_values(old),
            leaf=kind,
            area=area_text(text),
            area_start=to_area(text, first),
            area_end=to_area(text, last),
            selected=text[first:last],
            **CHOICES,
        )
    )


def unchanged(request: Request, shown: Card) -> Card:
    """The card, if it is the one that the page shows; a form must not open on a state that the reviewer has not seen."""
    seen = request.query_params.get("version")
    if seen is not None and seen != str(shown.version):
        raise ConflictError(f"{shown.criterion.id} has changed since this page was made: nothing was saved. Look at the newer state first.")
    return shown


def selected_words(request: Request, text: str, old: AnyLeaf | None) -> tuple[int, int]:
    """What the form starts with: the form's own selection, else the page's, else the words of the old leaf."""
    asked = {name: int(v) for name, v in request.query_params.items() if name in _SELECTIONS and v.isdecimal() and len(v) < 9}
    if "span_start" in asked and "span_end" in asked:
        return from_area(text, asked["span_start"]), from_area(text, asked["span_end"], end=True)
    if old is not None:
        return old.start, old.end
    return from_utf16(text, asked.get("start", 0)), from_utf16(text, asked.get("end", 0), end=True)


def _leaf_kind(leaf: AnyLeaf) -> str:
    return "threshold" if isinstance(leaf, Threshold) else leaf.kind


def leaf_values(leaf: AnyLeaf | None) -> dict[str, str]:
    """A leaf as the form's fields."""
    found: dict[str, Any] = {} if leaf is None else leaf.model_dump(mode="python")
    values = {name: "" if value is None else str(value) for name, value in found.items() if not isinstance(value, dict)}
    window = found.get("window") or {}
    for field in ("relation", "low", "high", "unit", "anchor", "text"):
        value = window.get(field)
        values[f"window_{field}"] = "" if value is None else number(value) if field in ("low", "high") else str(value)
    if isinstance(leaf, Threshold):
        value = leaf.low if leaf.low is not None else leaf.high
        values["value"] = "" if value is None else number(value)
        values["upper"] = number(leaf.high) if leaf.operator == "between" and leaf.high is not None else ""
        values["scale"] = "" if leaf.scale == 1 else number(leaf.scale)
        values["grades"] = ", ".join(number(grade) for grade in leaf.grades or ())
    return values


@router.get("/trials/{key}/criteria/{position}/{form}")
def small_form(request: Request, here: Here, line: Line, key: int, position: int, form: str, path: str = "") -> Response:
    """The forms that reject, regroup, note, or apply a decision to identical criteria."""
    if form not in ("reject", "regroup", "note", "same"):
        raise ReviewError(f"There is no form {form!r}.")
    shown = unchanged(request, criterion_card(here, key, position, line))
    same: list[phrases.Place] = []
    alike: list[tuple[phrases.Phrase, int]] = []
    if form == "same":
        same = phrases.identical(here.store, key, shown.criterion.id, line)
        found = phrases.corrected(shown.draft, shown.criterion)
        alike = [(p, len(phrases.places(here.store, key, shown.criterion.id, line, p))) for p in found]
    return HTMLResponse(here.part(f"{form}_form.html", card=shown, path=path, same=len(same), alike=alike))


@router.get("/concepts")
def concepts(here: Here, who: Who, concept: str = "") -> Response:
    """What the catalogue has for the first letters of a measurement's name."""
    return HTMLResponse(here.part("concepts.html", found=suggestions(concept, here.lexicon)))


@router.get("/unit")
def unit(here: Here, who: Who, unit_text: str = "", concept: str = "") -> Response:
    """What UCUM makes of a unit, and whether it fits the measurement."""
    fits, sentence = unit_remark(unit_text, concept, here.lexicon)
    return HTMLResponse(here.part("unit.html", fits=fits, sentence=sentence))


@router.get("/trials/{key}/history")
def show_history(request: Request, here: Here, who: Who, key: int) -> Response:
    """The audit trail: a reviewer's own, and everybody's once the trial is being adjudicated."""
    open_to_all = here.store.closed(key)
    events = [e for e in here.store.events(key) if open_to_all or e.stream == stream_of(who)]
    lines = [(event, reviewer_of(event.stream), json.loads(event.changes)) for event in reversed(events)]
    return here.page(request, "history.html", trial=here.store.trial(key), key=key, lines=lines, open_to_all=open_to_all)


@router.get("/report")
def show_report(request: Request, here: Here, who: Who) -> Response:
    """The figures of the store, less the trials that this reviewer is still at work on."""
    return here.page(request, "report.html", report=report(here.store, _seen(here, who)))


@router.get("/export/{format}")
def download(here: Here, who: Who, format: str) -> Response:
    """The settled trials as one zip file, less those that this reviewer is still at work on."""
    with tempfile.TemporaryDirectory() as folder:
        transfer.export(here.store, Path(folder), format, _seen(here, who))
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(Path(folder).iterdir()):
                archive.write(path, path.name)
    name = f"limen-review-{format}.zip"
    return Response(packed.getvalue(), 200, {"content-disposition": f'attachment; filename="{name}"'}, "application/zip")


def _seen(here: Site, who: str) -> list[int]:
    return [key for key in here.store.trial_keys() if agreement.may_see(here.store, key, who)]

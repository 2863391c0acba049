"""Reads the reviewer's form into a leaf, with the catalogue's codes, UCUM units and canonical values filled in."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import ValidationError

from limen import units
from limen.criteria import (
    AnyLeaf,
    Code,
    Condition,
    Demographic,
    Exposure,
    Threshold,
    Unread,
    Window,
)
from limen.errors import UnitError
from limen.lexicon import Lexicon
from limen.normalise import normalise
from limen.review.errors import FieldError
from limen.review.render import from_area, to_area

LOINC = "http://loinc.org"
LEAF_KINDS = ("threshold", "condition", "exposure", "demographic", "unread")
Form = Mapping[str, str]


def read_leaf(form: Form, text: str, old: AnyLeaf | None, lexicon: Lexicon) -> AnyLeaf:
    """The leaf that a form describes; `text` is the criterion's text, `old` the leaf that is corrected."""
    start, end = _span(form, text, old)
    place: dict[str, Any] = {"start": start, "end": end, "text": text[start:end], "confidence": 1.0}
    try:
        match form.get("leaf", "threshold"):
            case "threshold":
                return _threshold(form, text, place, old if isinstance(old, Threshold) else None, lexicon)
            case "condition":
                who = form.get("experiencer") or "patient"
                negated = form.get("negated") == "yes"
                return Condition(concept=_word(form, "concept"), negated=negated, experiencer=who, window=_window(form), **place)  # fmt: skip
            case "exposure":
                dose = old.dose if isinstance(old, Exposure) else None
                negated = form.get("negated") == "yes"
                return Exposure(concept=_word(form, "concept"), negated=negated, window=_window(form), dose=dose, **place)
            case "demographic":
                attribute = _word(form, "attribute")
                if attribute is None:
                    raise FieldError("attribute", "say what it is about, such as sex or pregnant")
                return Demographic(attribute=attribute, value=_truth(form.get("value_text", "")), **place)
            case "unread":
                return Unread(**place)
            case other:
                raise FieldError("leaf", f"{other!r} is not one of {', '.join(LEAF_KINDS)}")
    except ValidationError as error:
        first = error.errors()[0]
        raise FieldError(".".join(map(str, first["loc"])) or "form", str(first["msg"])) from error


def _span(form: Form, text: str, old: AnyLeaf | None) -> tuple[int, int]:
    """The selected words; a text area counts UTF-16 units and one for each line end."""
    if not form.get("span_start") or not form.get("span_end"):
        if old is None:
            raise FieldError("words", "select the words of the limit in the criterion's text first")
        return old.start, old.end
    try:
        first, last = int(form["span_start"]), int(form["span_end"])
    except ValueError as error:
        raise FieldError("words", "the selection could not be read: select the words again") from error
    if old is not None and (first, last) == (to_area(text, old.start), to_area(text, old.end)):
        return old.start, old.end
    start, end = from_area(text, min(first, last)), from_area(text, max(first, last), end=True)
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start == end:
        raise FieldError("words", "the selection is empty: select the words of the limit")
    return start, end


def _threshold(form: Form, text: str, place: dict[str, Any], old: Threshold | None, lexicon: Lexicon) -> Threshold:
    concept = _word(form, "concept")
    entry = lexicon.measured.get(concept) if concept else None
    if concept and entry is None and not (old and old.concept == concept):
        raise FieldError("concept", f"{concept!r} is not in the catalogue: choose one of its names, or leave it empty")
    code = Code(system=LOINC, code=entry.loinc) if entry and entry.loinc else None
    if old is not None and old.concept == concept:
        code = old.code
    unit_text = _word(form, "unit_text")
    threshold = Threshold.model_validate(
        {
            **place,
            "kind": form.get("kind") or "measurement",
            "concept": concept,
            "code": code,
            **_named(form, text, place["start"], old),
            **_numbers(form, old),
            "scale": _number(form, "scale") or Decimal(1),
            "unit": _unit(unit_text, old),
            "unit_text": unit_text,
            "reference": form.get("reference") or None,
            "window": _window(form),
            "statistic": _word(form, "statistic"),
        }
    )
    if old is not None and _same_quantity(old, threshold):
        return threshold.model_copy(update={"canonical": old.canonical, "findings": old.findings})
    return normalise(threshold, lexicon)


def _named(form: Form, text: str, near: int, old: Threshold | None) -> dict[str, Any]:
    words = form.get("concept_text", "").strip()
    if not words:
        return {"concept_text": None, "concept_start": None, "concept_end": None}
    if old is not None and words == old.concept_text:
        return {"concept_text": words, "concept_start": old.concept_start, "concept_end": old.concept_end}
    places = [place for place in range(len(text)) if text.startswith(words, place)]
    if not places:
        raise FieldError("concept_text", f"{words!r} does not stand in the criterion: copy the words as they are printed")
    start = min(places, key=lambda place: abs(place - near))
    return {"concept_text": words, "concept_start": start, "concept_end": start + len(words)}


def _numbers(form: Form, old: Threshold | None) -> dict[str, Any]:
    operator = form.get("operator") or "ge"
    if operator == "in":
        grades = [part for part in form.get("grades", "").replace(";", ",").split(",") if part.strip()]
        if not grades:
            raise FieldError("grades", "list the grades that count, such as 0, 1, 2")
        return {"operator": operator, "grades": tuple(_decimal("grades", grade) for grade in grades)}
    value = _number(form, "value")
    if value is None:
        raise FieldError("value", "give the number of the limit")
    match operator:
        case "lt" | "le":
            return {"operator": operator, "high": value, "high_inclusive": operator == "le"}
        case "gt" | "ge":
            return {"operator": operator, "low": value, "low_inclusive": operator == "ge"}
        case "between":
            upper = _number(form, "upper")
            if upper is None or upper < value:
                raise FieldError("upper", "give the range's upper end, not below its lower one")
            low_in, high_in = form.get("low_inclusive") == "yes", form.get("high_inclusive") == "yes"
            bounds = {"low": value, "low_inclusive": low_in, "high": upper, "high_inclusive": high_in}
            return {"operator": operator, **bounds}
        case _:
            if old is not None and old.operator == operator and value in (old.low, old.high):
                return old.model_dump(include={"operator", "low", "low_inclusive", "high", "high_inclusive"})
            both = {"low": value, "low_inclusive": True, "high": value, "high_inclusive": True}
            return {"operator": operator, **both}


def _unit(unit_text: str | None, old: Threshold | None) -> str | None:
    if unit_text is None:
        return None
    if old is not None and unit_text == old.unit_text:
        return old.unit
    code = units.ucum(unit_text)
    if code is None:
        raise FieldError(
            "unit_text",
            f"{unit_text!r} is not a unit that limen knows: correct it, or leave it empty and say it in a note",
        )
    return code


def unit_remark(unit_text: str, concept: str, lexicon: Lexicon) -> tuple[bool, str]:
    """Whether a unit fits, and a sentence about it for the form."""
    if not unit_text.strip():
        return True, "No unit."
    code = units.ucum(unit_text.strip())
    if code is None:
        return False, f"“{unit_text.strip()}” is not a unit that limen knows."
    entry = lexicon.measurements.get(concept)
    if entry is None:
        return True, f"UCUM {code}."
    try:
        units.convert(Decimal(1), code, entry.unit, **entry.chemistry._asdict())
    except UnitError:
        return (
            False,
            f"UCUM {code}, which does not measure {entry.name.lower()} (usually {entry.unit}). Save it only if the text says so.",
        )
    return True, f"UCUM {code}, fits {entry.name.lower()} (canonical {entry.unit})."


def _same_quantity(old: Threshold, new: Threshold) -> bool:
    fields = ("concept", "low", "high", "scale", "unit", "reference")
    return all(getattr(old, field) == getattr(new, field) for field in fields)


def _window(form: Form) -> Window | None:
    relation = form.get("window_relation")
    if not relation:
        return None
    return Window.model_validate(
        {
            "relation": relation,
            "low": _number(form, "window_low"),
            "high": _number(form, "window_high"),
            "unit": form.get("window_unit") or None,
            "anchor": form.get("window_anchor") or None,
            "text": form.get("window_text", ""),
        }
    )


def _number(form: Form, field: str) -> Decimal | None:
    text = form.get(field, "").strip()
    return _decimal(field, text) if text else None


def _decimal(field: str, text: str) -> Decimal:
    try:
        value = Decimal(text.strip())
    except InvalidOperation as error:
        raise FieldError(field, f"{text.strip()!r} is not a number: write it with a point, such as 1.5") from error
    if not value.is_finite() or abs(value.adjusted()) > 30 or len(text) > 40:
        raise FieldError(field, f"{text.strip()!r} is no number that a limit can have")
    return value


def _word(form: Form, field: str) -> str | None:
    return form.get(field, "").strip() or None


def _truth(text: str) -> str | bool:
    return {"yes": True, "true": True, "no": False, "false": False}.get(text.strip().lower(), text.strip())


def suggestions(query: str, lexicon: Lexicon, limit: int = 20) -> list[tuple[str, str]]:
    """Catalogue ids and what to show for them, for the first letters of a name or synonym; best first."""
    wanted = query.strip().lower()
    if not wanted:
        return []
    ranked: dict[str, tuple[int, str]] = {}
    for name, ids in lexicon.measured_by_name.items():
        if wanted not in name and not any(wanted in entry_id for entry_id in ids):
            continue
        rank = 0 if name == wanted else 1 if name.startswith(wanted) else 2
        for entry_id in ids:
            entry = lexicon.measured[entry_id]
            shown = entry.name if name == entry.name.lower() else f"{entry.name} ({name})"
            ranked[entry_id] = min(ranked.get(entry_id, (9, "")), (rank, shown))
    best = sorted(ranked.items(), key=lambda item: (item[1][0], item[0]))[:limit]
    return [(entry_id, shown) for entry_id, (_, shown) in best]

"""Random patients and criteria in the short notation, drawn so that they meet each other."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31)).map(str)
DATES = st.one_of(DAYS, st.sampled_from(["2026-10", "2026", "2025-05", "2026-11-01", "2026-10-18", "2026-05-01"]))
NAMES = [
    "breast cancer",
    "malignancy",
    "HIV",
    "infection",
    "SSc",
    "hypertension",
    "uncontrolled hypertension",
    "sprain",
]
DRUGS = ["rituximab", "cyclophosphamide", "warfarin", "immunosuppressant", "aspirin"]
PROCEDURES = ["coronary angioplasty", "stem cell transplant", "biopsy"]
MEASURED: list[tuple[str, list[str | None], list[Any]]] = [
    ("creatinine", ["mg/dL", "umol/L", None, "kg"], [0.8, 1.9, 2, 2.0001, 180, 176.806, "<1", ">500", "high"]),
    ("Hb", ["g/dL", "g/L", "mmol/L"], [7, 8, 8.1, 80, 105, "<8", "<=8", "7-9"]),
    ("platelets", ["10*9/L", "/uL", "K/uL"], [49, 50, 50000, 49999, 120]),
    ("ALT", ["U/L", None], [40, 98, 100, 101, "<20"]),
    ("FVC", ["%", "L"], [75, 80, 85, 2.5]),
    ("mRSS", [None, "{score}"], [14, 15, 21, "10-14"]),
    ("NYHA", [None], ["I", "II", 3, "IV", "none"]),
    ("ECOG", [None], [0, 1, 2, 3]),
]
LIMITS = [
    "creatinine >= 2 mg/dL", "creatinine < 180 umol/L", "creatinine <= 1.5 ULN", "Hb < 8 g/dL", "Hb 8..10.5 g/dL",
    "Hb != 8 g/dL", "platelets < 50000 /uL", "platelets >= 50e9 /L", "ALT <= 2.5 ULN", "ALT > 100 U/L", "FVC < 80 predicted",
    "FVC < 80 %", "FVC > 2 L", "mRSS >= 15", "mRSS = 21", "ECOG in 0, 1, 2", "NYHA >= 2", "age 18..65 a", "age < 46 a",
    "age >= 17.5 a", "age != 46 a",
]  # fmt: skip
WINDOWS = [
    "within 6 mo screening", "within 30 d consent", "before 3 mo screening", "at screening", "within 2 a onset",
    "within 14 d other", "for 6 mo", "after 1 mo screening", "during 1 a", "within 48 h screening",
]  # fmt: skip


@st.composite
def observations(draw: st.DrawFn) -> dict[str, Any]:
    name, units, values = draw(st.sampled_from(MEASURED))
    seen: dict[str, Any] = {"name": name, "value": draw(st.sampled_from(values))}
    if unit := draw(st.sampled_from(units)):
        seen["unit"] = unit
    if draw(st.booleans()):
        seen["date"] = draw(DATES)
    if draw(st.booleans()):
        seen["reference_range"] = {"low": 5, "high": 40} if name == "ALT" else {"high": 1.2}
    if name == "FVC" and draw(st.booleans()):
        seen["reference"] = "predicted"
    return seen


def _dated(draw: st.DrawFn, names: list[str], *keys: str) -> dict[str, Any]:
    fact: dict[str, Any] = {"name": draw(st.sampled_from(names))}
    return fact | {key: draw(DATES) for key in keys if draw(st.booleans())}


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    fact = _dated(draw, NAMES, "onset", "end")
    status = draw(st.sampled_from([None, None, "active", "resolved", "suspected"]))
    return {**fact, "status": status} if status else fact


@st.composite
def medications(draw: st.DrawFn) -> dict[str, Any]:
    fact = _dated(draw, DRUGS, "start", "stop")
    if draw(st.booleans()):
        fact["dose"] = {"value": draw(st.sampled_from([2, 8, 4000])), "unit": draw(st.sampled_from(["g", "mg"]))}
    status = draw(st.sampled_from([None, None, "active", "stopped"]))
    return {**fact, "status": status} if status else fact


@st.composite
def procedures(draw: st.DrawFn) -> dict[str, Any]:
    return _dated(draw, PROCEDURES, "date")


@st.composite
def profiles(draw: st.DrawFn) -> dict[str, Any]:
    """A profile; screened on 2026-11-01."""
    person: dict[str, Any] = {"id": "P", "screening_date": "2026-11-01"}
    if draw(st.booleans()):
        births = st.one_of(st.dates(date(1955, 1, 1), date(2026, 10, 31)).map(str), st.sampled_from(["2008", "1980-11-01"]))
        person["birth_date"] = draw(births)
    elif draw(st.booleans()):
        person["age"] = draw(st.sampled_from([17, 18, 45, 46, 65, 66, 17.5]))
    if sex := draw(st.sampled_from(["female", "male", "other", None])):
        person["sex"] = sex
    person["observations"] = draw(st.lists(observations(), max_size=6))
    person["conditions"] = draw(st.lists(conditions(), max_size=3))
    person["medications"] = draw(st.lists(medications(), max_size=3))
    person["procedures"] = draw(st.lists(procedures(), max_size=2))
    person["absent"] = draw(st.lists(st.sampled_from([*NAMES, "pregnancy", *DRUGS]), max_size=3))
    person["complete"] = draw(st.lists(st.sampled_from(["conditions", "medications", "procedures"]), unique=True))
    return person


@st.composite
def leaf(draw: st.DrawFn) -> Any:
    kind = draw(st.sampled_from(["limit", "limit", "limit", "condition", "exposure", "window", "sex", "pregnant", "unread", "dose"]))
    window = draw(st.sampled_from([None, None, *WINDOWS]))
    placed = {"window": window} if window else {}
    if kind == "limit":
        text = draw(st.sampled_from(LIMITS))
        return text if text.startswith("age") or not placed else {"limit": text, **placed}
    if kind == "condition":
        words = draw(st.sampled_from([*NAMES, "history of malignancy", "active infection", "pregnancy"]))
        return {"condition": words, "negated": draw(st.booleans()), **placed}
    if kind == "exposure":
        return {
            "exposure": draw(st.sampled_from([*DRUGS, *PROCEDURES, "phototherapy"])),
            "negated": draw(st.booleans()),
            **placed,
        }
    if kind == "window":
        about = draw(st.sampled_from([*DRUGS, *PROCEDURES, *NAMES]))
        limit = draw(st.sampled_from(["<= 6 mo", "< 6 mo", ">= 3 mo", "> 30 d", "<= 2 a"]))
        return {"limit": f"{about} {limit}", "kind": "window"}
    if kind == "dose":
        return {"exposure": "cyclophosphamide", "dose": "cyclophosphamide > 10 g", "statistic": "in total"}
    if kind == "sex":
        return {"attribute": "sex", "value": draw(st.sampled_from(["female", "male", "all"]))}
    if kind == "pregnant":
        return {"attribute": "pregnant", "value": draw(st.booleans())}
    return {"unread": "something else"}


def trees() -> st.SearchStrategy[Any]:
    """Trees of every kind of node."""
    return st.recursive(
        leaf(),
        lambda parts: st.one_of(
            st.lists(parts, min_size=1, max_size=3).map(lambda of: {"all_of": of}),
            st.lists(parts, min_size=1, max_size=3).map(lambda of: {"any_of": of}),
            st.tuples(st.integers(1, 3), st.lists(parts, min_size=1, max_size=3)).map(lambda pair: {"at_least": pair[0], "of": pair[1]}),
            parts.map(lambda one: {"not": one}),
            st.tuples(parts, parts).map(lambda pair: {"if": pair[0], "then": pair[1]}),
            st.tuples(parts, parts).map(lambda pair: {"requirement": pair[0], "unless": pair[1]}),
        ),
        max_leaves=5,
    )

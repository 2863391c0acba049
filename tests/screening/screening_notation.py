"""A small lexicon and a short notation for criteria, so that these tests depend on no reader and no catalogue's growth."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter

from limen.criteria import Criterion, Expression, Source, Trial
from limen.lexicon import Concept, Lexicon, Measurement, Score
from limen.screening.match import Catalogue

_EXAMPLES = ["x 1 => x = 1"]


def _measurement(id: str, name: str, unit: str, low: float, high: float, **more: Any) -> Measurement:
    entry = {"id": id, "name": name, "unit": unit, "plausible": [low, high], "examples": _EXAMPLES, **more}
    return Measurement.model_validate(entry)


def _score(id: str, name: str, low: int, high: int, **more: Any) -> Score:
    return Score.model_validate({"id": id, "name": name, "range": [low, high], "examples": _EXAMPLES, **more})


_CREATININE_GUESSES = [{"unit": "mg/dL", "low": 0.1, "high": 20}, {"unit": "umol/L", "low": 20, "high": 2000}]
MEASUREMENTS = [
    _measurement(
        "creatinine",
        "Creatinine",
        "mg/dL",
        0.1,
        20,
        loinc="2160-0",
        synonyms=["serum creatinine"],
        molar_mass=113.12,
        guesses=_CREATININE_GUESSES,
    ),
    _measurement("hemoglobin", "Hemoglobin", "g/dL", 3, 20, loinc="718-7", synonyms=["Hb"]),
    _measurement("platelet_count", "Platelet count", "10*9/L", 1, 1000, loinc="777-3", synonyms=["platelets"]),
    _measurement("alanine_aminotransferase", "Alanine aminotransferase", "U/L", 1, 5000, loinc="1742-6", synonyms=["ALT"]),
    _measurement("forced_vital_capacity", "Forced vital capacity", "L", 0.3, 8, synonyms=["FVC"], predicted=["%FVC"]),
    _measurement("ca_19_9", "CA 19-9", "U/mL", 1, 10000),
    _measurement("body_temperature", "Body temperature", "Cel", 34, 43, synonyms=["temperature"]),
    _measurement("systolic_blood_pressure", "Systolic blood pressure", "mm[Hg]", 50, 260, loinc="8480-6"),
    _measurement("arterial_oxygen", "Partial pressure of oxygen", "mm[Hg]", 20, 600, synonyms=["PaO2"]),
    _measurement("weight_loss", "Weight loss", "%", 0, 60),
    _measurement("inr", "INR", "1", 0.5, 15),
]
SCORES = [
    _score("mrss", "modified Rodnan skin score", 0, 51, synonyms=["mRSS"]),
    _score("ecog", "ECOG performance status", 0, 5, synonyms=["ECOG"], grades=list("012345")),
    _score("nyha", "NYHA class", 1, 4, synonyms=["NYHA"], grades=["I", "II", "III", "IV"]),
    _score("child_pugh", "Child-Pugh score", 5, 15),
    _score("child_pugh_class", "Child-Pugh class", 1, 3, grades=["A", "B", "C"]),
]
CONCEPTS = [
    Concept(id="malignancy", name="malignancy", kind="condition", synonyms=("cancer", "malignant neoplasm"), icd10=("C00-C97",)),
    Concept(id="breast_cancer", name="breast cancer", kind="condition", synonyms=("metastatic breast cancer",), parents=("malignancy",), icd10=("C50",)),
    Concept(id="infection", name="infection", kind="condition", icd10=("A00-B99",)),
    Concept(id="hiv", name="HIV infection", kind="condition", synonyms=("HIV",), parents=("infection",), icd10=("B20-B24",)),
    Concept(id="systemic_sclerosis", name="systemic sclerosis", kind="condition", synonyms=("SSc", "scleroderma"), icd10=("M34",)),
    Concept(id="hypertension", name="hypertension", kind="condition", synonyms=("arterial hypertension",), parents=("cardiovascular_disease",), icd10=("I10-I15",)),
    Concept(id="cardiovascular_disease", name="cardiovascular disease", kind="condition", synonyms=("cardiovascular event",)),
    Concept(id="pulmonary_hypertension", name="pulmonary hypertension", kind="condition"),
    Concept(id="stroke", name="stroke", kind="condition"),
    Concept(id="intracranial_hemorrhage", name="intracranial hemorrhage", kind="condition", kin=("stroke",)),
    Concept(id="fever", name="fever", kind="condition"),
    Concept(id="measurable_disease", name="measurable disease", kind="condition"),
    Concept(id="pregnant", name="pregnancy", kind="condition", synonyms=("pregnant",)),
    Concept(id="myocardial_infarction", name="myocardial infarction", kind="condition", icd10=("I21",)),
    Concept(id="immunosuppressant", name="immunosuppressant", kind="drug", synonyms=("immunosuppressants",)),
    Concept(id="cyclophosphamide", name="cyclophosphamide", kind="drug", parents=("immunosuppressant",)),
    Concept(id="rituximab", name="rituximab", kind="drug", parents=("immunosuppressant",)),
    Concept(id="warfarin", name="warfarin", kind="drug"),
    Concept(id="angioplasty", name="coronary angioplasty", kind="procedure"),
    Concept(id="gilbert", name="Gilbert's syndrome", kind="condition", synonyms=("Gilbert",)),
]  # fmt: skip
LEXICON = Lexicon(
    measurements={entry.id: entry for entry in MEASUREMENTS},
    scores={entry.id: entry for entry in SCORES},
    concepts={entry.id: entry for entry in CONCEPTS},
)
INDEX = Catalogue(LEXICON)

_OPERATORS = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge", "=": "eq", "!=": "ne"}
_LIMIT = re.compile(
    r"(?P<name>.+?) (?:(?P<op><=|>=|!=|<|>|=) (?P<number>[\d.]+)(?:e(?P<power>\d+))?|(?P<low>[\d.]+)\.\.(?P<high>[\d.]+)"
    r"|in (?P<grades>\d+(?:, \d+)*))(?: (?P<unit>\S+))?"
)
_REFERENCES = {
    "ULN": "uln",
    "LLN": "lln",
    "predicted": "predicted",
    "baseline": "baseline",
    "bodyweight": "body_weight",
}
_EXPRESSION: TypeAdapter[Expression] = TypeAdapter(Expression)
_GROUPS = ("all_of", "any_of")


def limit(text: str, **more: Any) -> dict[str, Any]:
    """'creatinine >= 2 mg/dL', 'platelets < 50e9 /L', 'ALT <= 2.5 ULN', 'FVC < 70 predicted', 'ecog in 0, 1, 2', 'age 18..65 a'."""
    found = _LIMIT.fullmatch(text.strip())
    assert found, f"no limit: {text!r}"
    name, unit = found["name"], found["unit"]
    ids = INDEX.measured(_label(name))
    kind = "age" if name == "age" else "score" if ids and ids[0] in LEXICON.scores else "measurement"
    leaf: dict[str, Any] = {"kind": kind, "concept": ids[0] if ids else ("age" if name == "age" else None),
                            "concept_text": name, "text": text, "start": 0, "end": len(text)}  # fmt: skip
    if unit in _REFERENCES:
        leaf |= {
            "reference": _REFERENCES[unit],
            "unit": "{ULN}" if unit == "ULN" else "%" if unit != "LLN" else "{LLN}",
        }
    else:
        leaf["unit"] = unit
    if found["power"]:
        leaf["scale"] = Decimal(10) ** int(found["power"])
    return leaf | _numbers(found) | more


def _numbers(found: re.Match[str]) -> dict[str, Any]:
    if found["grades"]:
        return {"operator": "in", "grades": [Decimal(part) for part in found["grades"].split(",")]}
    if found["low"]:
        return {
            "operator": "between",
            "low": found["low"],
            "low_inclusive": True,
            "high": found["high"],
            "high_inclusive": True,
        }
    operator, number = _OPERATORS[found["op"]], found["number"]
    if operator in ("lt", "le"):
        return {"operator": operator, "high": number, "high_inclusive": operator == "le"}
    if operator in ("gt", "ge"):
        return {"operator": operator, "low": number, "low_inclusive": operator == "ge"}
    return {"operator": operator, "low": number, "high": number}


def _label(name: str) -> Any:
    from limen.screening.match import Label

    return Label(name)


def window(text: str) -> dict[str, Any]:
    """'within 6 mo before screening', 'after 2 a onset', 'at screening'."""
    words = text.split()
    numbers = [word for word in words if re.fullmatch(r"[\d.]+", word)]
    units = [word for word in words if word in ("a", "mo", "wk", "d", "h")]
    anchors = [w for w in words if w in ["screening", "enrolment", "consent", "onset", "transplant", "surgery", "first_dose", "other"]]
    known: dict[str, Any] = {"relation": words[0], "unit": units[0] if units else None, "text": text}
    known["anchor"] = anchors[0] if anchors else None
    if len(numbers) == 2:
        return known | {"low": numbers[0], "high": numbers[1]}
    if numbers:
        return known | {"low" if words[0] == "before" else "high": numbers[0]}
    return known


def expression(content: Any) -> dict[str, Any]:
    """The short notation of a tree -> the JSON of the contract."""
    if isinstance(content, str):
        return limit(content)
    assert isinstance(content, Mapping), content
    for group in _GROUPS:
        if group in content:
            return {"kind": group, "of": [expression(part) for part in content[group]]}
    if "at_least" in content:
        return {"kind": "at_least", "count": content["at_least"], "of": [expression(part) for part in content["of"]]}
    if "not" in content:
        return {"kind": "not", "of": expression(content["not"])}
    if "if" in content:
        return {"kind": "if_then", "when": expression(content["if"]), "then": expression(content["then"])}
    if "unless" in content:
        requirement = expression(content["requirement"])
        return {"kind": "unless", "requirement": requirement, "exception": expression(content["unless"])}
    return _leaf(dict(content))


def _leaf(content: dict[str, Any]) -> dict[str, Any]:
    if "window" in content:
        content["window"] = window(content["window"])
    if "findings" in content:
        content["findings"] = [finding(one) for one in content["findings"]]
    if "limit" in content:
        return limit(content.pop("limit"), **content)
    start = {"start": 0, "end": 1}
    if "unread" in content:
        return {"kind": "unread", "text": content["unread"], **start}
    if "attribute" in content:
        return {"kind": "demographic", **start, **content}
    if isinstance(content.get("dose"), str):
        content["dose"] = limit(content["dose"], kind="dose", statistic=content.pop("statistic", None))
    for kind in ("condition", "exposure"):
        if kind in content:
            text = content.pop(kind)
            return {"kind": kind, "text": text, **start, **content}
    raise AssertionError(f"no leaf: {content}")


def finding(content: str) -> dict[str, Any]:
    """'unit_implausible warning umol/L?'."""
    code, severity, message = (content + "  ").split(" ", 2)
    return {"code": code, "severity": severity or "warning", "start": 0, "end": 1, "message": message.strip() or code}


def criterion(id: str, content: Any) -> Criterion:
    """One criterion: `{inclusion|exclusion|registry: tree, status: ..., text: ...}`."""
    content = dict(content)
    role = next(role for role in ("inclusion", "exclusion", "registry") if role in content)
    tree = expression(content.pop(role))
    status = content.pop("status", "structured")
    text = content.pop("text", str(tree.get("text", role)))
    assert not content, f"unknown keys {set(content)}"
    return Criterion(id=id, role=role, start=0, end=len(text), text=text, requirement=_EXPRESSION.validate_python(tree),
                     status=status)  # fmt: skip


def trial(criteria: list[Any], *, conditions: tuple[str, ...] = (), trial_id: str = "T1") -> Trial:
    made = tuple(criterion(f"C{number}", one) for number, one in enumerate(criteria, start=1))
    source = Source(name="made", format="plain", sha256="")
    return Trial(trial_id=trial_id, registry="plain", source=source, text="", criteria=made, conditions=conditions)

"""A dozen trials of the tests' own writing: emoji, Japanese, \\r\\n, combining characters, hostile HTML."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from limen.criteria import (
    AllOf,
    AnyOf,
    Code,
    Condition,
    Criterion,
    Exposure,
    Expression,
    Finding,
    RegistryFields,
    Source,
    Threshold,
    Trial,
    Unread,
    Window,
    leaves,
)
from limen.lexicon import Lexicon, Measurement

Build = Callable[[str, int], Expression]


def limit(words: str, concept: str | None, name: str | None, operator: str, value: float, **more: Any) -> Build:
    """A threshold on `words` of the criterion, its measurement written as `name`."""

    def build(text: str, start: int) -> Threshold:
        place = text.index(words) + start
        named = text.index(name) + start if name else None
        bound = "low" if operator in ("gt", "ge", "eq") else "high"
        return Threshold.model_validate(
            {
                "kind": "measurement",
                "concept": concept,
                "code": Code(system="http://loinc.org", code="2160-0") if concept == "creatinine" else None,
                "concept_text": name,
                "concept_start": named,
                "concept_end": named + len(name) if named is not None and name else None,
                "text": words,
                "start": place,
                "end": place + len(words),
                "operator": operator,
                bound: Decimal(str(value)),
                f"{bound}_inclusive": operator in ("ge", "le", "eq"),
                "confidence": 0.9,
                **more,
            }
        )

    return build


def condition(words: str, **more: Any) -> Build:
    return lambda text, start: Condition(text=words, start=text.index(words) + start, end=text.index(words) + start + len(words), **more)


def exposure(words: str, **more: Any) -> Build:
    return lambda text, start: Exposure(text=words, start=text.index(words) + start, end=text.index(words) + start + len(words), **more)


def both(*builds: Build) -> Build:
    return lambda text, start: AllOf(of=tuple(build(text, start) for build in builds))


def either(*builds: Build) -> Build:
    return lambda text, start: AnyOf(of=tuple(build(text, start) for build in builds))


def unread(text: str, start: int) -> Expression:
    return Unread(text=text, start=start, end=start + len(text), confidence=0.0)


def make_trial(trial_id: str, criteria: list[tuple[str, str, Build]], *, title: str = "", line: str = "\n") -> Trial:
    """A trial whose text lists its criteria under inclusion and exclusion headings."""
    text, made, numbers = "", [], {"inclusion": 0, "exclusion": 0}
    for role, letter in (("inclusion", "I"), ("exclusion", "E")):
        text += f"{role.capitalize()} criteria:{line}"
        for words, build in ((w, b) for r, w, b in criteria if r == role):
            numbers[role] += 1
            text += f"{numbers[role]}. "
            start = len(text)
            tree = build(words, start)
            spans = sorted(span for leaf in leaves(tree) for span in _spans(leaf))
            is_unread = any(isinstance(leaf, Unread) for leaf in leaves(tree))
            found = Finding(code="unread_text", severity="warning", start=start, end=start + len(words), message="unread")
            made.append(
                Criterion(
                    id=f"{letter}{numbers[role]}",
                    role=role,
                    number=f"{numbers[role]}.",
                    start=start,
                    end=start + len(words),
                    text=words,
                    requirement=tree,
                    status="unread" if isinstance(tree, Unread) else "partial" if is_unread else "structured",
                    accounted=tuple(spans),
                    findings=(found,) if is_unread else (),
                )
            )
            text += words + line
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Trial(
        trial_id=trial_id,
        registry="plain",
        title=title or f"Study {trial_id}",
        source=Source(name=f"{trial_id}.txt", format="plain", sha256=digest),
        text=text,
        registry_fields=RegistryFields(sex="all"),
        criteria=tuple(made),
        limen="0.0-test",
    )


def _spans(leaf: Any) -> list[tuple[int, int]]:
    if isinstance(leaf, Unread):
        return []
    spans = [(leaf.start, leaf.end)]
    if isinstance(leaf, Threshold) and leaf.concept_start is not None and leaf.concept_end is not None:
        spans.append((leaf.concept_start, leaf.concept_end))
    return spans


CREATININE = "Serum creatinine no more than 2.0 mg/dL 👩‍⚕️ at the last visit before entry"
HOSTILE = '<script>alert(1)</script> & <img src=x onerror="alert(2)"> platelets > 90 per nL \u202egnihtyna\u202c'
JAPANESE = "血清クレアチニン値が2.0mg/dL以下の者（直近4週間以内）"
COMBINING = "Cafe\u0301-au-lait spots 🧬 and hae\u0308moglobin of 9 g/dL or more"
SHARED = "Haemoglobin below 9 g/dL"


def creatinine() -> Build:
    return limit("no more than 2.0 mg/dL", "creatinine", "Serum creatinine", "le", 2, unit="mg/dL", unit_text="mg/dL")


def haemoglobin() -> Build:
    return limit("below 9 g/dL", "hemoglobin", "Haemoglobin", "lt", 9, unit="g/dL", unit_text="g/dL")


def fake_trials() -> list[Trial]:
    """A dozen small trials."""
    sclerosis = "Skin tightening of the trunk, or a modified Rodnan score above 10"
    four_weeks = Window.model_validate({"relation": "within", "high": 4, "unit": "wk", "anchor": "screening", "text": "直近4週間以内"})
    japanese = limit("2.0mg/dL以下", "creatinine", "血清クレアチニン値", "le", 2, unit="mg/dL", unit_text="mg/dL", window=four_weeks)
    first = make_trial(
        "FAKE-01",
        [
            ("inclusion", CREATININE, creatinine()),
            (
                "inclusion",
                sclerosis,
                either(condition("Skin tightening"), limit("above 10", None, "modified Rodnan score", "gt", 10, confidence=0.4)),
            ),
            ("inclusion", "Willing to walk to the clinic twice a week for 3 months", unread),
            ("exclusion", SHARED, haemoglobin()),
            (
                "exclusion",
                "Bilirubin over 3 mg/dL and platelets under 50",
                limit("over 3 mg/dL", "bilirubin", "Bilirubin", "gt", 3, unit="mg/dL", unit_text="mg/dL"),
            ),
        ],
        title="Sore thumbs & <b>bold</b> claims",
    )
    hostile = make_trial(
        'FAKE-02/../"><script>',
        [
            ("inclusion", HOSTILE, limit("> 90 per nL", "platelets", "platelets", "gt", 90, unit="/nL", unit_text="per nL")),
            ("exclusion", "javascript:alert(3) or [click](javascript:alert(4)) {{ 7*7 }} ${7*7}", unread),
        ],
        title="<script>document.title='owned'</script>",
    )
    japan = make_trial("FAKE-03", [("inclusion", JAPANESE, japanese), ("exclusion", SHARED, haemoglobin())], line="\r\n")
    combined = make_trial(
        "FAKE-04",
        [
            (
                "inclusion",
                COMBINING,
                both(
                    condition("Cafe\u0301-au-lait spots"),
                    limit("of 9 g/dL or more", "hemoglobin", "hae\u0308moglobin", "ge", 9, unit="g/dL", unit_text="g/dL"),
                ),
            ),
            ("inclusion", "Weight 🏋️ of 40 kg\r\nor more\r\nat entry", unread),
            ("exclusion", "Took 🌿 valerian root in the last month", exposure("valerian root")),
        ],
    )
    plain = [
        make_trial(
            f"FAKE-{number:02}",
            [("inclusion", CREATININE, creatinine()), ("exclusion", SHARED, haemoglobin())],
            title=f"Sleep and soup, part {number}",
        )
        for number in range(5, 13)
    ]
    return [first, hostile, japan, combined, *plain]


def small_lexicon() -> Lexicon:
    """A few measurements of the tests' own, so that these tests do not move with the catalogue."""
    common = {"examples": ["a => b"], "plausible": [1, 3000]}
    entries = [
        {"id": "creatinine", "name": "Creatinine", "loinc": "2160-0", "unit": "umol/L", "synonyms": ["SCr"], "molar_mass": 113.12},
        {"id": "hemoglobin", "name": "Hemoglobin", "loinc": "718-7", "unit": "g/L", "synonyms": ["Hb"]},
        {"id": "platelets", "name": "Platelets", "loinc": "777-3", "unit": "10*9/L", "synonyms": ["PLT"]},
        {"id": "bilirubin", "name": "Bilirubin", "loinc": "1975-2", "unit": "umol/L", "molar_mass": 584.66},
    ]
    made = [Measurement.model_validate({**common, **entry}) for entry in entries]
    return Lexicon(measurements={entry.id: entry for entry in made}, scores={}, concepts={})

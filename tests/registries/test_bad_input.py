"""What cannot be read gives a clear sentence that names the record, quickly, and nothing else is ever raised."""

from __future__ import annotations

import time
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limen.criteria import Trial
from limen.errors import LimenError, RecordError
from limen.registries import read

_PDF = b"%PDF-1.7\n1 0 obj\n"
_REFUSED = {
    "empty": (b"", "the file is empty"),
    "white space": (b" \r\n\t\n", "the file is empty"),
    "byte order mark only": (b"\xff\xfe", "the file is empty"),
    "zero bytes": (b"Hb < 9\0\0\0", "a binary file"),
    "control characters": (bytes(range(1, 9)) * 9, "a binary file"),
    "PDF": (_PDF, "a binary file (PDF)"),
    "Office": (b"PK\x03\x04rest", "a binary file (ZIP or Office)"),
    "pairs of bytes that several encodings have": ("Age ≥18 years, BMI ≤30".encode("gb18030"), "neither UTF-8 nor"),
    "half a UTF-16 character": (b"\xff\xfeH\x00b", "starts as UTF-16, but is not"),
    "structured": (b'{"schema": "limen.trial/1", "trial_id": "x"}', "structured already"),
    "JSON broken off": (b'{"protocolSection": {', "starts like JSON, but is not"),
    "JSON array of numbers": (b'[{"a": 1}, {"a": 2}]', "one study was expected"),
    "JSON of another shape": (b'{"resourceType": "Bundle"}', "JSON, but not a study"),
    "empty JSON": (b"{}", "JSON, but not a study"),
    "JSON with many digits": (b'{"protocolSection": ' + b"9" * 20_000 + b"}", "JSON"),
    "20,000 brackets": (b"[" * 20_000, "nested too deeply"),
    "20,000 objects": (b'{"a":' * 20_000, "nested too deeply"),
    "20,000 objects with criteria": (b'{"inclusion_criteria":' * 20_000, "nested too deeply"),
    "20,000 parentheses": (b"(" * 20_000, "holds no words"),
    "XML in XML": (b"<clinical_study>" * 20_000, "starts like XML"),
}


@pytest.mark.parametrize("raw, reason", _REFUSED.values(), ids=_REFUSED)
def test_refused(raw: bytes, reason: str) -> None:
    with pytest.raises(RecordError) as caught:
        read(raw, name="bad.txt")
    assert reason in caught.value.reason
    assert str(caught.value).startswith("bad.txt: ")
    assert isinstance(caught.value, LimenError)


def test_a_json_name_on_a_text_without_json() -> None:
    with pytest.raises(RecordError, match="named as JSON"):
        read(b"42", name="record.json")


_LONG = 5_000_000
_SLOW_ELSEWHERE = {
    "one word": b"a" * _LONG,
    "one line": b"Hb < 11 g/dL, age " * (_LONG // 18),
    "spaces": b" " * _LONG + b"x",
    "digits": b"9" * _LONG,
    "headings in a line": b"inclusion criteria " * (_LONG // 19),
    "less than": b"<" * _LONG,
    "open tags": b"<p>" + b"<a " * (_LONG // 3),
    "open comments": b"<html>" + b"<!--" * (_LONG // 4),
    "open scripts": b"<html>" + b"<script>" * (_LONG // 8),
    "entities": b"<html>&#" + b"1" * _LONG,
    "brackets": b"[" * _LONG,
    "not UTF-8": b"\xe9" * _LONG,
    "a jRCT paragraph": b"jRCT9999999961\n" + b"x " * (_LONG // 2) + b"\n16age old over\n65age old not\nBoth\n",
    "a UMIN line": b"Unique ID issued by UMIN\nKey inclusion criteria\n" + b"x" * _LONG,
    "a study": b'{"protocolSection":{"eligibilityModule":{"eligibilityCriteria":"' + b"x " * (_LONG // 2) + b'"}}}',
}


@pytest.mark.parametrize("raw", _SLOW_ELSEWHERE.values(), ids=_SLOW_ELSEWHERE)
def test_five_megabytes_on_a_line(raw: bytes) -> None:
    start = time.process_time()
    try:
        assert read(raw, name="long.txt").text
    except RecordError as error:
        assert error.reason
    assert time.process_time() - start < 4


def test_invalid_utf8_is_read_with_a_finding_at_its_place() -> None:
    trial = read("Inclusion Criteria: Hb ≥ 9, ".encode() + b"temperature 38 \xb0C", name="a.txt")
    assert trial.text == "Inclusion Criteria: Hb ≥ 9, temperature 38 °C"
    (finding,) = trial.findings
    assert (finding.code, finding.severity) == ("encoding_guessed", "warning")
    assert trial.text[finding.start : finding.end] == "°"


def test_invalid_utf8_outside_the_criteria_is_still_said() -> None:
    raw = b"Caf\xe9\nAges Eligible for Study: 18 Years and older\nCriteria\nInclusion Criteria: a\n"
    (finding,) = read(raw, name="a.txt").findings
    assert (finding.code, finding.start, finding.end) == ("encoding_guessed", 0, 0)
    assert finding.message.startswith("1 bytes")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_encodings_that_say_what_they_are(encoding: str) -> None:
    text = "Inclusion criteria:\r\n• mPAP ≥ 25 mmHg 😀\r\n"
    trial = read(text.encode(encoding), name="a.txt")
    assert trial.text == text
    assert trial.findings == ()


def test_the_encoding_that_an_xml_file_declares() -> None:
    xml = (
        '<?xml version="1.0" encoding="ISO-8859-1"?><clinical_study><eligibility><criteria><textblock>'
        "Inclusion: temperature 38 °C</textblock></criteria></eligibility></clinical_study>"
    )
    trial = read(xml.encode("latin-1"), name="a.xml")
    assert trial.text == "Inclusion: temperature 38 °C"
    assert trial.findings == ()


def test_the_source_is_the_bytes() -> None:
    trial = read(b"Inclusion criteria: a", name="folder/a.b.txt")
    assert trial.source.name == "folder/a.b.txt"
    assert trial.source.sha256 == sha256(b"Inclusion criteria: a").hexdigest()
    assert trial.trial_id == "a.b"


_PIECES = st.sampled_from(
    [
        "jRCT9999999971\n",
        "16age old over\n",
        "65age old not\n",
        "Both\n",
        "\n\n",
        "treatment purpose\n",
        "Recruitment & Eligibility\n",
        "- Sex\n",
        "All\n",
        "Status\n",
        "Inclusion Criteria\n",
        "Exclusion Criteria:\n",
        "1) a\n",
        "2) b\n",
        "Study & Design\n",
        "Unique ID issued by UMIN UMIN999999971\n",
        "Key inclusion criteria\n",
        "Age-lower limit\n",
        "20 years-old <=\n",
        "Ages Eligible for Study: 18 Years to 65 Years\n",
        "Criteria\n",
        "NIPH Clinical Trials Search\n",
        "Include criteria(1) x\n",
        "E.3 Principal inclusion criteria\n",
        "<html><p>",
        "<li>",
        "</ul>",
        "{",
        '{"inclusion_criteria": ',
        '{"protocolSection": {"eligibilityModule": ',
        '"x"',
        "}",
        "<clinical_study>",
        "<trials>",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.lists(_PIECES, max_size=12).map(lambda parts: "".join(parts).encode())))
def test_nothing_but_record_errors(raw: bytes) -> None:
    try:
        trial = read(raw, name="any.txt")
    except RecordError as error:
        assert error.reason and error.source == "any.txt"
        return
    assert trial.text.strip()
    assert Trial.model_validate_json(trial.model_dump_json(by_alias=True)).text == trial.text
    spans = [(s.start, s.end) for s in trial.sections] + [(f.start, f.end) for f in trial.findings]
    assert all(0 <= start <= end <= len(trial.text) for start, end in spans)


@settings(max_examples=200, deadline=None)
@given(st.lists(_PIECES, max_size=12).map("".join))
def test_the_text_of_a_page_is_a_slice_of_it(page: str) -> None:
    try:
        trial = read(page.encode(), name="any.txt")
    except RecordError:
        return
    if trial.source.format in ("jrct", "niph", "ctgov_page", "medpath", "umin", "euctr", "plain"):
        assert trial.text in page


_EAST = "選択基準\n年齢≧18歳、BMI≦30。 痛風の患者\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (_EAST, "cp932"),
        (_EAST, "euc_jp"),
        (_EAST, "utf-16-le"),
        ("纳入标准\n年龄≥18岁，BMI≤30。痛风患者\n", "gb18030"),
        ("Inclusion criteria\nAge ≧18 years", "cp932"),
        ("Inclusion criteria\nAge > 18 years", "utf-16-le"),
        ("Inclusion criteria\nAge ≥ 18 years", "utf-16-be"),
    ],
)
def test_an_encoding_that_leaves_no_doubt_is_read_and_told(text: str, encoding: str) -> None:
    trial = read(text.encode(encoding), name="x.txt")
    assert trial.text == text
    assert "encoding_guessed" in [finding.code for finding in trial.findings]


@pytest.mark.parametrize("raw", ["Température > 38 °C, ±5 µg – café".encode("cp1252"), "Âge ≥ 18, Á".encode() + b"\xff"])
def test_other_bytes_are_read_as_windows_1252(raw: bytes) -> None:
    (finding,) = [f for f in read(raw, name="x.txt").findings if f.code == "encoding_guessed"]
    assert "Windows-1252" in finding.message

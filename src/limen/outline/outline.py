"""From lines to clauses: nesting by indentation and mark style, continuation lines, lists inside a paragraph."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Literal

from limen.criteria import Section
from limen.lexicon.labels import kind_of
from limen.lexicon.patterns import alternation
from limen.outline.clauses import Clause, Outline
from limen.outline.groups import Block, Label, for_whom, label_of, outer_label
from limen.outline.inline import Item, find_items
from limen.outline.joints import Joint, alternatives, count_of, ends_in_joint, logic_of, logic_words, paired
from limen.outline.lines import Heading, Line, Role, heading_at, is_joint, is_notice, is_ruled, list_words, read_line, split_lines
from limen.outline.numbering import ENDS_OPEN, above_goes_on, follows, goes_on, opens, restarts, with_bare_numbers
from limen.outline.running import marked
from limen.outline.splits import first_items_apart, run_on_lines, split_bullets
from limen.outline.unmarked import as_items
from limen.outline.wraps import without_closings, wrapped_on

Breaks = Literal["writer", "machine", "either"]
_WRAPPED = (50, 100)  # characters of a line that a machine wrapped
_NARROW = 40  # characters of the narrowest lines that one makes
_LONGEST = 200  # characters of a lead that only opens a list
_DENIAL = re.compile(r"\b(?:no|not|never|without|none|neither|nor|cannot|lack\w*|absence|fail\w*|(?:do|does|did|can)n['’]?t)\b", re.IGNORECASE)
_SHUT = re.compile(r"\b(?:will|can|may|must|shall|should|is|are|be)\s*not\s+(?:be\s+)?(?:(?:included?|enrol\w*|recruited|accepted|admitted|allowed|permitted|considered|eligible|enter|participate|take\s+part|selected|randomi[sz]ed|registered|qualify)\b)", re.IGNORECASE)
_CARRIES = re.compile(r"\b(?:of|with|to|for|by|from|the|an|than|which|that|are|were|was|their|such\s+as)\s*$")
_EQUALS = re.compile(r"=\s*\d")
_MEETS = re.compile(r"\bnot\s+(?:meet|fulfil|satisfy|have)\w*\s+(?:any\s+of\s+)?(?:the\s+)?(?:following\s+)?exclusion\s+criteria", re.IGNORECASE)
_BARRED = re.compile(rf"\b(?:must|should|shall|may|can)\s*not\s+(?:meet|have|fulfil|satisfy)\w*|{_MEETS.pattern}", re.IGNORECASE)
_SHUTS = re.compile(rf"\b(?:excluded?|ineligible|exclusion)\b|{_SHUT.pattern}", re.IGNORECASE)
_TERMINAL = re.compile(r"[.;:!?。]\s*$")


@dataclass(slots=True)
class _Node:
    """A clause under construction."""

    line: Line
    end: int
    children: list[_Node] = field(default_factory=list)
    joints: list[tuple[int, str]] = field(default_factory=list)  # with how many items stand above each


def outline(text: str, sections: Sequence[Section] = (), *, role: Role = "inclusion") -> Outline:
    """The outline of an eligibility text (its view).

    `sections` are stretches whose role the registry's layout states; elsewhere headings decide, and before the first
    heading `role` holds.
    """
    blocks: list[Block] = []
    furniture: list[tuple[int, int]] = []
    headings = 0
    for start, end, given in _stretches(text, sections, role):
        current, over = Block(given, start, start, []), None
        lines: list[Line] = []
        for a, b in split_lines(text, start, end):
            heading = heading_at(text, a, b) or (_shutting(text, a, b) if lines and current.role == "inclusion" else None)
            if heading is None or (lines and _is_carried(text, lines[-1], heading)):
                lines += [line for x, y in split_bullets(text, a, b) for line in run_on_lines(text, x, y)]
                continue
            if lines and lines[-1].end == a and _is_plain(text[lines[-1].words : a]):  # "must not meet any of the following exclusion criteria:"
                furniture.append((lines[-1].start, a))
                lines.pop()
            _close(text, lines, current, furniture)
            if (label := outer_label(text, current.clauses)) is not None:
                over = label
                furniture.append((label.start, label.end))
            blocks.append(current)
            headings += heading.role is not None
            current = _headed(text, heading, current, over)
            furniture.append((heading.start, heading.end))
            lines = [line for x, y in split_bullets(text, heading.end, b, headed=True) for line in run_on_lines(text, x, y)] if text[heading.end : b].strip() else []
        _close(text, lines, current, furniture)
        blocks.append(current)
    return Outline(tuple(for_whom(text, blocks)), tuple(sorted(furniture)), headings)


def _headed(text: str, heading: Heading, before: Block, over: Label | None) -> Block:
    """The list that a heading opens: for those whom it names, or whom a label over its own list names."""
    role, label = heading.role or before.role, label_of(text, heading)
    if label is not None:
        return Block(role, label.start, label.end, [], label)
    if over is None:
        return Block(role, heading.start, heading.end, [])
    start = over.start if over.end <= heading.start and not text[over.end : heading.start].strip() else heading.start
    return Block(role, start, heading.end, [], over)


def _stretches(text: str, sections: Sequence[Section], role: Role) -> list[tuple[int, int, Role]]:
    """The whole text, or the given sections with what lies between them."""
    found: list[tuple[int, int, Role]] = []
    position = 0
    for section in sections:
        if section.start > position:
            found.append((position, section.start, role))
        found.append((section.start, section.end, section.role))
        position = section.end
    if position < len(text):
        found.append((position, len(text), sections[-1].role if sections else role))
    return found


def _close(text: str, lines: list[Line], block: Block, furniture: list[tuple[int, int]]) -> None:
    """The lines of one list become its clauses."""
    joints: list[Joint] = []
    written = without_closings(text, [line for line in lines if text[line.start : line.end].strip()])
    written = with_bare_numbers(text, first_items_apart(text, written))
    roots = _nest(text, as_items(text, marked(text, written)), furniture, joints)
    clauses = [c for node in _unwrap(text, roots, furniture, block.role) if (c := _clause(text, node, furniture)) is not None]
    block.clauses += alternatives(text, clauses, joints) if block.role == "inclusion" else clauses


def _nest(text: str, block: Sequence[Line], furniture: list[tuple[int, int]], joints: list[Joint]) -> list[_Node]:
    roots: list[_Node] = []
    stack: list[_Node] = []
    marked = any(line.style for line in block)
    breaks = None if marked else _breaks(text, block)
    grouped = any(_tells_apart(text, line, marked=marked) for line in block)
    anew = restarts(text, block)
    wrapped = wrapped_on(text, block) if marked else ()
    for line in block:
        if is_ruled(text, line) or is_notice(text, line):
            furniture.append((line.start, line.end))
            continue
        if stack and (joint := is_joint(text, line)):
            if len(stack) > 1:
                stack[-2].joints.append((len(stack[-2].children), joint))
            else:
                joints.append(Joint(line.start, joint))
            furniture.append((line.start, line.end))
            continue
        if stack and line.style is None and _continues(text, line, stack[-1], marked, line.start in wrapped) and not (breaks and _ended(text, line, stack[-1], breaks)):
            stack[-1].end = line.end
            continue
        depth = len(stack) if line.start in anew else _below_label(text, line, stack, grouped=grouped)
        depth = _depth(text, line, stack) if depth is None else depth
        if depth < len(stack) and goes_on(stack[depth].line, line):
            line = line._replace(style=stack[depth].line.style, indent=stack[depth].line.indent)
        node = _Node(line, line.end)
        del stack[depth:]
        (stack[-1].children if stack else roots).append(node)
        stack.append(node)
    return roots


def _depth(text: str, line: Line, stack: Sequence[_Node]) -> int:
    """How deep the line's item stands: the number of open items above it."""
    for depth in range(len(stack) - 1, -1, -1):
        other = stack[depth].line
        if other.style == line.style and above_goes_on(line, [node.line for node in stack[: depth + 1]]):
            continue
        if other.style == line.style and (abs(other.indent - line.indent) <= 1 or follows(other.number, line.number)):
            return depth
        if goes_on(other, line):
            return depth
    if not stack:
        return 0
    top = stack[-1]
    if top.line.style is None:
        opened = line.style and (ENDS_OPEN.search(text, max(0, top.end - 60), top.end) or _announces(text[top.line.words : top.end]))
        return len(stack) if opened else len(stack) - 1
    if line.style is None:
        return 0
    if line.indent >= top.line.indent and (line.indent > top.line.indent or opens(line)):
        return len(stack)
    shallower = [d for d, node in enumerate(stack) if node.line.indent < line.indent]
    return shallower[-1] + 1 if shallower else 0


def _below_label(text: str, line: Line, stack: Sequence[_Node], *, grouped: bool) -> int | None:
    """How deep a line stands below one that says for whom: "Cohort A" over a list, "Controls:" over lines without marks.

    `grouped`: some line names a part of a study, or people who stand beside the patients.
    """
    lead = stack[0] if stack and stack[0].line.style is None else None
    label = kind_of(text, lead.line.words, lead.end) if lead is not None else None
    if lead is None or label is None or (len(stack) > 1 and line.style is not None):
        return None
    if line.style is not None:
        return 1 if label in ("group", "apart") or (label == "anyone" and grouped) else None
    listed = bool(lead.children) and lead.children[0].line.style is not None
    if listed or not grouped or label == "people" or not _titles(text, lead.line.words, lead.end):
        return None
    return 0 if _titles(text, line.words, line.end) and kind_of(text, line.words, line.end) else 1


def _tells_apart(text: str, line: Line, *, marked: bool) -> bool:
    titled = _titles(text, line.words, line.end) or (marked and line.style is None)
    return titled and kind_of(text, line.words, line.end) in ("group", "apart")


def _titles(text: str, start: int, end: int) -> bool:
    return text[start:end].rstrip().endswith((":", "："))


@cache
def _continuing() -> re.Pattern[str]:
    return re.compile(alternation(list_words()["continues"]["words"]), re.IGNORECASE)


def _continues(text: str, line: Line, above: _Node, marked: bool, wrapped: bool) -> bool:
    """Whether an unmarked line goes on with the item above it."""
    words = text[line.words : line.end]
    before = text[max(0, above.end - 80) : above.end].rstrip()
    if _titles(text, line.words, line.end) and kind_of(text, line.words, line.end) is not None:
        return False
    if _continuing().match(words) or words[0].islower():
        return True
    if above.line.style is not None and line.indent > above.line.indent:
        return True
    if marked and above.line.style is not None:
        opened = words[0] in "≥≤<>)(" or _EQUALS.match(words) or (")" in words.partition("(")[0] and text.count("(", above.line.words, above.end) > text.count(")", above.line.words, above.end))
        return bool(opened) or bool(ENDS_OPEN.search(before)) or before[-1:] in ",(" or ends_in_joint(before) or _carries_on(text, line, above) or wrapped
    return not _TERMINAL.search(before) and (before[-1:] in ",(-" or words[0] in "≥≤<>)(" or _EQUALS.match(words) is not None or ends_in_joint(before))


def _carries_on(text: str, line: Line, above: _Node) -> bool:
    """Whether the words above a line cannot end there, and no blank line parts the two."""
    return text.count("\n", above.end, line.words) == 1 and _CARRIES.search(text, max(above.line.words, above.end - 20), above.end) is not None


def _breaks(text: str, block: Sequence[Line]) -> Breaks:
    """Who broke the lines of a list without marks: a machine fills its lines, so that the next one's first word has no room."""
    lengths = sorted(line.end - line.start for line in block)
    if len(lengths) < 2 or lengths[-1] > _WRAPPED[1]:
        return "writer"
    pairs = [(one, two) for one, two in zip(block, block[1:]) if text[two.words].islower()]
    full = sum(one.end - one.start + len(text[two.words : two.end].split(maxsplit=1)[0]) >= lengths[-1] for one, two in pairs)
    if lengths[-1] >= _NARROW and len(pairs) > 2 and full > len(pairs) / 2:
        return "machine"
    return "writer" if lengths[len(lengths) // 2] < _NARROW else "either"


def _ended(text: str, line: Line, above: _Node, breaks: Breaks) -> bool:
    """Whether the line above an unmarked one ended where its writer ended it, though the next begins with a small letter."""
    words = text[line.words : line.end]
    start = text.rfind("\n", 0, above.end) + 1
    before = text[max(start, above.line.words) : above.end].rstrip()
    if not words[0].islower() or _continuing().match(words) or ENDS_OPEN.search(text, above.line.words, above.line.end):
        return False
    if _carried().search(before) or ends_in_joint(before) or before[-1:] in ",(-/" or _hanging().match(words):
        return False
    own = text[above.line.words : above.end]
    loose = breaks == "writer" or (breaks == "either" and not _WRAPPED[0] <= len(before) <= _WRAPPED[1])
    return own.count("(") <= own.count(")") and (loose or before.endswith(";"))


@cache
def _carried() -> re.Pattern[str]:
    return re.compile(rf"(?:{alternation(list_words()['continues']['carrying'])})$", re.IGNORECASE)


def _is_carried(text: str, above: Line, heading: Heading) -> bool:
    """Whether a heading's words end the sentence of the line above: "If she has gout, the participant is / not eligible"."""
    words = heading.start + len(text[heading.start : heading.end]) - len(text[heading.start : heading.end].lstrip())
    said, before = text[words : heading.end].rstrip(), text[above.words : heading.start].rstrip()
    if not said[:1].islower() or said.endswith(":"):
        return False
    column = words - text.rfind("\n", 0, words)
    below = above.style is not None and column == above.words - text.rfind("\n", 0, above.words)
    return below or _carried().search(before) is not None or before[-1:] == ","


@cache
def _hanging() -> re.Pattern[str]:
    return re.compile(alternation(list_words()["continues"]["hanging"]), re.IGNORECASE)


@cache
def _generic() -> re.Pattern[str]:
    return re.compile(alternation(list_words()["generic"]["words"]), re.IGNORECASE)


def _opens_list(own: str) -> bool:
    """Whether a lead says that a list follows of what those have who are asked, or not: "Patients with gout who meet the following criteria:"."""
    words = own.split(maxsplit=1)
    return bool(words) and words[0].lower().strip(",:") in list_words()["generic"]["openers"] and _generic().search(own) is not None and not any(c.isdigit() for c in own)


def _announces(own: str) -> bool:
    """Whether a lead says no more than that a list follows: "Who meets any of the following criteria will be excluded"."""
    return len(own) < _LONGEST and _opens_list(own) and _is_plain(own)


def _is_plain(own: str) -> bool:
    return set(re.findall(r"[^\W\d_]+", own.lower())) <= set(list_words()["generic"]["plain"])


def _shutting(text: str, start: int, end: int) -> Heading | None:
    """A line among inclusions that only says that what stands below it shuts out: "Patients with any of the following are excluded:"."""
    own = text[start:end].strip()
    if not own.endswith((":", "：")) or _SHUTS.search(own) is None or not _announces(own) or read_line(text, start, end).style is not None:
        return None
    met = _DENIAL.search(_SHUT.sub("", own)) is None or _MEETS.search(own) is not None
    return Heading(start, end, "exclusion", (end, end)) if met and (count_of(own) or 1) == 1 and not logic_words()[1].search(own) else None


def _denies(own: str, role: Role) -> bool:
    """Whether a lead denies what it lists: "who do not meet the following criteria", not "cannot be included" over what shuts out."""
    return _DENIAL.search(_BARRED.sub("", _SHUT.sub("", own)) if role == "exclusion" else own) is not None


def _unwrap(text: str, roots: list[_Node], furniture: list[tuple[int, int]], role: Role) -> list[_Node]:
    """A first lead that only says that a list follows is a heading; its items stand for themselves.

    One that says more as well ("Patients with asthma who meet all of the following criteria:") is a criterion: in an inclusion beside
    its items, in an exclusion with them below it.
    """
    if not roots or not roots[0].children or roots[0].joints:
        return roots  # an "or" between the items holds them together
    lead = roots[0]
    own = text[lead.line.words : lead.end]
    any_words, all_words = logic_words()
    if not _opens_list(own) or (all_words if role == "exclusion" else any_words).search(own):
        return roots
    if lead.line.style is not None or len(own) >= _LONGEST or (count_of(own) or 0) > (role == "exclusion"):
        return roots
    if _denies(own, role):
        return roots
    if not _announces(own):
        return roots if role == "exclusion" else [replace(lead, children=[], joints=[]), *lead.children, *roots[1:]]
    furniture.append((lead.line.start, lead.end))
    return [*lead.children, *roots[1:]]


def _clause(text: str, node: _Node, furniture: list[tuple[int, int]]) -> Clause | None:
    start, end = node.line.words, node.end
    end = start + len(text[start:end].rstrip())
    furniture.append((node.line.mark_start, start))
    if not node.children and (start >= end or text[start:end].strip(" .-").lower() in list_words()["generic"]["empty"]):
        furniture.append((start, end))
        return None
    items = find_items(text, start, end)
    if not items and node.line.number and (whole := _with_own_mark(text, node.line, end)):
        items, start = whole, whole[0].start
    inner = [_inline(text, item, _next(items, i, end), furniture) for i, item in enumerate(items)]
    own_end = items[0].start if items else end
    own_end = start + len(text[start:own_end].rstrip())
    below = [c for child in node.children if (c := _clause(text, child, furniture))]
    children = (*inner, *below)
    placed = node.joints if not inner and len(below) == len(node.children) else []
    logic, count = logic_of(text, start, own_end, children, [j for _, j in node.joints])
    if logic == "any" and (runs := paired(text, start, own_end, children, placed)):
        children, logic = runs, None
    return Clause(start, own_end, node.line.mark_start, node.line.number, children, logic, count)


def _with_own_mark(text: str, line: Line, end: int) -> list[Item]:
    """The items of a list whose first mark is that of its line: "(i) ... (ii) ...", "1.Asthma 2.Gout 3.Fever"."""
    items = find_items(text, line.mark_start, end)
    return items if len(items) > (1 if text[line.mark_start] == "(" else 2) and items[0].start < line.words else []


def _next(items: Sequence[Item], index: int, end: int) -> int:
    return items[index + 1].start if index + 1 < len(items) else end


def _inline(text: str, item: Item, end: int, furniture: list[tuple[int, int]]) -> Clause:
    start = item.words + len(text[item.words : end]) - len(text[item.words : end].lstrip())
    furniture.append((item.start, start))
    children = tuple(_inline(text, c, _next(item.children, i, end), furniture) for i, c in enumerate(item.children))
    own_end = item.children[0].start if item.children else end
    own_end = start + len(text[start:own_end].rstrip())
    logic, count = logic_of(text, start, own_end, children, [])
    return Clause(start, max(start, own_end), item.start, item.number, children, logic, count)

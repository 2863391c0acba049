"use strict";
// The review page's keys, selections and messages.  Everything works without this file too, only slower.
(() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const cards = () => all("article.card");
  let currentId = null;
  let selection = null;

  // ------------------------------------------------------------ where we are
  const current = () => (currentId && document.getElementById(currentId)) || cards()[0] || null;

  function go(card) {
    if (!card) return;
    currentId = card.id;
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
  }

  const step = (by) => {
    const list = cards();
    const place = list.indexOf(current());
    go(list[Math.min(Math.max(place + by, 0), list.length - 1)]);
  };

  function nextUndecided(from) {
    const list = cards();
    const place = list.indexOf(from);
    const order = [...list.slice(place + 1), ...list.slice(0, place + 1)];
    return order.find((card) => card.dataset.undecided === "yes") || null;
  }

  document.addEventListener("focusin", (event) => {
    const card = event.target.closest && event.target.closest("article.card");
    if (card) currentId = card.id;
    light(event.target);
  });

  // The words of an object light up with it, and the object with its words.
  function light(element) {
    const chosen = element.closest && element.closest("article.card [data-path]");
    for (const lit of all(".lit")) lit.classList.remove("lit");
    if (!chosen) return;
    const same = (other) => other.dataset.path === chosen.dataset.path;
    for (const other of all("[data-path]", chosen.closest("article.card")).filter(same)) other.classList.add("lit");
  }

  document.addEventListener("mouseover", (event) => light(event.target));

  // ------------------------------------------------------------ messages
  const say = (words) => { one("#said").textContent = words; };

  function complain(words, { field = null, card = null, newer = false } = {}) {
    const box = one("#problem");
    box.replaceChildren(document.createTextNode(words));
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = newer ? "Show the newer state" : "Close";
    button.addEventListener("click", () => {
      calm();
      if (newer && card) {
        const url = card.dataset.url + (card.dataset.line ? `?line=${card.dataset.line}` : "");
        htmx.ajax("GET", url, { target: card, swap: "outerHTML" }).then(() => go(document.getElementById(card.id)));
      }
    });
    box.append(" ", button);
    box.hidden = false;
    const input = field && card && one(`.form-slot [name="${CSS.escape(field)}"]`, card);
    if (input) {
      input.setAttribute("aria-invalid", "true");
      input.focus();
    } else if (newer) {
      button.focus();
    }
  }

  const calm = () => { one("#problem").hidden = true; };

  document.addEventListener("htmx:responseError", (event) => {
    const { xhr, elt } = event.detail;
    const card = elt.closest("article.card");
    let told = { error: `The server refused this (${xhr.status}): nothing was saved.`, field: null };
    try { told = JSON.parse(xhr.responseText); } catch { if (xhr.responseText.length < 300) told.error = xhr.responseText; }
    complain(told.error, { field: told.field, card, newer: xhr.status === 409 });
  });

  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, () => {
      complain("The review server cannot be reached: nothing was saved. What you entered is still on this page.");
    });
  }

  document.addEventListener("limen:saved", (event) => {
    calm();
    say(event.detail.said);
    const card = document.getElementById(`c${event.detail.position}`);
    const next = event.detail.moves_on ? nextUndecided(card) : null;
    go(next || card);
  });

  // ------------------------------------------------------------ selections, in UTF-16 units of the criterion's text
  const unitsOf = (piece) => Number(piece.dataset.len || piece.textContent.length);

  function place(text, node, offset) {
    if (!text.contains(node)) return null;
    if (node === text) {
      const piece = text.childNodes[offset];
      const last = text.lastElementChild;
      if (piece) return Number(piece.dataset.s);
      return last ? Number(last.dataset.s) + unitsOf(last) : 0;
    }
    const piece = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest("[data-s]");
    const start = Number(piece.dataset.s);
    if (node.nodeType !== Node.TEXT_NODE || piece.dataset.len) return start + (offset > 0 ? unitsOf(piece) : 0);
    return start + offset;
  }

  function readSelection() {
    const chosen = document.getSelection();
    if (!chosen.rangeCount) return;
    const range = chosen.getRangeAt(0);
    const first = range.startContainer.nodeType === Node.TEXT_NODE ? range.startContainer.parentElement : range.startContainer;
    const text = first.closest && first.closest("article.card .text");
    if (!text) return;
    if (range.collapsed) { selection = null; return; }
    const start = place(text, range.startContainer, range.startOffset);
    const end = place(text, range.endContainer, range.endOffset);
    const last = text.lastElementChild;
    selection = { card: text.closest("article.card").id, start, end: end === null ? Number(last.dataset.s) + unitsOf(last) : end };
    currentId = selection.card;
  }

  document.addEventListener("selectionchange", readSelection);

  document.addEventListener("htmx:configRequest", (event) => {
    const { elt, parameters } = event.detail;
    const card = elt.closest("article.card");
    if (elt.matches(".mark-missed")) readSelection();
    if (elt.matches(".mark-missed") && selection && card && selection.card === card.id) {
      parameters.start = selection.start;
      parameters.end = selection.end;
    }
    const side = elt.matches(".take") && document.getElementById(elt.dataset.card);
    if (side) parameters.version = one('[name="version"]', side).value;
  });

  function watchWords(area) {
    const form = area.form;
    const keep = () => {
      if (area.selectionStart === area.selectionEnd) return;
      form.elements.span_start.value = area.selectionStart;
      form.elements.span_end.value = area.selectionEnd;
      one(".selected-words", form).textContent = area.value.slice(area.selectionStart, area.selectionEnd);
    };
    // A read-only area has no caret to select with by keyboard; one that takes no input has.
    area.readOnly = false;
    area.setAttribute("aria-readonly", "true");
    area.addEventListener("beforeinput", (event) => event.preventDefault());
    area.setSelectionRange(Number(area.dataset.start), Number(area.dataset.end));
    for (const name of ["select", "keyup", "mouseup"]) area.addEventListener(name, keep);
  }

  document.addEventListener("htmx:afterSettle", (event) => {
    const slot = event.detail.target;
    if (!slot || !slot.matches(".form-slot")) return;
    const area = one("textarea.words", slot);
    if (area) watchWords(area);
    const empty = area && area.dataset.start === area.dataset.end;
    const wanted = [".autofocus", "[name=concept]", "[name=attribute]", "[name=reason]", "select", "h3"];
    const field = empty ? area : wanted.map((selector) => one(selector, slot)).find(Boolean);
    if (field) field.focus();
    slot.scrollIntoView({ block: "nearest" });
  });

  function closeForm(slot) {
    const card = slot.closest("article.card");
    slot.replaceChildren();
    calm();
    go(card);
  }

  document.addEventListener("click", (event) => {
    const closer = event.target.closest(".close-form");
    if (closer) closeForm(closer.closest(".form-slot"));
    const mark = event.target.closest("article.card .text mark");
    if (mark && document.getSelection().isCollapsed) {
      const button = all("button.leaf", mark.closest("article.card")).find((b) => b.dataset.path === mark.dataset.path);
      if (button) button.click();
    }
  });

  // ------------------------------------------------------------ keys
  const help = one("#help");
  const keysOn = one("#keys-on");
  keysOn.checked = localStorage.getItem("limen-keys") !== "off";
  keysOn.addEventListener("change", () => localStorage.setItem("limen-keys", keysOn.checked ? "on" : "off"));
  const opener = one("#help-button");
  if (opener) opener.addEventListener("click", () => help.showModal());

  const moves = {
    j: () => step(1),
    k: () => step(-1),
    n: () => { const next = nextUndecided(current()); next ? go(next) : say("Every criterion of this trial is decided."); },
    e: () => press(".leaf"),
    "?": () => help.showModal(),
    "/": () => { const search = one("#search"); search ? search.focus() : location.assign("/"); },
  };

  function press(selector) {
    const card = current();
    const button = card && one(`button${selector}`, card);
    if (button) button.click();
    return Boolean(button);
  }

  function keyed(key) {
    const card = current();
    const fits = (element) => element.dataset.key === key;
    return (card && all("[data-key]", card).find(fits)) || all("[data-key]").find((e) => fits(e) && !e.closest("article.card"));
  }

  // A key pressed while a form is on its way is meant for the form, not for the page.
  let waiting = 0;
  document.addEventListener("htmx:beforeSend", () => { waiting += 1; });
  document.addEventListener("htmx:afterRequest", () => { waiting = Math.max(0, waiting - 1); });

  document.addEventListener("keydown", (event) => {
    const form = event.target.closest && event.target.closest(".form-slot");
    if (event.key === "Escape" && form) { closeForm(form); return; }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form && event.target.form) {
      event.target.form.requestSubmit();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || waiting || help.open || !keysOn.checked) return;
    if (event.target.closest && event.target.closest("input, textarea, select")) return;
    if (event.key === "m") readSelection();
    const element = keyed(event.key);
    if (element) {
      event.preventDefault();
      element.click();
    } else if (moves[event.key]) {
      event.preventDefault();
      moves[event.key]();
    } else if (/^[1-9]$/.test(event.key) && press(`.leaf[data-leaf="${event.key}"]`)) {
      event.preventDefault();
    }
  });

  const start = location.hash && document.getElementById(location.hash.slice(1));
  go((start && start.matches("article.card") && start) || nextUndecided(null));
})();

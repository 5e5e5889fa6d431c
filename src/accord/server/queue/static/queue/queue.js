/* The queue: countdowns, keys, choosing several, and the list that renews itself without taking anything away
   from whoever is typing. The page works without it; every key presses a button that is there.
   data-left, data-runs   on a text: seconds left at load, and for how many of them the clock goes on from now
   data-key               on a button or link of a row: the key that presses it */
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const first = (selector, root = document) => root.querySelector(selector);
  const list = () => first("#list"), works = first("#works");
  if (!works) return;

  /* Countdowns: in the units of the page's language; a text changes only where its words do */
  const units = JSON.parse(works.dataset.units || "{}"), over = works.dataset.over || "{}";
  const digits = new Intl.NumberFormat(document.documentElement.lang || "en", { useGrouping: false });
  const one = digits.format(1);
  const piece = (count, unit) => (units[unit] ?? `1 ${unit}`).replace(/1|\u06f1|\u0661/, digits.format(count)).replace(one, digits.format(count));
  const inWords = (seconds, wall) => { /* as the server does: minutes rounded, two units at most, days only of all time */
    if (seconds < 60) return piece(seconds, "s");
    const minutes = Math.round(seconds / 60), days = wall ? Math.floor(minutes / 1440) : 0, rest = minutes - days * 1440;
    const parts = [[days, "d"], [Math.floor(rest / 60), "h"], [rest % 60, "min"]];
    return parts.filter(([count]) => count).slice(0, 2).map(([count, unit]) => piece(count, unit)).join("\u00a0");
  };
  const begun = new WeakMap();
  const count = () => all("[data-left]").forEach((text) => {
    if (!begun.has(text)) begun.set(text, performance.now());
    const gone = Math.min(Number(text.dataset.runs), (performance.now() - begun.get(text)) / 1000);
    const before = Number(text.dataset.left), left = Math.trunc(before - gone);
    if (before >= 0 && left < 0) renew();
    const words = left < 0 ? over.replace("{}", inWords(-left, "wall" in text.dataset)) : inWords(left, "wall" in text.dataset);
    if (gone >= 1 && text.textContent !== words) text.textContent = words;
  });
  const renew = () => { const part = list(); if (part && window.htmx) htmx.trigger(part, "again"); };
  setInterval(() => { if (!document.hidden) count(); }, 1000);

  /* The list asks for itself: not while it cannot be seen, nor while somebody is in the middle of something */
  const busy = () => document.hidden || first("dialog[open]") || first(".work .htmx-request, .work.htmx-request");
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.id === "list" && busy()) event.preventDefault();
  });
  let chosen = new Set(), stood = "";
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.target.id !== "list") return;
    chosen = new Set(all("input[name=lead]:checked").map((box) => box.value));
    stood = document.activeElement?.id || "";
  });
  document.addEventListener("htmx:afterSettle", () => {
    all("input[name=lead]").forEach((box) => { if (chosen.has(box.value)) box.checked = true; });
    if (stood && document.activeElement === document.body) first(`#${stood}`)?.focus({ preventScroll: true });
    tally();
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) renew(); });

  /* Rows, and where one stands among them */
  const rows = () => all(".work");
  const rowOf = (element) => element?.closest?.(".work");
  const nameIn = (row) => first("[data-row]", row);
  const go = (by) => {
    const every = rows(), at = every.indexOf(rowOf(document.activeElement));
    const next = every[Math.max(0, Math.min(every.length - 1, at < 0 ? 0 : at + by))];
    if (next) { nameIn(next)?.focus({ preventScroll: true }); next.scrollIntoView({ block: "nearest" }); }
  };
  let after = null; /* where the focus goes once the row that was acted on has come back */
  document.addEventListener("htmx:beforeRequest", (event) => {
    const row = rowOf(event.target);
    if (row && event.detail.requestConfig?.verb === "post") after = row.nextElementSibling?.id || row.id;
    if (row) acted = row.id;
  });
  let acted = "";
  document.body.addEventListener("accord:logged", (event) => {
    first("#act-dialog")?.close();
    const said = first("#said"), next = first(`#${after || event.detail.row}`);
    if (said) said.textContent = event.detail.said;
    toast(event.detail.said);
    setTimeout(() => (nameIn(next ?? first(`#${event.detail.row}`)) ?? nameIn(rows()[0] ?? document))?.focus({ preventScroll: false }), 30);
    after = null;
  });
  let fading;
  const toast = (words, tone = "good") => {
    const box = first("#messages");
    if (!box) return;
    const note = document.createElement("div");
    note.className = "notice toast";
    note.dataset.tone = tone;
    note.textContent = words;
    box.replaceChildren(note);
    clearTimeout(fading);
    fading = setTimeout(() => note.remove(), 6000);
  };

  /* A form in a dialog */
  const dialog = first("#act-dialog");
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id !== "act" || !dialog) return;
    if (!dialog.open) dialog.showModal();
    first("select, textarea, input:not([type=hidden])", dialog)?.focus();
  });
  dialog?.addEventListener("close", () => { first("#act").replaceChildren(); nameIn(first(`#${acted}`) ?? document)?.focus(); });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-close]")) dialog?.close();
    if (event.target.closest?.("[data-help]")) first("#help")?.showModal();
    if (event.target.closest?.("[data-choose-none]")) { all("input[name=lead]").forEach((box) => { box.checked = false; }); tally(); }
  });

  /* Choosing several */
  const bar = first("#together");
  const tally = () => {
    if (!bar) return;
    const number = all("input[name=lead]:checked").length;
    bar.dataset.chosen = number;
    first("[data-count]", bar).textContent = digits.format(number);
  };
  if (bar) { bar.dataset.live = ""; all("[data-help], [data-choose-none]").forEach((button) => { button.hidden = false; }); }
  document.addEventListener("change", (event) => { if (event.target.name === "lead") tally(); });
  tally();

  /* Keys: they press what is there, and can be switched off for good on this device */
  const stored = () => { try { return localStorage.getItem("accord-keys"); } catch { return null; } };
  const toggle = first("[data-keys]");
  const on = () => stored() !== "off";
  const showKeys = () => { document.body.dataset.keys = on() ? "on" : "off"; if (toggle) toggle.checked = on(); };
  toggle?.addEventListener("change", () => {
    try { localStorage.setItem("accord-keys", toggle.checked ? "on" : "off"); } catch { /* nothing is kept */ }
    showKeys();
  });
  showKeys();
  const typing = (target) => target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable], dialog");
  document.addEventListener("keydown", (event) => {
    if (!bar || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "?") { event.preventDefault(); first("#help")?.showModal(); return; }
    if (!on()) return;
    const row = rowOf(document.activeElement), key = event.key.toLowerCase();
    if (key === "j" || (event.key === "ArrowDown" && row)) { event.preventDefault(); go(1); return; }
    if (key === "k" || (event.key === "ArrowUp" && row)) { event.preventDefault(); go(-1); return; }
    if (!row || event.repeat) return;
    if (key === "x") { first("input[name=lead]", row)?.click(); return; }
    const press = first(`[data-key="${CSS.escape(key)}"]`, row);
    if (press) { event.preventDefault(); press.click(); }
    else if ("cvtearn".includes(key)) toast(works.dataset.none, "warn");
  });
})();

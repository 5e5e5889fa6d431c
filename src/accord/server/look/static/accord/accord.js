/* What a page does better with script; every page works without. Attributes that it knows:
   data-confirm="Really?"    on a form or its button: asks before it is sent
   data-copy="#id" or text   on a button (hidden without script): puts it on the clipboard, says data-done
   data-guard                on a form: warns before unsaved typing is lost; Ctrl+S sends it; with data-unsaved
                            there is some from the start
   data-focus                takes the focus when it appears
   data-line="12"            on a link in .problems: jumps to that line of the editor */
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const first = (selector, root = document) => root.querySelector(selector);

  /* Asking before something is done */
  const sure = new WeakSet();
  document.addEventListener("submit", (event) => {
    const form = event.target, by = event.submitter;
    const question = by?.dataset.confirm ?? form.dataset.confirm;
    const dialog = first("#confirm");
    if (!question || !dialog?.showModal || sure.delete(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    first("p", dialog).textContent = question;
    const yes = first("[value=yes]", dialog);
    yes.textContent = by?.textContent.trim() || yes.textContent;
    dialog.onclose = () => {
      if (dialog.returnValue !== "yes") return;
      sure.add(form);
      form.requestSubmit(by ?? undefined);
    };
    dialog.returnValue = "";
    dialog.showModal();
  }, true);

  /* Copying */
  const copy = async (button) => {
    const from = button.dataset.copy.startsWith("#") ? first(button.dataset.copy) : null;
    const text = from ? (from.value ?? from.textContent) : button.dataset.copy;
    try {
      await navigator.clipboard.writeText(text);
    } catch { /* no clipboard without https: the old way */
      const field = document.createElement("textarea");
      field.value = text;
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
      button.focus();
    }
    const words = button.textContent;
    if (!button.dataset.done || words === button.dataset.done) return;
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = words; }, 2000);
  };

  /* Typing that is not saved yet */
  const typed = new Set(all("form[data-guard][data-unsaved]"));
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-guard]");
    if (form) typed.add(form);
  });
  document.addEventListener("submit", (event) => { if (!event.defaultPrevented) typed.delete(event.target); });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest?.("form[data-guard]");
    if (!form || event.detail.requestConfig?.triggeringEvent?.type !== "submit") return;
    if (event.detail.successful) typed.delete(form); else typed.add(form);
  });
  addEventListener("beforeunload", (event) => {
    if ([...typed].some((form) => form.isConnected)) event.preventDefault();
  });

  /* Lines of the editor */
  const textOf = () => first("textarea.editor__text");
  const countOf = (value) => { let found = 1; for (let at = -1; (at = value.indexOf("\n", at + 1)) >= 0;) found++; return found; };
  const numbers = (from, to) => Array.from({ length: to - from + 1 }, (_, at) => from + at).join("\n");
  const number = (text, gutter) => { /* one piece of text; only lines with problems are elements */
    const wrong = new Map(all(".problems a[data-line]").reverse().map(
      (link) => [Number(link.dataset.line), link.closest("li")?.dataset.severity === "error" ? "bad" : "warn"]));
    const count = countOf(text.value), marked = [...wrong.keys()].filter((line) => line <= count).sort((a, b) => a - b);
    const shown = JSON.stringify([count, marked.map((line) => [line, wrong.get(line)])]);
    if (gutter.dataset.shown !== shown) {
      const pieces = [];
      let next = 1;
      marked.forEach((line) => {
        if (line > next) pieces.push(numbers(next, line - 1));
        const mark = document.createElement("b");
        mark.dataset.tone = wrong.get(line);
        mark.textContent = line;
        pieces.push(mark);
        next = line + 1;
      });
      if (next <= count) pieces.push(numbers(next, count));
      gutter.replaceChildren(...pieces);
      gutter.dataset.shown = shown;
    }
    gutter.scrollTop = text.scrollTop;
  };
  const lined = (text) => {
    let gutter = first(".editor__lines", text.parentElement);
    if (!gutter) {
      const pane = document.createElement("div");
      pane.className = "editor__pane";
      gutter = document.createElement("pre");
      gutter.className = "editor__lines";
      text.replaceWith(pane);
      pane.append(gutter, text);
    }
    gutter.setAttribute("aria-hidden", "true");
    if (!text.dataset.lined) {
      text.dataset.lined = "yes";
      let waiting;
      text.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(number, 80, text, gutter); });
      text.addEventListener("scroll", () => { gutter.scrollTop = text.scrollTop; }, { passive: true });
    }
    number(text, gutter);
  };
  const jump = (line) => {
    const text = textOf();
    const lines = text.value.split("\n");
    const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    text.focus();
    text.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
    text.scrollTop = (text.scrollHeight / lines.length) * Math.max(0, line - 6);
    text.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-copy]"), link = event.target.closest?.(".problems a[data-line]");
    if (button) copy(button);
    if (link && textOf()) { event.preventDefault(); jump(Number(link.dataset.line)); }
    all("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") all("details.menu[open]").forEach((menu) => { menu.open = false; first("summary", menu).focus(); });
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      const form = first("form[data-guard]");
      if (form) { event.preventDefault(); form.requestSubmit(); }
    }
    if (event.key === "/" && !event.target.closest?.("input, textarea, select, [contenteditable]")) {
      const search = first("input[type=search]");
      if (search) { event.preventDefault(); search.focus(); }
    }
  });

  /* What has just come onto the page */
  const dress = () => {
    all("[data-copy][hidden]").forEach((button) => { button.hidden = false; });
    all("textarea.editor__text").forEach(lined);
    all(".table-wrap, pre:not(.editor__lines)").forEach((wrap) => {
      if (wrap.scrollWidth > wrap.clientWidth) wrap.tabIndex = 0; else wrap.removeAttribute("tabindex");
    });
  };
  dress();
  all(".tabs a[aria-current]").forEach((tab) => { /* a narrow window shows the tab that one is on */
    const bar = tab.closest(".tabs"), at = tab.getBoundingClientRect(), seen = bar.getBoundingClientRect();
    bar.scrollLeft += Math.max(0, at.right - seen.right) + Math.min(0, at.left - seen.left);
  });
  first("[data-focus]")?.focus();
  addEventListener("resize", dress);
  document.addEventListener("htmx:afterSettle", (event) => { dress(); first("[data-focus]", event.target)?.focus(); });
})();

/* The editor of a draft, with script: form and text are asked for together and never overwrite what was typed
   meanwhile; what is not saved is kept in this tab until the server has it; a lost connection says so. */
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const first = (selector, root = document) => root.querySelector(selector);
  const holder = first("[data-keep]"), form = first("form[data-keep]");
  if (!holder) return;

  /* Texts that are not saved, in this tab: a list of { id, started, at, sent, data } */
  const place = `accord:${holder.dataset.keep}`, mine = `${Date.now()}-${Math.random()}`;
  const read = () => { try { return JSON.parse(sessionStorage.getItem(place)) ?? []; } catch { return []; } };
  const write = (list) => {
    try {
      if (list.length) sessionStorage.setItem(place, JSON.stringify(list.slice(-5))); else sessionStorage.removeItem(place);
    } catch { /* full, or forbidden: the page still asks before it is left */ }
  };
  const arrived = form?.hasAttribute("data-unsaved"); /* the server has shown again what was sent */
  const done = holder.dataset.done === "" ? -1 : Number(holder.dataset.done);
  write(read().filter((each) => !(each.sent && (arrived || each.started <= done))));
  if (!form) return;

  const text = () => first("#text");
  const saved = text().defaultValue;
  const data = () => [...new FormData(form)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string");
  const touched = (field) => field.matches("[type=checkbox]") ? field.checked !== field.defaultChecked
    : field.matches("select") ? [...field.options].some((each, at) => each.selected !== (each.defaultSelected || (at === 0 && !all("[selected]", field).length)))
    : field.value !== field.defaultValue;
  const fields = () => all("input:not([type=hidden]), select, textarea", first("#form-panel"));
  const changed = () => arrived || text().value !== saved || fields().some(touched) || !!first("#form-panel > [role=alert]");
  const keep = (sent = false) => {
    const others = read().filter((each) => each.id !== mine);
    if (!changed()) return write(others);
    const started = Number(form.elements.started_from.value);
    write([...others, { id: mine, started, at: Date.now(), sent, data: data() }]);
    const state = first("#saved-state"), typing = first("#typing-state");
    if (state.dataset.tone !== "warn") state.replaceWith(typing.content.cloneNode(true));
  };
  let waiting;
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(keep, 250); };
  form.addEventListener("input", soon);
  addEventListener("pagehide", () => { if (!read().some((each) => each.id === mine && each.sent)) keep(); });
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    clearTimeout(waiting);
    keep(true);
    try { sessionStorage.setItem("accord:seen", JSON.stringify([location.pathname, scrollY, text().scrollTop, Date.now()])); } catch { /* it then opens at its top */ }
  });
  if (arrived) keep();

  const when = (at) => {
    const day = new Date(at).toDateString() === new Date().toDateString() ? {} : { dateStyle: "medium" };
    return new Intl.DateTimeFormat(document.documentElement.lang, { ...day, timeStyle: "short" }).format(at);
  };
  const takeUp = (entry) => {
    write(read().map((each) => each.id === entry.id ? { ...each, sent: true } : each));
    const sending = document.createElement("form");
    sending.method = "post";
    sending.action = form.action;
    sending.hidden = true;
    const given = [...entry.data, ["look", form.elements.view.value], ["csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value]];
    given.forEach(([name, value]) => {
      const field = document.createElement("textarea");
      field.name = name;
      field.value = value;
      sending.append(field);
    });
    document.body.append(sending);
    sending.submit();
  };
  read().filter((each) => each.id !== mine).forEach((entry) => {
    const offer = first("#kept-one").content.firstElementChild.cloneNode(true);
    first("time", offer).textContent = when(entry.at);
    first("[data-take]", offer).addEventListener("click", () => takeUp(entry));
    first("[data-aside]", offer).addEventListener("click", () => { write(read().filter((each) => each.id !== entry.id)); offer.remove(); });
    first("#kept").append(offer);
  });

  /* Back to where one was, after saving */
  try {
    const [path, top, inner, at] = JSON.parse(sessionStorage.getItem("accord:seen")) ?? [];
    sessionStorage.removeItem("accord:seen");
    if (path === location.pathname && Date.now() - at < 60_000) {
      text().scrollTop = inner;
      const back = () => scrollTo({ top, behavior: "instant" });
      if (document.readyState === "complete") back(); else addEventListener("load", () => setTimeout(back));
    }
  } catch { /* nothing was noted */ }

  /* What is asked while somebody types: an answer to an older text is let go, and asked for anew */
  const ours = (element) => form.contains(element) || element.id === "others";
  const state = () => {
    const now = data(), about = (part) => JSON.stringify(now.filter(([name]) => part.test(name)));
    return { heads: about(/^(text|show)$/), fields: about(/^(at|switch|new):/) };
  };
  const asked = new WeakMap(), failed = new Set();
  const again = (element) => { if (element.isConnected) htmx.trigger(element, "again"); };
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (form.contains(event.detail.elt)) asked.set(event.detail.xhr, state());
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig } = event.detail, then = asked.get(xhr), now = state();
    const whole = xhr.getResponseHeader("HX-Reswap") !== "none";
    if (xhr.status >= 500 && ours(requestConfig.elt)) event.detail.shouldSwap = false;
    if (xhr.status === 401 && first("[data-signed-out]")) event.detail.shouldSwap = false;
    if (!then || xhr.status >= 400) return;
    if (then.heads === now.heads && !(whole && then.fields !== now.fields)) return;
    event.detail.shouldSwap = false;
    setTimeout(again, 300, requestConfig.elt);
  });
  const lost = (element) => {
    failed.add(element);
    first("#lost").hidden = false;
    setTimeout(retry, 3_000);
  };
  const retry = () => { [...failed].forEach((each) => { if (each.isConnected) again(each); else failed.delete(each); }); };
  ["htmx:sendError", "htmx:timeout"].forEach((name) => document.addEventListener(name, (event) => {
    if (ours(event.detail.requestConfig.elt)) lost(event.detail.requestConfig.elt);
  }));
  document.addEventListener("htmx:afterRequest", (event) => {
    const { xhr, requestConfig, successful } = event.detail, from = requestConfig.elt;
    if (!ours(from) && !asked.has(xhr)) return;
    const token = xhr.getResponseHeader("X-Fresh-Token");
    if (token) {
      all("[name=csrfmiddlewaretoken]").forEach((field) => { field.value = token; });
      document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
    }
    if (xhr.status >= 500) lost(from);
    if (xhr.status === 401 || xhr.status === 403) failed.add(from);
    if (xhr.status === 403 && token) setTimeout(retry, 500);
    if (!successful) return;
    failed.delete(from);
    first("#lost").hidden = [...failed].every((each) => !each.isConnected);
    all("[data-signed-out]").forEach((notice) => notice.remove());
    if (failed.size) retry();
  });
  addEventListener("online", retry);

  /* After a change in the form the text shows its line */
  let seen = null;
  document.addEventListener("htmx:beforeSwap", () => { seen = { top: text().scrollTop, height: text().style.height, box: text() }; });
  document.addEventListener("htmx:afterSettle", () => {
    const box = text();
    if (seen && seen.box !== box) {
      if (seen.height) box.style.height = seen.height;
      box.scrollTop = seen.top;
      const lines = box.value.split("\n").length, line = box.scrollHeight / lines, at = (Number(box.dataset.changed) - 1) * line;
      if (box.dataset.changed && (at < box.scrollTop || at > box.scrollTop + box.clientHeight - 2 * line)) box.scrollTop = at - box.clientHeight / 2;
      seen = null;
    }
    if (changed()) form.dispatchEvent(new Event("input", { bubbles: true })); /* a button changes the text too */
  });
})();

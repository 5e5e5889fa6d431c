/* The line that offers to take back what was logged last: U presses its button, and it goes when its time is over.
   data-seconds           on its form: how long it can be taken back
   data-undo              on its button */
"use strict";
(() => {
  const first = (selector) => document.querySelector(selector);
  let over;
  const watch = () => {
    clearTimeout(over);
    const form = first("#undo form");
    if (form) over = setTimeout(() => form.remove(), Number(form.dataset.seconds) * 1000);
  };
  watch();
  for (const name of ["htmx:oobAfterSwap", "htmx:afterSwap"]) document.addEventListener(name, watch);
  document.body.addEventListener("accord:undone", () => {
    const list = first("#list");
    if (list && window.htmx) htmx.trigger(list, "again");
  });
  const typing = (target) => target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable], dialog");
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "u" || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    const button = first("#undo [data-undo]");
    if (!button || document.body.dataset.keys !== "on" || typing(event.target)) return;
    event.preventDefault();
    button.click();
  });
})();

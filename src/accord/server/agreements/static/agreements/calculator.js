// Beside every input that has a range, a slider that writes into it. Without script there is the input alone.
"use strict";
for (const input of document.querySelectorAll("input[data-slide]")) {
  const slider = document.createElement("input");
  Object.assign(slider, { type: "range", min: input.dataset.least, max: input.dataset.most, step: input.dataset.step });
  slider.setAttribute("aria-label", input.labels[0] ? input.labels[0].textContent : input.name);
  slider.className = "slider";
  const follow = () => {
    const number = parseFloat(input.value.replaceAll(",", ""));
    if (!Number.isNaN(number)) slider.value = String(number);
  };
  follow();
  slider.addEventListener("input", (event) => {
    event.stopPropagation(); // the input tells, once it has the value
    input.value = slider.value + (input.dataset.unit || "");
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  input.addEventListener("input", (event) => { if (event.isTrusted) follow(); });
  input.after(slider);
}

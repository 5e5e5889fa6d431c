// Beside every field a slider that writes into it, as minutes or as a time of day. Without script the field is enough.
"use strict";
const asTime = (minutes) => String(Math.floor(minutes / 60)).padStart(2, "0") + ":" + String(minutes % 60).padStart(2, "0");
const asMinutes = (text) => {
  const [hours, minutes] = text.split(":").map(Number);
  return hours * 60 + minutes;
};
for (const input of document.querySelectorAll("input[data-slide]")) {
  const isTime = input.dataset.slide === "time";
  const slider = document.createElement("input");
  Object.assign(slider, { type: "range", min: input.dataset.least, max: input.dataset.most, step: input.dataset.step });
  slider.setAttribute("aria-label", input.labels[0].textContent);
  slider.className = "slider";
  const follow = () => {
    const value = isTime ? asMinutes(input.value) : Number(input.value);
    if (!Number.isNaN(value)) slider.value = String(value);
    slider.setAttribute("aria-valuetext", input.value);
  };
  follow();
  slider.addEventListener("input", (event) => {
    event.stopPropagation(); // the field tells, once it has the value
    input.value = isTime ? asTime(Number(slider.value)) : slider.value;
    slider.setAttribute("aria-valuetext", input.value);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  input.addEventListener("input", (event) => { if (event.isTrusted) follow(); });
  input.after(slider);
}

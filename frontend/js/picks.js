// How many rows of a list are picked, in the bar that a style rule shows as soon as one is.
const boxes = (form) => [...form.querySelectorAll('tbody .pick input[type="checkbox"]')];

function tell(form) {
  const count = boxes(form).filter((box) => box.checked).length;
  form.querySelector("[data-picked]").textContent = String(count);
}
const forms = () => [...document.querySelectorAll("form")].filter((form) => form.querySelector("[data-picked]"));

document.addEventListener("picked", (event) => {
  const form = event.target.closest("form");
  if (form?.querySelector("[data-picked]")) tell(form);
});
document.addEventListener("reset", (event) => {
  if (!event.target.querySelector("[data-picked]")) return;
  const all = event.target.querySelector('thead .pick input[type="checkbox"]');
  if (all) all.indeterminate = false;
});
// Back from another page, the browser remembers which boxes were ticked.
addEventListener("pageshow", () => forms().forEach(tell));

// How many rows of a list are picked, in the bar that a style rule shows as soon as one is. Once all rows of the page are, the
// bar offers all that match, on other pages too: the server then goes by the list's filters, not by the boxes.
// The boxes belong to the bar's form by their attribute, wherever they stand.
const boxes = (form) => [...form.elements].filter((one) => one.matches('tbody .pick input[type="checkbox"]'));
const field = (form) => form.querySelector("[data-all-matching]");

function tell(form) {
  const all = boxes(form);
  const count = all.filter((box) => box.checked).length;
  const matching = field(form);
  const offer = form.querySelector("[data-pick-matching]");
  const isAll = matching?.value === "1" && count === all.length;
  if (matching && !isAll) matching.value = "";
  if (offer) offer.hidden = isAll || count < all.length;
  form.querySelector("[data-picked]").textContent = isAll ? matching.dataset.allMatching : String(count);
}
const forms = () => [...document.querySelectorAll("form")].filter((form) => form.querySelector("[data-picked]"));

document.addEventListener("click", (event) => {
  const offer = event.target.closest("[data-pick-matching]");
  if (!offer) return;
  field(offer.form).value = "1";
  tell(offer.form);
  // The button that was pressed is gone; what can be done now comes next.
  offer.parentElement.querySelector("button:not([hidden])").focus();
});
document.addEventListener("picked", (event) => {
  const form = event.target.querySelector(".pick input")?.form;
  if (form?.querySelector("[data-picked]")) tell(form);
});
// Then the boxes need not be sent, of which there may be a thousand.
document.addEventListener("formdata", (event) => {
  if (field(event.target)?.value === "1") event.formData.delete("picked");
});
document.addEventListener("reset", (event) => {
  if (!event.target.querySelector("[data-picked]")) return;
  const all = [...event.target.elements].find((one) => one.matches('thead .pick input[type="checkbox"]'));
  if (all) all.indeterminate = false;
  if (field(event.target)) field(event.target).value = "";
});
// Back from another page, the browser remembers which boxes were ticked.
addEventListener("pageshow", () => {
  for (const form of forms()) {
    if (field(form)) field(form).value = "";
    tell(form);
  }
});

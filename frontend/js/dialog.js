// <button data-open-dialog="id">, <button data-close-dialog>; a click beside the dialog closes it. What it asks has the focus.
function open(dialog) {
  dialog.showModal();
  const asked = ".dialog-body :is(input:not([type=hidden], [type=checkbox], [type=radio]), textarea)";
  const field = dialog.querySelector("[autofocus]") ? null : dialog.querySelector(asked);
  field?.focus();
  field?.select?.();
}
// Whoever marks a text with the mouse may let go beside the dialog, which is no click beside it.
let pressed = null;
document.addEventListener("pointerdown", (event) => (pressed = event.target));
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open-dialog]");
  if (opener) {
    event.preventDefault();
    const dialog = document.getElementById(opener.dataset.openDialog);
    if (dialog) open(dialog);
    return;
  }
  const closer = event.target.closest("[data-close-dialog]");
  if (closer) {
    event.preventDefault();
    closer.closest("dialog")?.close();
    return;
  }
  if (event.target instanceof HTMLDialogElement && event.target === pressed) event.target.close();
});

// What can't be undone is confirmed by typing the name: <input data-must-equal="Name"> enables the form's button.
document.addEventListener("input", (event) => {
  const field = event.target.closest("[data-must-equal]");
  if (!field) return;
  const button = field.form?.querySelector("[type=submit]");
  if (button) button.disabled = field.value.trim() !== field.dataset.mustEqual;
});

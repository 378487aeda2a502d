// <button data-print>: the browser's own dialog, which also saves as PDF.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-print]");
  if (!button) return;
  button.closest("[popover]")?.hidePopover();
  window.print();
});

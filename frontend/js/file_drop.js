// The file field covers its box, so dropping works natively; this shows the name and lights the box up.
function name(input) {
  const label = input.closest(".drop")?.querySelector(".drop-name");
  if (label) label.textContent = [...input.files].map((file) => file.name).join(", ");
}
document.addEventListener("change", (event) => {
  if (event.target.matches('.drop input[type="file"]')) name(event.target);
});
for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const box = event.target.closest?.(".drop");
    box?.toggleAttribute("data-over", kind === "dragenter" || kind === "dragover");
  });
}
for (const input of document.querySelectorAll('.drop input[type="file"]')) name(input);

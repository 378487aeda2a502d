// <button data-copy="text"> or data-copy-from="id"; the button's label answers for two seconds.
async function write(text) {
  if (navigator.clipboard && isSecureContext) return navigator.clipboard.writeText(text);
  // Plain http inside a company network has no clipboard API.
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-copy-from]");
  if (!button) return;
  const source = button.dataset.copyFrom && document.getElementById(button.dataset.copyFrom);
  await write(source ? (source.value ?? source.textContent).trim() : button.dataset.copy);
  const label = button.querySelector(".label") ?? button;
  label.dataset.says ??= label.textContent;
  label.textContent = button.dataset.copied || document.body.dataset.copied;
  setTimeout(() => {
    label.textContent = label.dataset.says;
  }, 2000);
});

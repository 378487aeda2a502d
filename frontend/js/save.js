// Gives the browser a text to keep as a file. <button data-save-from="id" data-save-name="file.txt"> keeps an element's text.
export function save(text, { name, type }) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-save-from]");
  if (!button) return;
  save(document.getElementById(button.dataset.saveFrom).textContent, {
    name: button.dataset.saveName,
    type: "text/plain",
  });
});

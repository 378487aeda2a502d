// Light, dark, or what the system says. The cookie lets the server render the right one without a flash.
const root = document.documentElement;
const year = 60 * 60 * 24 * 365;

export function setCookie(name, value) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  const age = value ? year : 0;
  document.cookie = `${name}=${value}; Path=/; Max-Age=${age}; SameSite=Lax${secure}`;
}

function show(choice) {
  if (choice === "light" || choice === "dark") root.dataset.theme = choice;
  else delete root.dataset.theme;
  for (const button of document.querySelectorAll("[data-set-theme]")) {
    button.setAttribute("aria-pressed", String(button.dataset.setTheme === (root.dataset.theme || "system")));
  }
  root.dispatchEvent(new CustomEvent("themechange", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-set-theme]");
  if (!button) return;
  const choice = button.dataset.setTheme === "system" ? "" : button.dataset.setTheme;
  setCookie("theme", choice);
  show(choice);
});

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  if (!root.dataset.theme) root.dispatchEvent(new CustomEvent("themechange", { bubbles: true }));
});
show(root.dataset.theme);

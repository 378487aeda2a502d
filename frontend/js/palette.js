// Ctrl/Cmd-K: everything one can go to or do from here, found by typing. The first entries are the page's own links and
// buttons, so the palette never offers what the person may not do; what has a name in the workspace is asked for.
import { isMeant } from "./letters.js";

const palette = document.getElementById("palette");

if (palette) {
  const input = palette.querySelector("input");
  const list = palette.querySelector("[role=listbox]");
  const none = palette.querySelector("[data-none]");
  const unreached = palette.querySelector(".palette-unreached");
  let options = [];
  let chosen = 0;
  let found = { text: "", entries: [] };
  let asking = new AbortController();

  function nameOf(element) {
    const words = (element.querySelector(".label") ?? element).cloneNode(true);
    for (const extra of words.querySelectorAll(".mark, .end, kbd, .sr-only")) extra.remove();
    const group = element.closest("[role=group]")?.getAttribute("aria-label");
    return (group ? `${group}: ` : "") + words.textContent.trim();
  }

  function entries() {
    const go = [...document.querySelectorAll("#side a.nav-link, #workspace-menu a:not([aria-current])")];
    const act = [...document.querySelectorAll(".top-actions :is(a, button)")];
    const own = [...document.querySelectorAll("#user-menu :is(a, button)")];
    const entry = (hint) => (element) => ({ name: nameOf(element), letters: element.dataset.letters, hint, icon: element.querySelector("use"), run: () => element.click() });
    return [
      ...act.filter((element) => !element.closest("dialog, [popover]") && !element.disabled).map(entry(list.dataset.do)),
      ...go.map(entry(list.dataset.go)),
      ...own.map(entry(list.dataset.own)),
    ].filter(({ name }) => name);
  }

  // Every typed word somewhere in the name, or its letters; names that begin with the text come first.
  function matching(all, text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const found = all.filter(({ name, letters }) => words.every((word) => isMeant(name, letters, word)));
    const begins = ({ name }) => (name.toLowerCase().startsWith(text.toLowerCase()) ? 0 : 1);
    return found.sort((a, b) => begins(a) - begins(b));
  }

  // Found once the typing pauses; an answer to what is no longer typed is dropped.
  async function ask(text) {
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    if (!text) unreached.hidden = true;
    if (!text || !list.dataset.findUrl) return;
    await new Promise((resume) => setTimeout(resume, 150));
    if (signal.aborted) return;
    try {
      const answer = await fetch(`${list.dataset.findUrl}?q=${encodeURIComponent(text)}`, { signal });
      if (!answer.ok) throw new Error(String(answer.status));
      found = { text, entries: (await answer.json()).found.map(entryOf) };
      unreached.hidden = true;
    } catch {
      // Offline, or typed on: the page's own entries stand.
      if (!signal.aborted) unreached.hidden = false;
      return;
    }
    if (!signal.aborted) fill(chosen);
  }

  function entryOf({ name, about, kind, href, icon }) {
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", `${list.dataset.sprite}#${icon}`);
    return { name, about, hint: kind, icon: use, run: () => location.assign(href) };
  }

  function show() {
    fill(0);
    ask(input.value.trim());
  }

  function fill(at) {
    const text = input.value.trim();
    options = matching(entries(), text);
    // What this page offers itself is not offered twice.
    const here = new Set(options.map(({ name }) => name));
    if (found.text === text) options.push(...found.entries.filter(({ name }) => !here.has(name)));
    if (text && list.dataset.searchUrl) {
      options.push({
        name: list.dataset.searchLabel.replace("%s", text),
        icon: palette.querySelector(".palette-field use"),
        run: () => location.assign(`${list.dataset.searchUrl}?q=${encodeURIComponent(text)}`),
      });
    }
    list.replaceChildren(...options.map(row));
    none.hidden = options.length > 0;
    choose(at);
  }

  function row(option, index) {
    const item = document.createElement("li");
    item.id = `palette-${index}`;
    item.setAttribute("role", "option");
    if (option.icon) {
      const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      icon.setAttribute("class", "icon");
      icon.setAttribute("aria-hidden", "true");
      icon.append(option.icon.cloneNode());
      item.append(icon);
    }
    const name = document.createElement("span");
    name.textContent = option.name;
    item.append(name);
    if (option.about) {
      const about = document.createElement("span");
      about.className = "palette-about";
      about.textContent = option.about;
      item.append(about);
    }
    if (option.hint) {
      const hint = document.createElement("span");
      hint.className = "palette-hint";
      hint.textContent = option.hint;
      item.append(hint);
    }
    item.addEventListener("pointermove", () => choose(index));
    item.addEventListener("click", () => run(index));
    return item;
  }

  function choose(index) {
    chosen = options.length ? (index + options.length) % options.length : 0;
    [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === chosen)));
    const current = list.children[chosen];
    if (current) {
      input.setAttribute("aria-activedescendant", current.id);
      current.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }

  function run(index) {
    asking.abort();
    palette.close();
    options[index]?.run();
  }

  input.addEventListener("input", show);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      run(chosen);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    if (document.querySelector("dialog[open]:not(#palette)")) return;
    event.preventDefault();
    if (palette.open) {
      palette.close();
      return;
    }
    input.value = "";
    palette.showModal();
    input.focus();
    show();
  });
}

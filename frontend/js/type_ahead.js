// Letters typed on an open menu or a select go to the entry that begins with them, as everywhere; and to a colleague whose
// Chinese name is typed so: wl or wanglei for 王磊, whom the browser knows by characters alone.
import { colleagues } from "./mention.js";

const PAUSE = 1000; // after which letters begin anew
let letters = "";
let last = 0;
let of = null; // where they were typed

function known() {
  const url = document.querySelector("[data-people]")?.dataset.people;
  return url ? colleagues(url).catch(() => []) : [];
}
const said = (entry) => entry.textContent.trim().toLowerCase();

function place(entry, people) {
  const label = said(entry);
  if (label.startsWith(letters)) return 0;
  const person = people.find((one) => one.name.toLowerCase() === label);
  if (!person) return 9;
  if (person.letters.startsWith(letters) || person.sounds[0]?.startsWith(letters)) return 1;
  return person.sounds.some((one) => one.startsWith(letters)) ? 2 : 9;
}

function best(entries, people) {
  const found = entries.map((entry) => ({ entry, at: place(entry, people) })).sort((one, other) => one.at - other.at);
  return found[0]?.at < 9 ? found[0] : null;
}

async function go(target, entries, take) {
  const typed = letters;
  const people = await known();
  if (typed !== letters || of !== target) return;
  const found = best(entries(), people);
  if (found) take(found);
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!/^[a-z0-9]$/i.test(event.key) || event.target.matches?.("input, textarea")) return;
  const target = event.target.closest?.("select:not([multiple]), .menu[popover]");
  if (!target) return;
  const now = Date.now();
  letters = target === of && now - last < PAUSE ? letters + event.key.toLowerCase() : event.key.toLowerCase();
  [last, of] = [now, target];
  if (target.matches("select")) {
    // What begins with the letters themselves the browser finds alone.
    go(
      target,
      () => [...target.options],
      ({ entry, at }) => {
        if (at === 0 || entry.selected) return;
        target.value = entry.value;
        target.dispatchEvent(new Event("input", { bubbles: true }));
        target.dispatchEvent(new Event("change", { bubbles: true }));
      },
    );
  } else {
    go(
      target,
      () => [...target.querySelectorAll("a[href], button:not(:disabled)")],
      ({ entry }) => entry.focus(),
    );
  }
});

// Pages of a list that feel like one: near the end of the table the next page's rows are fetched and put below. The links of
// the pager stay for those without a script and beyond MOST pages; coming back fetches as many again before the place is taken up.
import htmx from "htmx.org";
import { listAddress, takeUpPlace } from "./table.js";
import { showToast } from "./toast.js";

const MOST = 20;
const AHEAD = 800; // pixels before the end at which the next rows are asked for
const wrap = document.querySelector(".page.list .table-wrap");
const body = wrap?.querySelector("tbody");
const link = (within) => within.querySelector(".pager [rel=next]");

if (body && link(document)) {
  const key = `pages:${listAddress()}`;
  let pages = 0;
  let next = link(document);
  let isAsking = false;

  async function fetchNext() {
    const answer = await fetch(next.href);
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const rows = [...page.querySelectorAll(".page.list .table-wrap tbody > tr")].map((row) => document.importNode(row, true));
    // A group that goes on over the page's end has its head already.
    const heads = body.querySelectorAll("tr[data-group]");
    if (rows[0]?.dataset.group !== undefined && rows[0].dataset.group === [...heads].at(-1)?.dataset.group) rows.shift();
    body.append(...rows);
    for (const row of rows) htmx.process(row);
    pages += 1;
    next = link(page) ?? page.querySelector(".pager .end > :last-child");
    putLink();
    sessionStorage.setItem(key, String(pages));
    return rows.filter((row) => row.dataset.group === undefined).length;
  }

  // The foot is a part of its own, which may be fetched anew with the first page's link.
  function putLink() {
    if (pages) document.querySelector(".pager .end > :last-child")?.replaceWith(document.importNode(next, true));
  }
  document.addEventListener("htmx:afterSwap", putLink);

  async function more() {
    if (isAsking || !next?.href || pages >= MOST) return;
    isAsking = true;
    document.documentElement.toggleAttribute("data-loading", true);
    try {
      say(await fetchNext());
      watch();
    } catch {
      // Once; the link is there, and what comes back by itself goes on by itself.
      observer.disconnect();
      showToast(document.body.dataset.offline, "error");
      addEventListener("online", watch, { once: true });
    }
    document.documentElement.removeAttribute("data-loading");
    isAsking = false;
  }

  const said = document.createElement("span");
  said.className = "sr-only";
  said.setAttribute("role", "status");
  wrap.after(said);
  function say(count) {
    const { moreRows, oneMoreRow } = document.body.dataset;
    said.textContent = count === 1 ? oneMoreRow : moreRows.replace("%s", count);
  }

  // Beside a large screen the table scrolls by itself, on a phone the page does.
  const scrollsItself = wrap.scrollHeight > wrap.clientHeight + 1 && getComputedStyle(wrap).overflowY !== "visible";
  const root = scrollsItself ? wrap : null;
  const observer = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && more(), {
    root,
    rootMargin: `0px 0px ${AHEAD}px 0px`,
  });
  function watch() {
    observer.disconnect();
    if (next?.href && pages < MOST && body.lastElementChild) observer.observe(body.lastElementChild);
  }

  async function comeBack() {
    const wanted = Number(sessionStorage.getItem(key));
    sessionStorage.removeItem(key);
    if (wanted && performance.getEntriesByType("navigation")[0]?.type === "back_forward") {
      try {
        while (pages < wanted && next?.href) await fetchNext();
      } catch {
        // The first page stands; the rest comes when it is scrolled to.
      }
      takeUpPlace();
    }
    watch();
  }
  comeBack();
}

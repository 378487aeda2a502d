// htmx: partial updates carry the CSRF token, and a failed one says so instead of doing nothing.
import htmx from "htmx.org";
import { showToast } from "./toast.js";

htmx.config.includeIndicatorStyles = false; // they would be an inline style
htmx.config.allowEval = false;
htmx.config.selfRequestsOnly = true;
htmx.config.historyCacheSize = 0; // a list a colleague changed must not come back from a cache
htmx.config.refreshOnHistoryMiss = true;
htmx.config.scrollBehavior = "auto";
// 422 is how a view hands back a form with its errors.
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "422", swap: true },
  { code: "[45]..", swap: false, error: true },
];
htmx.config.attributesToSettle = ["class", "width", "height"]; // the policy refuses a style attribute
window.htmx = htmx;

const text = (name) => document.body.dataset[name] || "";

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector('meta[name="csrf-token"]');
  if (token) event.detail.headers["X-CSRFToken"] = token.content;
});

let waiting = 0;
const loading = (step) => {
  waiting = Math.max(0, waiting + step);
  document.documentElement.toggleAttribute("data-loading", waiting > 0);
};
function sayWhy(status) {
  if (status < 400 || status === 422) return;
  // Signed out in another tab: the page itself has to ask for the password.
  if (status === 401 || status === 403) showToast(text("denied"), "error");
  else if (status === 429) showToast(text("tooMany"), "warning");
  else showToast(text("failed"), "error");
}

// Over a slow line another answer may have replaced what sent this request and what it is for. The first can tell nobody any
// more, so that the request itself does; and the answer goes to what stands there instead.
document.addEventListener("htmx:beforeSend", ({ detail }) => {
  const { xhr, target } = detail;
  loading(1);
  xhr.addEventListener("readystatechange", () => {
    if (xhr.readyState !== XMLHttpRequest.DONE || target.isConnected || !target.id) return;
    detail.target = document.getElementById(target.id) ?? target;
  });
  xhr.addEventListener("load", () => sayWhy(xhr.status));
  xhr.addEventListener("error", () => showToast(text("offline"), "error"));
  xhr.addEventListener("loadend", () => loading(-1));
});

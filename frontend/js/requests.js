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
document.addEventListener("htmx:beforeRequest", () => loading(1));
document.addEventListener("htmx:afterRequest", () => loading(-1));

document.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  // Signed out in another tab: the page itself has to ask for the password.
  if (status === 401 || status === 403) showToast(text("denied"), "error");
  else if (status === 429) showToast(text("tooMany"), "warning");
  else showToast(text("failed"), "error");
});
document.addEventListener("htmx:sendError", () => showToast(text("offline"), "error"));

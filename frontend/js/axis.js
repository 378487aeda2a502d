// A bar on a time axis names its amount only where the words fit; the server places bars by share of a width it can't know.
function fit() {
  for (const label of document.querySelectorAll("svg.axis svg > text")) {
    const room = label.ownerSVGElement.width.baseVal.value - Number(label.getAttribute("x")) - 4;
    label.setAttribute("visibility", label.getComputedTextLength() > room ? "hidden" : "visible");
  }
}
fit();
document.fonts?.ready.then(fit);
addEventListener("resize", fit);
document.addEventListener("htmx:afterSettle", fit);

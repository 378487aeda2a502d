// Notes at a day, on charts over time: a line at the point that holds the day, with the first words where there is room,
// and all of it in the tooltip. data.marks: [{at, day, text}]; data.days: the first day of each point, where one may write.
export const widthOf = (text, size) => [...text].reduce((wide, letter) => wide + (letter > "\u2e7f" ? size : size * 0.6), 0);

export function noteWords(data, at) {
  return (data.marks ?? []).filter((mark) => mark.at === at).map((mark) => `⚑ ${mark.day}  ${mark.text}`);
}

// An empty series that carries the lines, so that every kind of chart can have them.
// isFromEdge: points stand from edge to edge, not each in the middle of its stretch.
export function noteSeries(data, look, width, isFromEdge = false) {
  const byPoint = grouped(data.marks ?? []);
  if (!byPoint.size) return [];
  const places = [...byPoint.keys()].sort((a, b) => a - b);
  // About where the plot begins, beside the numbers of its axis.
  const [edge, count] = [48, data.x.length];
  const xOf = (at) => edge + ((width - edge - 14) * (isFromEdge ? at / Math.max(1, count - 1) : (at + 0.5) / count));
  let taken = edge; // up to where the words of the notes before reach
  return [
    {
      type: "line",
      data: [],
      silent: true,
      markLine: {
        silent: true,
        symbol: ["none", "circle"],
        symbolSize: 5,
        animation: false,
        lineStyle: { color: look.muted, type: [2, 3], width: 1 },
        data: places.map((at, i) => {
          const marks = byPoint.get(at);
          const first = shortened(marks.length > 1 ? `${marks.length} ⚑` : marks[0].text);
          const wide = widthOf(first, look.size) + 8;
          const [here, next] = [xOf(at), places[i + 1] === undefined ? width : xOf(places[i + 1]) - 8];
          // Words stand on the side that has room, or not at all: the tooltip has them.
          const side = here + wide < next && here > taken ? "left" : here - wide > taken ? "right" : "";
          taken = side === "left" ? here + wide : here + 8;
          return {
            xAxis: at,
            label: {
              show: true,
              position: "end",
              distance: 3,
              align: side || "center",
              formatter: () => (side ? first : "⚑"), // what people write may have braces, which a plain text fills in
              color: look.muted,
              fontSize: look.size,
              textBorderColor: look.panel,
              textBorderWidth: 3,
            },
          };
        }),
      },
    },
  ];
}

const shortened = (text) => ([...text].length > 14 ? `${[...text].slice(0, 13).join("")}…` : text);

function grouped(marks) {
  const found = new Map();
  for (const mark of marks) found.set(mark.at, [...(found.get(mark.at) ?? []), mark]);
  return found;
}

// A note is written from the menu under a chart, or at the point that is clicked twice.
function open(day) {
  const dialog = document.getElementById("annotate");
  if (!dialog) return;
  dialog.querySelector("[name=date]").value = day;
  dialog.showModal();
  dialog.querySelector("[name=text]").focus();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-annotate]");
  if (!button) return;
  button.closest("[popover]")?.hidePopover();
  open(button.dataset.annotate);
});

export function writeOnDoubleClick(chart, dataNow) {
  chart.getZr().on("dblclick", (event) => {
    const data = dataNow();
    if (!data.days || event.target?.cursor === "pointer") return;
    const point = [event.offsetX, event.offsetY];
    if (!chart.containPixel({ gridIndex: 0 }, point)) return;
    const at = Math.max(0, Math.min(data.days.length - 1, Math.round(chart.convertFromPixel({ gridIndex: 0 }, point)[0])));
    open(data.days[at]);
  });
}

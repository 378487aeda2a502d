// From one balance to the next: totals stand on the baseline, changes float between them.
// Where the changes are small beside the totals the axis is cut, and the cut is drawn: a gap through each total and a note.
import { categoryAxis, tooltip, valueAxis } from "./tokens.js";

const cutBelow = 0.3; // cut when all changes together are less than this share of the largest total

// steps: [{label, value, role, text, url, so_far}]; a total's value is the balance, a change's is signed.
export function spans(steps) {
  let balance = 0;
  return steps.map((step) => {
    const value = Number(step.value);
    const from = step.role === "total" ? 0 : balance;
    balance = step.role === "total" ? value : balance + value;
    return { from, to: balance };
  });
}

export function baseline(steps) {
  const all = spans(steps);
  const changes = all.filter((_, i) => steps[i].role !== "total");
  const totals = all.filter((_, i) => steps[i].role === "total").map((span) => span.to);
  if (!changes.length || !totals.length) return 0;
  const edges = [...totals, ...changes.flatMap((span) => [span.from, span.to])];
  const low = Math.min(...edges);
  const high = Math.max(...edges);
  if (low <= 0 || high - low >= cutBelow * high) return 0;
  const floor = low - (high - low) * 0.9;
  const unit = 10 ** Math.floor(Math.log10(high - low));
  return Math.max(0, Math.floor(floor / unit) * unit);
}

export function waterfall(data, look, width) {
  const all = spans(data.steps);
  const floor = baseline(data.steps);
  const narrow = width < 480;
  const items = data.steps.map((step, i) => ({
    value: [i, Math.max(floor, all[i].from), all[i].to],
    url: step.url,
    name: step.label,
  }));

  const bar = (params, api) => {
    const step = data.steps[params.dataIndex];
    const [x, y0] = api.coord([api.value(0), api.value(1)]);
    const y1 = api.coord([api.value(0), api.value(2)])[1];
    const band = api.size([1, 0])[0];
    const half = Math.min(band * 0.33, 34);
    const top = Math.min(y0, y1);
    const height = Math.max(Math.abs(y1 - y0), 1.5);
    const isTotal = step.role === "total";
    const children = [
      {
        type: "rect",
        shape: { x: x - half, y: top, width: half * 2, height, r: isTotal ? [3, 3, 0, 0] : 2 },
        style: { fill: look.role[step.role] },
        emphasis: { style: { opacity: 0.82 } },
      },
      {
        type: "text",
        style: {
          text: step.text,
          x,
          y: top - 5,
          align: "center",
          verticalAlign: "bottom",
          fill: look.text,
          font: `500 ${narrow ? look.size - 1 : look.size}px ${look.font}`,
        },
        silent: true,
      },
    ];
    if (params.dataIndex < data.steps.length - 1) {
      children.push({
        type: "line",
        shape: { x1: x + half + 1, x2: x + band - half - 1, y1, y2: y1 },
        style: { stroke: look.lineStrong, lineDash: [2, 2] },
        silent: true,
      });
    }
    if (isTotal && floor > 0) {
      const cut = y0 - 14;
      children.push({
        type: "polygon",
        shape: {
          points: [
            [x - half - 3, cut + 3],
            [x + half + 3, cut - 5],
            [x + half + 3, cut],
            [x - half - 3, cut + 8],
          ],
        },
        style: { fill: look.panel },
        silent: true,
      });
    }
    return { type: "group", children };
  };

  const axis = valueAxis(look, data, { min: floor, max: Math.max(...all.flatMap((span) => [span.from, span.to]), floor + 1), splitLine: { show: false }, axisLabel: { show: false } });
  return {
    grid: { left: 4, right: 4, top: 26, bottom: 28 },
    tooltip: {
      ...tooltip(look),
      trigger: "item",
      formatter: ({ dataIndex }) => {
        const step = data.steps[dataIndex];
        return [step.label, step.full ?? step.text, step.note].filter(Boolean).join("\n");
      },
    },
    xAxis: categoryAxis(
      look,
      data.steps.map((step) => step.label),
      { axisLabel: { color: look.muted, fontSize: narrow ? look.size - 1 : look.size, margin: 9, interval: 0, rotate: 0, width: width / data.steps.length - 2, overflow: "truncate" } },
    ),
    yAxis: axis,
    series: [
      {
        type: "custom",
        renderItem: bar,
        data: items,
        encode: { x: 0, y: [1, 2] },
        cursor: data.steps.some((step) => step.url) ? "pointer" : "default",
      },
    ],
  };
}

// From one balance to the next: totals stand on the baseline, changes float between them.
// Where the changes are small beside the totals the axis is cut, and the cut is drawn: a gap through each total.
// On a phone the bars lie down, so that their names have room.
import { categoryAxis, tooltip, valueAxis } from "./tokens.js";

const cutBelow = 0.3; // cut when all changes together are less than this share of the largest total
const lieDownBelow = 480; // pixels

// steps: [{label, value, role, text, url}]; a total's value is the balance, a change's is signed.
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
  const isTotal = (_, i) => steps[i].role === "total";
  const changes = all.filter((_, i) => !isTotal(_, i));
  const totals = all.filter(isTotal).map((span) => span.to);
  if (!changes.length || !totals.length) return 0;
  const edges = [...totals, ...changes.flatMap((span) => [span.from, span.to])];
  const low = Math.min(...edges);
  const high = Math.max(...edges);
  if (low <= 0 || high === low || high - low >= cutBelow * high) return 0;
  const floor = low - (high - low) * 0.9;
  const unit = 10 ** Math.floor(Math.log10(high - low));
  return Math.max(0, Math.floor(floor / unit) * unit);
}

// The gap through a total, slanted across the bar near its foot.
function cut(lying, base, middle, half) {
  const slant = [
    [-half - 3, 11],
    [half + 3, 19],
    [half + 3, 14],
    [-half - 3, 6],
  ];
  return slant.map(([across, up]) => (lying ? [base + up, middle - across] : [middle + across, base - up]));
}

export function waterfall(data, look, width) {
  const all = spans(data.steps);
  const floor = baseline(data.steps);
  const lying = width < lieDownBelow;
  const ceiling = Math.max(...all.flatMap((span) => [span.from, span.to]), floor + 1);
  const lowest = floor > 0 ? floor : Math.min(0, ...all.map((span) => span.to));
  const items = data.steps.map((step, i) => ({
    value: lying ? [Math.max(lowest, all[i].from), all[i].to, i] : [i, Math.max(lowest, all[i].from), all[i].to],
    url: step.url,
    name: step.label,
  }));

  const bar = (params, api) => {
    const i = params.dataIndex;
    const step = data.steps[i];
    const start = Math.max(lowest, all[i].from);
    const at = (value) => (lying ? api.coord([value, i])[0] : api.coord([i, value])[1]);
    const middle = lying ? api.coord([start, i])[1] : api.coord([i, start])[0];
    const band = lying ? api.size([0, 1])[1] : api.size([1, 0])[0];
    const half = Math.min(band * 0.33, lying ? 11 : 34);
    const [near, far] = [at(start), at(all[i].to)];
    const from = Math.min(near, far);
    const length = Math.max(Math.abs(far - near), 1.5);
    const isTotal = step.role === "total";
    const children = [
      {
        type: "rect",
        shape: lying
          ? { x: from, y: middle - half, width: length, height: half * 2, r: isTotal ? [0, 3, 3, 0] : 2 }
          : { x: middle - half, y: from, width: half * 2, height: length, r: isTotal ? [3, 3, 0, 0] : 2 },
        style: { fill: look.role[step.role] },
        emphasis: { style: { opacity: 0.82 } },
      },
      {
        type: "text",
        style: {
          text: step.text,
          x: lying ? from + length + 5 : middle,
          y: lying ? middle : from - 5,
          align: lying ? "left" : "center",
          verticalAlign: lying ? "middle" : "bottom",
          fill: look.text,
          font: `500 ${look.size}px ${look.font}`,
        },
        silent: true,
      },
    ];
    if (i < data.steps.length - 1) {
      const [a, b] = [middle + half + 1, middle + band - half - 1];
      children.push({
        type: "line",
        shape: lying ? { x1: far, x2: far, y1: a, y2: b } : { x1: a, x2: b, y1: far, y2: far },
        style: { stroke: look.lineStrong, lineDash: [2, 2] },
        silent: true,
      });
    }
    if (isTotal && floor > 0) {
      children.push({ type: "polygon", shape: { points: cut(lying, near, middle, half) }, style: { fill: look.panel }, silent: true });
    }
    return { type: "group", children };
  };

  const labels = data.steps.map((step) => step.label);
  const values = valueAxis(look, data, { min: lowest, max: ceiling, splitLine: { show: false }, axisLabel: { show: false } });
  const across = { color: look.muted, fontSize: look.size, interval: 0, hideOverlap: false };
  return {
    grid: lying ? { left: 2, right: 64, top: 2, bottom: 2, containLabel: true } : { left: 4, right: 4, top: 26, bottom: 28 },
    tooltip: {
      ...tooltip(look),
      trigger: "item",
      formatter: ({ dataIndex }) => {
        const step = data.steps[dataIndex];
        return [step.label, step.full ?? step.text, step.note].filter(Boolean).join("\n");
      },
    },
    xAxis: lying ? values : categoryAxis(look, labels, { axisLabel: { ...across, margin: 9, width: width / labels.length - 2, overflow: "truncate" } }),
    yAxis: lying ? categoryAxis(look, labels, { inverse: true, axisLabel: { ...across, margin: 8 } }) : values,
    series: [
      {
        type: "custom",
        renderItem: bar,
        data: items,
        encode: lying ? { x: [0, 1], y: 2 } : { x: 0, y: [1, 2] },
        cursor: data.steps.some((step) => step.url) ? "pointer" : "default",
      },
    ],
  };
}

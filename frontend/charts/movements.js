// What came and what went, month by month: gains stacked above zero, losses below, the month still open hatched.
import { noteSeries, noteWords } from "./notes.js";
import { categoryAxis, hatch, tooltip, valueAxis } from "./tokens.js";

// {x: [label], series: [{role, name, values, texts, urls}], net: {name, values, texts}, so_far, unit, currency}
export function movements(data, look, width) {
  const last = data.x.length - 1;
  const open = Boolean(data.so_far);
  const bars = data.series.map((one) => ({
    type: "bar",
    name: one.name,
    stack: "movements",
    barMaxWidth: 28,
    barCategoryGap: "38%",
    cursor: one.urls ? "pointer" : "default",
    itemStyle: { color: look.role[one.role] },
    emphasis: { itemStyle: { opacity: 0.82 } },
    data: one.values.map((value, at) => ({
      value: Number(value ?? 0),
      url: one.urls?.[at],
      itemStyle: open && at === last ? { decal: hatch(look) } : undefined,
    })),
  }));
  const net = data.net && {
    type: "line",
    name: data.net.name,
    data: data.net.values.map((value) => (value === null ? null : Number(value))),
    // A mark across each stack: a line through two dozen months would hide what it sums up.
    symbol: "rect",
    symbolSize: [Math.max(8, Math.min(34, (width - 60) / data.x.length - 4)), 3],
    showAllSymbol: true,
    lineStyle: { width: 0 },
    itemStyle: { color: look.role.total, borderColor: look.panel, borderWidth: 1 },
    z: 6,
  };
  return {
    grid: { left: 2, right: 6, top: data.marks?.length ? 20 : 14, bottom: 4, containLabel: true },
    tooltip: {
      ...tooltip(look),
      trigger: "axis",
      axisPointer: { type: "shadow", shadowStyle: { color: look.fill } },
      formatter: (points) => {
        const at = points[0].dataIndex;
        const head = data.x[at] + (open && at === last ? ` (${data.so_far})` : "");
        const rows = data.series.filter((one) => Number(one.values[at])).map((one) => `${one.name}  ${one.texts?.[at] ?? one.values[at]}`);
        if (data.net) rows.push(`${data.net.name}  ${data.net.texts?.[at] ?? "—"}`);
        return [head, ...rows, ...noteWords(data, at)].join("\n");
      },
    },
    xAxis: [
      categoryAxis(look, data.x, { axisLine: { onZero: false, show: false } }),
    ],
    yAxis: valueAxis(look, data),
    series: [
      ...bars,
      ...(net ? [net] : []),
      {
        type: "line",
        data: [],
        silent: true,
        markLine: { silent: true, symbol: "none", label: { show: false }, lineStyle: { color: look.lineStrong, type: "solid", width: 1 }, data: [{ yAxis: 0 }] },
      },
      ...noteSeries(data, look, width),
    ],
  };
}

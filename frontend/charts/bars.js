// Figures side by side, a group of bars for each thing compared.
import { categoryAxis, tooltip, valueAxis } from "./tokens.js";

// {x: [label], series: [{role, name, values, texts, urls}], unit, currency}; two series at most
export function bars(data, look, width) {
  const series = data.series.map((one) => ({
    type: "bar",
    name: one.name,
    barMaxWidth: 34,
    barCategoryGap: "40%",
    cursor: one.urls ? "pointer" : "default",
    itemStyle: { color: look.role[one.role] },
    emphasis: { itemStyle: { opacity: 0.82 } },
    label: {
      show: width / Math.max(1, data.x.length) > 110,
      position: "top",
      color: look.text,
      fontSize: look.size,
      formatter: (point) => one.texts?.[point.dataIndex] ?? "",
    },
    data: one.values.map((value, at) => ({ value: value === null ? null : Number(value), url: one.urls?.[at] })),
  }));
  return {
    grid: { left: 2, right: 6, top: 24, bottom: 4, containLabel: true },
    tooltip: {
      ...tooltip(look),
      trigger: "axis",
      axisPointer: { type: "shadow", shadowStyle: { color: look.fill } },
      formatter: (points) => {
        const at = points[0].dataIndex;
        return [data.x[at], ...data.series.map((one) => `${one.name}  ${one.texts?.[at] ?? "—"}`)].join("\n");
      },
    },
    xAxis: categoryAxis(look, data.x, { axisLabel: { color: look.muted, fontSize: look.size, margin: 9, interval: 0, width: width / Math.max(1, data.x.length) - 8, overflow: "truncate" } }),
    yAxis: valueAxis(look, data),
    series,
  };
}

// One to three figures over time. The last point may be "so far": its stretch is dashed and its point hollow.
import { noteSeries, noteWords } from "./notes.js";
import { categoryAxis, tooltip, valueAxis } from "./tokens.js";

// {x: [label], series: [{name, values, texts, urls, kind: "area" | "line"}], so_far: "so far" | null, unit, currency, zero}
export function lines(data, look, width) {
  const last = data.x.length - 1;
  const colours = [look.accent, look.second, look.role.expansion];
  const open = Boolean(data.so_far);
  const numbers = (series) => series.values.map((value) => (value === null ? null : Number(value)));

  const lastOf = (one) => numbers(one).filter((value) => value !== null).at(-1) ?? 0;
  const highest = data.series.reduce((best, one) => (lastOf(one) > lastOf(best) ? one : best), data.series[0]);

  const shifts = apart(data.series.filter((one) => one !== highest), lastOf, lastOf(highest));

  const series = data.series.flatMap((one, i) => {
    const colour = colours[i % colours.length];
    const values = numbers(one);
    const closed = open ? values.map((value, at) => (at === last ? null : value)) : values;
    const end = values.length - 1 - [...values].reverse().findIndex((value) => value !== null);
    const item = (value, at) => ({ value, url: one.urls?.[at] });
    const base = { type: "line", name: one.name, smooth: false, cursor: one.urls ? "pointer" : "default", z: 5 - i };
    const solid = {
      ...base,
      data: closed.map(item),
      symbol: "circle",
      symbolSize: values.length > 24 ? 5 : 6,
      showSymbol: values.filter((value) => value !== null).length < 3,
      triggerLineEvent: false,
      lineStyle: { color: colour, width: i === 0 ? 2 : 1.5, type: i === 2 ? "dotted" : "solid" },
      itemStyle: { color: colour, borderColor: look.panel, borderWidth: 1.5 },
      areaStyle: one.kind === "area" ? { color: look.fill, origin: "start" } : undefined,
    };
    // The direct label stands at the end of the line, where the eye arrives.
    const endLabel = {
      show: true,
      // The highest line has its label above, the others below theirs, as far down as keeps them apart.
      position: one === highest ? "top" : "bottom",
      distance: 8,
      align: "right",
      offset: [6, shifts.get(one) ?? 0],
      color: look.text,
      fontWeight: 500,
      fontSize: look.size,
      textBorderColor: look.panel,
      textBorderWidth: 3,
      formatter: (data.series.length > 1 ? `${one.name} ` : "") + (one.texts?.[end] ?? ""),
    };
    const mark = (value, at) =>
      at === end
        ? {
            value,
            url: one.urls?.[at],
            symbolSize: 8,
            label: endLabel,
            itemStyle: open && at === last ? { color: look.panel, borderColor: colour, borderWidth: 2 } : { color: colour, borderColor: look.panel, borderWidth: 2 },
          }
        : { value: open && at >= last - 1 ? value : null, symbolSize: 0, url: one.urls?.[at] };
    const tail = {
      ...base,
      name: `${one.name}\u200b`, // apart from its solid part in the tooltip
      data: values.map(mark),
      symbol: "circle",
      showSymbol: true,
      lineStyle: { color: colour, width: i === 0 ? 2 : 1.5, type: [3, 3] },
      z: 6 - i,
    };
    return [solid, tail];
  });

  return {
    grid: { left: 2, right: 14, top: 24, bottom: 4, containLabel: true },
    tooltip: {
      ...tooltip(look),
      trigger: "axis",
      axisPointer: { type: "line", lineStyle: { color: look.lineStrong, type: "solid" } },
      formatter: (points) => {
        const at = points[0].dataIndex;
        const head = data.x[at] + (open && at === last ? ` (${data.so_far})` : "");
        return [head, ...data.series.map((one) => `${one.name}  ${one.texts?.[at] ?? "—"}`), ...goalWords(data, at), ...noteWords(data, at)].join("\n");
      },
    },
    xAxis: categoryAxis(look, data.x, {
      boundaryGap: false,
      axisLabel: { color: look.muted, fontSize: look.size, margin: 9, hideOverlap: true },
    }),
    yAxis: valueAxis(look, data, { scale: data.zero === false, minInterval: data.unit === "count" ? 1 : undefined, splitNumber: width < 420 ? 3 : 4 }),
    series: [...series, ...goalSeries(data, look), ...noteSeries(data, look, width)],
  };
}

// What was to be reached, as steps: a goal holds for its whole period.
function goalSeries(data, look) {
  if (!data.goal) return [];
  const first = data.goal.values.findIndex((value) => value !== null);
  return [
    {
      type: "line",
      name: data.goal.name,
      step: "middle",
      silent: true,
      showSymbol: true,
      symbol: "rect",
      connectNulls: false,
      lineStyle: { color: look.goal, width: 1.5, type: [6, 3] },
      itemStyle: { color: look.goal },
      data: data.goal.values.map((value, at) => ({
        value,
        symbolSize: [4, 2],
        // Where it begins: at its end stand the names of what it is compared with.
        label: { show: at === first, position: "top", align: "right", offset: [6, 0], formatter: data.goal.name, color: look.goal, fontSize: look.size, textBorderColor: look.panel, textBorderWidth: 3 },
      })),
      z: 3,
    },
  ];
}

const goalWords = (data, at) => (data.goal && data.goal.values[at] !== null ? [`${data.goal.name}  ${data.goal.texts[at]}`] : []);

// How far down the labels below the lines are moved, so that no two stand on one another. The height is about that of a chart's plot.
function apart(series, lastOf, top) {
  const [height, line] = [200, 15];
  const shifts = new Map();
  let before = -Infinity;
  for (const one of [...series].sort((a, b) => lastOf(b) - lastOf(a))) {
    const place = (1 - lastOf(one) / (top || 1)) * height;
    const moved = Math.max(place, before + line);
    shifts.set(one, moved - place);
    before = moved;
  }
  return shifts;
}

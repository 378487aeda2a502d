// One to three figures over time. The last point may be "so far": its stretch is dashed and its point hollow.
import { noteSeries, noteWords, widthOf } from "./notes.js";
import { categoryAxis, tooltip, valueAxis } from "./tokens.js";

// {x: [label], series: [{name, values, texts, urls, kind: "area" | "line"}], so_far: "so far" | null, unit, currency, zero,
// goals: [{name, values, texts}]}
export function lines(data, look, width) {
  const last = data.x.length - 1;
  const colours = [look.accent, look.second, look.role.expansion];
  const open = Boolean(data.so_far);
  const numbers = (series) => series.values.map((value) => (value === null ? null : Number(value)));

  const lastOf = (one) => numbers(one).filter((value) => value !== null).at(-1) ?? 0;
  const highest = data.series.reduce((best, one) => (lastOf(one) > lastOf(best) ? one : best), data.series[0]);

  // Where there is no room for names beside the ends of lines they stand above, each with its last value.
  const isNarrow = width < NARROW && data.series.length > 1;
  const lastText = (one) => one.texts?.[numbers(one).findLastIndex((value) => value !== null)] ?? "";
  const legend = isNarrow ? legendOf(data, look, width, lastText) : null;
  const shifts = apart(data.series.filter((one) => one !== highest), lastOf, lastOf(highest));

  const series = data.series.flatMap((one, i) => {
    const colour = colours[i % colours.length];
    const values = numbers(one);
    const closed = open ? values.map((value, at) => (at === last ? null : value)) : values;
    const end = values.findLastIndex((value) => value !== null);
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
      show: !isNarrow,
      // The highest line has its label above, the others below theirs, as far down as keeps them apart; above the axis.
      position: one === highest || shifts.get(one) === null ? "top" : "bottom",
      distance: 8,
      // A line that ends early has no room to the left of its end.
      align: end < values.length / 3 && values.length > 3 ? "left" : "right",
      offset: [end < values.length / 3 && values.length > 3 ? -6 : 6, shifts.get(one) ?? 0],
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
    legend: legend?.component,
    grid: { left: 2, right: 14, top: 24 + (legend?.height ?? 0), bottom: 4, containLabel: true },
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
    series: [...series, ...goalSeries(data, look), ...noteSeries(data, look, width, true)],
  };
}

// What was to be reached, as steps: a goal holds for its whole period.
function goalSeries(data, look) {
  return (data.goals ?? []).map((goal) => {
    const first = goal.values.findIndex((value) => value !== null);
    const label = { position: "top", align: "right", offset: [6, 0], color: look.goal, fontSize: look.size };
    return {
      type: "line",
      name: goal.name,
      step: "middle",
      silent: true,
      showSymbol: true,
      symbol: "rect",
      connectNulls: false,
      lineStyle: { color: look.goal, width: 1.5, type: [6, 3] },
      itemStyle: { color: look.goal },
      data: goal.values.map((value, at) => ({
        value,
        symbolSize: [4, 2],
        // Where it begins: at its end stand the names of what it is compared with.
        label: { ...label, show: at === first, align: first < 3 ? "left" : "right", formatter: goal.name, textBorderColor: look.panel, textBorderWidth: 3 },
      })),
      z: 3,
    };
  });
}

const goalWords = (data, at) => (data.goals ?? []).filter((goal) => goal.values[at] !== null).map((goal) => `${goal.name}  ${goal.texts[at]}`);

// Narrower than this, names of several lines do not fit beside their ends.
const NARROW = 440;
const [ROW, MARK, GAP] = [17, 18, 12];

// The lines' names and last values above the plot, in as many rows as they need.
function legendOf(data, look, width, lastText) {
  const words = (one) => `${one.name} ${lastText(one)}`;
  let [rows, at] = [1, 0];
  for (const one of data.series) {
    const wide = MARK + widthOf(words(one), look.size) + GAP;
    if (at && at + wide > width) [rows, at] = [rows + 1, 0];
    at += wide;
  }
  const component = {
    left: 0,
    top: 0,
    itemWidth: 12,
    itemHeight: 3,
    itemGap: GAP,
    icon: "roundRect",
    selectedMode: false,
    padding: 0,
    data: data.series.map((one) => one.name),
    formatter: (name) => words(data.series.find((one) => one.name === name)),
    textStyle: { color: look.text, fontSize: look.size, fontWeight: 500, lineHeight: ROW },
  };
  return { component, height: rows * (ROW + GAP) - GAP };
}

// How far down the labels below the lines are moved, so that no two stand on one another; null for one that would come to
// stand under the axis. The height is about that of a chart's plot.
function apart(series, lastOf, top) {
  const [height, line] = [200, 15];
  const shifts = new Map();
  let before = -Infinity;
  for (const one of [...series].sort((a, b) => lastOf(b) - lastOf(a))) {
    const place = (1 - lastOf(one) / (top || 1)) * height;
    const moved = Math.max(place, before + line);
    const isUnderAxis = moved + 2 * line > height && place - 2 * line > before;
    shifts.set(one, isUnderAxis ? null : moved - place);
    before = isUnderAxis ? place : moved;
  }
  return shifts;
}

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

  const endOf = (one) => numbers(one).findLastIndex((value) => value !== null);
  const isOne = data.series.length === 1;
  const words = (one) => `${isOne ? "" : `${one.name} `}${one.texts?.[endOf(one)] ?? ""}`;

  // Names stand behind the ends of the lines, each with its last value; above the plot where there is no room for them, or
  // where lines end within it.
  const room = Math.max(...data.series.map((one) => widthOf(words(one), look.size)), 0) + 12;
  const isBeside = data.series.every((one) => endOf(one) === last) && room < width * (isOne ? 0.2 : 0.28);
  const legend = isBeside || isOne ? null : legendOf(data, look, width, words);

  const series = data.series.flatMap((one, i) => {
    const colour = colours[i % colours.length];
    const values = numbers(one);
    const closed = open ? values.map((value, at) => (at === last ? null : value)) : values;
    const end = endOf(one);
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
    const endLabel = {
      show: !legend,
      position: isBeside ? "right" : "top",
      distance: 6,
      align: isBeside ? "left" : "right",
      offset: isBeside ? [0, 0] : [6, 0],
      color: look.text,
      fontWeight: 500,
      fontSize: look.size,
      lineHeight: 15,
      textBorderColor: look.panel,
      textBorderWidth: 3,
      formatter: () => words(one), // in a plain text {b} or {c} would be filled in
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
      // Ends that are close to each other have their names one under the other.
      labelLayout: isBeside ? ({ labelRect: { x, y, height } }) => ({ x, y: y + height / 2, verticalAlign: "middle", moveOverlap: "shiftY" }) : undefined,
      z: 6 - i,
    };
    return [solid, tail];
  });

  return {
    legend: legend?.component,
    grid: { left: 2, right: isBeside ? room : 14, top: 24 + (legend?.height ?? 0), bottom: 4, containLabel: true },
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
    yAxis: valueAxis(look, data, {
      scale: data.zero === false,
      minInterval: data.unit === "count" ? 1 : undefined,
      splitNumber: width < 420 ? 3 : 4,
      // Shares of a whole end with the whole.
      ...(data.unit === "percent" && isWhole(data) ? { max: 1, interval: 0.25 } : {}),
    }),
    series: [...series, ...goalSeries(data, look), ...noteSeries(data, look, isBeside ? width - room + 14 : width, true)],
  };
}

// Whether these are shares that nearly reach the whole and do not pass it.
function isWhole(data) {
  const values = [...data.series, ...(data.goals ?? [])].flatMap((one) => one.values).filter((value) => value !== null);
  const highest = Math.max(...values.map(Number));
  return data.zero !== false && Math.min(...values.map(Number)) >= 0 && highest > 0.6 && highest <= 1;
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
        label: { ...label, show: at === first, align: first < 3 ? "left" : "right", formatter: () => goal.name, textBorderColor: look.panel, textBorderWidth: 3 },
      })),
      z: 3,
    };
  });
}

const goalWords = (data, at) => (data.goals ?? []).filter((goal) => goal.values[at] !== null).map((goal) => `${goal.name}  ${goal.texts[at]}`);

const [ROW, MARK, GAP] = [17, 18, 12];

// The lines' names and last values above the plot, in as many rows as they need.
function legendOf(data, look, width, words) {
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

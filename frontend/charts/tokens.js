// The page's custom properties as plain colours, since a chart can't read var(--x).
function tokens(element) {
  const style = getComputedStyle(element);
  const read = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    font: read("font"),
    size: Number.parseFloat(read("size-tiny")) || 11,
    text: read("text"),
    muted: read("muted"),
    faint: read("faint"),
    panel: read("panel"),
    background: read("bg"),
    good: read("good"),
    goal: read("good-mark"),
    bad: read("risk"),
    line: read("line"),
    lineStrong: read("line-strong"),
    grid: read("chart-grid"),
    fill: read("chart-fill"),
    accent: read("chart-line"),
    second: read("chart-second"),
    role: {
      total: read("chart-total"),
      new: read("chart-new"),
      expansion: read("chart-expansion"),
      reactivation: read("chart-reactivation"),
      contraction: read("chart-contraction"),
      churn: read("chart-churn"),
      fx: read("chart-fx"),
    },
  };
}

// The page's colours, or those of the light theme whatever it shows: read before the next frame, so that nothing flickers.
export function lookOf(theme) {
  const root = document.documentElement;
  const before = root.dataset.theme;
  if (theme) root.dataset.theme = theme;
  const look = tokens(root);
  if (theme && before === undefined) delete root.dataset.theme;
  else if (theme) root.dataset.theme = before;
  return look;
}

// Diagonal lines over a mark mean "not finished yet".
export function hatch(look) {
  return { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 3], rotation: -Math.PI / 4, color: look.panel, symbolSize: 1 };
}

export function tooltip(look) {
  return {
    renderMode: "richText", // html mode writes style attributes, which the content security policy forbids
    confine: true,
    backgroundColor: look.panel,
    borderColor: look.lineStrong,
    borderWidth: 1,
    padding: [8, 10],
    textStyle: { color: look.text, fontSize: look.size + 1, fontFamily: look.font, lineHeight: 18 },
    shadowBlur: 0,
    extraCssText: "",
  };
}

export function categoryAxis(look, labels, extra = {}) {
  return {
    type: "category",
    data: labels,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: look.lineStrong } },
    axisLabel: { color: look.muted, fontSize: look.size, margin: 9, hideOverlap: true },
    ...extra,
  };
}

export function valueAxis(look, data, extra = {}) {
  return {
    type: "value",
    splitNumber: 4,
    axisLabel: { color: look.faint, fontSize: look.size, formatter: short(data) },
    splitLine: { lineStyle: { color: look.grid } },
    ...extra,
  };
}

const symbols = { CNY: "¥", USD: "$", EUR: "€", GBP: "£", HKD: "HK$", JPY: "JP¥", TWD: "NT$", SGD: "S$" };
const steps = {
  zh: [[1e8, "亿"], [1e4, "万"]],
  en: [[1e9, "B"], [1e6, "M"], [1e4, "k"]],
};

// ¥1.2M in English, 120万 in Chinese, 412, 3.4 %: only for axes, in the manner of workspaces/formats.py, which writes
// every label and tooltip.
export function short(data) {
  const chinese = document.documentElement.lang.startsWith("zh");
  const plain = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });
  const symbol = data.unit === "money" ? (symbols[data.currency] ?? `${data.currency}\u00a0`) : "";
  return (value) => {
    const sign = value < 0 ? "\u2212" : "";
    const size = Math.abs(value);
    if (data.unit === "percent") return `${sign}${plain.format(Math.round(size * 1e4) / 100)}\u00a0%`;
    const step = steps[chinese ? "zh" : "en"].find(([least]) => size >= least);
    const mark = chinese && data.currency === "CNY" ? "" : symbol;
    if (!step) return sign + mark + plain.format(size);
    return sign + mark + plain.format(size / (step[1] === "k" ? 1e3 : step[0])) + step[1];
  };
}

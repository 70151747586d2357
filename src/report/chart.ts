import { escaped } from "./html-text.js";

/** A drawing with its words: a figure of report.html, or a panel of an image. */
export interface Chart {
  readonly title: string;
  readonly unit: string;
  /** For those who do not see it. */
  readonly label: string;
  readonly height: number;
  /** SVG, CHART_WIDTH wide. */
  readonly content: string;
}

export const CHART_WIDTH = 320;

/** Colours for light and dark, and what is drawn in them; for pages and images alike. */
export const CHART_STYLE = `
:root { color-scheme: light dark; --ink: #1c2330; --soft: #5b6575; --line: #d6dbe3; --paper: #fff; --mark: #1f5fbf; --warn: #a33c00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --soft: #9aa5b5; --line: #333c4a; --paper: #12161d; --mark: #7fb0ff; --warn: #ffab70; } }
svg text { fill: var(--ink); font-size: 11px; } svg .soft { fill: var(--soft); } svg .title { font-size: 13px; font-weight: 600; }
svg .curve { fill: none; stroke: var(--mark); opacity: .5; }
svg .mark { stroke: var(--mark); fill: var(--mark); } svg .axis { stroke: var(--line); } svg .paper { fill: var(--paper); }
`;

/** Figures of an HTML page. */
export function figures(charts: readonly Chart[]): string {
  const each = charts.map(({ title, unit, label, height, content }) => {
    const caption = escaped(`${title} (${unit})`);
    return `<figure><figcaption>${caption}</figcaption><svg viewBox="0 0 ${CHART_WIDTH} ${height}" width="100%" role="img" aria-label="${escaped(label)}">${content}</svg></figure>`;
  });
  return `<div class="charts">${each.join("")}</div>`;
}

const COLUMNS = 3;
const GAP = 24;
const HEAD = 38;

/** An SVG file that needs nothing else, with the charts in rows of three. */
export function image(title: string, charts: readonly Chart[]): string {
  const columns = Math.min(COLUMNS, charts.length);
  const width = GAP + columns * (CHART_WIDTH + GAP);
  const panels: string[] = [];
  let top = GAP;
  for (let first = 0; first < charts.length; first += COLUMNS) {
    const row = charts.slice(first, first + COLUMNS);
    for (const [i, chart] of row.entries()) {
      const left = GAP + i * (CHART_WIDTH + GAP);
      panels.push(
        `<text class="title" x="${left}" y="${top + 12}">${escaped(chart.title)}</text>`,
        `<text class="soft" x="${left}" y="${top + 28}">${escaped(chart.unit)}</text>`,
        `<svg x="${left}" y="${top + HEAD}" width="${CHART_WIDTH}" height="${chart.height}">${chart.content}</svg>`,
      );
    }
    top += HEAD + Math.max(...row.map(({ height }) => height)) + GAP;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top}" width="${width}" height="${top}" font-family="system-ui, sans-serif">
<title>${escaped(title)}</title>
<style>${CHART_STYLE}</style>
<rect class="paper" width="${width}" height="${top}"/>
${panels.join("\n")}
</svg>
`;
}

/** The look of a report: of itself, without anything from elsewhere; by day, by night, on paper. */
export const REPORT_STYLE = `
:root { color-scheme: light dark;
  --paper: #fbfaf7; --card: #ffffff; --ink: #1d2129; --muted: #667080; --line: #e3e1da;
  --accent: #1f5fbf; --second: #b8571b; --third: #7a5ea8; --good: #2b7a56; --bad: #b3342d;
  --amber: #8f6400; --wash: #f3f1ea; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #14171c; --card: #1b1f26; --ink: #e6e8ec; --muted: #98a2b3; --line: #323843;
  --accent: #6ea8ff; --second: #f0a060; --third: #b9a3e3; --good: #62c095; --bad: #f07f78;
  --amber: #e5b95c; --wash: #222732; } }
@media print { :root {
  --paper: #fff; --card: #fff; --ink: #000; --muted: #444; --line: #ccc; --wash: #f4f4f4;
  --accent: #1f5fbf; --second: #b8571b; --third: #7a5ea8; --good: #2b7a56; --bad: #b3342d;
  --amber: #8f6400; } body { font-size: 9.5pt; } nav { display: none; }
  section, figure, tr { break-inside: avoid; } section.long { break-inside: auto; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans SC',
    'PingFang SC', 'Microsoft YaHei', sans-serif; }
main { max-width: 1060px; margin: 0 auto; padding: 40px 24px 72px; }
header { border-bottom: 2px solid var(--ink); padding-bottom: 18px; margin-bottom: 24px; }
header .kind { color: var(--muted); margin: 0 0 4px; }
h1 { font-size: 30px; line-height: 1.2; margin: 0; letter-spacing: -0.01em; }
h1 small { display: block; font-size: 17px; font-weight: 400; color: var(--muted);
  margin-top: 4px; letter-spacing: 0; }
h2 { font-size: 20px; margin: 44px 0 6px; letter-spacing: -0.005em; }
h3 { font-size: 15.5px; margin: 26px 0 6px; }
h3 small { font-weight: 400; color: var(--muted); margin-left: 8px; }
p { margin: 6px 0 12px; max-width: 74ch; text-wrap: pretty; }
p.note, figcaption { color: var(--muted); font-size: 13.5px; }
nav { font-size: 14px; margin: 14px 0 0; display: flex; flex-wrap: wrap; gap: 4px 18px; }
a { color: var(--accent); text-decoration: none; } a:hover { text-decoration: underline; }
dl.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr));
  gap: 1px; background: var(--line); border: 1px solid var(--line); margin: 20px 0; }
dl.figures div { background: var(--card); padding: 12px 14px; }
dl.figures dt { color: var(--muted); font-size: 13px; }
dl.figures dd { margin: 0; font-size: 23px; font-variant-numeric: tabular-nums; }
dl.figures dd small { display: block; font-size: 12.5px; color: var(--muted); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(400px, 1fr)); gap: 20px; }
@media (max-width: 880px) { .charts { grid-template-columns: 1fr; } }
figure { margin: 0; background: var(--card); border: 1px solid var(--line); padding: 14px 14px 10px; }
figure h3 { margin: 0 0 2px; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 16px; font-size: 13px; color: var(--muted);
  margin: 0 0 4px; padding: 0; list-style: none; }
.legend li::before { content: ''; display: inline-block; width: 14px; height: 3px;
  vertical-align: middle; margin-right: 6px; background: currentColor; }
.legend span { color: var(--muted); }
.legend .accent { color: var(--accent); } .legend .second { color: var(--second); }
.legend .third { color: var(--third); } .legend .good { color: var(--good); }
.legend .bad { color: var(--bad); } .legend .muted { color: var(--muted); }
svg { display: block; width: 100%; height: auto; overflow: visible; }
svg text { font: 11.5px system-ui, sans-serif; fill: var(--muted); }
svg .label { font-size: 12px; } svg .note { fill: var(--ink); font-weight: 600; }
svg .grid { stroke: var(--line); stroke-width: 1; } svg .axis { stroke: var(--muted); }
svg .line { fill: none; stroke-width: 2; stroke-linejoin: round; } svg .thin { stroke-width: 1.3; }
svg .dashed { stroke-dasharray: 4 4; stroke-width: 1.3; }
svg .line.accent { stroke: var(--accent); } svg .line.second { stroke: var(--second); }
svg .line.third { stroke: var(--third); } svg .line.good { stroke: var(--good); }
svg .line.bad { stroke: var(--bad); } svg .line.muted { stroke: var(--muted); }
svg .bar { opacity: 0.55; } svg .area { opacity: 0.12; }
svg .accent:not(.line) { fill: var(--accent); } svg .good:not(.line) { fill: var(--good); }
svg .bad:not(.line) { fill: var(--bad); } svg .second:not(.line) { fill: var(--second); }
svg .note { opacity: 1; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; margin: 6px 0 10px;
  font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 600; color: var(--muted); border-bottom: 1px solid var(--muted);
  padding: 5px 10px 5px 0; vertical-align: bottom; }
td { border-bottom: 1px solid var(--line); padding: 5px 10px 5px 0; vertical-align: top; }
th.figure, td.figure { text-align: right; white-space: nowrap; }
tr:hover td { background: var(--wash); }
.swing { display: inline-block; width: 108px; height: 12px; position: relative; vertical-align: -1px;
  background: linear-gradient(var(--line), var(--line)) center / 1px 100% no-repeat; }
.swing i { position: absolute; top: 1px; bottom: 1px; }
.swing i.up { left: 50%; background: var(--good); } .swing i.down { right: 50%; background: var(--bad); }
.swing i { opacity: 0.7; }
.verdict { font-weight: 600; } .verdict.stable, .verdict.green, .verdict.passes { color: var(--good); }
.verdict.amber { color: var(--amber); } .verdict.red, .verdict.fails { color: var(--bad); }
code { font: 12.5px ui-monospace, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
footer { margin-top: 48px; border-top: 1px solid var(--line); padding-top: 12px;
  color: var(--muted); font-size: 13px; }
`;

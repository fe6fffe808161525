export const style = `
:host { all: initial; position: absolute; color-scheme: light dark; }
/* Room to scroll the end of the page out from under the panel. */
:host(.open) { display: block; position: static; height: min(45vh, 30rem); }
.layer { position: fixed; z-index: 2147483647; inset: 0; width: auto; height: auto; padding: 0; border: 0; overflow: visible; background: none; pointer-events: none; }
.layer > * { pointer-events: auto; }
* { box-sizing: border-box; margin: 0; }
[hidden] { display: none !important; }
.panel, .banner {
  --ink: light-dark(#1c2126, #e6e9ec); --quiet: light-dark(#59636e, #9aa5b1);
  --paper: light-dark(#fff, #16191d); --raised: light-dark(#f3f5f7, #1f2429); --line: light-dark(#d5dae0, #353c44);
  --accent: light-dark(#0b57d0, #8ab4f8); --good: light-dark(#146c2e, #7fd394); --bad: light-dark(#b3261e, #ff9a92);
  --warn: light-dark(#7a4d00, #f2c063);
  position: fixed;
  font: 13px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper); overflow-wrap: anywhere;
}
.panel {
  inset: auto 0 0; height: min(45vh, 30rem); display: flex; flex-direction: column;
  border-top: 1px solid var(--line); box-shadow: 0 -2px 16px rgb(0 0 0 / .2);
}
.banner {
  inset: 0 auto auto 50%; translate: -50%; width: max-content; max-width: 100%;
  display: flex; align-items: center; flex-wrap: wrap; gap: 4px 12px; padding: 4px 8px 4px 14px;
  border-radius: 0 0 8px 8px; color: #221500; background: #ffc24d; font-weight: 600; box-shadow: 0 2px 8px rgb(0 0 0 / .25);
}
.banner button { color: inherit; border-color: currentcolor; background: none; }
header { display: flex; align-items: center; flex-wrap: wrap; gap: 4px 12px; padding: 4px 8px 0; background: var(--raised); border-bottom: 1px solid var(--line); }
h2 { font-size: 13px; font-weight: 600; }
.tabs { display: flex; align-self: end; }
.tools { display: flex; gap: 4px; margin-inline-start: auto; padding-bottom: 4px; }
button, input, summary { font: inherit; color: inherit; }
button { padding: 3px 10px; min-height: 28px; border: 1px solid var(--line); border-radius: 6px; background: var(--paper); cursor: pointer; }
button:hover { border-color: var(--quiet); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
[role=tab] { outline-offset: -3px; border: 0; border-bottom: 2px solid transparent; border-radius: 0; background: none; }
[role=tab][aria-selected=true] { color: var(--ink); border-bottom-color: var(--accent); font-weight: 600; }
.count:not(:empty) { margin-inline-start: 6px; padding: 0 6px; border-radius: 9px; background: var(--bad); color: var(--paper); font-weight: 600; }
[role=tabpanel] { flex: 1; min-height: 0; overflow: auto; overscroll-behavior: contain; }
.timeline { display: grid; grid-template-columns: minmax(12rem, 22rem) minmax(0, 1fr); overflow: hidden; }
.connections { overflow: auto; padding: 6px; border-inline-end: 1px solid var(--line); display: flex; flex-direction: column; gap: 4px; }
.connections button { display: grid; gap: 1px; text-align: start; padding: 5px 8px; border-color: transparent; }
.connections button[aria-pressed=true] { background: var(--raised); border-color: var(--accent); }
.url, .now, .rule, legend, time, [role=tab] { color: var(--quiet); }
.now::before { content: ""; display: inline-block; width: .6em; height: .6em; margin-inline-end: .45em; border-radius: 50%; background: currentcolor; }
.now.open { color: var(--good); } .now.reconnecting, .now.connecting, .now.paused { color: var(--warn); } .now.failed { color: var(--bad); }
.entries { overflow: auto; }
ol, ul { padding: 0; list-style: none; }
.entry { border-bottom: 1px solid var(--line); }
.entry:hover, .entry:focus-within { background: var(--raised); }
summary { display: grid; grid-template-columns: 6em 4.4em 1fr; gap: 0 8px; padding: 3px 10px; cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
time::before { content: "▸ " / ""; }
[open] time::before { content: "▾ " / ""; }
.single + .entries .label { display: none; }
time { font-variant-numeric: tabular-nums; }
.kind { color: var(--accent); font-weight: 600; }
.open .kind, .sent .kind { color: var(--good); }
.close .kind, .retry .kind { color: var(--warn); }
.bad .kind, .bad .says { color: var(--bad); }
.more { padding: 2px 10px 8px 18px; display: grid; gap: 4px; }
pre { max-height: 14rem; overflow: auto; padding: 6px 8px; border: 1px solid var(--line); background: var(--paper); font: 12px/1.4 ui-monospace, monospace; white-space: pre-wrap; }
.empty { padding: 16px; color: var(--quiet); }
.problem { display: grid; grid-template-columns: 1fr auto; gap: 2px 12px; padding: 8px 12px; border-bottom: 1px solid var(--line); }
.problem button { grid-row: 1 / span 3; grid-column: 2; align-self: center; }
.rule { font-size: 12px; }
.sentence { color: var(--bad); font-weight: 600; }
.lab { padding: 10px 12px; display: grid; gap: 12px; align-content: start; }
fieldset { border: 1px solid var(--line); border-radius: 8px; padding: 6px 12px 10px; display: flex; flex-wrap: wrap; gap: 6px 18px; align-items: center; }
legend { padding: 0 4px; }
label { display: inline-flex; align-items: center; gap: 6px; min-height: 28px; }
input[type=number] { width: 6em; padding: 3px 6px; }
.heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.box { position: absolute; pointer-events: none; border: 2px solid #e8710a; border-radius: 3px; background: rgb(232 113 10 / .15); }
@media (max-width: 48rem) {
  .panel, :host(.open) { height: min(65dvh, 40rem); font-size: 14px; }
  h2 { display: none; }
  button, label { min-height: 36px; }
  [role=tab] { padding-inline: 8px; }
  .timeline { grid-template: auto minmax(0, 1fr) / 100%; }
  .connections { flex-direction: row; border-inline-end: 0; border-bottom: 1px solid var(--line); }
  .connections button { flex: none; max-width: 75vw; align-content: start; }
  summary { grid-template-columns: auto 1fr; padding-block: 6px; }
  .says { grid-column: 1 / -1; }
}
@media (forced-colors: active) { .box { border-color: Highlight; } .now::before { background: CanvasText; } }
`

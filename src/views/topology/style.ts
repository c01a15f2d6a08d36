/** How the picture looks: the drawing's part goes with it into an exported file. Colours are those of the theme. */

export const drawingStyle = `
svg.drawing { font-family: var(--vscode-font-family); }
.drawing text { fill: var(--vscode-editor-foreground); font-size: 13px; text-anchor: middle; }
.drawing .title { font-size: 20px; font-weight: 600; }
.drawing .role { font-weight: 600; font-size: 15px; }
.drawing .shape { fill: var(--vscode-editor-background); stroke-width: 2; }
.drawing .box > .shape { stroke: var(--vscode-editor-foreground); stroke-dasharray: 2 6; fill: none; }
.drawing .service .shape { stroke: var(--vscode-charts-blue); }
.drawing .instance .shape { stroke: var(--vscode-charts-red); }
.drawing .archive .shape { stroke: var(--vscode-cnpg-walArchive); }
.drawing .crown { fill: var(--vscode-charts-yellow); stroke: var(--vscode-editor-foreground); stroke-width: 1; }
.drawing .line { fill: none; stroke-width: 2; }
.drawing .hit { fill: none; stroke: transparent; stroke-width: 14; }
.drawing .serves .line, .drawing .streaming .line { stroke: var(--vscode-charts-blue); }
.drawing .cross-streaming .line, .drawing .restore_command .line { stroke: var(--vscode-charts-green); }
.drawing .archive_command .line { stroke: var(--vscode-charts-red); }
.drawing .streaming .line { stroke-dasharray: 8 5; }
.drawing .cross-streaming .line, .drawing .restore_command .line, .drawing .archive_command .line { stroke-dasharray: 2 5; }
.drawing .way-back .line { stroke: var(--vscode-descriptionForeground); stroke-width: 1.2; stroke-dasharray: 4 6; stroke-opacity: .8; }
.drawing .label { paint-order: stroke; stroke: var(--vscode-editor-background); stroke-width: 5px; stroke-linejoin: round; }
.drawing .label.start { text-anchor: start; }
.drawing .label.end { text-anchor: end; }
.drawing .label.state-broken, .drawing .label.state-warn { font-weight: 700; stroke-width: 9px; }
.drawing .label.state-broken { stroke: var(--vscode-inputValidation-errorBackground); }
.drawing .label.state-warn { stroke: var(--vscode-inputValidation-warningBackground); }
.drawing .state-broken > .shape { stroke-width: 4; }
.drawing .state-broken:not(.box) > .shape { fill: var(--vscode-inputValidation-errorBackground); }
.drawing .state-warn:not(.box) > .shape { fill: var(--vscode-inputValidation-warningBackground); }
.drawing .archive.state-broken > .shape { stroke-dasharray: 22 7; }
.drawing .state-broken > .line { stroke-width: 4; }
.drawing .state-unknown > .shape, .drawing .state-unknown > .line { stroke-opacity: .6; }
.drawing .state-idle > .line { stroke-opacity: .75; }
.drawing .edge.state-declared > .line, .drawing .edge.state-unknown > .line { stroke: var(--vscode-descriptionForeground); }
.drawing .state-declared > .shape { stroke: var(--vscode-descriptionForeground); }
.drawing .badge circle { fill: var(--vscode-editor-background); stroke: var(--vscode-editor-foreground); stroke-width: 1.5; }
.drawing .badge.state-broken circle { stroke: var(--vscode-charts-red); stroke-width: 2.5; }
.drawing .badge.state-warn circle { stroke: var(--vscode-charts-yellow); stroke-width: 2.5; }
.drawing .badge text { font-weight: 700; }
.drawing .differs { font-weight: 600; }
.drawing .mark { stroke: context-stroke; stroke-width: 3; fill: none; }
`;

export const pageStyle = `
html, body { height: 100%; margin: 0; padding: 0; overflow: hidden; }
body { position: relative; }
body { display: flex; flex-direction: column; color: var(--vscode-editor-foreground); background: var(--vscode-editor-background); font-size: var(--vscode-font-size); }
header { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center; padding: 6px 10px; border-bottom: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, transparent)); }
h1 { font-size: 1.1em; margin: 0; }
h2 { font-size: 1.05em; margin: 0 0 4px; overflow-wrap: anywhere; }
.source { border: 1px solid currentColor; border-radius: 8px; padding: 0 8px; white-space: nowrap; }
.tools { margin-left: auto; display: flex; flex-wrap: wrap; gap: 4px; }
button { font: inherit; color: var(--vscode-button-secondaryForeground, var(--vscode-editor-foreground)); background: var(--vscode-button-secondaryBackground, transparent); border: 1px solid var(--vscode-button-border, var(--vscode-contrastBorder, transparent)); border-radius: 3px; padding: 2px 8px; cursor: pointer; }
button:hover { background: var(--vscode-button-secondaryHoverBackground, transparent); }
button:focus-visible, [tabindex]:focus-visible { outline: 2px solid var(--vscode-focusBorder); outline-offset: 1px; }
.offers { display: flex; flex-wrap: wrap; gap: 4px; }
.offers button { color: var(--vscode-button-foreground, var(--vscode-editor-foreground)); background: var(--vscode-button-background, transparent); }
.offers button:hover { background: var(--vscode-button-hoverBackground, transparent); }
.alarms, .progress { margin: 0; padding: 6px 10px; list-style: none; border-bottom: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, transparent)); max-height: 28vh; overflow: auto; }
.alarms:empty, .progress:empty { display: none; }
.alarms .severity { font-weight: 700; }
.progress ol { margin: 4px 0; padding: 0; display: flex; flex-wrap: wrap; gap: 4px 14px; list-style: none; }
.progress .now, .progress .stuck { font-weight: 700; }
main { flex: 1; display: flex; min-height: 0; }
#stage { flex: 1; min-width: 0; min-height: 0; overflow: hidden; position: relative; }
#stage svg { width: 100%; height: 100%; touch-action: none; display: block; }
#stage .item { cursor: pointer; }
#stage .item:focus { outline: none; }
#stage .item:focus-visible > .shape, #stage .item.selected > .shape { stroke-width: 4; }
#stage .item:focus-visible > .ring, #stage .item.selected > .ring { stroke: var(--vscode-focusBorder); }
#stage .ring { fill: none; stroke: transparent; stroke-width: 2; }
#stage .edge.item:focus-visible > .line, #stage .edge.item.selected > .line { stroke-width: 5; }
#facts { width: 340px; overflow: auto; padding: 10px; border-left: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, transparent)); box-sizing: border-box; }
#facts[hidden] { display: none; }
#facts dl { columns: 320px; column-gap: 24px; margin: 8px 0; }
#facts dl > div { display: grid; grid-template-columns: minmax(6em, 1fr) 2fr; gap: 10px; padding: 1px 0; break-inside: avoid; }
#facts dt { color: var(--vscode-descriptionForeground); }
#facts dd { margin: 0; overflow-wrap: anywhere; }
#facts .actions { display: flex; flex-wrap: wrap; gap: 4px; margin: 8px 0; }
#facts p { margin: 4px 0; overflow-wrap: anywhere; }
#table { overflow: auto; flex: 1; padding: 10px; }
#table[hidden] { display: none; }
table { border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: 3px 12px 3px 0; border-bottom: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, transparent)); overflow-wrap: anywhere; }
.gone { padding: 20px; }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 640px) { .tools { margin-left: 0; } }
/* Facts are where the drawing leaves room: below a wide one, beside one whose members stand one below the other. */
@media (max-aspect-ratio: 8/5) {
  main:not(.tall) { flex-direction: column; }
  main:not(.tall) #facts { width: auto; max-height: 40%; border-left: none; border-top: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, transparent)); }
  main.tall #facts { width: 260px; }
}
@media (max-width: 500px) {
  main.tall { flex-direction: column; }
  main.tall #facts { width: auto; max-height: 40%; border-left: none; border-top: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, transparent)); }
}
@media (prefers-reduced-motion: no-preference) {
  body:not(.vscode-reduce-motion) #stage .item, body:not(.vscode-reduce-motion) #stage .crown { transition: transform .5s ease; }
}
`;

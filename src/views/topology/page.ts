/** The webview's document: one script with a nonce, styles with a nonce, nothing from elsewhere. */
import { drawingStyle, pageStyle } from './style.ts';

/** @param source of the resources that VS Code serves to this webview, as Content-Security-Policy */
export const page = (source: string, script: string, nonce: string): string => `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-${nonce}' ${source}; style-src 'nonce-${nonce}'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Topology</title>
<style nonce="${nonce}">${pageStyle}</style>
<style nonce="${nonce}" id="drawing-style">${drawingStyle}</style>
</head>
<body>
<header>
<h1 id="title">Topology</h1>
<span class="source" id="source"></span>
<div class="offers" id="offers"></div>
<div class="tools" role="toolbar" aria-label="Picture" id="tools"></div>
</header>
<p class="visually-hidden" role="status" id="summary"></p>
<ul class="alarms" aria-label="Alarms" id="alarms"></ul>
<section class="progress" aria-label="Promotion" id="progress"></section>
<main id="room">
<div id="stage"></div>
<div id="table" role="region" aria-label="Table" tabindex="0" hidden></div>
<aside id="facts" aria-label="Facts" hidden></aside>
</main>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;

// The panel's HTML: what the extension host gives to `webview.html`. Pure: options in, text out.
//   panel.webview.html = panelHtml({ scriptUri, styleUri, workerUri, cspSource, nonce })

export interface PanelHtmlOptions {
  /** dist/webview/page.js, page.css and engineWorker.js as webview URIs. */
  scriptUri: string;
  styleUri: string;
  workerUri: string;
  /** `webview.cspSource`. */
  cspSource: string;
  /** A fresh random word for each page. */
  nonce: string;
  title?: string;
}

/**
 * The worker cannot be started from a webview resource directly (another origin): the page fetches its text and
 * starts it from a blob, hence `connect-src` and `worker-src blob:`. The toolkit adds style elements of its own,
 * hence 'unsafe-inline' for styles; scripts need the nonce. `blob:` and `data:` pictures are the user's own.
 */
export function contentSecurityPolicy(cspSource: string, nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' ${cspSource}`,
    'worker-src blob:',
    `connect-src ${cspSource}`,
    `img-src ${cspSource} blob: data:`,
    `style-src ${cspSource} 'unsafe-inline'`,
    `font-src ${cspSource}`,
  ].join('; ');
}

export function panelHtml(options: PanelHtmlOptions): string {
  const { scriptUri, styleUri, workerUri, cspSource, nonce, title = 'LayerLens' } = options;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeAttribute(contentSecurityPolicy(cspSource, nonce))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${escapeAttribute(styleUri)}">
<title>${escapeAttribute(title)}</title>
</head>
<body data-worker="${escapeAttribute(workerUri)}">
<div id="app"></div>
<script nonce="${escapeAttribute(nonce)}" src="${escapeAttribute(scriptUri)}"></script>
</body>
</html>
`;
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

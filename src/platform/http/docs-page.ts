/** Styles are inline because RapiDoc's are; scripts come from this server and from nowhere else. */
export const DOCS_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The page that shows `/openapi.json`. */
export function docsPage(title: string): string {
  const name = title.replaceAll(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${name}</title>
    <script type="module" src="/docs/rapidoc.js"></script>
  </head>
  <body>
    <rapi-doc
      spec-url="/openapi.json"
      render-style="focused"
      schema-style="table"
      show-header="false"
      load-fonts="false"
      theme="light"
      primary-color="#1f5c99"
      regular-font="system-ui, sans-serif"
      mono-font="ui-monospace, monospace"
      allow-spec-url-load="false"
      allow-spec-file-load="false"
      allow-server-selection="false"
      persist-auth="false"
      sort-tags="false"
    ></rapi-doc>
  </body>
</html>
`;
}

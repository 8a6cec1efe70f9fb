const { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } = require('node:fs');
const { join, relative } = require('node:path');

/** Each takes as long as a group, and begins before the groups. */
const LONG = [
  'integration/seeds/year',
  'integration/seeds/lending-play',
  'integration/reporting/calendar',
];
const GROUPS = 14;

/**
 * Jest loads the whole program anew for each test file, which takes longer than most files' tests.
 * So writes files that hold many test files each, one `describe` a file, and returns their paths.
 */
exports.group = (root) => {
  const folder = join(root, 'test', '.groups');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  return dealt(join(root, 'test')).map((files, index) => {
    const path = join(folder, `${String(index + 1).padStart(2, '0')}.test.js`);
    writeFileSync(path, files.map((file) => suite(root, folder, file)).join(''));
    return path;
  });
};

/** A file that cannot be loaded fails alone. */
function suite(root, folder, file) {
  return `describe(${JSON.stringify(relative(root, file))}, () => {
  try {
    require(${JSON.stringify(relative(folder, file))});
  } catch (error) {
    test('loads', () => {
      throw error;
    });
  }
});
`;
}

/** The long files one a group, then the others dealt out by size, so that groups are much alike. */
function dealt(directory) {
  const isLong = (file) => LONG.some((name) => file.endsWith(join('/', `${name}.test.ts`)));
  const files = readdirSync(directory, { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(directory, name))
    .sort();
  const others = files.filter((file) => !isLong(file));
  others.sort((a, b) => statSync(b).size - statSync(a).size);
  const groups = Array.from({ length: GROUPS }, () => []);
  others.forEach((file, index) => groups[index % GROUPS].push(file));
  return [...files.filter(isLong).map((file) => [file]), ...groups];
}

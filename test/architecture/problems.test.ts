import '../../src/app/application';
import { problemPages } from '../../src/cli/problem-pages';
import { declaredProblems } from '../../src/kernel/problem';
import { readText } from '../support/source-tree';

const catalogues = declaredProblems();

describe('problems', () => {
  const codes = catalogues.flatMap(({ module, definitions }) =>
    Object.keys(definitions).map((slug) => `${module}.${slug}`),
  );

  test('have one code each; rename the newer one', () => {
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
  });

  test('have codes in kebab case and titles that are sentences without a full stop', () => {
    expect(codes.filter((code) => !/^[a-z]+\.[a-z]+(-[a-z]+)*$/.test(code))).toEqual([]);
    const titles = catalogues.flatMap(({ definitions }) => Object.values(definitions));
    expect(
      titles.map(({ title }) => title).filter((title) => !/^[A-Z].*[^.]$/.test(title)),
    ).toEqual([]);
  });

  test('are all in docs/problems.md; if not, run: npm run docs', () => {
    expect(readText('docs/problems.md')).toBe(problemPages(catalogues));
  });
});

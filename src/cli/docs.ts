import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import '../app/application';
import { declaredProblems } from '../kernel/problem';
import { problemPages } from './problem-pages';
import { runProgram } from './program';

/** `npm run docs`: writes the pages of the documentation that the code itself dictates. */
runProgram(async (print) => {
  const page = resolve('docs/problems.md');
  await writeFile(page, problemPages(declaredProblems()));
  print(`Written: ${page}`);
});

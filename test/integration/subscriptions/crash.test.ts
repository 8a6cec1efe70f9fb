import { execFile, type ExecFileException } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../../support/server';

const run = promisify(execFile);
const FOLDER = join(ROOT, '.data', 'crash-test');

/** Compiles the program apart from `dist`, which may be in use, beside the files it reads. */
async function compile(): Promise<string> {
  const dist = join(FOLDER, 'dist');
  await mkdir(FOLDER, { recursive: true });
  const compliance = join(FOLDER, 'compliance');
  if (!existsSync(compliance)) await symlink(join(ROOT, 'compliance'), compliance, 'dir');
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const project = join(ROOT, 'tsconfig.build.json');
  // Type errors are the type check's to report; what is emitted runs.
  await run(process.execPath, [tsc, '-p', project, '--outDir', dist]).catch(() => undefined);
  return join(dist, 'bench', 'crash.js');
}

test('no kill of node or PostgreSQL under load loses or halves an acknowledged subscription', async () => {
  const program = await compile();
  const { stdout } = await run(
    process.execPath,
    [program, '--kills', '3', '--clients', '32', '--seed', '7'],
    { timeout: 160_000, cwd: ROOT },
  ).catch((error: ExecFileException) => {
    throw new Error(`${error.stdout ?? ''}\n${error.stderr ?? ''}\n${error.message}`);
  });
  const summary: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  expect(summary).toMatchObject({ crash: 'subscribe', kills: 3, missing: 0, violations: 0 });
  expect((summary as { acknowledged: number }).acknowledged).toBeGreaterThan(20);
}, 180_000);

import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const COMPILED = /\.js(\.map)?$/;

/**
 * Removes from a build what no source makes any longer: a migration that was renamed would run
 * under both its names. Everything else stays where it is, since a running program may yet load it.
 *
 * @returns what was removed, relative to the build.
 */
export function removeStaleOutput(build: string, sources: string): readonly string[] {
  return readdirSync(build, { withFileTypes: true }).flatMap((entry) => {
    const path = join(build, entry.name);
    if (entry.isDirectory()) return removeStaleFolder(path, join(sources, entry.name), entry.name);
    if (!COMPILED.test(entry.name)) return [];
    if (existsSync(join(sources, entry.name.replace(COMPILED, '.ts')))) return [];
    rmSync(path, { force: true });
    return [entry.name];
  });
}

function removeStaleFolder(path: string, sources: string, name: string): readonly string[] {
  const removed = removeStaleOutput(path, sources);
  if (readdirSync(path).length === 0) rmdirSync(path);
  return removed.map((each) => join(name, each));
}

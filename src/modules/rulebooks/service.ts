import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { z } from 'zod';
import { contentHash } from './content-hash';
import { RulebookError, rulebookProblem } from './errors';
import { casesFile, rulebookFile } from './file.schema';
import { Rulebook } from './rulebook';
import { jsonPath } from './scope';

/** Every rulebook of the installation. Read once, at start: law does not change under a request. */
export class Rulebooks {
  private constructor(private readonly byId: ReadonlyMap<string, Rulebook>) {}

  /**
   * Reads `<directory>/<id>/rulebook.json`, and the worked cases beside each.
   *
   * @throws RulebookError naming the file, the JSON path and the reason. It stops the process.
   */
  static load(directory: string): Rulebooks {
    const folders = readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .toSorted();
    return new Rulebooks(new Map(folders.map((id) => [id, loadRulebook(directory, id)])));
  }

  /** @throws Problem `rulebooks.unknown-rulebook`. */
  get(id: string): Rulebook {
    const rulebook = this.find(id);
    if (rulebook) return rulebook;
    throw rulebookProblem('unknown-rulebook', {
      detail: `There are ${[...this.byId.keys()].join(', ')}.`,
    });
  }

  find(id: string): Rulebook | undefined {
    return this.byId.get(id);
  }

  /** In order of their ids. */
  list(): readonly Rulebook[] {
    return [...this.byId.values()];
  }
}

function loadRulebook(directory: string, id: string): Rulebook {
  const path = join(directory, id, 'rulebook.json');
  const file = shortName(path);
  const json = readJson(path);
  const definition = parse(rulebookFile, json, file);
  if (definition.id !== id) throw new RulebookError(file, 'id', `the folder is called ${id}`);
  const casesPath = join(directory, id, 'cases.json');
  const cases = existsSync(casesPath)
    ? parse(casesFile, readJson(casesPath), shortName(casesPath))
    : [];
  return new Rulebook(definition, { file, contentHash: contentHash(json), cases });
}

function parse<T>(schema: z.ZodType<T>, json: unknown, file: string): T {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  throw new RulebookError(file, jsonPath(first?.path ?? []), first?.message ?? 'it is not valid');
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RulebookError(shortName(path), '', reason);
  }
}

function shortName(path: string): string {
  return relative(process.cwd(), path);
}

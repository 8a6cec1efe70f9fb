import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseSync } from '@swc/core';

/** The tree the program is written in, read for the tests of `test/architecture`. */
export const ROOT = resolve(__dirname, '../..');

/** A node of the syntax tree: what it is, where it is, and whatever else belongs to it. */
export interface SyntaxNode {
  readonly type: string;
  readonly span: { readonly start: number; readonly end: number };
  readonly [part: string]: unknown;
}

export interface SourceFile {
  /** From the root of the project, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly nodes: readonly SyntaxNode[];
}

/** One `import … from` or `export … from`. */
export interface ImportLine {
  /** As written: `../../kernel/money`, `zod`. */
  readonly from: string;
  /** A project path without extension for relative imports, else as written. */
  readonly target: string;
  readonly isTypeOnly: boolean;
  readonly line: number;
}

const SKIPPED = new Set(['node_modules', 'dist', 'coverage', '.git', '.data']);

/** Paths of the files below the folders whose names match, sorted. */
export function filesIn(folders: readonly string[], pattern: RegExp): readonly string[] {
  const found = folders.flatMap((folder) => {
    try {
      return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true });
    } catch {
      return [];
    }
  });
  return found
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((path) => !path.split('/').some((step) => SKIPPED.has(step)))
    .toSorted();
}

export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** The TypeScript files below the folders, parsed. */
export function sourceFiles(...folders: readonly string[]): readonly SourceFile[] {
  return filesIn(folders, /\.ts$/).map(sourceFile);
}

const parsed = new Map<string, SourceFile>();

function sourceFile(path: string): SourceFile {
  const known = parsed.get(path);
  if (known !== undefined) return known;
  const text = readText(path);
  const tree = parseSync(text, { syntax: 'typescript', target: 'es2022' }) as unknown;
  const file = { path, text, nodes: [...nodesOf(tree)] };
  parsed.set(path, file);
  return file;
}

function* nodesOf(part: unknown): Generator<SyntaxNode> {
  if (Array.isArray(part)) {
    for (const element of part) yield* nodesOf(element);
  } else if (typeof part === 'object' && part !== null) {
    if ('type' in part && 'span' in part) yield part as SyntaxNode;
    for (const value of Object.values(part)) {
      if (typeof value === 'object') yield* nodesOf(value);
    }
  }
}

/** `src/a.ts:12`, as editors and terminals open it. Spans count bytes, from 1. */
export function place(file: SourceFile, node: SyntaxNode): string {
  return `${file.path}:${lineAt(file, node.span.start)}`;
}

export function lineCount(file: SourceFile, node: SyntaxNode): number {
  return lineAt(file, node.span.end) - lineAt(file, node.span.start) + 1;
}

function lineAt({ text }: SourceFile, position: number): number {
  const before = Buffer.from(text).subarray(0, position - 1);
  return before.reduce((lines, byte) => (byte === 0x0a ? lines + 1 : lines), 1);
}

/** What the file imports and re-exports. */
export function importsOf(file: SourceFile): readonly ImportLine[] {
  return file.nodes.flatMap((node) => {
    const source = node['source'] as { value?: unknown } | null | undefined;
    if (!IMPORTING.has(node.type) || typeof source?.value !== 'string') return [];
    const named = (node['specifiers'] ?? []) as readonly { isTypeOnly?: boolean }[];
    const isTypeOnly =
      node['typeOnly'] === true ||
      (named.length > 0 && named.every((specifier) => specifier.isTypeOnly === true));
    const line = lineAt(file, node.span.start);
    return [{ from: source.value, target: target(file.path, source.value), isTypeOnly, line }];
  });
}

const IMPORTING = new Set(['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration']);

function target(path: string, from: string): string {
  if (!from.startsWith('.')) return from;
  return relative(ROOT, resolve(ROOT, path, '..', from)).replaceAll('\\', '/');
}

/** Every text in the code, template literals in one piece with `…` for what is filled in. */
export function textsOf(
  file: SourceFile,
): readonly { readonly node: SyntaxNode; readonly text: string }[] {
  return file.nodes.flatMap((node) => {
    if (node.type === 'StringLiteral') return [{ node, text: String(node['value']) }];
    if (node.type !== 'TemplateLiteral') return [];
    const pieces = node['quasis'] as readonly { raw: string }[] | undefined;
    return pieces ? [{ node, text: pieces.map(({ raw }) => raw).join('…') }] : [];
  });
}

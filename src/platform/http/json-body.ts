import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { requestProblem } from './errors';

export const DEFAULT_BODY_LIMIT = 256 * 1024;

const DEEPEST = 16;
const LONGEST_ARRAY = 10_000;

/**
 * Reads a JSON body, `undefined` when there is none.
 *
 * Compressed bodies are refused: a limit on what arrives says nothing of what it unfolds to.
 *
 * @param limit in bytes, checked against what is announced and against what comes.
 * @throws Problem `request.body-too-large`, `request.unsupported-media-type`,
 *   `request.malformed-json`, `request.invalid`.
 */
export async function readJson(message: IncomingMessage, limit: number): Promise<unknown> {
  const { headers } = message;
  const announced = headers['content-length'];
  if (announced === '0' || (announced === undefined && !headers['transfer-encoding'])) {
    return undefined;
  }
  if (!isPlainJson(headers['content-type'], headers['content-encoding'])) {
    throw requestProblem('unsupported-media-type', {
      detail: 'Send Content-Type: application/json in UTF-8, without Content-Encoding.',
    });
  }
  if (Number(announced ?? 0) > limit) throw tooLarge(limit);
  return parseJson(await readAll(message, limit));
}

/**
 * @throws Problem `request.malformed-json`; `request.invalid` for nesting, arrays or characters that no
 *   route takes.
 */
export function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  if (!isUtf8(bytes)) throw requestProblem('malformed-json', { detail: 'It is not UTF-8.' });
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch (cause) {
    throw requestProblem('malformed-json', { cause });
  }
  checkPart(value, '/body', 0);
  return value;
}

/** Refuses text that PostgreSQL cannot hold: NUL, and halves of surrogate pairs. */
export function checkText(text: string, pointer: string): void {
  if (text.includes('\0') || !isWellFormed(text)) {
    throw requestProblem('invalid', {
      errors: [{ pointer, detail: 'The text holds a character that is not allowed.' }],
    });
  }
}

function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}

function checkPart(value: unknown, pointer: string, depth: number): void {
  if (typeof value === 'string') return checkText(value, pointer);
  if (typeof value !== 'object' || value === null) return;
  if (depth >= DEEPEST) throw misshapen(pointer, `At most ${DEEPEST} levels are read.`);
  if (Array.isArray(value)) {
    if (value.length > LONGEST_ARRAY) {
      throw misshapen(pointer, `At most ${LONGEST_ARRAY} items are read.`);
    }
    for (const [index, item] of value.entries()) checkPart(item, `${pointer}/${index}`, depth + 1);
    return;
  }
  for (const key of Object.keys(value)) {
    // A key of this name would reach the prototype of whatever the object is copied into.
    if (key === '__proto__') throw misshapen(pointer, 'The field __proto__ is not allowed.');
    checkText(key, pointer);
    checkPart((value as Record<string, unknown>)[key], `${pointer}/${key}`, depth + 1);
  }
}

function misshapen(pointer: string, detail: string): Error {
  return requestProblem('invalid', { errors: [{ pointer: pointer.slice(0, 200), detail }] });
}

function isPlainJson(type: string | undefined, encoding: string | undefined): boolean {
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') return false;
  if (type === 'application/json') return true;
  return /^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(type ?? '');
}

function tooLarge(limit: number): Error {
  return requestProblem('body-too-large', { detail: `At most ${limit} bytes are read.` });
}

function readAll(message: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    message.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) {
        // The rest flows past unread, so that the client can read the refusal.
        message.removeAllListeners('data');
        message.resume();
        reject(tooLarge(limit));
        return;
      }
      chunks.push(chunk);
    });
    message.once('end', () => {
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
    });
    message.once('error', (cause) => reject(requestProblem('malformed-json', { cause })));
    message.once('close', () => {
      // Every message closes; only one that closes before its end has been cut off.
      if (!message.readableEnded) reject(requestProblem('malformed-json'));
    });
  });
}

import type { Clock } from '../../kernel/clock';
import { sqlState, type Tx } from '../db';
import type { FieldCipher } from '../field-cipher';
import { idempotencyProblem } from './errors';
import type { Rendered } from './reply';
import type { HttpRequest } from './request';
import type { ReplyHeaders } from './route';

/** How long a duplicate waits for the request it repeats before it is told to come back. */
const WAIT_MS = 5_000;

/**
 * Reads the header as the IETF draft (draft-ietf-httpapi-idempotency-key-header) has it, quoted or
 * bare.
 *
 * @throws Problem `idempotency.key-required`, `idempotency.malformed-key`.
 */
export function idempotencyKey(header: string | undefined): string {
  if (header === undefined || header === '') throw idempotencyProblem('key-required');
  const key = /^"(.*)"$/.exec(header)?.[1] ?? header;
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) throw idempotencyProblem('malformed-key');
  return key;
}

interface OnceDeps {
  readonly request: HttpRequest;
  readonly clock: Clock;
  readonly cipher: FieldCipher;
}

interface KeptRow {
  readonly request_hash: string;
  readonly status: number | null;
  readonly content_type: string | null;
  readonly headers: ReplyHeaders | null;
  readonly reply_encrypted: string | null;
}

/**
 * Runs `work` once per key, in the transaction of its effect.
 *
 * The key's row is inserted first and completed last. A duplicate that comes meanwhile waits on
 * the row: it repeats the reply when the first commits, and runs itself when the first rolls back.
 * A refused or failed attempt has left no effect, so it leaves no key either and may be repeated
 * with the same key once its cause is gone. (Stripe keeps such answers; we do not need to.)
 *
 * Replies are kept sealed: they say again what is sealed in the tables they were made from.
 *
 * @throws Problem `idempotency.key-reused`, `idempotency.in-progress`, `idempotency.expired`.
 */
export async function onceForKey(
  tx: Tx,
  { request, clock, cipher }: OnceDeps,
  work: () => Promise<Rendered>,
): Promise<Rendered> {
  const owner = {
    operatorId: tx.scope.operatorId,
    principal: request.user?.id,
    key: request.idempotencyKey,
  };
  const hash = request.fingerprint;
  if (!(await claim(tx, { ...owner, hash, now: clock.now() }))) {
    return keptReply(tx, { owner, hash, cipher });
  }
  const rendered = await work();
  await tx.execute(
    `update platform_idempotency_keys
        set status = :status, content_type = :contentType, headers = :headers,
            reply_encrypted = :reply
      where operator_id = :operatorId and principal = :principal and key = :key`,
    {
      ...owner,
      status: rendered.status,
      contentType: rendered.contentType,
      headers: JSON.stringify(rendered.headers),
      reply: cipher.seal(rendered.payload?.toString() ?? '', addressOf(owner)),
    },
  );
  return rendered;
}

/** Forgets replies older than `before`; the keys stay, so that money never moves twice on one. */
export async function forgetReplies(tx: Tx, before: Date): Promise<number> {
  return tx.execute(
    `update platform_idempotency_keys set reply_encrypted = null, headers = null
      where created_at < :before and reply_encrypted is not null`,
    { before },
  );
}

type Owner = {
  readonly operatorId: number | undefined;
  readonly principal: string | undefined;
  readonly key: string | undefined;
};

async function claim(
  tx: Tx,
  row: Owner & { readonly hash: string; readonly now: Date },
): Promise<boolean> {
  try {
    // The limit holds for this statement only: RETURNING lifts it as soon as the row is ours.
    const claimed = await tx.query(
      `insert into platform_idempotency_keys
              (operator_id, principal, key, request_hash, created_at)
       select :operatorId::int, :principal, :key, :hash, :now::timestamptz
        where set_config('lock_timeout', :wait, true) is not null
           on conflict (operator_id, principal, key) do nothing
       returning set_config('lock_timeout', '0', true)`,
      { ...row, wait: `${WAIT_MS}ms` },
    );
    return claimed.length === 1;
  } catch (error) {
    if (sqlState(error) !== '55P03') throw error;
    throw idempotencyProblem('in-progress', { retryAfterSeconds: 1, cause: error });
  }
}

async function keptReply(
  tx: Tx,
  kept: { readonly owner: Owner; readonly hash: string; readonly cipher: FieldCipher },
): Promise<Rendered> {
  const { owner, hash, cipher } = kept;
  const [row] = await tx.query<KeptRow>(
    `select request_hash, status, content_type, headers, reply_encrypted
       from platform_idempotency_keys
      where operator_id = :operatorId and principal = :principal and key = :key`,
    { ...owner },
  );
  if (row === undefined) throw idempotencyProblem('in-progress', { retryAfterSeconds: 1 });
  if (row.request_hash !== hash) throw idempotencyProblem('key-reused');
  if (row.status === null || row.reply_encrypted === null) throw idempotencyProblem('expired');
  const reply = cipher.open(row.reply_encrypted, addressOf(owner));
  return {
    status: row.status,
    contentType: row.content_type ?? undefined,
    payload: reply === '' ? undefined : reply,
    headers: { ...row.headers, 'Idempotency-Replayed': 'true' },
  };
}

function addressOf({ operatorId, principal, key }: Owner) {
  const rowId = `${operatorId}/${principal}/${key}`;
  return { table: 'platform_idempotency_keys', column: 'reply_encrypted', rowId };
}
